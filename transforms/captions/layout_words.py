"""Words for where objects are and how they are arranged. docs/captions.md states when each is said and when it is true.

They say no left, right, above or north: all stay true of a picture that is flipped or turned by quarters.
"""

import math
from bisect import bisect
from dataclasses import dataclass, field
from typing import NamedTuple

from skypairs.schemas.records import Box


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """Words that are true of a set of objects, said after them. There is one object for each: they are compared as such."""

    turn: int
    """Its place among the words that follow a name: 0 an adjective, 1 sizes, 2 length, 3 arrangement."""
    words: str
    bits: float
    """About how much it tells: the fewer sets it is true of, the more."""
    alone: str = field(init=False)
    """Its words as of one object."""
    last: bool = field(init=False)
    """It is said after the place: what comes behind "of the picture" would seem to be said of that."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "alone", self.words.removeprefix("each "))
        object.__setattr__(self, "last", self.turn == 2 and self.words.startswith(("each ", "spanning ")))

    @property
    def rank(self) -> tuple[float, str]:
        """By which facts are sorted, the most telling first."""
        return -self.bits, self.words

    @property
    def order(self) -> tuple[int, str]:
        """By which those that are said stand in a phrase."""
        return self.turn, self.words


CUT = Fact(3, "cut off by the border", 2.0)
SIDE = Fact(3, "side by side", 3.0)
APART = Fact(3, "far apart", 1.5)
ROW = Fact(3, "in a row", 4.0)
CLUSTER = Fact(3, "clustered together", 3.5)
SCATTER = Fact(3, "scattered across the picture", 0.75)
DENSE = Fact(3, "densely packed", 4.0)
ROW_THIN, ROW_SPAN = 0.1, 0.3
"""Three or more objects are in a row if the ratio of their deviations is so small, and they span so much of the longer side."""
PACKED, FILLED = 6, 0.4
"""So many objects are densely packed if they fill so much of what bounds them."""


class Place(NamedTuple):
    """A place that objects are counted at: where one of three numbers of theirs lies between two bounds, both included."""

    name: str
    words: str
    """Of one object."""
    plural: str
    """Of several."""
    number: str
    """Which number: "far" is the larger of u and v of docs/captions.md, "near" the smaller, "gap" the least gap to the
    border by the picture's longer side."""
    said: tuple[float, float]
    """Objects in these bounds are there with a margin."""
    true: tuple[float, float]
    """Objects in these bounds are there."""
    bits: float
    """About how much it tells."""
    silent: tuple[Fact, ...]
    """What is not said of objects there, though it be true: nothing is scattered across a corner."""
    bit: int
    """Of a code: see `place_code`."""


def _place(
    bit: int, words: str, number: str, said: tuple[float, float], true: tuple[float, float], bits: float, plural: str = ""
) -> Place:
    return Place(words.rpartition(" ")[2], words, plural or words, number, said, true, bits, (SCATTER,), bit)


PLACES = (
    _place(1, "near the center", "far", (0.0, 0.42), (0.0, 0.5), 1.5),
    _place(2, "near the edge", "far", (0.58, math.inf), (math.nextafter(0.5, 1), math.inf), 1.0),
    _place(4, "between the center and the edge", "far", (0.38, 0.62), (0.35, 0.65), 2.0)._replace(name="between"),
    _place(8, "right at the center", "far", (0.0, 0.12), (0.0, 0.2), 4.0)._replace(name="middle"),
    _place(16, "in a corner", "near", (0.66, math.inf), (0.6, math.inf), 2.5, "in the corners"),
    _place(32, "along the border", "gap", (-math.inf, 0.02), (-math.inf, 0.05), 2.0)._replace(silent=(SCATTER, CUT)),
)
DOUBT = 6
"""The bit of a place, shifted by so much: the object is there, but not with a margin."""
PLACES_OF = tuple(tuple(place for place in PLACES if code & place.bit) for code in range(1 << DOUBT))
"""The places of a code."""


def _ranges(number: str) -> tuple[list[float], list[int]]:
    """Where codes change along one of the numbers of a Place, and the codes between."""
    places = [place for place in PLACES if place.number == number]
    starts = sorted({start for place in places for low, high in (place.said, place.true) for start in (low, _after(high))})
    return starts, [sum(_code(place, value) for place in places) for value in (-math.inf, *starts)]


def _after(value: float) -> float:
    return math.nextafter(value, math.inf)


def _code(place: Place, value: float) -> int:
    if place.said[0] <= value <= place.said[1]:
        return place.bit
    return place.bit << DOUBT if place.true[0] <= value <= place.true[1] else 0


_FAR, _FAR_CODES = _ranges("far")
_NEAR, _NEAR_CODES = _ranges("near")
_GAP, _GAP_CODES = _ranges("gap")


def place_code(far: float, near: float, gap: float) -> int:
    """Where an object is: a bit for each place that it is said to be at, and of others, shifted, where it is in truth."""
    code = _FAR_CODES[bisect(_FAR, far)]
    if near >= _NEAR[0]:  # no place begins before, and none goes on after the last of _GAP
        code |= _NEAR_CODES[bisect(_NEAR, near)]
    if gap < _GAP[-1]:
        code |= _GAP_CODES[bisect(_GAP, gap)]
    return code


def pair(gap: float, apart: float, longer: int) -> Fact | None:
    """How two objects lie; `gap` is that of their boxes by the smaller size, `apart` the square of the distance of their
    centres, pixels."""
    if gap <= 0.5:
        return SIDE
    return APART if apart >= (0.5 * longer) ** 2 else None


def spread(number: int, wide: float, high: float) -> Fact | None:
    """How three or more objects lie that are not in a row, and whose centres span so much of the width and of the height."""
    if wide <= 0.25 and high <= 0.25:
        return CLUSTER
    return SCATTER if number >= 4 and wide >= 0.6 and high >= 0.6 else None


def box_gap(a: Box, b: Box) -> float:
    """Pixels between two boxes, 0 where they touch or overlap."""
    across = max(0.0, a.x0 - b.x1, b.x0 - a.x1)
    along = max(0.0, a.y0 - b.y1, b.y0 - a.y1)
    return float((across * across + along * along) ** 0.5)


def is_next_to(a: Box, b: Box, smaller: float) -> bool:
    """Whether two objects are said to be next to each other: close, and not one on the other; `smaller` is the smaller of
    their sizes, pixels."""
    if box_gap(a, b) > 0.5 * smaller:
        return False
    common = max(0.0, min(a.x1, b.x1) - max(a.x0, b.x0)) * max(0.0, min(a.y1, b.y1) - max(a.y0, b.y0))
    return common <= 0.2 * smaller * smaller
