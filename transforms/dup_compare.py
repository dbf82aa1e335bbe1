"""Comparing the entries of one group, and stopping in time where far too many are alike."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.packed import Rows
from skypairs.schemas.recipe import Dedup
from skypairs.transforms.dup_collapse import Entry, Turned, unpacked
from skypairs.transforms.dup_rows import HIT, REFERENCE, TRAINING
from skypairs.transforms.hamming import near, near_within, segments_for

_NAMED = 16
"""How many crowded hashes are followed; the first four are named."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the recipe says of distances; its names are those of `dedup`."""

    distance: int
    reference_distance: int
    orientations: int
    max_pairs: int

    @staticmethod
    def of(dedup: Dedup) -> "Limits":
        return Limits(dedup.distance, dedup.reference_distance, dedup.orientations, dedup.max_pairs)

    @property
    def segments(self) -> int:
        """Segments of a hash that make the search exact for both distances."""
        return segments_for(max(self.distance, self.reference_distance))


@dataclass
class Crowd:
    """How many pairs there are, and the hashes with the most of them (counted where they were among the first)."""

    pairs: int = 0
    hashes: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Crowd") -> None:
        """Joins two counts; of the hashes the most crowded stay."""
        self.pairs += other.pairs
        self.hashes.update(other.hashes)
        if len(self.hashes) > 4 * _NAMED:
            self.hashes = Counter(dict(self.leaders(_NAMED)))

    def leaders(self, number: int) -> list[tuple[int, int]]:
        return sorted(self.hashes.items(), key=lambda item: (-item[1], item[0]))[:number]

    def check(self, max_pairs: int) -> None:
        """Raises BuildStopped above `max_pairs`."""
        if self.pairs > max_pairs:
            named = ", ".join(f"{value:016x} {pairs:,}" for value, pairs in self.leaders(4))
            raise BuildStopped(
                f"more than dedup.max_pairs = {max_pairs:,} near pairs. The most crowded hashes, with the pairs counted before "
                f"the search stopped: {named}. Look at pictures of these hashes: borders, no-data or frames of one clip look "
                "alike. Lower dedup.distance and dedup.reference_distance, keep fewer frames with video.keep, or raise "
                "dedup.max_pairs"
            )


def together(crowds: Iterable[Crowd]) -> Crowd:
    """Counts of many lots as one."""
    total = Crowd()
    for crowd in crowds:
        total.add(crowd)
    return total


def compare(group: Iterable[Entry], segment: int, limits: Limits) -> Iterator[tuple[Rows, Crowd]]:
    """HIT rows among the entries of one bin of a segment, a bounded number at a time, and the count of each lot.

    Raises BuildStopped once the group alone holds more than `max_pairs`.
    """
    crowd = Crowd()
    for hits in _hits(*unpacked(group, limits.orientations), segment, limits):
        if len(hits):
            counted = count(hits)
            crowd.add(counted)
            crowd.check(limits.max_pairs)
            yield hits, counted


def _hits(plain: npt.NDArray[np.uint64], turned: Turned, references: Turned, segment: int, limits: Limits) -> Iterator[Rows]:
    segments = limits.segments
    for left, right, distances in near_within(plain, limits.distance, segment, segments):
        yield _rows(plain[left], plain[right], distances, np.zeros(len(left), np.uint8), False)
    for left, right, distances in near(turned.hashes, plain, limits.distance, segment, segments):
        other = turned.keys[left] != plain[right]  # a picture that looks like itself turned is not its own duplicate
        left, right = left[other], right[other]
        yield _rows(turned.keys[left], plain[right], distances[other], turned.orientations[left], False)
    for left, right, distances in near(references.hashes, plain, limits.reference_distance, segment, segments):
        yield _rows(references.keys[left], plain[right], distances, references.orientations[left], True)


def _rows(
    left: npt.NDArray[np.uint64],
    right: npt.NDArray[np.uint64],
    distances: npt.NDArray[np.uint8],
    orientations: npt.NDArray[np.uint8],
    reference: bool,
) -> Rows:
    rows = np.empty(len(left), HIT)
    rows["left"], rows["right"], rows["distance"], rows["orientation"] = left, right, distances, orientations
    rows["reference"] = reference
    return rows


def count(hits: Rows) -> Crowd:
    """The pairs of some hits; of a reference only the picture's side has a hash to be named by."""
    ends = np.concatenate([hits["right"], hits["left"][~hits["reference"]]])
    values, counts = np.unique(ends, return_counts=True)
    most = np.lexsort((values, -counts))[:_NAMED]
    return Crowd(len(hits), Counter(dict(zip(values[most].tolist(), counts[most].tolist(), strict=True))))


def wanted(hits: Rows) -> Iterator[tuple[int, npt.NDArray[np.uint64]]]:
    """(kind, keys): the pictures that hits name, each once."""
    reference = hits["reference"]
    yield TRAINING, np.unique(np.concatenate([hits["right"], hits["left"][~reference]]))
    yield REFERENCE, np.unique(hits["left"][reference])
