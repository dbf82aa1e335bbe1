"""Hashes that agree in some of their bits, compared whole; a crowd of them is cut again by the bits in which it differs.

Sorted by the bits in which they have to agree, those that do stand side by side. As long as many of them do, the whole array is
compared with itself moved by one place, by two and so on: about a nanosecond a comparison. What stands further apart, and pairs
of two arrays, are looked up one by one, at ten times the price. Both go a block at a time: however crowded a value is, memory
stays at a few hundred bytes a hash and 5 MB a block.

Time would grow with the square of a crowd. So a crowd is searched as the whole was: the bits in which its hashes
differ at all are dealt to distance + 1 shares, those that tell most apart first, and by pigeonhole two hashes within the
distance agree in at least one share. A pair counts in the first one, and hashes that crowd there are cut again. Where a cut
would not halve the comparisons, all are compared with all: it never costs more than it saves. What is left then are crowds
in which most are near each other, and pairs are what `dedup.max_pairs` limits.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Values = npt.NDArray[np.unsignedinteger]
Places = npt.NDArray[np.intp]
Pairs = tuple[Places, Places, npt.NDArray[np.uint8]]
"""Left positions, right positions, distances: one of each a pair."""

BLOCK = 1 << 17
"""Candidates compared at a time: few enough for a core's own cache."""
BESIDE = 1 << 15
"""Neighbours compared at a time: likewise."""
CROWD = 1 << 18
"""Candidates of one value, a few milliseconds of work, above which it is worth a cut."""
_INDEXED = 8
"""What a candidate costs that is looked up, in comparisons of neighbours."""
_SAMPLE = 4096


def agreeing(hashes: Hashes, values: Values, distance: int, differing: Sequence[int] = ()) -> Iterator[Pairs]:
    """Every pair of equal values within `distance` that differs somewhere in each mask of `differing`, block by block.

    Each pair comes once, in either direction.
    """
    order = _order(values)
    ordered = values[order]
    starts = _starts(ordered)
    lengths = np.append(starts[1:], len(ordered))[: len(starts)] - starts
    crowds = np.flatnonzero(lengths * (lengths - 1) > 2 * CROWD)
    if len(crowds):
        for run in crowds.tolist():
            mine = order[starts[run] : starts[run] + lengths[run]]
            for i, j, distances in _crowd(hashes[mine], None, distance, differing):
                yield mine[i], mine[j], distances
        others = np.ones(len(lengths), bool)
        others[crowds] = False
        order = order[np.repeat(others, lengths)]
        ordered, lengths = values[order], lengths[others]
        starts = np.cumsum(lengths) - lengths
    found = hashes[order]
    steps = _steps(lengths)
    for i, j, distances in _beside(found, steps, distance, differing):
        same = np.flatnonzero(ordered[i] == ordered[j])
        yield order[i[same]], order[j[same]], distances[same]
    i, end = _beyond(starts, lengths, steps)
    for at, j, distances in _compare(found[i], found, i + steps + 1, end, distance, differing):
        yield order[i[at]], order[j], distances


def agreeing_across(
    left: Hashes, right: Hashes, left_values: Values, right_values: Values, distance: int, differing: Sequence[int] = ()
) -> Iterator[Pairs]:
    """The same of a left and a right hash."""
    order, other = _order(left_values), _order(right_values)
    ordered, there = left_values[order], right_values[other]
    starts = _starts(ordered)
    first, end = np.searchsorted(there, ordered, "left"), np.searchsorted(there, ordered, "right")
    totals = np.add.reduceat(end - first, starts) if len(starts) else starts
    for run in np.flatnonzero(totals > CROWD).tolist():
        begin, stop = starts[run], starts[run + 1] if run + 1 < len(starts) else len(left)
        mine, theirs = order[begin:stop], other[first[begin] : end[begin]]
        for i, j, distances in _crowd(left[mine], right[theirs], distance, differing):
            yield mine[i], theirs[j], distances
        end[begin:stop] = first[begin:stop]
    some = np.flatnonzero(end > first)
    for i, j, distances in _compare(left[order[some]], right[other], first[some], end[some], distance, differing):
        yield order[some[i]], other[j], distances


def _order(values: Values) -> Places:
    """numpy sorts 16 bits by radix if asked for a stable order, and wider ones by vector instructions if not."""
    return np.argsort(values, kind="stable" if values.itemsize <= 2 else None)


