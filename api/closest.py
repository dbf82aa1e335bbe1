"""The closest pair of two sets of hashes: exact at any distance for sets of some size, exact up to 8 bits for any.

The pigeonhole of api/near.py, with hashes *near* a value looked up instead of smaller segments: two hashes within 3 r + 2
bits differ by at most r in one of three segments. So what agrees in a segment finds every pair up to 2 bits apart, what differs
there by one bit every pair up to 5, by two every pair up to 8. What is found within those bounds is the closest, and in large
sets that is soon: a search goes on only as long as nothing is.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, pairwise
from os import cpu_count
from threading import Lock

import numpy as np

from skypairs.api.near import BRUTE, Found, Hashes, candidates

AT_ONCE = 2_000_000_000
"""Comparisons up to which all are compared with all at once: a few seconds."""
LOOKED_AT = 20_000_000_000
"""Candidates at one radius beyond which the search ends at the radius before: some minutes. Only crowds make as many."""
_CUTS = (0, 21, 42, 64)
_BLOCK = 1 << 14

Place = tuple[int, int, int]
"""(i, orientation, j)."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The closest pair, or how far away all are at least."""

    distance: int
    """Bits of 64."""
    pair: Place | None
    """The first of those so close. None: none is known, all are more than `distance` apart."""


def closest(turned: Hashes, upright: Hashes, at_once: int = AT_ONCE, brute: int = BRUTE) -> Nearest | None:
    """The closest pair of a turned row i, (n, orientations), and an upright j, (m,); of equals the first by i, turn and j.

    Up to `at_once` comparisons all are compared with all; above, pairs up to 8 bits apart are looked for; where there are none,
    all are compared after all up to `brute` comparisons, and beyond that "more than 8" is the answer. None: a side is empty.
    """
    if not len(turned) or not len(upright):
        return None
    if turned.size * len(upright) <= at_once:
        return _by_force(turned, upright)
    found = _by_radius(turned, upright)
    return found if found.pair or turned.size * len(upright) > brute else _by_force(turned, upright)


def _by_force(turned: Hashes, upright: Hashes) -> Nearest:
    def within(start: int) -> tuple[int, int, int, int]:
        part = upright[start : start + _BLOCK]
        best = (65, 0, 0, 0)
        for row, turns in enumerate(turned):
            for g, value in enumerate(turns):
                apart = np.bitwise_count(part ^ value)
                if (least := int(apart.min())) < best[0]:
                    best = (least, row, g, start + int(apart.argmin()))
        return best

    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        distance, *place = min(pool.map(within, range(0, len(upright), _BLOCK)))
    return Nearest(distance, (place[0], place[1], place[2]))


def _by_radius(turned: Hashes, upright: Hashes) -> Nearest:
    """Exact up to 8 bits."""
    asking, asked_at = np.unique(turned, return_index=True)  # the first of equals; neighbours ask together
    there, there_at = np.unique(upright, return_index=True)
    search = _Search(asking, asked_at, there, there_at)
    reach = -1
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        segments = list(pool.map(lambda cut: _Segment(asking, there, *cut), pairwise(_CUTS)))
        for radius in (0, 1, 2):
            search.left = LOOKED_AT if radius else None  # the check for leaks looks at those of radius 0 as well
            flips = [
                (segment, reduce(int.__or__, (1 << bit for bit in bits), 0))
                for segment in segments
                for bits in combinations(range(segment.width), radius)
            ]
            list(pool.map(lambda flip: search.look(*flip), flips))
            if search.left is not None and search.left < 0:
                break
            reach = 3 * radius + 2
            if search.best[0] <= reach:
                distance, at, j = search.best
                return Nearest(distance, (*divmod(at, turned.shape[1]), j))
    return Nearest(reach, None)


class _Segment:
    """Both sides in order of their values of one segment, and where each value begins among those that are there."""

    def __init__(self, asking: Hashes, there: Hashes, low: int, high: int) -> None:
        self.width = high - low
        mask = np.uint64((1 << self.width) - 1)
        values = (asking >> np.uint64(low)) & mask
        self.asking = np.argsort(values)
        self.wanted = values[self.asking].astype(np.intp)
        values = (there >> np.uint64(low)) & mask
        self.there = np.argsort(values)
        self.starts = np.zeros((1 << self.width) + 1, np.uint32)
        np.cumsum(np.bincount(values.astype(np.intp), minlength=1 << self.width), out=self.starts[1:])


class _Search:
    """The closest pair so far, found by many threads."""

    def __init__(self, asking: Hashes, asked_at: Found, there: Hashes, there_at: Found) -> None:
        self._asking, self._asked_at, self._there, self._there_at = asking, asked_at, there, there_at
        self._lock = Lock()
        self.best = (65, 0, 0)
        """(distance, place among all turns of all rows, place among the upright)."""
        self.left: int | None = None
        """Candidates that may still be looked at; below 0: there were too many. None: any number."""

    def look(self, segment: _Segment, flip: int) -> None:
        """Compares all whose values of a segment differ by exactly `flip`."""
        wanted = segment.wanted ^ flip
        first = segment.starts[wanted].astype(np.int64)
        count = segment.starts[wanted + 1] - first
        some = np.flatnonzero(count)
        with self._lock:
            if self.left is not None:
                self.left -= int(count.sum())
                if self.left < 0:
                    return
        asking = segment.asking[some]
        for rows, places in candidates(first[some], count[some]):
            i, j = asking[rows], segment.there[places]
            apart = np.bitwise_count(self._asking[i] ^ self._there[j])
            least = int(apart.min())
            if least <= self.best[0]:
                near = np.flatnonzero(apart == least)
                at, j = self._asked_at[i[near]], self._there_at[j[near]]
                one = np.lexsort((j, at))[0]
                with self._lock:
                    self.best = min(self.best, (least, int(at[one]), int(j[one])))
