"""Figures of a group of objects that words are decided by: gaps, spans, rows, lengths. Arrays by object, pixels."""

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Box
from skypairs.transforms.truth.facts import Floats, Group

_POINTS = 3


def gaps(one: Group, other: Group) -> Floats:
    """(n, m): distance between the boxes of two groups, 0 where they overlap."""
    x = np.maximum(one.x0[:, None] - other.x1, other.x0 - one.x1[:, None])
    y = np.maximum(one.y0[:, None] - other.y1, other.y0 - one.y1[:, None])
    return np.asarray(np.hypot(np.maximum(x, 0), np.maximum(y, 0)))


def overlaps(one: Group, other: Group) -> Floats:
    """(n, m): common area by the smaller of the two."""
    x = np.minimum(one.x1[:, None], other.x1) - np.maximum(one.x0[:, None], other.x0)
    y = np.minimum(one.y1[:, None], other.y1) - np.maximum(one.y0[:, None], other.y0)
    common = np.maximum(x, 0) * np.maximum(y, 0)
    return np.asarray(common / np.minimum((one.sides**2)[:, None], other.sides**2))


def span(group: Group) -> tuple[float, float]:
    """Extent of the centers in x and y."""
    x, y = np.ptp(group.centers, axis=1)
    return float(x), float(y)


def density(group: Group) -> float:
    """Sum of the areas of the boxes by the area of the rectangle that bounds them all."""
    around = (group.x1.max() - group.x0.min()) * (group.y1.max() - group.y0.min())
    return float((group.sides**2).sum() / around)


def row(group: Group) -> tuple[float, float]:
    """How far the centers lie in a line: least by greatest standard deviation along their principal axes (1 where all
    centers are one), and the greater of their extents in x and y."""
    offsets = group.centers - group.centers.mean(axis=1, keepdims=True)
    least, greatest = np.sqrt(np.maximum(np.linalg.eigvalsh(offsets @ offsets.T), 0))  # ascending
    return float(least / greatest) if greatest else 1.0, max(span(group))


def length(box: Box) -> float:
    """Longer side of the smallest rectangle, turned at will, around a box's outline; of the box where there is none."""
    if len(box.polygon) < 2 * _POINTS:
        return max(box.x1 - box.x0, box.y1 - box.y0)
    points = np.array(box.polygon).reshape(-1, 2)
    edges = (points[None] - points[:, None]).reshape(-1, 2)  # a side of it lies along two of the points
    edges = edges[np.hypot(*edges.T) > 0]
    if not len(edges):
        return 0.0
    along = edges / np.hypot(*edges.T)[:, None]
    first = np.ptp(along @ points.T, axis=1)
    second = np.ptp(along[:, ::-1] * (1, -1) @ points.T, axis=1)
    best = int(np.argmin(first * second))
    return float(max(first[best], second[best]))


def crossing(group: Group, width: int, height: int) -> npt.NDArray[np.bool_]:
    """Which boxes reach from side to side, but for 3 % of the picture at each end."""
    x = (group.x0 <= 0.03 * width) & (group.x1 >= 0.97 * width)
    y = (group.y0 <= 0.03 * height) & (group.y1 >= 0.97 * height)
    return np.asarray(x | y)
