"""Words for how large objects are. docs/captions.md states when each is said and when it is true."""

import itertools
import math
from bisect import bisect
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from skypairs.schemas.records import Box
from skypairs.transforms.captions.layout_words import Fact

_ADJECTIVES = (
    (0.0, 0.037, Fact(0, "tiny", 1.0)),
    (0.0385, 0.098, Fact(0, "small", 1.0)),
    (0.112, 0.265, Fact(0, "medium-sized", 1.0)),
    (0.32, math.inf, Fact(0, "large", 2.0)),
)
"""Least and greatest size by the picture's longer side."""
_LEAST = [low for low, _, _ in _ADJECTIVES]
PARTS = (
    ("a twentieth", 0.05),
    ("a tenth", 0.1),
    ("an eighth", 0.125),
    ("a sixth", 1 / 6),
    ("a fifth", 0.2),
    ("a quarter", 0.25),
    ("a third", 1 / 3),
    ("two fifths", 0.4),
    ("half", 0.5),
    ("two thirds", 2 / 3),
    ("three quarters", 0.75),
)
_SPAN = 0.1
_SPANS = tuple(
    (
        part * (1 - _SPAN),
        part * (1 + _SPAN),
        Fact(2, f"spanning about {words} of the picture", 2.5),
        Fact(2, f"each spanning about {words} of the picture", 3.5),
    )
    for words, part in PARTS
)
_BETWEEN = [(a + b) / 2 for (_, a), (_, b) in itertools.pairwise(PARTS)]
FILLING = Fact(1, "filling most of the picture", 3.0)
_SIMILAR = Fact(1, "of similar size", 1.5)
_DIFFERENT = Fact(1, "of very different sizes", 2.0)
_LENGTH = 0.1
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10)
SIZE_NAMES = ("tiny", "small", "medium", "large", "big", "little", "mini", "medium-sized", "huge", "giant")
"""A class whose name begins so gets no adjective: "a large small vehicle" is no English."""


def adjective(least: float, most: float) -> Fact | None:
    """What all objects are whose sizes by the picture's longer side lie between the two."""
    _, highest, fact = _ADJECTIVES[bisect(_LEAST, least) - 1]
    return fact if most <= highest else None


def span(short: float, long: float, number: int) -> Fact | None:
    """What part of the picture all objects of a set span whose reaches lie between the two."""
    low, high, one, each = _SPANS[bisect(_BETWEEN, (short + long) / 2)]
    if low <= short and long <= high:
        return one if number == 1 else each
    return None


def alike(least: float, most: float) -> Fact | None:
    """How the sizes of three or more objects compare."""
    if most <= 1.3 * least:
        return _SIMILAR
    return _DIFFERENT if most >= 3 * least else None


def rounded(least: float, most: float, tolerance: float = _LENGTH) -> int | None:
    """A number of 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten that both lengths are within the tolerance of; 1 at least."""
    if not 0 < least <= most < 1e6:
        return None
    middle = (least + most) / 2
    power = 10 ** math.floor(math.log10(middle))
    found = min((step * power for step in _STEPS), key=lambda value: abs(value - middle) / value)
    fits = abs(least - found) <= tolerance * found and abs(most - found) <= tolerance * found
    return int(found) if fits and found >= 1 else None


def length_range(box: Box) -> tuple[float, float]:
    """Least and greatest length, in pixels, that an object in a box may have: by its outline where there is one, else from
    the longer side of the box, of an object that lies straight, to its diagonal, of a thin one that lies aslant."""
    if len(box.polygon) >= 6:
        points = np.array(box.polygon, np.float32).reshape(-1, 2)
        _, sides, _ = cv2.minAreaRect(points)
        return max(sides), max(sides)
    w, h = box.x1 - box.x0, box.y1 - box.y0
    return max(w, h), math.hypot(w, h)


def length(boxes: Sequence[Box], gsd: float) -> Fact | None:
    """How long objects are that lie in the picture as a whole; gsd in meters a pixel. None where no one number fits all."""
    ranges = [length_range(box) for box in boxes]
    found = rounded(min(low for low, _ in ranges) * gsd, max(high for _, high in ranges) * gsd)
    if found is None:
        return None
    return _long(found, len(boxes) > 1)


@cache  # some sixty numbers
def _long(meters: int, several: bool) -> Fact:
    return Fact(2, f"{'each ' if several else ''}about {meters} meter{'s' if meters > 1 else ''} long", 2.0)
