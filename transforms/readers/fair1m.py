"""FAIR1M XML: `objects/object` with `possibleresult/name` and five `points/point`, the fifth repeating the first.

Points are "x,y" in pixels, as floats, clockwise or not. Read so by torchgeo (torchgeo/datasets/fair1m.py).
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from skypairs.schemas.geometry import bounds
from skypairs.schemas.records import Annotation, Scene
from skypairs.transforms.readers import objects
from skypairs.transforms.readers.pairs import Pairs
from skypairs.transforms.readers.voc import read_voc


@dataclass(frozen=True, slots=True)
class Fair1m(Pairs):
    """Reader of FAIR1M. An XML without objects is an annotated, empty picture. Coordinates other than pixels are refused."""

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotations:
            return Annotation()
        return read_voc(objects.read_annotation(scene.annotations[0]), "objects/object", _add)


def _add(found: objects.Objects, item: Element) -> None:
    name = item.findtext("possibleresult/name") or ""
    unit = (item.findtext("coordinate") or "pixel").strip().lower()
    if unit != "pixel":
        found.lose(name, "not in pixels")
        return
    points = [(point.text or "").split(",") for point in item.findall("points/point")]
    values = [objects.number(value) for point in points for value in point]
    if not points:
        found.lose(name, objects.NO_BOX)
        return
    polygon = tuple(value for value in values if value is not None)
    if len(polygon) != len(values) or any(len(point) != 2 for point in points) or len(points) < 3:
        found.lose(name, objects.NOT_A_NUMBER)
        return
    if polygon[:2] == polygon[-2:]:
        polygon = polygon[:-2]
    found.add(name, bounds(polygon), polygon=polygon)
