"""DOTA labelTxt: one text file a picture, a line an object: x1 y1 x2 y2 x3 y3 x4 y4 class difficult.

Lines end in CR LF or LF. `imagesource:` and `gsd:` may stand above the objects. Nine fields mean not difficult; a difficult
of 2 is left by the devkit's splitter on objects that it cut. Corners may lie outside the picture, and quads may cross
themselves. Read so by CAPTAIN-WHU/DOTA_devkit (dota_utils.py) and open-mmlab/mmrotate (mmrotate/datasets/dota.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms.readers import files, layout, objects
from skypairs.transforms.readers.layout import Place

PATCH = r"(P\d+)(?:__.+___-?\d+|(?:_\d+){4})"
"""Patches are named scene__rate__x___y by the DOTA devkit and scene_y0_y1_x0_x1 by the iSAID devkit."""


@dataclass(frozen=True, slots=True)
class Dota:
    """Reader of DOTA labelTxt. A label file without objects is an annotated, empty picture."""

    places: tuple[Place, ...]
    parent: str = PATCH

    def look(self, source: Source) -> Look:
        pictures, labels = self._list(source)
        return Look(len(pictures), sum(file.size for file in pictures.values()), len(labels))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        pictures, labels = self._list(source)
        paired = {key: (file,) for key, file in labels.items()}
        return files.scenes_of(source, family, pictures, paired, parent=self.parent)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        try:
            text = objects.decode(objects.read_annotation(scene.annotations[0]))
        except ValueError:
            raise AnnotationError("unparsable annotation", "not text") from None
        found, gsd = objects.Objects(), None
        for line in text.splitlines():
            head, _, value = line.strip().partition(":")
            if head.lower() == "gsd":
                metres = objects.number(value)
                gsd = metres if metres and metres > 0 else None
            elif head and head.lower() != "imagesource":
                _add(found, line.split())
        return found.annotation(gsd=gsd)

    def _list(self, source: Source) -> tuple[dict[str, FileStamp], dict[str, FileStamp]]:
        spot = layout.settle(source, self.places)
        # archives unpack into folders of parts, and names are unique over all of DOTA
        pictures = files.list_pictures(source, spot.pictures, stems=True)
        return pictures, files.list_keyed(source, spot.annotations, (".txt",), stems=True)


def _add(found: objects.Objects, fields: list[str]) -> None:
    """A class name may hold spaces; a last field that is a number is the difficult flag."""
    name, flag = fields[8:], 0.0
    if len(name) > 1 and (last := objects.number(name[-1])) is not None:
        name, flag = name[:-1], last
    if not name:
        found.lose("", "too few fields")
        return
    corners = [objects.number(field) for field in fields[:8]]
    polygon = tuple(value for value in corners if value is not None)
    label = " ".join(name)
    if len(polygon) != 8:
        found.lose(label, objects.NOT_A_NUMBER)
        return
    xs, ys = polygon[0::2], polygon[1::2]
    found.add(label, (min(xs), min(ys), max(xs), max(ys)), polygon=polygon, difficult=flag != 0, cut=flag == 2)
