"""Words for where objects are and how they are arranged. docs/captions.md states when each is said and when it is true.

They say no left, right, above or north: all stay true of a picture that is flipped or turned by quarters.
"""

import math
from typing import NamedTuple

from skypairs.transforms.captions.marks import Mark, Shape


class Fact(NamedTuple):
    """Words that are true of a set of objects, said after them."""

    turn: int
    """Its place among the words that follow a name: 0 an adjective, 1 sizes, 2 length, 3 arrangement."""
    words: str
    bits: float
    """About how much it tells: the fewer sets it is true of, the more."""

    @property
    def rank(self) -> tuple[float, str]:
        """By which facts are sorted, the most telling first."""
        return -self.bits, self.words


_CUT = Fact(3, "cut off by the border", 2.0)
_SIDE = Fact(3, "side by side", 3.0)
_APART = Fact(3, "far apart", 1.5)
_ROW = Fact(3, "in a row", 4.0)
_CLUSTER = Fact(3, "clustered together", 3.5)
_SCATTER = Fact(3, "scattered across the picture", 0.75)
DENSE = Fact(3, "densely packed", 4.0)
OF_REGIONS = (_SCATTER, _CLUSTER)
"""Areas are not said to be in a row or packed: they have no one shape."""


class Place(NamedTuple):
    """A place that objects are counted at: where one of the numbers of a Mark lies between two bounds, both included."""

    name: str
    words: str
    """Of one object."""
    plural: str
    """Of several."""
    column: int
    """Which number of a Mark."""
    said: tuple[float, float]
    """Objects in these bounds are there with a margin."""
    true: tuple[float, float]
    """Objects in these bounds are there."""
    bits: float
    """About how much it tells."""
    silent: tuple[Fact, ...]
    """What is not said of objects there, though it be true: nothing is scattered across a corner."""


def _place(
    words: str, field: str, said: tuple[float, float], true: tuple[float, float], bits: float, plural: str = ""
) -> Place:
    return Place(words.rpartition(" ")[2], words, plural or words, Mark._fields.index(field), said, true, bits, (_SCATTER,))


PLACES = (
    _place("near the center", "far", (0.0, 0.42), (0.0, 0.5), 1.5),
    _place("near the edge", "far", (0.58, math.inf), (math.nextafter(0.5, 1), math.inf), 1.0),
    _place("between the center and the edge", "far", (0.38, 0.62), (0.35, 0.65), 2.0)._replace(name="between"),
    _place("right at the center", "far", (0.0, 0.12), (0.0, 0.2), 4.0)._replace(name="middle"),
    _place("in a corner", "near", (0.66, math.inf), (0.6, math.inf), 2.5, "in the corners"),
    _place("along the border", "gap", (-math.inf, 0.02), (-math.inf, 0.05), 2.0)._replace(silent=(_SCATTER, _CUT)),
)


def arrangements(shape: Shape, width: int, height: int, gap: float) -> list[Fact]:
    """How a set lies; `gap` is that of the boxes of two objects by the smaller size (any number for others)."""
    facts = []
    number, longer = shape.number, max(width, height)
    if shape.cut == number:
        facts.append(_CUT)
    if number == 2:
        if gap <= 0.5:
            facts.append(_SIDE)
        elif shape.span_x**2 + shape.span_y**2 >= (0.5 * longer) ** 2:
            facts.append(_APART)
    if number < 3:
        return facts
    wide, high = shape.span_x / width, shape.span_y / height
    if shape.thin <= 0.1 and max(shape.span_x, shape.span_y) >= 0.3 * longer:
        facts.append(_ROW)
    elif wide <= 0.25 and high <= 0.25:
        facts.append(_CLUSTER)
    elif number >= 4 and wide >= 0.6 and high >= 0.6:
        facts.append(_SCATTER)
    if number >= 6 and shape.filled >= 0.4:
        facts.append(DENSE)
    return facts


def box_gap(a: Mark, b: Mark) -> float:
    """Pixels between two boxes, 0 where they touch or overlap."""
    across = max(0.0, a.x0 - b.x1, b.x0 - a.x1)
    along = max(0.0, a.y0 - b.y1, b.y0 - a.y1)
    return float((across * across + along * along) ** 0.5)


def is_next_to(a: Mark, b: Mark, longer: int) -> bool:
    """Whether two objects are said to be next to each other: close, and not one on the other."""
    smaller = (a.size if a.size < b.size else b.size) * longer
    most = 0.5 * smaller
    if a.x0 - b.x1 > most or b.x0 - a.x1 > most or a.y0 - b.y1 > most or b.y0 - a.y1 > most or box_gap(a, b) > most:
        return False
    common = max(0.0, min(a.x1, b.x1) - max(a.x0, b.x0)) * max(0.0, min(a.y1, b.y1) - max(a.y0, b.y0))
    return common <= 0.2 * smaller * smaller
