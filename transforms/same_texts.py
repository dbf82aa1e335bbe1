"""At most so many pictures of a build share a caption text: texts are dealt out in rounds, as arithmetic on arrays.

A picture lacks `wants` captions by rule and has wordings on its card, in order. In a round it asks for its next `wants`
wordings, in the last round for all that are left. A text that was given `times` times is given to the first `limit - times` of
those that ask for it, by rank: a hash of text, seed and id. What is given is never taken back, so no text is given more
than `limit` times, after however many rounds; and a picture that ends short has asked for every wording it has.

Of the pictures of a bucket only the first `limit` by rank ask for a text: no other could be among the first of all.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skypairs.schemas.packed import Block, Rows
from skypairs.schemas.placed import ASK, DONOR, GIVEN, KEPT, MOST_WORDINGS, WISH, Ordered
from skypairs.transforms.hamming import mix

ROUNDS = 4
_NUMBERS = np.arange(MOST_WORDINGS, dtype=np.uint16)

Bits = npt.NDArray[np.uint16]


class Settled(NamedTuple):
    """Pictures of a bucket with the captions they were given, and what that cost."""

    ordered: Ordered
    """Without the pictures that have no caption left."""
    reworded: int
    """Captions that took the place of one that too many pictures share."""
    dropped: int
    """Captions for which no wording was left."""
    without: int
    """Pictures that no caption was left for."""


def wishes(ordered: Ordered) -> Rows:
    """WISH rows of a bucket's pictures: what each lacks beside captions of people, own and inherited, and imported ones."""
    pictures = ordered.pictures.rows(KEPT)
    fixed, rules = _fixed(ordered), _rule_bits(pictures)
    rows: Rows = np.zeros(len(pictures), WISH)
    rows["order"], rows["texts"], rows["left"] = pictures["order"], pictures["texts"], rules
    rows["wants"] = np.frombuffer(ordered.captions, np.uint8) - np.minimum(fixed, np.frombuffer(ordered.captions, np.uint8))
    return rows[rows["wants"] > 0]


def asked(rows: Rows, last: bool) -> Bits:
    """Which wordings each of some WISH rows asks for, as bits: the first `wants` of those left, or all of them."""
    return rows["left"] if last else _lowest(rows["left"], rows["wants"])


def ask(rows: Rows, last: bool, limit: int) -> Rows:
    """ASK rows of a bucket: of each text the first `limit` by rank."""
    picture, number = np.nonzero(asked(rows, last)[:, None] >> _NUMBERS & 1)
    asks: Rows = np.zeros(len(picture), ASK)
    asks["order"], asks["number"], asks["text"] = rows["order"][picture], number, rows["texts"][picture, number]
    asks, place = _by_rank(asks)
    return asks[place < limit]


def give(asks: Iterable[Block], given: Iterable[Block], limit: int) -> tuple[Rows, Rows]:
    """(ASK rows that are granted, GIVEN rows of all texts given so far) of one bin of texts."""
    rows, place = _by_rank(_join(asks, ASK))
    before = _join(given, GIVEN)
    before = before[np.argsort(before["text"])]
    at = np.searchsorted(before["text"], rows["text"])
    times = np.zeros(len(rows), np.int64)
    known = at < len(before)
    known[known] = before["text"][at[known]] == rows["text"][known]
    times[known] = before["times"][at[known]]
    granted = rows[place < limit - times]
    texts, inverse = np.unique(np.concatenate([before["text"], granted["text"]]), return_inverse=True)
    counts = np.bincount(inverse, np.concatenate([before["times"], np.ones(len(granted), np.int64)]), len(texts))
    after: Rows = np.zeros(len(texts), GIVEN)
    after["text"], after["times"] = texts, counts
    return granted, after


def still_short(rows: Rows, granted: Iterable[Block]) -> Rows:
    """The WISH rows that go on to the next round, with what they have not asked for yet."""
    given = _given_bits(rows["order"], _join(granted, ASK))
    rows = rows.copy()
    rows["left"] &= ~asked(rows, False)
    rows["wants"] -= np.minimum(rows["wants"], np.bitwise_count(given))
    return rows[(rows["wants"] > 0) & (rows["left"] > 0)]


