"""The 32 x 32 gray picture that is hashed, byte for byte as Pillow makes it, in about half the time for large pictures.

Pillow reduces 8-bit pictures in integers (libImaging/Resample.c of Pillow 12): LANCZOS weights rounded to 22 bits behind the
point, sums rounded to 8 bits, first along the rows, then down the columns. Nearly all of the work is the first pass, and
that is a product of matrices. In float32 such a product is exact, in whatever order it is summed, as long as every partial sum
is a whole number below 2^24: so each weight is taken in two parts, high and low bits, small enough for this, and the two sums
are put together in integers. Where no two parts are small enough (more than about 11,000 pixels across), and where a product
does not give Pillow's bytes after all, Pillow does it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from skypairs.schemas.records import THUMBNAIL_SIDE

SIDE = THUMBNAIL_SIDE
_POINT = 22
"""Bits of a weight behind the point: PRECISION_BITS in Resample.c."""
_LOBES = 3.0
_TOGETHER = 8
"""Columns of the result that share a product: their windows overlap, so that a few at once waste little."""
_EXACT = 1 << 24
_WORTH = 192
"""Pictures that are less wide are quicker with Pillow."""
_CHUNK = 1 << 20
"""Pixels that go through all steps together: fewer make small products, more take memory."""

Gray = npt.NDArray[np.uint8]
"""(H, W) uint8."""


def thumbnail(rgb: npt.NDArray[np.uint8]) -> Gray:
    """(32, 32) uint8 of (H, W, 3) uint8: Pillow's `convert("L").resize((32, 32), LANCZOS)`."""
    height, width = rgb.shape[:2]
    weights = _weights(width) if width >= _WORTH else None
    if weights is None:
        return reduce_gray(to_gray(rgb))
    columns = np.empty((height, SIDE), np.uint8)
    for rows in _chunks(height, width):
        columns[rows] = weights.reduce_rows(np.asarray(to_gray(rgb[rows])))
    return reduce_gray(Image.fromarray(columns))


def to_gray(rgb: npt.NDArray[np.uint8]) -> Image.Image:
    """Pillow's `convert("L")` of (H, W, 3) uint8. Pillow holds four bytes a pixel; OpenCV is quicker at adding the fourth."""
    height, width = rgb.shape[:2]
    return Image.frombuffer("RGBX", (width, height), cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA), "raw", "RGBX", 0, 1).convert("L")


def reduce_gray(gray: Image.Image) -> Gray:
    """(32, 32) uint8 of a gray picture of any size. Pillow leaves out the pass along an axis of 32 pixels already."""
    return np.asarray(gray.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


@dataclass(frozen=True, slots=True)
class _Weights:
    """The pass along rows of one width, as products."""

    bits: int
    """Of the low parts."""
    groups: tuple[tuple[int, int, npt.NDArray[np.float32]], ...]
    """Per group of columns: first and last pixel (half-open) of its window; (pixels, 2 * columns) high parts, then low ones."""

    def reduce_rows(self, gray: Gray) -> Gray:
        """(H, 32) of (H, W)."""
        height, pixels = len(gray), gray.astype(np.float32)
        sums = np.empty((height, len(self.groups), 2, _TOGETHER), np.float32)
        flat = sums.reshape(height, -1)
        for at, (first, last, parts) in enumerate(self.groups):
            columns = slice(at * 2 * _TOGETHER, (at + 1) * 2 * _TOGETHER)
            np.matmul(pixels[:, first:last], parts, out=flat[:, columns])
        whole = sums.astype(np.int32)
        values = ((whole[:, :, 0] << self.bits) + whole[:, :, 1] + (1 << _POINT - 1)) >> _POINT
        return np.clip(values, 0, 255, out=values).astype(np.uint8).reshape(height, SIDE)


@lru_cache(maxsize=256)
def _weights(width: int) -> _Weights | None:
    """None where products would not be exact."""
    table = _integer_weights(width)
    for bits in range(10, 3, -1):
        low = ((table + (1 << bits - 1)) & ((1 << bits) - 1)) - (1 << bits - 1)
        high = (table - low) >> bits
        if all(255 * np.abs(part).sum(axis=0).max() < _EXACT for part in (low, high)):
            break
    else:
        return None
    groups = []
    for at in range(0, SIDE, _TOGETHER):
        columns = slice(at, at + _TOGETHER)
        used = np.flatnonzero(table[:, columns].any(axis=1))
        first, last = int(used[0]), int(used[-1]) + 1
        parts = np.concatenate([part[first:last, columns] for part in (high, low)], axis=1)
        groups.append((first, last, np.ascontiguousarray(parts, np.float32)))
    weights = _Weights(bits, tuple(groups))
    return weights if _equals_pillow(weights, width) else None


def _integer_weights(width: int) -> npt.NDArray[np.int64]:
    """(width, 32): `precompute_coeffs` and `normalize_coeffs_8bpc` of Resample.c, in the same order of operations."""
    scale = width / SIDE
    support, inverse = _LOBES * scale, 1.0 / scale
    table = np.zeros((width, SIDE), np.int64)
    for column in range(SIDE):
        center = (column + 0.5) * scale
        first, last = max(int(center - support + 0.5), 0), min(int(center + support + 0.5), width)
        weights = [_lanczos((pixel - center + 0.5) * inverse) for pixel in range(first, last)]
        total = 0.0
        for weight in weights:  # one after the other, as there: sum() rounds less
            total += weight
        table[first:last, column] = [int(math.copysign(0.5, weight) + weight / total * (1 << _POINT)) for weight in weights]
    return table


def _lanczos(x: float) -> float:
    return _sinc(x) * _sinc(x / _LOBES) if -_LOBES <= x < _LOBES else 0.0


def _sinc(x: float) -> float:
    return math.sin(x * math.pi) / (x * math.pi) if x else 1.0


def _equals_pillow(weights: _Weights, width: int) -> bool:
    """A look at 24 rows, noise and steps: another Pillow, or a product that rounds, would be seen here."""
    noise = (np.arange(16 * width, dtype=np.uint32) * 2654435761 >> 13).astype(np.uint8).reshape(16, width)
    rows = np.concatenate([noise, np.where(noise[:8] & 1, 255, 0).astype(np.uint8)])
    expected = Image.fromarray(rows).resize((SIDE, len(rows)), Image.Resampling.LANCZOS)
    return bool(np.array_equal(weights.reduce_rows(rows), np.asarray(expected)))


def _chunks(height: int, width: int) -> Iterator[slice]:
    rows = max(_CHUNK // width, SIDE)
    return (slice(top, top + rows) for top in range(0, height, rows))
