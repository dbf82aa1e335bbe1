"""Bounds of a COCO run-length code: runs of background and object in turn, down the columns of an h x w mask."""

from typing import Any

from pycocotools import mask

from skypairs.schemas.geometry import Rect

_MOST = 1 << 31  # pycocotools counts pixels in 32 bits


def bounds_of(code: dict[str, Any]) -> Rect | None:
    """The least half-open rectangle around the object pixels; empty (no area) where there are none; None for a bad code.

    `code["counts"]` is a list of runs or the compressed text of pycocotools.
    """
    size, counts = code.get("size"), code.get("counts")
    if not isinstance(size, list) or len(size) != 2 or not all(type(value) is int and value > 0 for value in size):
        return None
    height, width = size
    if height * width >= _MOST:
        return None
    if isinstance(counts, list):
        if not all(type(run) is int and run >= 0 for run in counts) or sum(counts) != height * width:
            return None
        packed = mask.frPyObjects({"size": size, "counts": _merged(counts)}, height, width)
    elif isinstance(counts, str) and counts.isascii() and counts:
        packed = {"size": size, "counts": counts.encode()}
    else:
        return None
    x, y, w, h = (float(value) for value in mask.toBbox(packed))
    area = int(mask.area(packed))
    inside = x >= 0 and y >= 0 and x + w <= width and y + h <= height and area <= w * h
    return Rect(x, y, x + w, y + h) if inside else None


def _merged(counts: list[int]) -> list[int]:
    """The same runs without empty ones in between, which pycocotools would take for pixels."""
    merged: list[int] = []
    for at, run in enumerate(counts):
        foreground = at % 2
        if run and len(merged) % 2 == foreground:
            merged.append(run)
        elif run and merged:
            merged[-1] += run
        elif run:
            merged += [0, run]
    return merged
