"""Label masks to boxes: the mask-to-box step of RemoteCLIP (arXiv 2306.11029, section III-B-2), made exact.

A semantic mask gives one box a region: a connected area of one class, 8-connected. Borders are followed as in Suzuki and
Abe (1985); only outer borders count, those of islands in holes too, so the boxes are those of the 8-connected components.
An instance mask gives one box an object, however many parts it is in. What is dropped is counted.
"""

from collections import Counter
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from skypairs.schemas.identity import Window
from skypairs.schemas.records import Box, BoxKind, Lost
from skypairs.transforms.label_mask import UNLABELLED, LabelMask, read_labels, row_strips

__all__ = ["LabelMask", "Region", "follow_regions", "mask_boxes", "read_labels"]

_UNDER_AREA = "under min_area"
_UNDER_VISIBLE = "under min_visible"


class Region(NamedTuple):
    """A connected area of a binary picture."""

    x0: int
    y0: int
    x1: int
    y1: int
    """Bounds, half-open."""
    pixels: int
    """How many belong to it: holes and islands in them do not."""
    border: npt.NDArray[np.int64]
    """(n, 2) corners x, y of its outer border, in order; straight runs between them."""


class _Edge(NamedTuple):
    """An edge of a window beyond which pixels of a class lie."""

    axis: int
    """0: a column, 1: a row."""
    place: int
    """Of the last column or row inside, in pixels of the window."""
    found: npt.NDArray[np.int64]
    """found[p + 3] - found[q]: how many lie beyond positions q to p of the edge and next to their ends."""


def mask_boxes(
    mask: LabelMask, window: Window | None, min_area: float, min_visible: float
) -> tuple[tuple[Box, ...], tuple[Lost, ...]]:
    """Boxes in pixels of the window (None: the whole mask), by y0, x0 and label, and what was left out.

    `min_area` is in pixels: of a region as it lies in the window, of an object wherever it lies. `min_visible` is the least
    share of an object's pixels inside the window; regions have no such share, since the same field or road goes on and on.
    `cut` is set where the region or object goes on outside the window; `area` counts its pixels in the window. Raises
    ValueError for a window outside the mask.
    """
    height, width = mask.shape
    x0, y0, x1, y1 = view = window or (0, 0, width, height)
    if not (0 <= x0 <= x1 <= width and 0 <= y0 <= y1 <= height):
        raise ValueError(f"window {window} of a mask of {width}x{height}")
    lost: Counter[tuple[str, str]] = Counter()
    if mask.instances is None:
        boxes = _region_boxes(mask, view, min_area, lost)
    else:
        boxes = _object_boxes(mask, mask.instances, view, min_area, min_visible, lost)
    boxes.sort(key=lambda box: (box.y0, box.x0, box.label, box.y1, box.x1, box.cut))
    return tuple(boxes), tuple(Lost(label, reason, count) for (label, reason), count in sorted(lost.items()))


