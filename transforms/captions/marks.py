"""Visible objects as numbers: what place, size and arrangement are told by, all of it unchanged by flips and quarter turns.

A few objects are counted in plain Python, many in numpy; both give the same numbers.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SHOWN = 224
"""Pixels of a picture's longer side as a trainer shows it."""
LEAST = 4
"""Pixels of such a picture that an object must measure, by the square root of its area, to be named."""


class Mark(NamedTuple):
    """One visible object. L is the longer side of the picture."""

    size: float
    """Square root of the area of its box, by L."""
    reach: float
    """The larger of its width by that of the picture and its height by that of the picture."""
    far: float
    """The larger of the distances of its centre from the middle of the picture in x and y: 0 there, 1 at the border."""
    near: float
    """The smaller of them."""
    gap: float
    """Least gap to the border, by L."""
    x: float
    y: float
    """Twice the centre, pixels."""
    x0: float
    y0: float
    x1: float
    y1: float
    cut: float
    """1 where it reaches out of the picture, else 0."""


class Shape(NamedTuple):
    """What a set of objects looks like as a whole."""

    number: int
    least: float
    """Least size."""
    most: float
    """Greatest size."""
    short: float
    """Least reach."""
    long: float
    """Greatest reach."""
    span_x: float
    span_y: float
    """Of the centres, pixels."""
    thin: float
    """Least by greatest standard deviation of the centres along their principal axes; 1 where all are in one point."""
    filled: float
    """Sum of the areas of the boxes by that of the rectangle that bounds them all."""
    cut: int
    """How many are cut."""


def mark(x0: float, y0: float, x1: float, y1: float, cut: bool, width: int, height: int) -> Mark | None:
    """A box in pixels of its picture as a Mark; None where it is too small to be seen."""
    w, h, longer = x1 - x0, y1 - y0, width if width > height else height
    size = math.sqrt(w * h) / longer
    if size * SHOWN < LEAST:
        return None
    x, y = x0 + x1, y0 + y1
    u, v = abs(x - width) / width, abs(y - height) / height
    far, near = (u, v) if u > v else (v, u)
    wide, high = w / width, h / height
    right, below = width - x1, height - y1
    least = x0 if x0 < y0 else y0
    opposite = right if right < below else below
    gap = (least if least < opposite else opposite) / longer
    return Mark(size, wide if wide > high else high, far, near, gap, x, y, x0, y0, x1, y1, float(cut))


def mark_many(rows: npt.NDArray[np.float64], width: int, height: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """(5, n) of x0, y0, x1, y1, cut as (12, m), a row for each number of a Mark, of those that are seen; and (n,) which are."""
    x0, y0, x1, y1, cut = rows
    w, h, longer = x1 - x0, y1 - y0, max(width, height)
    size = np.sqrt(w * h) / longer
    seen = size * SHOWN >= LEAST
    x, y = x0 + x1, y0 + y1
    u, v = abs(x - width) / width, abs(y - height) / height
    gap = np.minimum(np.minimum(x0, y0), np.minimum(width - x1, height - y1)) / longer
    reach = np.maximum(w / width, h / height)
    marks = np.array((size, reach, np.maximum(u, v), np.minimum(u, v), gap, x, y, x0, y0, x1, y1, cut))
    return (marks if seen.all() else marks[:, seen]), seen


def shape_of(marks: Sequence[Mark]) -> Shape:
    """The shape of at least one object."""
    if len(marks) == 1:
        (one,) = marks
        return Shape(1, one.size, one.size, one.reach, one.reach, 0.0, 0.0, 1.0, 1.0, int(one.cut))
    size, reach, _, _, _, x, y, x0, y0, x1, y1, cut = zip(*marks, strict=True)
    number = len(marks)
    span_x, span_y = (max(x) - min(x)) / 2, (max(y) - min(y)) / 2
    thin, filled = 1.0, 0.0
    if number > 2:
        mean_x, mean_y = math.fsum(x) / number, math.fsum(y) / number
        xx = math.fsum([(value - mean_x) ** 2 for value in x])
        yy = math.fsum([(value - mean_y) ** 2 for value in y])
        xy = math.fsum([(a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)])
        thin = _thin(xx, yy, xy)
    if number > 5:
        areas = math.fsum([(c - a) * (d - b) for a, b, c, d in zip(x0, y0, x1, y1, strict=True)])
        filled = areas / ((max(x1) - min(x0)) * (max(y1) - min(y0)))
    return Shape(number, min(size), max(size), min(reach), max(reach), span_x, span_y, thin, filled, int(math.fsum(cut)))


def shape_of_many(marks: npt.NDArray[np.float64]) -> Shape:
    """The same of (12, n), at least three marks. Numbers are added in order of their size, not of the boxes."""
    number = marks.shape[1]
    low, high = marks.min(axis=1).tolist(), marks.max(axis=1).tolist()
    x, y = (marks[row] - np.sort(marks[row]).sum() / number for row in (5, 6))
    xx, yy, xy = (float(np.sort(values).sum()) for values in (x * x, y * y, x * y))
    areas = float(np.sort((marks[9] - marks[7]) * (marks[10] - marks[8])).sum())
    filled = areas / ((high[9] - low[7]) * (high[10] - low[8])) if number > 5 else 0.0
    spans = (high[5] - low[5]) / 2, (high[6] - low[6]) / 2
    return Shape(number, low[0], high[0], low[1], high[1], *spans, _thin(xx, yy, xy), filled, int(marks[11].sum()))


def _thin(xx: float, yy: float, xy: float) -> float:
    middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    return math.sqrt(max(0.0, middle - half) / (middle + half)) if middle else 1.0
