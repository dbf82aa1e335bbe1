"""What the rules of `rich` see of a picture: its visible objects by class, and what is known of them. docs/captions.md defines
"visible" and "exact". Independent of the order of the boxes.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Box, Lost
from skypairs.schemas.vocabulary import Vocabulary, is_mass
from skypairs.transforms.captions.english import article
from skypairs.transforms.captions.layout_words import OF_REGIONS, PLACES, Fact, Place, arrangements, box_gap
from skypairs.transforms.captions.marks import Mark, mark, mark_many, shape_of, shape_of_many
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
_BITS = attrgetter("bits")
_FIELDS = attrgetter("x0", "y0", "x1", "y1", "cut", "difficult", "crowd")

Marks = Sequence[Mark] | npt.NDArray[np.float64]
"""Few objects one by one, or many as columns: (12, n), a row for each number of a Mark."""


class Group:
    """A set of objects of one class: all, or those at one place. What may be said of it is worked out when asked for."""

    __slots__ = (
        "_amounts",
        "_facts",
        "_marks",
        "_there",
        "bits",
        "items",
        "kind",
        "number",
        "picked",
        "place",
        "sure",
        "where",
    )

    def __init__(self, kind: "Class", place: Place | None, number: int, sure: bool, marks: Marks, there: Any) -> None:
        self.kind = kind
        self.place = place
        self.number = number
        self.sure = sure
        """False: more objects of the class may be at the place. Then only a lower bound of their number is known."""
        self._marks = marks
        self._there = there
        self._facts: tuple[Fact, ...] | None = None
        self._amounts: tuple[str, ...] | None = None
        self.picked: dict[tuple[int, int, int], tuple[Fact, ...]] = {}
        """Choices of facts that were made before."""
        self.items: dict[tuple[tuple[Fact, ...], bool, int], Any] = {}
        """Phrases that were made before: the rules say much of a set alike."""
        known = 1.0 + (number if number < 4 else 4) * 0.5 if sure and kind.exact else 1.0
        self.bits = known + place.bits if place else known
        """About how much number and place tell."""
        self.where = "" if place is None else place.words if number == 1 else place.plural
        """Words for its place; empty for all objects of the class."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All that is said of the set but its number and place, the most telling first."""
        if self._facts is None:
            self._facts = self._find_facts() if self.sure else ()
        return self._facts

    def _find_facts(self) -> tuple[Fact, ...]:
        view, kind = self.kind.view, self.kind
        gap = math.inf
        boxes: Sequence[Box] = ()
        if isinstance(self._marks, np.ndarray):
            shape = shape_of_many(self._marks if self._there is None else self._marks[:, self._there])
        else:
            marks, boxes = self._marks, kind.boxes
            if self._there is not None:
                marks, boxes = [marks[index] for index in self._there], [boxes[index] for index in self._there]
            shape = shape_of(marks)
            if shape.number == 2:
                gap = box_gap(*marks) / (shape.least * view.longer)
        facts = arrangements(shape, view.width, view.height, gap)
        if kind.region:
            facts = [fact for fact in facts if fact in OF_REGIONS]
        else:
            facts += sizes(shape, view.aspect, kind.named_by_size)
            if view.gsd and 0 < len(boxes) <= MEASURED and not shape.cut:
                long = length(boxes, view.gsd)
                facts += [long] if long else []
        if self.place is not None:
            facts = [fact for fact in facts if fact not in self.place.silent]
        if len(facts) > 1:
            facts.sort(key=_TELLING)
        return tuple(facts)

    @property
    def everywhere(self) -> str:
        """The same of objects of several classes."""
        return self.place.plural if self.place else ""

    def amount(self, turn: int = 0) -> str:
        """How many: "a", "two", "at least two", "about forty"; with another turn a vaguer word, where there is one."""
        words = self._amounts
        if words is None:
            words = self._amounts = amounts(self.number, self.kind.exact and self.sure) if self.number > 1 else ("a",)
        return words[turn % len(words)]

    @property
    def wordings(self) -> int:
        """How many words there are for its number."""
        self.amount()
        return len(self._amounts or ())


