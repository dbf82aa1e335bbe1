"""Sets of objects that the rules of `rich` speak of: the visible objects of a class, and those at one place."""

from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from skypairs.schemas.records import Box
from skypairs.transforms.captions.group_facts import Frame, Name, Places, facts_of_few, facts_of_many, spoken
from skypairs.transforms.captions.layout_words import DOUBT, PLACES, PLACES_OF, Fact, Place
from skypairs.transforms.captions.marks import Many, Row
from skypairs.transforms.captions.numbers import amounts

LARGEST_PLACED = 0.5
"""A region whose size by the picture's longer side is more is at no one place."""
_BITS = attrgetter("bits")
_ONE = ("a",)


class Group:
    """A set of objects of one class: all, or those at one place. What may be said of it is worked out when asked for."""

    __slots__ = ("_amounts", "_facts", "bits", "kind", "number", "place", "sure", "there", "where")

    def __init__(self, kind: "Class", place: Place | None, number: int, sure: bool, there: Places) -> None:
        self.kind = kind
        self.place = place
        self.number = number
        self.sure = sure
        """False: more objects of the class may be at the place. Then only a lower bound of their number is known."""
        self.there = there
        """Which of the objects of the class; None: all."""
        self._facts: tuple[Fact, ...] | None = None
        self._amounts: tuple[str, ...] | None = _ONE if number == 1 else None
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
        kind = self.kind
        if self.there is None and self.place is not None:
            return spoken(kind.whole.facts, self.place.silent)
        if kind.many is None:
            found = facts_of_few(kind.name, kind.frame, kind.rows, kind.boxes, self.there)
        else:
            found = facts_of_many(kind.name, kind.frame, kind.many, self.there)
        return spoken(found, self.place.silent if self.place else ())

    @property
    def everywhere(self) -> str:
        """The same of objects of several classes."""
        return self.place.plural if self.place else ""

    def amount(self, turn: int = 0) -> str:
        """How many: "a", "two", "at least two", "about forty"; with another turn a vaguer word, where there is one."""
        words = self.wordings
        return words[turn % len(words)] if turn else words[0]

    @property
    def wordings(self) -> tuple[str, ...]:
        """All words for its number."""
        if self._amounts is None:
            self._amounts = amounts(self.number, self.kind.exact and self.sure)
        return self._amounts


def same_objects(one: Group, other: Group) -> bool:
    """Whether two sets of a class hold the same objects."""
    if one.number != other.number or one.there is None or other.there is None:
        return one.number == other.number
    return bool(np.array_equal(one.there, other.there))


class Class:
    """A class with visible objects: either few, as `rows` with their `boxes`, or `many`."""

    __slots__ = ("_by_worth", "_placed", "boxes", "exact", "frame", "many", "name", "number", "rows", "whole")

    def __init__(
        self, name: Name, frame: Frame, exact: bool, rows: Sequence[Row], boxes: Sequence[Box], many: Many | None
    ) -> None:
        self.name = name
        self.frame = frame
        self.exact = exact
        self.rows = rows
        self.boxes = boxes
        self.many = many
        self.number = len(rows) if many is None else len(many.size)
        self.whole = Group(self, None, self.number, True, None)
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
            self._placed = self._place_few() if self.many is None else self._place_many(self.many)
        return self._placed

    def _place_few(self) -> dict[str, Group]:
        rows = self.rows
        if self.name.region and max([row[0] for row in rows]) > LARGEST_PLACED:
            return {}
        codes = [row[4] for row in rows]
        some, every = 0, -1
        for code in codes:
            some |= code
            every &= code
        found: dict[str, Group] = {}
        for place in PLACES_OF[some & (1 << DOUBT) - 1]:
            bit = place.bit
            if every & bit:
                found[place.name] = Group(self, place, self.number, True, None)
            else:
                there = [index for index, code in enumerate(codes) if code & bit]
                sure = not some & bit << DOUBT
                if sure or len(there) > 1:
                    found[place.name] = Group(self, place, len(there), sure, there)
        return found

    def _place_many(self, many: Many) -> dict[str, Group]:
        found: dict[str, Group] = {}
        if self.name.region and many.size.max() > LARGEST_PLACED:
            return found
        for place in PLACES:
            values = getattr(many, place.number)
            there = (values >= place.said[0]) & (values <= place.said[1])
            number = int(np.count_nonzero(there))
            sure = number == int(np.count_nonzero((values >= place.true[0]) & (values <= place.true[1])))
            if number > 2 or (number and sure):
                found[place.name] = Group(self, place, number, sure and number > 2, there)
        return found

    @property
    def some(self) -> str:
        """One object among those that are there: "a ship" where there is no other, else "one of the ships"."""
        return self.name.one if self.number == 1 else self.name.some