def follow_regions(binary: npt.NDArray[np.uint8]) -> list[Region]:
    """The 8-connected areas of the non-zero pixels of (H, W).

    Pixels are counted from the borders alone, by Pick's theorem (1899): a closed lattice path of area A and B steps covers
    A + B/2 + 1 points; a hole, whose border lies on the region's own pixels, holds A - B/2 + 1.
    """
    contours, hierarchy = cv2.findContours(binary, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return []
    parents = hierarchy[0, :, 3].astype(np.int64)
    sizes = np.array([len(contour) for contour in contours])
    ends = np.cumsum(sizes)
    starts = ends - sizes
    points = np.concatenate(contours)[:, 0].astype(np.int64)
    following = np.arange(1, len(points) + 1)
    following[ends - 1] = starts
    after = points[following]
    steps = np.add.reduceat(np.abs(after - points).max(axis=1), starts)
    twice = np.abs(np.add.reduceat(points[:, 0] * after[:, 1] - after[:, 0] * points[:, 1], starts))
    pixels = (twice + steps) // 2 + 1
    holes = np.flatnonzero(parents != -1)
    np.subtract.at(pixels, parents[holes], (twice[holes] - steps[holes]) // 2 + 1)
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts) + 1
    rows = np.column_stack((low, high, pixels, starts, ends))[parents == -1].tolist()
    return [Region(x0, y0, x1, y1, size, points[start:end]) for x0, y0, x1, y1, size, start, end in rows]


def _region_boxes(mask: LabelMask, view: Window, min_area: float, lost: Counter[tuple[str, str]]) -> list[Box]:
    x0, y0, x1, y1 = view
    boxes = []
    for number, name in enumerate(mask.names, 1):
        regions = follow_regions((mask.labels[y0:y1, x0:x1] == number).view(np.uint8))
        kept = [region for region in regions if region.pixels >= min_area]
        if len(kept) < len(regions):
            lost[name, _UNDER_AREA] += len(regions) - len(kept)
        edges = _open_edges(mask.labels, number, view) if kept else []
        boxes += [
            _box(name, *region[:4], "region", any(_goes_on(region, edge) for edge in edges), region.pixels) for region in kept
        ]
    return boxes


def _open_edges(labels: npt.NDArray[np.uint16], number: int, view: Window) -> list[_Edge]:
    """The edges of the window beyond which the class goes on."""
    x0, y0, x1, y1 = view
    height, width = labels.shape
    edges = []
    for axis, place, beyond in ((0, 0, x0 - 1), (0, x1 - x0 - 1, x1), (1, 0, y0 - 1), (1, y1 - y0 - 1, y1)):
        if not 0 <= beyond < (width, height)[axis]:
            continue  # the window ends where the picture does
        line = labels[:, beyond] if axis == 0 else labels[beyond]
        first, last = ((y0 - 1, y1 + 1), (x0 - 1, x1 + 1))[axis]  # one more at each end: corners touch
        low, high = max(first, 0), min(last, len(line))
        found = np.zeros(last - first + 1, np.int64)
        found[1 + low - first : 1 + high - first] = line[low:high] == number
        if found.any():
            edges.append(_Edge(axis, place, np.cumsum(found)))
    return edges


def _goes_on(region: Region, edge: _Edge) -> bool:
    """Whether pixels of the region on that edge have neighbours of their class beyond it, corners included."""
    if edge.place not in (region[edge.axis], region[edge.axis + 2] - 1):
        return False
    on = region.border[:, edge.axis] == edge.place
    along = region.border[:, 1 - edge.axis]
    runs_on = on & np.roll(on, -1)  # the next corner lies on the edge too, and all pixels between them
    start, end = along[on], np.where(runs_on, np.roll(along, -1), along)[on]
    return bool((edge.found[np.maximum(start, end) + 3] > edge.found[np.minimum(start, end)]).any())


def _object_boxes(
    mask: LabelMask,
    numbers: npt.NDArray[np.uint32],
    view: Window,
    min_area: float,
    min_visible: float,
    lost: Counter[tuple[str, str]],
) -> list[Box]:
    x0, y0, x1, y1 = view
    part = numbers[y0:y1, x0:x1]
    pixels, classes = mask.objects
    inside = np.zeros(len(pixels), np.int64)
    for rows in row_strips(part.shape):
        inside += np.bincount(part[rows].ravel(), minlength=len(pixels))
    places = ndimage.find_objects(part, len(pixels) - 1)
    boxes = []
    for number in (np.flatnonzero(inside[1:]) + 1).tolist():
        name = mask.names[classes[number] - 1] if classes[number] else UNLABELLED
        if not classes[number]:
            lost[name, "no class"] += 1
        elif pixels[number] < min_area:
            lost[name, _UNDER_AREA] += 1
        elif inside[number] < min_visible * pixels[number]:
            lost[name, _UNDER_VISIBLE] += 1
        else:
            rows, columns = places[number - 1]
            bounds = columns.start, rows.start, columns.stop, rows.stop
            boxes.append(_box(name, *bounds, "instance", bool(inside[number] < pixels[number]), int(inside[number])))
    return boxes


def _box(name: str, x0: int, y0: int, x1: int, y1: int, kind: BoxKind, cut: bool, pixels: int) -> Box:
    return Box(name, name, float(x0), float(y0), float(x1), float(y1), kind, cut=cut, area=float(pixels))
