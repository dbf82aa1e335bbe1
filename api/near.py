"""Hamming distances of 64-bit hashes by brute force, and for sets too large for that by an exact join.

Used by verify only, and written for it: the build's own search shares no line with this. Threads do, since NumPy lets go of the
interpreter's lock within a block, and a script that calls verify needs no guard against being started again.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from os import cpu_count

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Found = npt.NDArray[np.int64]
BRUTE = 160_000_000_000
"""Comparisons up to which all are compared with all: 200,000 pictures in eight orientations with each other."""
CANDIDATES = 1 << 20  # compared at a time in the join
_BLOCK = 1 << 14  # comparisons at a time: an eighth of a MiB, which stays in the cache


def pairs_within(turned: Hashes, upright: Hashes, distance: int, brute: int | None = None) -> Found:
    """Every (i, j) where some turn of i lies within `distance` of j, sorted: an array (pairs, 2).

    `turned` is (n, orientations), `upright` (m,). Up to `brute` comparisons (None: BRUTE) all are compared with all; above,
    by pigeonhole: within distance d two hashes agree in at least one of d + 1 segments.
    """
    return _found(turned, upright, distance, brute, False)


def pairs_among(turned: Hashes, distance: int, brute: int | None = None) -> Found:
    """Every (i, j), i < j, of one set that lie within `distance` of each other whichever of the two is turned, sorted."""
    pairs = _found(turned, np.ascontiguousarray(turned[:, 0]), distance, brute, True)
    back = np.bitwise_count(turned[pairs[:, 1]] ^ turned[pairs[:, 0], :1]) <= distance
    among: Found = pairs[back.any(axis=1)]
    return among


def _found(turned: Hashes, upright: Hashes, distance: int, brute: int | None, above: bool) -> Found:
    """`above`: both are one set, and only i < j is asked for."""
    comparisons = turned.size * len(upright) // (2 if above else 1)
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        if comparisons <= (BRUTE if brute is None else brute):
            starts = range(0, len(upright), _BLOCK)
            lots = list(pool.map(lambda start: _brute_pairs(turned, upright, start, distance, above), starts))
        else:
            cuts = np.linspace(0, 64, distance + 2).astype(int).tolist()
            lots = list(pool.map(lambda cut: _join(turned, upright, distance, cut[0], cut[1], above), pairwise(cuts)))
    return np.unique(np.concatenate([np.empty((0, 2), np.int64), *lots]), axis=0)


def _brute_pairs(turned: Hashes, upright: Hashes, start: int, distance: int, above: bool) -> Found:
    """All rows against one block of `upright`."""
    part = upright[start : start + _BLOCK]
    turns = turned.shape[1]
    flat = turned[: start + len(part)].ravel() if above else turned.ravel()
    step = _BLOCK // len(part)  # many rows at a time where the block is short
    found = [np.empty((0, 2), np.int64)]
    differing, counted = np.empty((step, len(part)), np.uint64), np.empty((step, len(part)), np.uint8)
    for first in range(0, len(flat), step):
        lot = flat[first : first + step, None]
        apart = np.bitwise_count(np.bitwise_xor(lot, part, out=differing[: len(lot)]), out=counted[: len(lot)])
        if apart.min() <= distance:
            rows, columns = np.nonzero(apart <= distance)
            rows, columns = (first + rows) // turns, start + columns
            found.append(np.stack([rows, columns], 1)[columns > rows if above else slice(None)])
    return np.concatenate(found)


def _join(turned: Hashes, upright: Hashes, distance: int, low: int, high: int, above: bool) -> Found:
    """Candidates that agree in bits `low` to `high` are found by sorting and compared whole."""
    mask = np.uint64((1 << high - low) - 1)
    keys = (upright >> np.uint64(low)) & mask
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    found = [np.empty((0, 2), np.int64)]
    for g in range(turned.shape[1]):
        wanted = (turned[:, g] >> np.uint64(low)) & mask
        asking = np.argsort(wanted)  # neighbours look in one place
        first = np.searchsorted(keys, wanted[asking], "left")
        count = np.searchsorted(keys, wanted[asking], "right") - first
        for rows, places in candidates(first, count):
            i, j = asking[rows], order[places]
            near = np.bitwise_count(turned[i, g] ^ upright[j]) <= distance
            if above:
                near &= i < j
            found.append(np.stack([i[near], j[near]], 1))
    return np.concatenate(found)


def candidates(first: Found, count: Found) -> Iterator[tuple[Found, Found]]:
    """(row, place) for every place in first[row] : first[row] + count[row], about CANDIDATES at a time."""
    ends = np.cumsum(count)
    start = 0
    while start < len(ends):
        base = ends[start] - count[start]
        stop = max(start + 1, int(np.searchsorted(ends, base + CANDIDATES, "right")))
        rows = np.repeat(np.arange(start, stop), count[start:stop])
        within = np.arange(len(rows)) - np.repeat(ends[start:stop] - count[start:stop] - base, count[start:stop])
        yield rows, first[rows] + within
        start = stop
