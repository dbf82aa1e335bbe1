"""VOC XML whose objects have an upright box, `bndbox`, or an oriented one, `robndbox` of four named corners.

DIOR writes the corners as x_left_top, y_left_top, x_right_top, ... clockwise, in pixels, 0-based; read so by
open-mmlab/mmrotate (mmrotate/datasets/dior.py). What stands in `folder` and `path` says nothing: the file's own name counts.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from skypairs.schemas.geometry import bounds
from skypairs.schemas.records import Annotation, Scene
from skypairs.transforms.readers import objects
from skypairs.transforms.readers.pairs import Pairs
from skypairs.transforms.readers.voc import read_voc

_CORNERS = tuple(f"{axis}_{corner}" for corner in ("left_top", "right_top", "right_bottom", "left_bottom") for axis in "xy")
_SIDES = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True, slots=True)
class OrientedVoc(Pairs):
    """Reader of VOC XML with upright or oriented boxes, half-open and 0-based. An XML without objects is an empty picture."""

    lower: bool = False
    """Names are spelt in mixed case and read in lower case."""

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotations:
            return Annotation()
        return read_voc(objects.read_annotation(scene.annotations[0]), "object", self._add)

    def _add(self, found: objects.Objects, item: Element) -> None:
        text = item.findtext("name") or ""
        name = text.lower() if self.lower else text
        difficult, cut = (bool(objects.number(item.findtext(tag))) for tag in ("difficult", "truncated"))
        upright, turned = item.find("bndbox"), item.find("robndbox")
        if turned is not None:
            values = [objects.number(turned.findtext(tag)) for tag in _CORNERS]
            polygon = tuple(value for value in values if value is not None)
            if len(polygon) != len(_CORNERS):
                found.lose(name, objects.NOT_A_NUMBER)
            else:
                found.add(name, bounds(polygon), polygon=polygon, difficult=difficult, cut=cut)
        elif upright is not None:
            found.add(name, [objects.number(upright.findtext(tag)) for tag in _SIDES], difficult=difficult, cut=cut)
        else:
            found.lose(name, objects.NO_BOX)