def settle(ordered: Ordered, granted: Iterable[Block]) -> Settled:
    """Gives a bucket's pictures what all rounds granted; of more than a picture wants, the first wordings."""
    pictures, before = ordered.pictures.rows(KEPT).copy(), np.frombuffer(ordered.captions, np.uint8)
    fixed, rules = _fixed(ordered), _rule_bits(pictures)
    wants = before - np.minimum(fixed, before)
    given = _lowest(_given_bits(pictures["order"], _join(granted, ASK)) & rules, wants)
    counts = (before - wants + np.bitwise_count(given)).astype(np.uint8)
    pictures["chosen"] = pictures["chosen"] & ~rules | given
    stay = counts > 0
    return Settled(
        Ordered(ordered.bucket, Block.of(pictures[stay]), counts[stay].tobytes(), ordered.donors),
        int(np.bitwise_count(given & ~_lowest(rules, wants)).sum()),
        int((before - counts).sum()),
        int((~stay).sum()),
    )


def by_bin(rows: Rows, bins: int) -> Iterator[tuple[int, Block]]:
    """Rows with a text by the bin that deals with it."""
    found = (mix(rows["text"]) % np.uint64(bins)).astype(np.int64)
    for number in np.unique(found):
        yield int(number), Block.of(rows[found == number])


def _fixed(ordered: Ordered) -> npt.NDArray[np.int64]:
    """How many captions of each picture are not dealt out: those of people, its own and inherited ones, and imported ones."""
    pictures, donors = ordered.pictures.rows(KEPT), ordered.donors.rows(DONOR)
    orders, times = np.unique(donors["order"], return_counts=True)
    inherited = np.zeros(len(pictures), np.int64)
    if len(orders):
        at = np.minimum(np.searchsorted(orders, pictures["order"]), len(orders) - 1)
        inherited = np.where(orders[at] == pictures["order"], times[at], 0)
    return np.asarray(inherited + np.bitwise_count(pictures["chosen"] & ~_rule_bits(pictures)))


def _rule_bits(pictures: Rows) -> Bits:
    """Which captions of each card may be dealt out."""
    others = (np.uint32(1) << (pictures["human"].astype(np.uint32) + pictures["imported"])) - np.uint32(1)
    return np.asarray(pictures["chosen"] & ~others.astype(np.uint16))


def _lowest(bits: Bits, wanted: npt.NDArray[np.uint8]) -> Bits:
    """The lowest `wanted` set bits of each."""
    there = bits[:, None] >> _NUMBERS & np.uint16(1)
    first = np.cumsum(there, axis=1) <= wanted[:, None]
    return np.asarray(((there * first).astype(np.uint16) << _NUMBERS).sum(axis=1, dtype=np.uint16))


def _given_bits(orders: npt.NDArray[np.bytes_], granted: Rows) -> Bits:
    """Bits of the wordings granted to each of some pictures, whatever their order."""
    bits = np.zeros(len(orders), np.uint16)
    if not len(orders) or not len(granted):
        return bits
    sorting = np.argsort(orders)
    at = np.minimum(np.searchsorted(orders, granted["order"], sorter=sorting), len(orders) - 1)
    place = sorting[at]
    ours = orders[place] == granted["order"]
    np.bitwise_or.at(bits, place[ours], np.uint16(1) << granted["number"][ours].astype(np.uint16))
    return bits


def _by_rank(asks: Rows) -> tuple[Rows, npt.NDArray[np.int64]]:
    """ASK rows by text, those of a text by rank, and the place of each among those of its text."""
    leading = np.frombuffer(np.ascontiguousarray(asks["order"]).tobytes(), "<u8")[::2]
    asks = asks[np.lexsort((asks["order"], mix(leading ^ asks["text"]), asks["text"]))]
    first = np.flatnonzero(np.diff(asks["text"], prepend=asks["text"][:1] + np.uint64(1)))
    sizes = np.diff(first, append=len(asks))
    return asks, np.arange(len(asks)) - np.repeat(first, sizes)


def _join(blocks: Iterable[Block], dtype: np.dtype[np.void]) -> Rows:
    return np.frombuffer(b"".join(block.data for block in blocks), dtype)
