"""What the rules of `rich` see of a picture: its visible objects by class, and what is known of them. docs/captions.md defines
"visible" and "exact". Independent of the order of the boxes.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter

import numpy as np

from skypairs.schemas.records import Box, Lost
from skypairs.schemas.vocabulary import Vocabulary, is_mass
from skypairs.transforms.captions.group import Class
from skypairs.transforms.captions.group_facts import Frame, Name, name_of
from skypairs.transforms.captions.marks import Many, many_of, rows_of

FEW = 48
"""Up to so many boxes are counted one by one, more as arrays."""
UNKNOWN = ("unlabelled", "unknown colour")
"""Labels of objects and pixels of which no class is known: any class may lack some."""
_CORNERS = attrgetter("x0", "y0", "x1", "y1")
_CUT = attrgetter("cut")
_FLAGS = attrgetter("cut", "crowd", "difficult")


class View:
    """A picture as the rules of `rich` see it."""

    __slots__ = ("classes", "height", "neighbours", "regions", "width")

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.classes: list[Class] = []
        """Objects before regions, the more frequent first, then by name."""
        self.regions: dict[str, list[Box]] = {}
        """Boxes of semantic masks, by plural of their class, where every one has an area."""
        self.neighbours: list[tuple[Class, Class]] | None = None
        """Classes of which an object of the one is next to an object of the other, once they were looked for."""


NOTHING = View(0, 0)
"""What rules see that do not look."""


def look_at(width: int, height: int, boxes: Iterable[Box], lost: Iterable[Lost], gsd: float | None, words: Vocabulary) -> View:
    """Sorts the boxes of a picture of width x height pixels into classes; those without a word are left out."""
    view = View(width, height)
    longer = max(width, height)
    frame = Frame(width, height, longer, min(width, height) / longer, gsd)
    missing = {item.label for item in lost} if lost else ()
    unsure = any(label in missing for label in UNKNOWN)
    for name, found in _sorted(boxes, words).items():
        if name.region and all(box.area is not None for box in found):
            view.regions[name.plural] = found
        if one := _class(name, found, frame, unsure or name.singular in missing):
            view.classes.append(one)
    if len(view.classes) > 1:
        view.classes.sort(key=lambda item: (item.name.region, -item.number, item.name.singular, item.name.plural))
    return view


def _sorted(boxes: Iterable[Box], words: Vocabulary) -> dict[Name, list[Box]]:
    """Boxes by class."""
    sorts: defaultdict[tuple[str, str], list[Box]] = defaultdict(list)
    for box in boxes:
        sorts[box.native, box.kind].append(box)
    found: dict[Name, list[Box]] = {}
    for (native, kind), those in sorts.items():
        word = words[native]
        if word.singular:
            name = name_of(word.singular, word.plural, kind == "region" or is_mass(word.singular))
            if name in found:
                found[name] += those
            else:
                found[name] = those
    return found


def _class(name: Name, boxes: list[Box], frame: Frame, doubtful: bool) -> Class | None:
    """The visible ones of the boxes of a class; None: there are none."""
    flags = set(map(_FLAGS, boxes))
    many = _many(boxes, frame, any(cut for cut, _, _ in flags)) if len(boxes) > FEW else None
    rows, seen = rows_of(boxes, frame.width, frame.height) if many is None else ([], [])
    number = len(rows) if many is None else len(many.size)
    faults = number < len(boxes) or any(crowd or difficult or (cut and not name.region) for cut, crowd, difficult in flags)
    return Class(name, frame, not (doubtful or faults), rows, seen, many) if number else None


def _many(boxes: list[Box], frame: Frame, some_cut: bool) -> Many | None:
    """Boxes as arrays; None where few of them are visible."""
    corners = np.fromiter(chain.from_iterable(map(_CORNERS, boxes)), np.float64, 4 * len(boxes)).reshape(-1, 4).T
    cut = np.fromiter(map(_CUT, boxes), np.bool_, len(boxes)) if some_cut else None
    many = many_of(corners, cut, frame.width, frame.height)
    return many if len(many.size) > FEW else None
