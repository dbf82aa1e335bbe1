"""Values of any depth to 8 bits, between two limits that are computed over the whole picture, so that tiles match.

Order statistics are exact and need no picture in memory: a histogram of the upper 16 bits of every value's rank code, then,
for values of more than 16 bits, one of the lower 16 bits inside the few bins that hold the ranks asked for. The code of a
value is an unsigned number in the same order (for floating point the usual turn of the sign: Herf, "Radix Tricks", 2001).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Limits = tuple[tuple[float, float], ...]
Blocks = Callable[[], Iterable[tuple[Array, ...]]]
"""A fresh pass over the picture: per block, the values of each band that count, flat, all of one type."""

_BINS = 1 << 16


def percentile_limits(blocks: Blocks, bands: int, percentiles: tuple[float, float]) -> Limits:
    """Two percentiles of each band, as numpy.percentile gives them (linear between ranks); (0, 0) of a band without values.

    Where both are the same value, the least and the greatest are taken instead. Exact for values of up to 32 bits; longer
    ones are rounded to 32-bit floating point first. Infinite and undefined values do not count.
    """
    found = _percentiles(blocks, bands, (0.0, *percentiles, 100.0))
    return tuple((band[1], band[2]) if band[1] < band[2] else (band[0], band[3]) for band in found)


def _percentiles(blocks: Blocks, bands: int, wanted: tuple[float, ...]) -> list[list[float]]:
    upper = np.zeros((bands, _BINS), np.int64)
    dtype = np.dtype(np.uint8)
    for block in blocks():
        for band, values in enumerate(_plain(block)):
            dtype = values.dtype
            upper[band] += np.bincount(_codes(values) >> _shift(dtype), minlength=_BINS)
    totals = upper.sum(axis=1)
    places = [[percent / 100 * max(int(total) - 1, 0) for percent in wanted] for total in totals]
    ranks = [sorted({rank for place in band for rank in (math.floor(place), math.ceil(place))}) for band in places]
    below = np.cumsum(upper, axis=1)
    bins = [
        [int(np.searchsorted(below[band], rank, side="right")) if totals[band] else 0 for rank in ranks[band]]
        for band in range(bands)
    ]
    if _shift(dtype):
        codes = _refined(blocks, ranks, bins, below, totals)
    else:
        codes = [dict(zip(ranks[band], bins[band], strict=True)) for band in range(bands)]
    found = []
    for band in range(bands):
        if not totals[band]:
            found.append([0.0] * len(wanted))
            continue
        known = {rank: _value(code, dtype) for rank, code in codes[band].items()}
        found.append([_between(known[math.floor(place)], known[math.ceil(place)], place % 1) for place in places[band]])
    return found


def _refined(
    blocks: Blocks, ranks: list[list[int]], bins: list[list[int]], below: Array, totals: Array
) -> list[dict[int, int]]:
    """The whole codes at the ranks, by a second pass that looks into their bins alone."""
    lower = [{chosen: np.zeros(_BINS, np.int64) for chosen in set(band)} for band in bins]
    for block in blocks():
        for band, values in enumerate(_plain(block)):
            codes = _codes(values)
            upper = codes >> 16
            for chosen, counts in lower[band].items():
                counts += np.bincount(codes[upper == chosen] & (_BINS - 1), minlength=_BINS)
    found: list[dict[int, int]] = []
    for band, listed in enumerate(ranks):
        found.append({})
        for rank, chosen in zip(listed, bins[band], strict=True):
            if totals[band]:
                before = int(below[band][chosen - 1]) if chosen else 0
                rest = int(np.searchsorted(np.cumsum(lower[band][chosen]), rank - before, side="right"))
                found[band][rank] = chosen << 16 | rest
    return found


def _plain(block: tuple[Array, ...]) -> Iterator[Array]:
    """The bands in a type that has a code, without what is no number."""
    for values in block:
        if values.dtype.kind == "f" or values.dtype.itemsize == 8:
            with np.errstate(over="ignore"):
                values = values.astype(np.float32, copy=False)
            values = values[np.isfinite(values)]
        yield values


def _shift(dtype: np.dtype[Any]) -> int:
    return 16 if dtype.itemsize == 4 else 0


def _codes(values: Array) -> Array:
    """Unsigned numbers in the order of the values."""
    if values.dtype.kind == "f":
        bits = np.ascontiguousarray(values).view(np.uint32)
        return np.asarray(np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31)))
    if values.dtype.kind == "i":
        unsigned = np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")
        return np.asarray(unsigned ^ unsigned.dtype.type(1 << (8 * values.dtype.itemsize - 1)))
    return values


def _value(code: int, dtype: np.dtype[Any]) -> float:
    """The inverse of `_codes`."""
    if dtype.kind == "f":
        bits = code ^ (1 << 31) if code >> 31 else code ^ 0xFFFFFFFF
        return float(np.uint32(bits).view(np.float32))
    return float(code - (1 << (8 * dtype.itemsize - 1)) if dtype.kind == "i" else code)


def _between(low: float, high: float, share: float) -> float:
    return low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share)


def to_eight_bits(values: Array, limits: Limits) -> npt.NDArray[np.uint8]:
    """(h, w, bands) values with `low` at 0 and `high` at 255, rounded to even, clipped.

    What is undefined becomes 0, and so does a band whose limits are the same.
    """
    out = np.empty(values.shape, np.uint8)
    for band, (low, high) in enumerate(limits):
        part = values[..., band]
        if part.dtype.kind in "iu" and part.dtype.itemsize <= 2:
            start = int(np.iinfo(part.dtype).min)
            every = np.arange(start, int(np.iinfo(part.dtype).max) + 1)
            index = part if start == 0 else part.astype(np.int32) - start
            out[..., band] = _scaled(every, low, high)[index]
        else:
            out[..., band] = _scaled(part, low, high)
    return out


def _scaled(values: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    if not high > low:
        return np.zeros(values.shape, np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = (values.astype(np.float64) - low) * (255 / (high - low))
        return np.asarray(np.clip(np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0), 0, 255).round(), np.uint8)
