"""Who is kept: the greedy rule over the near pairs of distinct hashes, on one worker, as packed arrays.

A hash near a reference is a leak; its keeper is the nearest reference, then the one with the smaller id. The others,
best rank first: a hash is a duplicate if one already kept is near; its keeper is the best-ranked such. Ties of
orientation go to the lowest number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.schemas.packed import PAIR, Block, Rows
from skypairs.transforms.dup_rows import HIT, LOOK, NODE, VERDICT, copied, gather, ranked, starts_of, take, verdict, words

_STEP = 1 << 18
"""Pairs taken out of their arrays at a time; as Python numbers they are many times as large. Bytes of hits likewise."""
_PLACE_BITS, _REST_BITS = 28, 7
"""Of a packed pair: each of its places; distance (at most 8) and orientation."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Near pairs by position in two orders, sorted by right and then left, each pair once at its least distance."""

    left: npt.NDArray[np.uint32]
    right: npt.NDArray[np.uint32]
    distance: npt.NDArray[np.uint8]
    orientation: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome. Training pictures are in order of rank, references in order of id."""

    verdicts: Rows
    """VERDICT rows of the hashes that are not kept, in order of rank."""
    keeper_ids: list[str]
    """One a verdict."""
    pairs: Pairs
    """Left: the better-ranked."""
    reference_pairs: Pairs
    """Left: the reference."""
    ids: list[str]
    reference_ids: list[str]


def settle(training: Iterable[Block], references: Iterable[Block], hits: Iterable[bytes]) -> Settled:
    """From NODE blocks of every picture that hits name, and HIT rows in any order."""
    rows, ids = gather(training, NODE)
    order = ranked([rows["rank_high"], rows["rank_low"]], ids)
    rows, ids = rows[order], take(ids, order)
    reference_rows, reference_ids = gather(references, NODE)
    by_id = np.array(sorted(range(len(reference_ids)), key=reference_ids.__getitem__), np.intp)
    reference_rows, reference_ids = reference_rows[by_id], take(reference_ids, by_id)

    near_reference, near_picture = _pairs(hits, reference_rows["key"], rows["key"])

    leaks, leak_pair = _nearest(near_reference)
    keeper = _greedy(near_picture, leaks, len(rows))
    lost = np.flatnonzero(keeper >= 0)
    leaked = verdict(
        "leak",
        "near a reference",
        reference_rows[near_reference.left[leak_pair]],
        near_reference.distance[leak_pair],
        near_reference.orientation[leak_pair],
    )
    leaked["key"] = rows["key"][leaks]
    by = keeper[lost]
    copies = verdict(
        "duplicate", "near duplicate", rows[near_picture.left[by]], near_picture.distance[by], near_picture.orientation[by]
    )
    copies["key"] = rows["key"][lost]
    return Settled(
        np.concatenate([leaked, copies]).astype(VERDICT),
        take(reference_ids, near_reference.left[leak_pair]) + take(ids, near_picture.left[by]),
        near_picture,
        near_reference,
        ids,
        reference_ids,
    )


def located(training: Iterable[Block], references: Iterable[Block], hits: Iterable[bytes], size: int) -> Iterator[Rows]:
    """LOOK rows of HIT rows: where the pictures lie that they name, `size` at a time, those of one part side by side."""
    ends = [gather(blocks, NODE)[0] for blocks in (training, references)]
    keys = [_Keys.of(rows["key"]) for rows in ends]
    for lot in hits:
        found = np.frombuffer(lot, HIT)
        for reference in (False, True):
            chosen = found[found["reference"] == reference]
            rows = copied(chosen, LOOK, *(HIT.names or ()))
            left = ends[reference][keys[reference].places(chosen["left"])]
            right = ends[0][keys[0].places(chosen["right"])]
            rows["left_part"], rows["left_row"] = left["part"], left["row"]
            rows["right_part"], rows["right_row"] = right["part"], right["row"]
            if reference:
                rows["left_file"] = np.where(words(left["part"]).any(axis=1), 0, left["rank_high"])
            order = np.lexsort((rows["left_row"], *words(rows["left_part"]).T))
            for start in range(0, len(order), size):
                yield rows[order[start : start + size]]


def pair_blocks(settled: Settled, size: int = 1 << 16) -> Iterator[Block]:
    """PAIR blocks of all near pairs, reference pairs first."""
    for pairs, left_ids in ((settled.reference_pairs, settled.reference_ids), (settled.pairs, settled.ids)):
        for start in range(0, len(pairs.left), size):
            part = slice(start, start + size)
            rows = np.empty(len(pairs.left[part]), PAIR)
            rows["distance"], rows["orientation"] = pairs.distance[part], pairs.orientation[part]
            ends = zip(take(left_ids, pairs.left[part]), take(settled.ids, pairs.right[part]), strict=True)
            yield Block.of(rows, [end for pair in ends for end in pair])


def _pairs(hits: Iterable[bytes], references: npt.NDArray[np.uint64], keys: npt.NDArray[np.uint64]) -> tuple[Pairs, Pairs]:
    """(pairs with references, pairs of pictures), the latter with the better-ranked left."""
    pictures, others = _Keys.of(keys), _Keys.of(references)
    found: tuple[list[npt.NDArray[np.uint64]], list[npt.NDArray[np.uint64]]] = [], []
    for rows in _lots(hits):
        of_reference = rows["reference"]
        lot = rows[of_reference]
        found[True].append(_packed(lot, others.places(lot["left"]), pictures.places(lot["right"])))
        lot = rows[~of_reference]
        left, right = pictures.places(lot["left"]), pictures.places(lot["right"])
        upright = lot["orientation"] == 0
        left, right = np.where(upright, np.minimum(left, right), left), np.where(upright, np.maximum(left, right), right)
        valid = left < right  # turned hits count only if it was the better-ranked that was turned
        found[False].append(_packed(lot[valid], left[valid], right[valid]))
    return _least(found[True]), _least(found[False])


def _lots(hits: Iterable[bytes]) -> Iterator[Rows]:
    """HIT rows, some megabytes at a time."""
    waiting = bytearray()
    for lot in hits:
        waiting += lot
        if len(waiting) >= _STEP:
            yield np.frombuffer(bytes(waiting), HIT)
            waiting.clear()
    yield np.frombuffer(bytes(waiting), HIT)


def _packed(hits: Rows, left: npt.NDArray[np.intp], right: npt.NDArray[np.intp]) -> npt.NDArray[np.uint64]:
    """A number a pair that sorts as right, left, distance, orientation do. Raises OverflowError above 2 ** 28 pictures."""
    if len(hits) and max(left.max(), right.max()) >> _PLACE_BITS:
        raise OverflowError(f"more than {1 << _PLACE_BITS:,} pictures in near pairs")
    packed = right.astype(np.uint64) << np.uint64(_PLACE_BITS) | left.astype(np.uint64)
    packed <<= np.uint64(_REST_BITS)
    packed |= (hits["distance"] << np.uint8(3) | hits["orientation"]).astype(np.uint64)
    return packed


def _least(lots: list[npt.NDArray[np.uint64]]) -> Pairs:
    """Each pair at its least distance; empties `lots`, so that no more than two copies are there at a time."""
    packed = np.concatenate([np.empty(0, np.uint64), *lots])
    lots.clear()
    packed.sort()
    first = np.ones(len(packed), bool)
    pairs = packed >> np.uint64(_REST_BITS)
    first[1:] = pairs[1:] != pairs[:-1]
    del pairs
    packed = packed[first]
    rest = (packed & np.uint64((1 << _REST_BITS) - 1)).astype(np.uint8)
    packed >>= np.uint64(_REST_BITS)
    left = (packed & np.uint64((1 << _PLACE_BITS) - 1)).astype(np.uint32)
    packed >>= np.uint64(_PLACE_BITS)
    return Pairs(left, packed.astype(np.uint32), rest >> np.uint8(3), rest & np.uint8(7))


@dataclass(frozen=True, slots=True)
class _Keys:
    """Distinct keys, in order, and where each stands."""

    ordered: npt.NDArray[np.uint64]
    order: npt.NDArray[np.intp]

    @staticmethod
    def of(keys: npt.NDArray[np.uint64]) -> "_Keys":
        order = np.argsort(keys)
        return _Keys(keys[order], order)

    def places(self, wanted: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
        """Where each wanted key stands. Raises LookupError if one is missing: a bug."""
        place = np.searchsorted(self.ordered, wanted)
        if len(wanted) and (place.max() >= len(self.ordered) or (self.ordered[place] != wanted).any()):
            raise LookupError("a pair names a picture that is not there")
        found: npt.NDArray[np.intp] = self.order[place]
        return found


def _nearest(pairs: Pairs) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.intp]]:
    """The pictures near any reference, in order, and for each the pair with the nearest reference, then the smaller id."""
    order = np.lexsort((pairs.left, pairs.distance, pairs.right))
    first = order[starts_of(pairs.right[order])]
    return pairs.right[first], first


def _greedy(pairs: Pairs, leaks: npt.NDArray[np.uint32], count: int) -> npt.NDArray[np.intp]:
    """(count,): the pair by which a picture is lost to the best-ranked kept one near it; -1 for those kept, and leaks.

    Pairs are sorted by right, then left, and left is better-ranked: by the time a picture stands left, its fate is known.
    """
    kept = bytearray(b"\1") * count
    for leak in leaks.tolist():
        kept[leak] = 0
    lost_by = np.full(count, -1, np.intp)
    for start in range(0, len(pairs.left), _STEP):
        part = slice(start, start + _STEP)
        ends = zip(pairs.left[part].tolist(), pairs.right[part].tolist(), strict=True)
        for number, (better, worse) in enumerate(ends, start):
            if kept[better] and kept[worse]:
                kept[worse] = 0
                lost_by[worse] = number
    return lost_by
