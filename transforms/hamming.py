"""Pairs of 64-bit hashes within a Hamming distance, exactly, without comparing all with all.

Hashes are cut into segments. d differing bits touch at most d of them, so two hashes within d agree in at least one of
d + 1 segments (pigeonhole): only hashes that agree in a segment are compared (agreeing.py). A pair counts in the first
segment in which it agrees, hence once.

Measured on one thread: 4 million random hashes a second at distance 2, 3 million at distance 3 (benchmarks/hamming.py).
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from skypairs.transforms.agreeing import Hashes, Pairs, agreeing, agreeing_across

BITS = 64


def segments_for(distance: int) -> int:
    """Segments that make a search within `distance` (0 to 63, inclusive) exact: one more. Raises ValueError."""
    if not 0 <= distance < BITS:
        raise ValueError(f"distance {distance}: 0 to {BITS - 1}")
    return distance + 1


def bounds(segments: int) -> tuple[int, ...]:
    """segments + 1 bit positions, 0 to 64, that cut a hash into parts as equal as can be; the first part is the lowest."""
    return tuple(round(BITS * number / segments) for number in range(segments + 1))


def segment_values(hashes: Hashes, segment: int, segments: int) -> Hashes:
    """The bits of one segment of each hash, as a number. As narrow a type as holds it (sorting 16 bits is much faster)."""
    low, high = bounds(segments)[segment : segment + 2]
    values = hashes >> np.uint64(low) & np.uint64((1 << (high - low)) - 1)
    return values.astype(np.uint16 if high - low <= 16 else np.uint32 if high - low <= 32 else np.uint64)


def mix(values: npt.NDArray[np.unsignedinteger]) -> Hashes:
    """Spreads numbers over all 64 bits, one to one: `mix(x) % bins` deals neighbours and crowded ranges to all bins alike.

    The finaliser of SplitMix64 (Steele, Lea and Flood 2014, fig. 17; constants of Stafford's variant 13).
    """
    z = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def near(left: Hashes, right: Hashes, distance: int, segment: int, segments: int) -> Iterator[Pairs]:
    """Every pair of a left and a right hash within `distance` whose first common segment is `segment`, block by block.

    `left` and `right` may be whole, or those whose value of that segment falls into one bin: over all bins and segments
    each pair comes once. Raises ValueError for fewer segments than `segments_for(distance)`.
    """
    _check(distance, segment, segments)
    values = segment_values(left, segment, segments), segment_values(right, segment, segments)
    yield from agreeing_across(left, right, *values, distance, _earlier(segment, segments))


def near_within(hashes: Hashes, distance: int, segment: int, segments: int) -> Iterator[Pairs]:
    """The same for pairs of two hashes of one array, each pair once, in either direction."""
    _check(distance, segment, segments)
    yield from agreeing(hashes, segment_values(hashes, segment, segments), distance, _earlier(segment, segments))


def near_pairs(hashes: Hashes, distance: int) -> Pairs:
    """All pairs (i < j) of one array within `distance`, sorted by i and j. For what fits into memory with its pairs."""
    segments = segments_for(distance)
    found = [pairs for segment in range(segments) for pairs in near_within(hashes, distance, segment, segments)]
    one, other, distances = _joined(found)
    return _sorted(np.minimum(one, other), np.maximum(one, other), distances)


def near_matches(left: Hashes, right: Hashes, distance: int) -> Pairs:
    """All pairs of a left and a right hash within `distance`, sorted by position."""
    segments = segments_for(distance)
    return _sorted(*_joined([p for segment in range(segments) for p in near(left, right, distance, segment, segments)]))


def _check(distance: int, segment: int, segments: int) -> None:
    if segments < segments_for(distance):
        raise ValueError(f"{segments} segments miss pairs at distance {distance}: at least {segments_for(distance)}")
    if not 0 <= segment < segments <= BITS:
        raise ValueError(f"segment {segment} of {segments}")


def _earlier(segment: int, segments: int) -> tuple[int, ...]:
    """The bits of each segment before one."""
    return tuple((1 << high) - (1 << low) for low, high in pairwise(bounds(segments)[: segment + 1]))


def _joined(found: list[Pairs]) -> Pairs:
    if not found:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.uint8)
    left, right, distances = zip(*found, strict=True)
    return np.concatenate(left), np.concatenate(right), np.concatenate(distances)


def _sorted(left: npt.NDArray[np.intp], right: npt.NDArray[np.intp], distances: npt.NDArray[np.uint8]) -> Pairs:
    order = np.lexsort((right, left))
    return left[order], right[order], distances[order]
