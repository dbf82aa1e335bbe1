"""Comparing the entries of one group, and stopping in time where far too many are alike."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.packed import Rows
from skypairs.transforms.dup_collapse import PLAIN, REFERENCES, TURNED_PICTURES, Entry
from skypairs.transforms.dup_rows import HIT, REFERENCE, TRAINING, TURNED
from skypairs.transforms.hamming import near, near_within

_NAMED = 16
"""How many crowded hashes are followed; the first four are named."""


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


def compare(
    segment: int, segments: int, group: Iterable[Entry], distance: int, reference_distance: int, max_pairs: int
) -> Iterator[tuple[Rows, Crowd]]:
    """HIT rows among the entries of one (segment, bin), a bounded number at a time, and the count of each lot.

    Raises BuildStopped once the group alone holds more than `max_pairs`.
    """
    lots: tuple[list[bytes], list[bytes], list[bytes]] = [], [], []
    for what, data in group:
        lots[what].append(data)
    plain = np.frombuffer(b"".join(lots[PLAIN]), "<u8")
    crowd = Crowd()
    for hits in _hits(
        plain,
        np.frombuffer(b"".join(lots[TURNED_PICTURES]), TURNED),
        np.frombuffer(b"".join(lots[REFERENCES]), TURNED),
        segment,
        segments,
        distance,
        reference_distance,
    ):
        if len(hits):
            counted = count(hits)
            crowd.add(counted)
            crowd.check(max_pairs)
            yield hits, counted


def _hits(
    plain: npt.NDArray[np.uint64],
    turned: Rows,
    references: Rows,
    segment: int,
    segments: int,
    distance: int,
    reference_distance: int,
) -> Iterator[Rows]:
    for left, right, distances in near_within(plain, distance, segment, segments):
        yield _rows(plain[left], plain[right], distances, np.zeros(len(left), np.uint8), False)
    for left, right, distances in near(np.ascontiguousarray(turned["hash"]), plain, distance, segment, segments):
        other = turned["key"][left] != plain[right]  # a picture that looks like itself turned is not its own duplicate
        left, right = left[other], right[other]
        yield _rows(turned["key"][left], plain[right], distances[other], turned["orientation"][left], False)
    hashes = np.ascontiguousarray(references["hash"])
    for left, right, distances in near(hashes, plain, reference_distance, segment, segments):
        yield _rows(references["key"][left], plain[right], distances, references["orientation"][left], True)


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
