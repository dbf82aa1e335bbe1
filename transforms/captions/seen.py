"""What the rules of `rich` see of a picture: its visible objects by class, and what is known of them. docs/captions.md defines
"visible" and "exact". Independent of the order of the boxes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Box, Lost
from skypairs.schemas.vocabulary import Vocabulary, is_mass
from skypairs.transforms.captions.english import article
from skypairs.transforms.captions.layout_words import OF_REGIONS, PLACES, Fact, Place, arrangements, box_gap
from skypairs.transforms.captions.marks import Mark, Shape, mark, mark_many, shape_of, shape_of_many
from skypairs.transforms.captions.numbers import amounts
from skypairs.transforms.captions.size_words import SIZE_NAMES, length, sizes

FEW = 48
"""Up to so many boxes are counted one by one, more as arrays."""
MEASURED = 10
"""Lengths are looked at of up to so many objects."""
LARGEST_PLACED = 0.5
"""A region whose size by the picture's longer side is more is at no one place."""
UNKNOWN = ("unlabelled", "unknown colour")
"""Labels of objects and pixels of which no class is known: any class may lack some."""
_TELLING = attrgetter("rank")
_FIELDS = attrgetter("x0", "y0", "x1", "y1", "cut")

Marks = Sequence[Mark] | npt.NDArray[np.float64]


@dataclass(eq=False)
class Group:
    """A set of objects of one class: all, or those at one place. What may be said of it is worked out when asked for."""

    kind: "Class"
    place: Place | None
    marks: Marks
    boxes: tuple[Box, ...]
    """The boxes of the marks, where there are few; empty where there are many."""
    sure: bool = True
    """False: more objects of the class may be at the place. Then only a lower bound of their number is known."""

    @property
    def number(self) -> int:
        return len(self.marks)

    @cached_property
    def shape(self) -> Shape:
        return shape_of_many(self.marks) if isinstance(self.marks, np.ndarray) and self.number > 2 else shape_of(self._few)

    @property
    def _few(self) -> Sequence[Mark]:
        return [Mark(*row) for row in self.marks.tolist()] if isinstance(self.marks, np.ndarray) else self.marks

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """All that is said of the set but its number and place, the most telling first."""
        if not self.sure:
            return ()
        view = self.kind.view
        shape = self.shape
        gap = np.inf
        if shape.number == 2:
            a, b = self._few
            gap = box_gap(a, b) / (min(a.size, b.size) * view.longer)
        facts = arrangements(shape, view.width, view.height, gap)
        if self.kind.region:
            facts = [fact for fact in facts if fact in OF_REGIONS]
        else:
            facts += sizes(shape, view.aspect, self.kind.named_by_size)
            if view.gsd and len(self.boxes) == shape.number <= MEASURED and not shape.cut:
                long = length(list(self.boxes), view.gsd)
                facts += [long] if long else []
        if self.place is not None:
            facts = [fact for fact in facts if fact not in self.place.silent]
        facts.sort(key=_TELLING)
        return tuple(facts)

    @property
    def where(self) -> str:
        """Words for its place; empty for all objects of the class."""
        if self.place is None:
            return ""
        return self.place.words if len(self.marks) == 1 else self.place.plural

    @property
    def everywhere(self) -> str:
        """The same of objects of several classes."""
        return self.place.plural if self.place else ""

    def amount(self, turn: int = 0) -> str:
        """How many: "a", "two", "at least two", "about forty"; with another turn a vaguer word, where there is one."""
        if self.number == 1:
            return "a"
        words = amounts(self.number, self.kind.exact and self.sure)
        return words[turn % len(words)]

    @property
    def wordings(self) -> int:
        """How many words there are for its number."""
        return 1 if self.number == 1 else len(amounts(self.number, self.kind.exact and self.sure))

    @cached_property
    def bits(self) -> float:
        """About how much number and place tell."""
        sure = 1.0 + min(self.number, 4) * 0.5 if self.kind.exact and self.sure else 1.0
        return sure + (self.place.bits if self.place else 0.0)


