"""A text file a picture, a line an object, numbers between commas, blanks or brackets: CARPK, LEVIR, NWPU VHR-10, VisDrone.

    5 6 30 40 1                     x0 y0 x1 y1 class
    (5,6),(30,40),1                 the same
    684,8,27,16,1,4,0,0,            x0 y0 w h score class truncation occlusion

Pixels are 0-based and half-open. Blank lines, a byte order mark and a comma at the end mean nothing.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.records import Annotation, Lost, Scene
from skypairs.transforms.readers import objects
from skypairs.transforms.readers.pairs import Pairs

_BETWEEN = re.compile(r"\s*,\s*|\s+")
_OPTIONAL = {"truncation", "occlusion"}
_HEAVY = 2  # of VisDrone's occlusion: more than half of the object is hidden
IGNORED = "ignored by the dataset"


@dataclass(frozen=True, slots=True)
class BoxLines(Pairs):
    """Reader of such files. One without a line is an annotated, empty picture."""

    fields: tuple[str, ...] = ("x0", "y0", "x1", "y1", "class")
    """What a line holds, in order: x0, y0, x1, y1 or x0, y0, w, h in pixels; class; score, where 0 means not to be
    counted; truncation, where not 0 means cut; occlusion, where 2 means difficult. The last two may be missing."""
    classes: tuple[tuple[int, str], ...] = ()
    """Number of a class and its name. Empty: the name itself stands in the line."""

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotations:
            return Annotation()
        try:
            text = objects.decode(objects.read_annotation(scene.annotations[0]))
        except ValueError:
            raise AnnotationError("unparsable annotation", "not text") from None
        found, ignored = objects.Objects(), Counter[str]()
        for line in text.splitlines():
            values = _BETWEEN.split(line.replace("(", " ").replace(")", " ").strip().removesuffix(","))
            if any(values):
                self._add(found, ignored, values)
        read = found.annotation()
        lost = (*read.lost, *(Lost(label, IGNORED, count) for label, count in ignored.items()))
        return replace(read, lost=tuple(sorted(lost, key=lambda item: (item.label, item.reason))))

    def _add(self, found: objects.Objects, ignored: Counter[str], values: list[str]) -> None:
        least = len([name for name in self.fields if name not in _OPTIONAL])
        if not least <= len(values) <= len(self.fields):
            found.lose("", "too few fields" if len(values) < least else "too many fields")
            return
        row = dict(zip(self.fields, values, strict=False))
        name = self._name(row["class"])
        score = objects.number(row.get("score", "1"))
        if name is None:
            found.lose(f"category {row['class']}", "unknown class")
        elif score is None:
            found.lose(name, objects.NOT_A_NUMBER)
        elif score == 0:
            ignored[name] += 1
        else:
            cut = bool(objects.number(row.get("truncation")))
            difficult = objects.number(row.get("occlusion")) == _HEAVY
            found.add(name, _corners(row), difficult=difficult, cut=cut)

    def _name(self, text: str) -> str | None:
        if not self.classes:
            return text
        number = objects.number(text)
        return next((name for value, name in self.classes if value == number), None)


def _corners(row: dict[str, str]) -> list[float | None]:
    """x0, y0, x1, y1; None where there is no number."""
    x0, y0 = objects.number(row["x0"]), objects.number(row["y0"])
    if "x1" in row:
        return [x0, y0, objects.number(row["x1"]), objects.number(row["y1"])]
    w, h = objects.number(row["w"]), objects.number(row["h"])
    return [x0, y0, None if x0 is None or w is None else x0 + w, None if y0 is None or h is None else y0 + h]
