"""Equal hashes become one, and each one the entries by which its neighbours find it.

Why equal hashes may collapse to the best-ranked picture r of them: only hash 0 of the worse-ranked side is compared, so
whatever keeps r out keeps every other picture m of the hash out, at the same distance and orientation, and no better
keeper of m exists that would not be near r as well. If r is kept, m is within distance 0 of it and is its duplicate;
nothing better-ranked is kept near m, or it would be near r. So m is never kept and its turned hashes never matter.

With a second look (`dedup.confirm`) equal hashes are not one picture, and only pictures of equal thumbnails collapse, which
have equal hashes in all turns. Keys are numbers then, since hashes no longer tell pictures apart.
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
in the same order the keys (<u8); training pictures as they stand have none where their hash is their key."""


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The pictures of one bin, ordered, and those that represent a hash (of references: a set of hashes)."""

    nodes: Rows
    """NODE rows. Training: every picture, by hash and rank. References: the representatives alone."""
    ids: list[str]
    distinct: Rows
    """`distinct(orientations)` rows of the representatives."""


def collapse(kind: int, number: int, blocks: Iterable[Block], orientations: int, confirm: bool = False) -> Collapsed:
    """Blocks of `candidate(orientations, confirm)` rows of one kind and bin -> its distinct hashes. `number`: of the bin."""
    rows, ids = gather(blocks, candidate(orientations, confirm))
    alike = [*rows["hashes"].T[: 1 if kind == TRAINING else orientations], *(rows["pixels"].T if confirm else ())]
    if kind == TRAINING:
        order = ranked([*alike, rows["rank_high"], rows["rank_low"]], ids)
        first = starts_of(*(column[order] for column in alike))
    else:
        order = ranked(alike, ids)
        first = starts_of(*(column[order] for column in alike))
        order, first = order[first], np.arange(len(first))
    ordered = rows[order]
    nodes = copied(ordered, NODE, "rank_high", "rank_low", "part", "row")
    if numbered(kind, confirm):
        each = np.repeat(np.arange(len(first), dtype=np.uint64), np.diff(first, append=len(order)))
        nodes["key"] = each | np.uint64(number << 32)
    else:
        nodes["key"] = ordered["hashes"][:, 0]
    rows = copied(ordered[first], distinct(orientations), "hashes")
    rows["key"] = nodes["key"][first]
    return Collapsed(nodes, take(ids, order), rows)


def key_bins(kind: int, keys: npt.NDArray[np.uint64], bins: int, confirm: bool = False) -> npt.NDArray[np.uint64]:
    """The bin that knows the picture of a key."""
    return keys >> np.uint64(32) if numbered(kind, confirm) else hash_bins(keys, bins)


def numbered(kind: int, confirm: bool) -> bool:
    """Whether a picture's key is the number of its bin and its number there, not its hash."""
    return kind == REFERENCE or confirm


def hash_bins(hashes: npt.NDArray[np.uint64], bins: int) -> npt.NDArray[np.uint64]:
    """The bin of a picture by its hash 0."""
    return mix(hashes) % np.uint64(bins)


def entries(
    kind: int, found: Rows, segment: int, segments: int, bins: int, confirm: bool = False
) -> Iterator[tuple[int, Entry]]:
    """(bin, entry) of `distinct` rows, dealt by the value of one segment of their hashes.

    A training picture is there as it is, to be found, and turned, to find worse-ranked ones; a reference always, to find.
    """
    count, turns = found["hashes"].shape
    hashes = found["hashes"].T.ravel()  # one orientation after the other, an order that dealing keeps
    keys = np.tile(found["key"], turns)
    ends = np.arange(1, turns + 1) * count
    for number, chosen in dealt(mix(segment_values(hashes, segment, segments)) % np.uint64(bins)):
        counts = np.diff(np.searchsorted(chosen, ends), prepend=0)
        named = chosen if numbered(kind, confirm) else chosen[counts[0] :]
        yield number, (kind, b"".join((counts.astype("<u4").tobytes(), hashes[chosen].tobytes(), keys[named].tobytes())))


@dataclass(frozen=True, slots=True)
class Turned:
    """Hashes that look for others, and what they belong to. All arrays are (n,)."""

    hashes: npt.NDArray[np.uint64]
    keys: npt.NDArray[np.uint64]
    orientations: npt.NDArray[np.uint8]


def unpacked(group: Iterable[Entry], turns: int, confirm: bool = False) -> tuple[Turned, Turned, Turned]:
    """The entries of one bin -> training pictures as they stand, the same turned, references in all turns."""
    plain: list[Turned] = []
    looking: tuple[list[Turned], list[Turned]] = [], []
    for kind, data in group:
        counts = np.frombuffer(data, "<u4", turns)
        total, upright = int(counts.sum()), 0 if kind == REFERENCE else int(counts[0])
        hashes = np.frombuffer(data, "<u8", total, counts.nbytes)
        of = np.repeat(np.arange(turns, dtype=np.uint8), counts)
        keys = np.frombuffer(data, "<u8", offset=counts.nbytes + hashes.nbytes)
        if not numbered(kind, confirm):
            keys = np.concatenate([hashes[:upright], keys])
        plain.append(Turned(hashes[:upright], keys[:upright], of[:upright]))
        looking[kind].append(Turned(hashes[upright:], keys[upright:], of[upright:]))
    return _joined(plain), _joined(looking[TRAINING]), _joined(looking[REFERENCE])


def _joined(lots: list[Turned]) -> Turned:
    lots = [Turned(np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.uint8)), *lots]
    return Turned(
        np.concatenate([lot.hashes for lot in lots]),
        np.concatenate([lot.keys for lot in lots]),
        np.concatenate([lot.orientations for lot in lots]),
    )
