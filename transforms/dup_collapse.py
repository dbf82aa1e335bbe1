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
    candidate,
    copied,
    dealt,
    distinct,
    gather,
    ranked,
    starts_of,
    take,
)
from skypairs.transforms.hamming import mix, segment_values

Entry = tuple[int, bytes]
"""Kind, and some of its hashes in one bin of one segment: how many of each orientation (<u4), in this order the hashes, and
in the same order the keys (<u8); training pictures as they stand have none, since their hash is their key."""


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The pictures of one bin, ordered, and those that represent a hash (of references: a set of hashes)."""

    nodes: Rows
    """NODE rows. Training: every picture, by hash and rank. References: the representatives alone."""
    ids: list[str]
    distinct: Rows
    """`distinct(orientations)` rows of the representatives."""


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
    rows = copied(ordered[first], distinct(orientations), "hashes")
    rows["key"] = nodes["key"][first]
    return Collapsed(nodes, take(ids, order), rows)


def key_bins(kind: int, keys: npt.NDArray[np.uint64], bins: int) -> npt.NDArray[np.uint64]:
    """The bin that knows the picture of a key."""
    return keys >> np.uint64(32) if kind == REFERENCE else hash_bins(keys, bins)


def hash_bins(hashes: npt.NDArray[np.uint64], bins: int) -> npt.NDArray[np.uint64]:
    """The bin of a picture by its hash 0."""
    return mix(hashes) % np.uint64(bins)


def entries(kind: int, found: Rows, segment: int, segments: int, bins: int) -> Iterator[tuple[int, Entry]]:
    """(bin, entry) of `distinct` rows, dealt by the value of one segment of their hashes.

    A training picture is there as it is, to be found, and turned, to find worse-ranked ones; a reference always, to find.
    """
    count, turns = found["hashes"].shape
    hashes = found["hashes"].T.ravel()  # one orientation after the other, an order that dealing keeps
    keys = np.tile(found["key"], turns)
    ends = np.arange(1, turns + 1) * count
    for number, chosen in dealt(mix(segment_values(hashes, segment, segments)) % np.uint64(bins)):
        counts = np.diff(np.searchsorted(chosen, ends), prepend=0)
        named = chosen if kind == REFERENCE else chosen[counts[0] :]
        yield number, (kind, b"".join((counts.astype("<u4").tobytes(), hashes[chosen].tobytes(), keys[named].tobytes())))


@dataclass(frozen=True, slots=True)
class Turned:
    """Hashes that look for others, and what they belong to. All arrays are (n,)."""

    hashes: npt.NDArray[np.uint64]
    keys: npt.NDArray[np.uint64]
    orientations: npt.NDArray[np.uint8]


def unpacked(group: Iterable[Entry], turns: int) -> tuple[npt.NDArray[np.uint64], Turned, Turned]:
    """The entries of one bin -> hashes of training pictures as they stand, the same turned, references in all turns."""
    plain = [np.empty(0, np.uint64)]
    looking: tuple[list[Turned], list[Turned]] = [], []
    for kind, data in group:
        counts = np.frombuffer(data, "<u4", turns)
        total, upright = int(counts.sum()), 0 if kind == REFERENCE else int(counts[0])
        hashes = np.frombuffer(data, "<u8", total, counts.nbytes)
        plain.append(hashes[:upright])
        of = np.repeat(np.arange(turns, dtype=np.uint8), counts)
        keys = np.frombuffer(data, "<u8", total - upright, counts.nbytes + hashes.nbytes)
        looking[kind].append(Turned(hashes[upright:], keys, of[upright:]))
    return np.concatenate(plain), _joined(looking[TRAINING]), _joined(looking[REFERENCE])


def _joined(lots: list[Turned]) -> Turned:
    lots = [Turned(np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.uint8)), *lots]
    return Turned(
        np.concatenate([lot.hashes for lot in lots]),
        np.concatenate([lot.keys for lot in lots]),
        np.concatenate([lot.orientations for lot in lots]),
    )
