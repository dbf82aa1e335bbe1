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
    confirm: bool = False

    @staticmethod
    def of(dedup: Dedup) -> "Limits":
        return Limits(dedup.distance, dedup.reference_distance, dedup.orientations, dedup.max_pairs, dedup.confirms)

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
    for hits, hashes in _hits(*unpacked(group, limits.orientations, limits.confirm), segment, limits):
        if len(hits):
            counted = count(hits, hashes)
            crowd.add(counted)
            crowd.check(limits.max_pairs)
            yield hits, counted


def _hits(
    plain: Turned, turned: Turned, references: Turned, segment: int, limits: Limits
) -> Iterator[tuple[Rows, npt.NDArray[np.uint64]]]:
    """HIT rows, and the hashes of their ends, as many as are known here."""
    segments, upright, keys = limits.segments, plain.hashes, plain.keys
    for left, right, distances in near_within(upright, limits.distance, segment, segments):
        rows = _rows(keys[left], keys[right], distances, np.zeros(len(left), np.uint8), False)
        yield rows, np.concatenate([upright[left], upright[right]])
    for left, right, distances in near(turned.hashes, upright, limits.distance, segment, segments):
        other = turned.keys[left] != keys[right]  # a picture that looks like itself turned is not its own duplicate
        left, right = left[other], right[other]
        rows = _rows(turned.keys[left], keys[right], distances[other], turned.orientations[left], False)
        yield rows, upright[right] if limits.confirm else np.concatenate([turned.keys[left], upright[right]])
    for left, right, distances in near(references.hashes, upright, limits.reference_distance, segment, segments):
        rows = _rows(references.keys[left], keys[right], distances, references.orientations[left], True)
        yield rows, upright[right]


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


def count(hits: Rows, hashes: npt.NDArray[np.uint64]) -> Crowd:
    """The pairs of some hits, and how often the hashes of their ends occur."""
    values, counts = np.unique(hashes, return_counts=True)
    most = np.lexsort((values, -counts))[:_NAMED]
    return Crowd(len(hits), Counter(dict(zip(values[most].tolist(), counts[most].tolist(), strict=True))))


def wanted(hits: Rows) -> Iterator[tuple[int, npt.NDArray[np.uint64]]]:
    """(kind, keys): the pictures that hits name, each once."""
    reference = hits["reference"]
    yield TRAINING, np.unique(np.concatenate([hits["right"], hits["left"][~reference]]))
    yield REFERENCE, np.unique(hits["left"][reference])
