"""The eight orientations of EXIF (CIPA DC-008, 4.6.5, Orientation): how stored pixels and boxes become upright ones."""

import dataclasses
from typing import Any

import numpy.typing as npt

from skypairs.schemas.records import Box


def turn_array(array: npt.NDArray[Any], turn: int) -> npt.NDArray[Any]:
    """(H, W, ...) as stored to how it is shown; a view."""
    if turn >= 5:
        array = array.swapaxes(0, 1)
    if turn in (3, 4, 7, 8):
        array = array[::-1]
    if turn in (2, 3, 6, 7):
        array = array[:, ::-1]
    return array


def turn_box(box: Box, turn: int, width: int, height: int) -> Box:
    """A box in pixels of the stored picture of width x height to one in pixels of the picture as it is shown."""
    corners = [_point(x, y, turn, width, height) for x, y in ((box.x0, box.y0), (box.x1, box.y1))]
    (x0, x1), (y0, y1) = (sorted(values) for values in zip(*corners, strict=True))
    pairs = zip(box.polygon[0::2], box.polygon[1::2], strict=True)
    outline = tuple(value for x, y in pairs for value in _point(x, y, turn, width, height))
    return dataclasses.replace(box, x0=x0, y0=y0, x1=x1, y1=y1, polygon=outline)


def _point(x: float, y: float, turn: int, width: int, height: int) -> tuple[float, float]:
    if turn >= 5:
        x, y, width, height = y, x, height, width
    if turn in (3, 4, 7, 8):
        y = height - y
    if turn in (2, 3, 6, 7):
        x = width - x
    return x, y