class Class:
    """A class with visible objects."""

    __slots__ = (
        "_by_worth",
        "_placed",
        "boxes",
        "exact",
        "marks",
        "named_by_size",
        "number",
        "plural",
        "region",
        "singular",
        "view",
        "whole",
    )

    def __init__(
        self, view: "View", name: tuple[str, str], region: bool, exact: bool, marks: Marks, boxes: Sequence[Box]
    ) -> None:
        self.view = view
        self.singular, self.plural = name
        self.region = region
        """Areas of a mask, or stuff that is not counted."""
        self.exact = exact
        self.marks = marks
        self.boxes = boxes
        """One a mark, where there are few; empty where there are many."""
        self.number = marks.shape[1] if isinstance(marks, np.ndarray) else len(marks)
        self.named_by_size = self.singular.partition(" ")[0] in SIZE_NAMES
        self.whole = Group(self, None, self.number, True, marks, None)
        self._placed: dict[str, Group] | None = None
        self._by_worth: tuple[Group, ...] = ()

    @property
    def by_worth(self) -> tuple[Group, ...]:
        """All sets that can be named, whole or at a place, the most telling first: by number and place."""
        if not self._by_worth:
            self._by_worth = tuple(sorted((self.whole, *self.placed.values()), key=_BITS, reverse=True))
        return self._by_worth

    @property
    def placed(self) -> dict[str, Group]:
        """The sets that a place picks, by its name; of one object only where no other lies between said and true."""
        if self._placed is None:
            self._placed = self._place_many() if isinstance(self.marks, np.ndarray) else self._place_few(self.marks)
        return self._placed

    def _place_few(self, marks: Sequence[Mark]) -> dict[str, Group]:
        found: dict[str, Group] = {}
        if self.region and max(mark.size for mark in marks) > LARGEST_PLACED:
            return found
        values: Sequence[float] = ()
        column = -1
        for place in PLACES:
            if column != place.column:
                column = place.column
                values = [one[column] for one in marks]
            least, most = place.said
            there = [index for index, value in enumerate(values) if least <= value <= most]
            if there:
                low, high = place.true
                sure = len(there) == len(values) or len(there) == len([value for value in values if low <= value <= high])
                if sure or len(there) > 1:
                    found[place.name] = Group(self, place, len(there), sure, marks, there)
        return found

    def _place_many(self) -> dict[str, Group]:
        found: dict[str, Group] = {}
        marks = np.asarray(self.marks)
        if self.region and marks[0].max() > LARGEST_PLACED:
            return found
        for place in PLACES:
            values = marks[place.column]
            there = (values >= place.said[0]) & (values <= place.said[1])
            number = int(np.count_nonzero(there))
            sure = number == int(np.count_nonzero((values >= place.true[0]) & (values <= place.true[1])))
            if number > 2 or (number and sure):
                found[place.name] = Group(self, place, number, sure and number > 2, marks, there)
        return found

    @property
    def some(self) -> str:
        """One object among those that are there: "a ship" where there is no other, else "one of the ships"."""
        return f"{article(self.singular)} {self.singular}" if self.number == 1 else f"one of the {self.plural}"


class View:
    """A picture as the rules of `rich` see it."""

    __slots__ = ("aspect", "classes", "gsd", "height", "longer", "neighbours", "regions", "width")

    def __init__(self, width: int, height: int, gsd: float | None) -> None:
        self.width = width
        self.height = height
        self.longer = max(width, height)
        self.aspect = min(width, height) / self.longer if self.longer else 1.0
        """Shorter by longer side."""
        self.gsd = gsd
        """Meters a pixel, where known."""
        self.classes: list[Class] = []
        """Objects before regions, the more frequent first, then by name."""
        self.regions: dict[str, list[Box]] = {}
        """Boxes of semantic masks, by plural of their class, where every one has an area."""
        self.neighbours: list[tuple[Class, Class]] | None = None
        """Classes of which an object of the one is next to an object of the other, once they were looked for."""


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
        if region and all(box.area is not None for box in found):
            view.regions[plural] = found
        marks, few, doubtful = _many(found, width, height, region) if len(found) > FEW else _few(found, width, height, region)
        if len(few) or isinstance(marks, np.ndarray):
            exact = not (doubtful or unsure or singular in missing)
            view.classes.append(Class(view, (singular, plural), region, exact, marks, few))
    view.classes.sort(key=lambda item: (item.region, -item.number, item.singular, item.plural))
    return view


def _few(boxes: list[Box], width: int, height: int, region: bool) -> tuple[Marks, Sequence[Box], bool]:
    """Marks of visible objects, their boxes, and whether their number is in doubt."""
    marks, seen, doubtful = [], [], False
    for box in boxes:
        one = mark(box.x0, box.y0, box.x1, box.y1, box.cut, width, height)
        if box.crowd or box.difficult or one is None or (box.cut and not region):
            doubtful = True
        if one is not None:
            marks.append(one)
            seen.append(box)
    return marks, seen, doubtful


def _many(boxes: list[Box], width: int, height: int, region: bool) -> tuple[Marks, Sequence[Box], bool]:
    """The same in arrays."""
    rows = np.fromiter(chain.from_iterable(map(_FIELDS, boxes)), np.float64, 7 * len(boxes)).reshape(-1, 7).T
    marks, seen = mark_many(rows[:5], width, height)
    doubtful = bool(marks.shape[1] < len(boxes) or rows[5:].any() or (rows[4].any() and not region))
    if marks.shape[1] > FEW:
        return marks, (), doubtful
    few = [box for box, is_seen in zip(boxes, seen, strict=True) if is_seen]
    return [Mark(*column) for column in marks.T.tolist()], few, doubtful
