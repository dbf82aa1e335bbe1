"""Visible objects as numbers: what place, size and arrangement are told by, all of it unchanged by flips and quarter turns.

A few objects are counted in plain Python, many in numpy; both give the same numbers. L is the longer side of the picture.
"""

import math
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Box
from skypairs.transforms.captions.layout_words import place_code

SHOWN = 224
"""Pixels of a picture's longer side as a trainer shows it."""
LEAST = 4
"""Pixels of such a picture that an object must measure, by the square root of its area, to be named."""

_CLOSE = 1e-6
"""More than the order in which numbers are added makes a difference."""

Row = tuple[float, float, float, float, int]
"""One visible object: size, the square root of the area of its box by L; reach, the larger of its width by that of the
picture and its height by that of the picture; x and y, twice its centre in pixels; where it is, as `place_code` has it."""


class Many(NamedTuple):
    """Many visible objects, a value of each array for each."""

    size: npt.NDArray[np.float64]
    reach: npt.NDArray[np.float64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    far: npt.NDArray[np.float64]
    """The larger of the distances of its centre from the middle of the picture in x and y: 0 there, 1 at the border."""
    near: npt.NDArray[np.float64]
    """The smaller of them."""
    gap: npt.NDArray[np.float64]
    """Least gap to the border, by L."""
    corners: npt.NDArray[np.float64]
    """(4, n): x0, y0, x1, y1."""
    cut: npt.NDArray[np.bool_] | None
    """None: not one is."""


def rows_of(boxes: Sequence[Box], width: int, height: int) -> tuple[list[Row], list[Box]]:
    """Those of the boxes, in pixels of their picture, that are large enough to be seen: as numbers, and as they are."""
    longer = width if width > height else height
    rows: list[Row] = []
    seen: list[Box] = []
    for box in boxes:
        x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
        w, h = x1 - x0, y1 - y0
        size = math.sqrt(w * h) / longer
        if size * SHOWN < LEAST:
            continue
        x, y = x0 + x1, y0 + y1
        u, v = abs(x - width) / width, abs(y - height) / height
        wide, high = w / width, h / height
        right, below = width - x1, height - y1
        least = x0 if x0 < y0 else y0
        opposite = right if right < below else below
        gap = (least if least < opposite else opposite) / longer
        if u < v:
            u, v = v, u
        rows.append((size, wide if wide > high else high, x, y, place_code(u, v, gap)))
        seen.append(box)
    return rows, seen


def many_of(corners: npt.NDArray[np.float64], cut: npt.NDArray[np.bool_] | None, width: int, height: int) -> Many:
    """The same of (4, n) corners and (n,) whether an object is cut, or None where none is: of those that are seen."""
    longer = max(width, height)
    size = np.sqrt((corners[2] - corners[0]) * (corners[3] - corners[1])) / longer
    seen = size * SHOWN >= LEAST
    if not seen.all():
        corners, cut, size = corners[:, seen], None if cut is None else cut[seen], size[seen]
    x0, y0, x1, y1 = corners
    x, y = x0 + x1, y0 + y1
    u, v = abs(x - width) / width, abs(y - height) / height
    gap = np.minimum(np.minimum(x0, y0), np.minimum(width - x1, height - y1)) / longer
    reach = np.maximum((x1 - x0) / width, (y1 - y0) / height)
    return Many(size, reach, x, y, np.maximum(u, v), np.minimum(u, v), gap, corners, cut)


def thin_of(x: Sequence[float], y: Sequence[float]) -> float:
    """Least by greatest standard deviation of points along their principal axes; 1 where all are one."""
    number = len(x)
    mean_x, mean_y = math.fsum(x) / number, math.fsum(y) / number
    dx, dy = [value - mean_x for value in x], [value - mean_y for value in y]
    return _thin(math.fsum(map(mul, dx, dx)), math.fsum(map(mul, dy, dy)), math.fsum(map(mul, dx, dy)))


def is_thin(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], most: float) -> bool:
    """Whether that is at most so much for many points. Where it is close, numbers are added in order of their size, so that
    the order of the objects has no say."""
    dx, dy = x - x.sum() / len(x), y - y.sum() / len(y)
    if _thin(float(dx @ dx), float(dy @ dy), float(dx @ dy)) > most + _CLOSE:
        return False
    dx, dy = (values - np.sort(values).sum() / len(values) for values in (x, y))
    xx, yy, xy = (float(np.sort(values).sum()) for values in (dx * dx, dy * dy, dx * dy))
    return _thin(xx, yy, xy) <= most


def _thin(xx: float, yy: float, xy: float) -> float:
    middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    return math.sqrt(max(0.0, middle - half) / (middle + half)) if middle else 1.0


def filled_of(boxes: Sequence[Box]) -> float:
    """Sum of the areas of boxes by that of the rectangle that bounds them all."""
    areas = math.fsum([(box.x1 - box.x0) * (box.y1 - box.y0) for box in boxes])
    wide = max([box.x1 for box in boxes]) - min([box.x0 for box in boxes])
    return areas / (wide * (max([box.y1 for box in boxes]) - min([box.y0 for box in boxes])))


def is_filled(corners: npt.NDArray[np.float64], least: float) -> bool:
    """Whether that is at least so much for (4, n), in the same way."""
    x0, y0, x1, y1 = corners
    areas = (x1 - x0) * (y1 - y0)
    whole = float((x1.max() - x0.min()) * (y1.max() - y0.min()))
    part = float(areas.sum()) / whole
    return part > least if abs(part - least) > _CLOSE else float(np.sort(areas).sum()) / whole >= least