@dataclass(eq=False)
class Class:
    """A class with visible objects."""

    view: "View"
    singular: str
    plural: str
    region: bool
    """Areas of a mask, or stuff that is not counted."""
    exact: bool
    marks: Marks
    boxes: tuple[Box, ...]

    @cached_property
    def named_by_size(self) -> bool:
        return self.singular.partition(" ")[0] in SIZE_NAMES

    @cached_property
    def whole(self) -> Group:
        return Group(self, None, self.marks, self.boxes)

    @cached_property
    def placed(self) -> dict[str, Group]:
        """The sets that a place picks, by its name; of one object only where no other lies between said and true."""
        if self.region and float(max(mark[0] for mark in self.marks)) > LARGEST_PLACED:
            return {}
        found = {}
        for place in PLACES:
            if isinstance(self.marks, np.ndarray):
                columns = self.marks.T
                values = columns[place.column]
                said = (values >= place.said[0]) & (values <= place.said[1])
                number = int(np.count_nonzero(said))
                sure = number == int(np.count_nonzero((values >= place.true[0]) & (values <= place.true[1])))
                if number > 1 or (number and sure):
                    found[place.name] = Group(self, place, self.marks[said], (), sure)
            else:
                column, (least, most), (low, high) = place.column, place.said, place.true
                there = [index for index, mark in enumerate(self.marks) if least <= mark[column] <= most]
                if there:
                    sure = len(there) == sum([low <= mark[column] <= high for mark in self.marks])
                    if sure or len(there) > 1:
                        marks = [self.marks[index] for index in there]
                        boxes = tuple([self.boxes[index] for index in there])
                        found[place.name] = Group(self, place, marks, boxes, sure)
        return found

    @property
    def named(self) -> str:
        """ "a ship"."""
        return f"{article(self.singular)} {self.singular}"

    @property
    def some(self) -> str:
        """One object among those that are there: "a ship" where there is no other, else "one of the ships"."""
        return self.named if len(self.marks) == 1 else f"one of the {self.plural}"


@dataclass(eq=False)
class View:
    """A picture as the rules of `rich` see it."""

    width: int
    height: int
    gsd: float | None
    """Meters a pixel, where known."""
    classes: list[Class] = field(default_factory=list)
    """Objects before regions, the more frequent first, then by name."""
    regions: dict[str, list[Box]] = field(default_factory=dict)
    """Boxes of semantic masks, by plural of their class, where every one has an area."""

    @property
    def longer(self) -> int:
        return max(self.width, self.height)

    @property
    def aspect(self) -> float:
        """Shorter by longer side."""
        return min(self.width, self.height) / self.longer


NOTHING = View(0, 0, None)
"""What rules see that do not look."""


def look_at(width: int, height: int, boxes: Iterable[Box], lost: Iterable[Lost], gsd: float | None, words: Vocabulary) -> View:
    """Sorts the boxes of a picture of width x height pixels into classes; those without a word are left out."""
    view = View(width, height, gsd)
    sorts: dict[tuple[str, str], list[Box]] = {}
    for box in boxes:
        sorts.setdefault((box.native, box.kind), []).append(box)
    missing = {item.label for item in lost}
    unsure = not missing.isdisjoint(UNKNOWN)
    merged: dict[tuple[str, str, bool], list[Box]] = {}
    for (native, kind), found in sorts.items():
        name = words[native]
        if name.singular:
            merged.setdefault((name.singular, name.plural, kind == "region" or is_mass(name.singular)), []).extend(found)
    for (singular, plural, region), found in merged.items():
        found.sort(key=_FIELDS)
        marks, few = _marks(found, width, height)
        if region and all(box.area is not None for box in found):
            view.regions[plural] = found
        if not len(marks):
            continue
        exact = len(marks) == len(found) and not (unsure or singular in missing) and not _doubtful(found, region)
        view.classes.append(Class(view, singular, plural, region, exact, marks, few))
    view.classes.sort(key=lambda item: (item.region, -len(item.marks), item.singular, item.plural))
    return view


def _doubtful(boxes: list[Box], region: bool) -> bool:
    return any(box.crowd or box.difficult or (box.cut and not region) for box in boxes)


def _marks(boxes: list[Box], width: int, height: int) -> tuple[Any, tuple[Box, ...]]:
    if len(boxes) > FEW:
        rows = np.array([_FIELDS(box) for box in boxes], np.float64)
        marks, seen = mark_many(rows, width, height)
        if len(marks) > FEW:
            return marks, ()
        return [Mark(*row) for row in marks.tolist()], tuple(box for box, is_seen in zip(boxes, seen, strict=True) if is_seen)
    found = [(mark(box.x0, box.y0, box.x1, box.y1, box.cut, width, height), box) for box in boxes]
    return [one for one, _ in found if one], tuple(box for one, box in found if one)