def _starts(ordered: Values) -> Places:
    """Where each run of equal values begins."""
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)


def _crowd(left: Hashes, right: Hashes | None, distance: int, differing: Sequence[int]) -> Iterator[Pairs]:
    """The pairs of hashes that all agree; right: None for pairs of two left ones."""
    everything = left if right is None else np.concatenate([left, right])
    varied = int(np.bitwise_or.reduce(everything ^ everything[0]))
    if not all(varied & mask for mask in differing):
        return  # all agree where a pair has to differ
    shares = _shares(everything, varied, distance + 1)
    if varied.bit_count() > distance and 2 * _after(left, right, shares) < _all(left, right):
        for number, share in enumerate(shares):
            mask, earlier = np.uint64(share), (*differing, *shares[:number])
            if right is None:
                yield from agreeing(left, left & mask, distance, earlier)
            else:
                yield from agreeing_across(left, right, left & mask, right & mask, distance, earlier)
    elif right is None:
        yield from _beside(left, len(left) - 1, distance, differing)
    else:
        whole = np.full(len(left), len(right))
        yield from _compare(left, right, np.zeros(len(left), np.intp), whole, distance, differing)


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


def _steps(lengths: Places) -> int:
    """How many places apart two of a run are so often that comparing all hashes so far apart is quicker than looking them up.

    lengths: of the runs.
    """
    runs = np.cumsum(np.bincount(lengths)[::-1])[::-1]  # [k]: of k members or more
    members = np.cumsum(runs[::-1])[::-1][2:]  # [k]: with another k + 1 places on
    return int(np.count_nonzero(_INDEXED * members >= lengths.sum()))


def _beside(hashes: Hashes, steps: int, distance: int, differing: Sequence[int]) -> Iterator[Pairs]:
    """Compares all that are up to so many places apart."""
    for start, stop, step in _blocks(len(hashes), steps):
        apart = hashes[start:stop] ^ hashes[start + step : stop + step]
        i, distances = _found(apart, distance, differing)
        if len(i):
            yield i + start, i + (start + step), distances


def _blocks(count: int, steps: int) -> Iterator[tuple[int, int, int]]:
    """(start, stop, step): what is compared with what is so many places further on, at most BESIDE at a time."""
    for step in range(1, steps + 1):
        for start in range(0, count - step, BESIDE):
            yield start, min(start + BESIDE, count - step), step


def _beyond(starts: Places, lengths: Places, steps: int) -> tuple[Places, Places]:
    """Members of runs that have others more than `steps` places on, and where their runs end."""
    long = np.flatnonzero(lengths > steps + 1)
    starts, lengths = starts[long], lengths[long]
    counts = lengths - (steps + 1)
    totals = np.cumsum(counts)
    members = np.repeat(starts + counts - totals, counts) + np.arange(totals[-1] if len(totals) else 0)
    return members, np.repeat(starts + lengths, counts)


def _compare(
    left: Hashes, right: Hashes, first: Places, end: Places, distance: int, differing: Sequence[int]
) -> Iterator[Pairs]:
    """Compares left[i] with right[first[i]:end[i]] for all i; no range is empty."""
    for i, j in _candidates(first, end):
        found, distances = _found(left[i] ^ right[j], distance, differing)
        if len(found):
            yield i[found], j[found], distances


def _candidates(first: Places, end: Places) -> Iterator[tuple[Places, Places]]:
    """All (i, j) with first[i] <= j < end[i], in blocks of at most BLOCK."""
    totals = np.cumsum(end - first)
    before = totals - (end - first)
    for start in range(0, int(totals[-1]) if len(totals) else 0, BLOCK):
        stop = min(start + BLOCK, int(totals[-1]))
        low, high = np.searchsorted(totals, start, "right"), np.searchsorted(totals, stop, "left") + 1
        counts = np.diff(np.minimum(totals[low:high], stop), prepend=start)
        i = np.repeat(np.arange(low, high), counts)
        yield i, np.arange(start, stop) + (first - before)[i]


def _found(apart: Hashes, distance: int, differing: Sequence[int]) -> tuple[Places, npt.NDArray[np.uint8]]:
    """Which of the differing bits are few enough and stand in each mask, and how many those are."""
    distances = np.bitwise_count(apart)
    found = np.flatnonzero(distances <= distance)
    for mask in differing:
        found = found[(apart[found] & np.uint64(mask)) != 0]
    return found, distances[found]
