"""Hashes that agree in some of their bits, compared whole; a crowd of them is cut again by the bits in which it differs.

Candidates are compared a block at a time: however crowded a value is, memory stays at a few hundred bytes a hash and 5 MB a
block. Time would grow with the square of a crowd. So a crowd is searched as the whole was: the bits in which its hashes
differ at all are dealt to distance + 1 shares, those that tell most apart first, and by pigeonhole two hashes within the
distance agree in at least one share. A pair counts in the first one, and hashes that crowd there are cut again. Where a cut
would not halve the comparisons, all are compared with all: it never costs more than it saves. What is left then are crowds
in which most are near each other, and pairs are what `dedup.max_pairs` limits.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]
Pairs = tuple[Places, Places, npt.NDArray[np.uint8]]
"""Left positions, right positions, distances: one of each a pair."""

BLOCK = 1 << 17
"""Candidates compared at a time: few enough for a core's own cache."""
CROWD = 1 << 18
"""Candidates of one value, a few milliseconds of work, above which it is worth a cut."""
_SAMPLE = 4096


def agreeing(
    left: Hashes,
    right: Hashes | None,
    left_values: npt.NDArray[np.unsignedinteger],
    right_values: npt.NDArray[np.unsignedinteger],
    distance: int,
    differing: Sequence[int] = (),
) -> Iterator[Pairs]:
    """Every pair of equal values within `distance` that differs somewhere in each mask of `differing`, block by block.

    right: None for pairs of two left hashes, each once, in either direction; their values are given twice then.
    """
    order = _order(left_values)
    ordered = left_values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)])
    if right is None:
        other = order
        first = np.arange(1, len(left) + 1)
        end = np.repeat(np.append(starts[1:], len(left))[: len(starts)], np.diff(starts, append=len(left)))
    else:
        other = _order(right_values)
        there = right_values[other]
        first, end = np.searchsorted(there, ordered, "left"), np.searchsorted(there, ordered, "right")
    totals = np.add.reduceat(end - first, starts) if len(starts) else starts
    for run in np.flatnonzero(totals > CROWD).tolist():
        begin, stop = starts[run], starts[run + 1] if run + 1 < len(starts) else len(left)
        mine = order[begin:stop]
        theirs = mine if right is None else other[first[begin] : end[begin]]
        for i, j, distances in _crowd(left[mine], None if right is None else right[theirs], distance, differing):
            yield mine[i], theirs[j], distances
        end[begin:stop] = first[begin:stop]
    for i, j, distances in _compare(left[order], (left if right is None else right)[other], first, end, distance, differing):
        yield order[i], other[j], distances


def _crowd(left: Hashes, right: Hashes | None, distance: int, differing: Sequence[int]) -> Iterator[Pairs]:
    """The same of hashes that all agree."""
    everything = left if right is None else np.concatenate([left, right])
    varied = int(np.bitwise_or.reduce(everything ^ everything[0]))
    if not all(varied & mask for mask in differing):
        return  # all agree where a pair has to differ
    shares = _shares(everything, varied, distance + 1)
    if varied.bit_count() > distance and 2 * _after(left, right, shares) < _all(left, right):
        for number, share in enumerate(shares):
            values = left & np.uint64(share), (left if right is None else right) & np.uint64(share)
            yield from agreeing(left, right, *values, distance, (*differing, *shares[:number]))
        return
    first = np.arange(1, len(left) + 1) if right is None else np.zeros(len(left), np.intp)
    other = left if right is None else right
    yield from _compare(left, other, first, np.full(len(left), len(other)), distance, differing)


def _shares(hashes: Hashes, varied: int, number: int) -> list[int]:
    """Masks that hold the varied bits, dealt out in turn from those that halve the hashes to those that are nearly constant."""
    some = hashes[:: -(-len(hashes) // _SAMPLE)]
    ones = np.unpackbits(some.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little").sum(axis=0, dtype=int)
    bits = [bit for bit in range(64) if varied >> bit & 1]
    bits.sort(key=lambda bit: abs(2 * int(ones[bit]) - len(some)))
    return [sum(1 << bit for bit in bits[start::number]) for start in range(number)]


def _all(left: Hashes, right: Hashes | None) -> int:
    """Comparisons of all with all."""
    return len(left) * (len(left) - 1) // 2 if right is None else len(left) * len(right)


def _after(left: Hashes, right: Hashes | None, shares: Sequence[int]) -> int:
    """Comparisons of those that agree in a share, summed over the shares."""
    total = 0
    for share in shares:
        values, counts = np.unique(left & np.uint64(share), return_counts=True)
        if right is None:
            total += int((counts * (counts - 1)).sum()) // 2
        else:
            others, times = np.unique(right & np.uint64(share), return_counts=True)
            _, one, other = np.intersect1d(values, others, assume_unique=True, return_indices=True)
            total += int((counts[one] * times[other]).sum())
    return total


def _order(values: npt.NDArray[np.unsignedinteger]) -> Places:
    """numpy sorts 16 bits by radix if asked for a stable order, and wider ones by vector instructions if not."""
    return np.argsort(values, kind="stable" if values.itemsize <= 2 else None)


def _compare(
    left: Hashes, right: Hashes, first: Places, end: Places, distance: int, differing: Sequence[int]
) -> Iterator[Pairs]:
    """Compares left[i] with right[first[i]:end[i]] for all i."""
    some = np.flatnonzero(end > first)
    if not len(some):
        return
    looking, first, end = left[some], first[some], end[some]
    masks = [np.uint64(mask) for mask in differing]
    for i, j in _candidates(first, end):
        apart = looking[i] ^ right[j]
        distances = np.bitwise_count(apart)
        found = np.flatnonzero(distances <= distance)
        for mask in masks:
            found = found[(apart[found] & mask) != 0]
        if len(found):
            yield some[i[found]], j[found], distances[found]


def _candidates(first: Places, end: Places) -> Iterator[tuple[Places, Places]]:
    """All (i, j) with first[i] <= j < end[i], in blocks of at most BLOCK."""
    totals = np.cumsum(end - first)
    before = totals - (end - first)
    for start in range(0, int(totals[-1]), BLOCK):
        stop = min(start + BLOCK, int(totals[-1]))
        low, high = np.searchsorted(totals, start, "right"), np.searchsorted(totals, stop, "left") + 1
        counts = np.diff(np.minimum(totals[low:high], stop), prepend=start)
        i = np.repeat(np.arange(low, high), counts)
        yield i, np.arange(start, stop) + (first - before)[i]
