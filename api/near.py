"""Hamming distances of 64-bit hashes by brute force, and for sets too large for that by an exact join.

Used by verify only, and written for it: the build's own search shares no line with this.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from os import cpu_count

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
BRUTE = 1 << 15
"""Sets up to this size are compared all with all."""
CANDIDATES = 1 << 22  # compared at a time in the join
_BLOCK = 1 << 16  # comparisons at a time: half a MiB, which stays in the cache


def pairs_within(turned: Hashes, upright: Hashes, distance: int, brute: int = BRUTE) -> npt.NDArray[np.int64]:
    """Every (i, j) where some turn of i lies within `distance` of j, sorted: an array (pairs, 2).

    `turned` is (n, orientations), `upright` (m,). With i = j left to the caller. Up to `brute` rows all are compared with
    all; above, by pigeonhole: within distance d two hashes agree in at least one of d + 1 segments.
    """
    if max(len(turned), len(upright)) <= brute:
        steps = _steps(turned, upright)
        offset = np.array([1, 0])
        found = [start * offset + _brute_pairs(turned[start : start + step], upright, distance) for start, step in steps]
    else:
        found = [_join(turned[:, g], upright, distance) for g in range(turned.shape[1])]
    pairs = np.concatenate([np.empty((0, 2), np.int64), *found])
    return np.unique(pairs, axis=0)


def closest(turned: Hashes, upright: Hashes) -> tuple[int, int, int, int] | None:
    """(distance, i, orientation, j) of the closest pair of a turned row i and an upright j; the first of equals by i.

    All are compared with all, so that the distance may be any. None where either side is empty.
    """
    if not len(turned) or not len(upright):
        return None

    def within(start: int) -> tuple[int, int, int, int]:
        part = upright[start : start + _BLOCK]
        best = (65, 0, 0, 0)
        for row, turns in enumerate(turned):
            for g, value in enumerate(turns):
                apart = np.bitwise_count(part ^ value)
                if (least := int(apart.min())) < best[0]:
                    best = (least, row, g, start + int(apart.argmin()))
        return best

    with ThreadPoolExecutor(cpu_count() or 1) as pool:  # numpy lets go of the interpreter's lock within a block
        return min(pool.map(within, range(0, len(upright), _BLOCK)))


def _steps(turned: Hashes, upright: Hashes) -> list[tuple[int, int]]:
    step = max(1, _BLOCK // max(1, len(upright)))
    return [(start, step) for start in range(0, len(turned), step)]


def _brute_pairs(turned: Hashes, upright: Hashes, distance: int) -> npt.NDArray[np.int64]:
    near = np.zeros((len(turned), len(upright)), bool)
    for g in range(turned.shape[1]):
        near |= np.bitwise_count(turned[:, g, None] ^ upright) <= distance
    return np.argwhere(near)


def _join(left: Hashes, right: Hashes, distance: int) -> npt.NDArray[np.int64]:
    """Candidates that agree in a segment are found by sorting and compared whole."""
    cuts = np.linspace(0, 64, distance + 2).astype(int)
    found = []
    for low, high in pairwise(cuts):
        mask = np.uint64((1 << int(high - low)) - 1)
        keys = (right >> np.uint64(low)) & mask
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        wanted = (left >> np.uint64(low)) & mask
        first = np.searchsorted(keys, wanted, "left")
        count = np.searchsorted(keys, wanted, "right") - first
        ends = np.cumsum(count)
        start = 0
        while start < len(left):  # as many rows at a time as make about CANDIDATES
            base = ends[start] - count[start]
            stop = max(start + 1, int(np.searchsorted(ends, base + CANDIDATES, "right")))
            rows = np.repeat(np.arange(start, stop), count[start:stop])
            within = np.arange(len(rows)) - np.repeat(ends[start:stop] - count[start:stop] - base, count[start:stop])
            columns = order[first[rows] + within]
            near = np.bitwise_count(left[rows] ^ right[columns]) <= distance
            found.append(np.stack([rows[near], columns[near]], 1))
            start = stop
    return np.concatenate([np.empty((0, 2), np.int64), *found])
