"""Equal hashes become one, and each one the entries by which its neighbours find it.

Why equal hashes may collapse to the best-ranked picture r of them: only hash 0 of the worse-ranked side is compared, so
whatever keeps r out keeps every other picture m of the hash out, at the same distance and orientation, and no better
keeper of m exists that would not be near r as well. If r is kept, m is within distance 0 of it and is its duplicate;
nothing better-ranked is kept near m, or it would be near r. So m is never kept and its turned hashes never matter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.schemas.packed import Block, Rows
from skypairs.transforms.dup_rows import (
    NODE,
    REFERENCE,
    TRAINING,
    TURNED,
    candidate,
    copied,
    dealt,
    gather,
    ranked,
    starts_of,
    take,
)
from skypairs.transforms.hamming import mix, segment_values

PLAIN, TURNED_PICTURES, REFERENCES = 0, 1, 2
"""What an entry's bytes are: <u8 picture hashes; TURNED rows of training pictures; TURNED rows of references."""

Entry = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The pictures of one bin, ordered, and those that represent a hash (of references: a set of hashes)."""

    nodes: Rows
    """NODE rows. Training: every picture, by hash and rank. References: the representatives alone."""
    ids: list[str]
    hashes: npt.NDArray[np.uint64]
    """(n, orientations) of the representatives."""
    keys: npt.NDArray[np.uint64]
    """(n,) of the representatives."""


def collapse(kind: int, number: int, blocks: Iterable[Block], orientations: int) -> Collapsed:
    """Blocks of `candidate(orientations)` rows of one kind and bin -> its distinct hashes. `number`: of the bin."""
    rows, ids = gather(blocks, candidate(orientations))
    if kind == TRAINING:
        order = ranked([rows["hashes"][:, 0], rows["rank_high"], rows["rank_low"]], ids)
        first = starts_of(rows["hashes"][order, 0])
    else:
        order = ranked(list(rows["hashes"].T), ids)
        first = starts_of(*rows["hashes"][order].T)
        order, first = order[first], np.arange(len(first))
    ordered = rows[order]
    nodes = copied(ordered, NODE, "rank_high", "rank_low", "part", "row")
    if kind == REFERENCE:
        nodes["key"] = np.arange(len(nodes), dtype=np.uint64) | np.uint64(number << 32)
    else:
        nodes["key"] = ordered["hashes"][:, 0]
    return Collapsed(nodes, take(ids, order), ordered["hashes"][first], nodes["key"][first])


def key_bins(kind: int, keys: npt.NDArray[np.uint64], bins: int) -> npt.NDArray[np.uint64]:
    """The bin that knows the picture of a key."""
    return keys >> np.uint64(32) if kind == REFERENCE else hash_bins(keys, bins)


def hash_bins(hashes: npt.NDArray[np.uint64], bins: int) -> npt.NDArray[np.uint64]:
    """The bin of a picture by its hash 0."""
    return mix(hashes) % np.uint64(bins)


def entries(kind: int, found: Collapsed, segments: int, bins: int) -> Iterator[tuple[tuple[int, int], Entry]]:
    """((segment, bin), entry): each hash once a segment, dealt by the segment's value.

    A training picture is there as it is, to be found, and turned, to find worse-ranked ones; a reference turned, to find.
    """
    if kind == TRAINING:
        plain = found.hashes[:, 0]
        for segment in range(segments):
            for number, chosen in dealt(mix(segment_values(plain, segment, segments)) % np.uint64(bins)):
                yield (segment, number), (PLAIN, plain[chosen].tobytes())
    used = range(0 if kind == REFERENCE else 1, found.hashes.shape[1])
    turned = np.empty(len(found.keys) * len(used), TURNED)
    turned["hash"] = found.hashes[:, used.start :].ravel()
    turned["key"] = np.repeat(found.keys, len(used))
    turned["orientation"] = np.tile(np.array(used, np.uint8), len(found.keys))
    for segment in range(segments):
        for number, chosen in dealt(mix(segment_values(turned["hash"], segment, segments)) % np.uint64(bins)):
            yield (segment, number), (REFERENCES if kind == REFERENCE else TURNED_PICTURES, turned[chosen].tobytes())
