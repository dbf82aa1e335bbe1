"""From distinct hashes back to pictures: who represents a hash that occurs in pairs, and what becomes of its pictures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from skypairs.schemas.packed import Block, Rows
from skypairs.transforms.dup_rows import NODE, TRAINING, VERDICT, decisions, gather, ranked, select, starts_of, take, verdict


@dataclass(frozen=True, slots=True)
class Fetched:
    """One bin of pictures, told apart by whether their hash occurs in pairs."""

    ends: Block
    """NODE rows of the representatives of wanted keys."""
    open: Block
    """NODE rows of all training pictures of wanted keys: their fate hangs on the pairs."""
    closed: tuple[tuple[bytes, Block], ...]
    """Decisions of the others: copies of a hash that nothing else is near."""


def fetch(kind: int, nodes: Iterable[Block], keys: Iterable[bytes]) -> Fetched:
    """nodes: NODE blocks of one kind and bin. keys: the <u8 keys that hits name in this bin, in any number of lots."""
    rows, ids = gather(nodes, NODE)
    wanted = np.isin(rows["key"], np.frombuffer(b"".join(keys), "<u8"))
    if kind != TRAINING:
        return Fetched(select(rows, ids, np.flatnonzero(wanted)), Block(b""), ())
    order, leader = _by_hash(rows, ids)
    first = leader == np.arange(len(order))
    asked = wanted[order]
    ends, open_, copies = order[first & asked], order[asked], order[~first & ~asked]
    keepers = order[leader[~first & ~asked]]
    return Fetched(
        select(rows, ids, ends),
        select(rows, ids, open_),
        tuple(decisions(rows[copies], verdict("duplicate", "near duplicate", rows[keepers], 0, 0), take(ids, keepers))),
    )


def carry_out(nodes: Iterable[Block], verdicts: Iterable[Block]) -> Iterator[tuple[bytes, Block]]:
    """Decisions of one bin. nodes: NODE blocks of training pictures. verdicts: VERDICT blocks with the keepers' ids.

    All pictures of a hash share its verdict; where there is none, they are duplicates of the best-ranked of them.
    """
    rows, ids = gather(nodes, NODE)
    order, leader = _by_hash(rows, ids)
    rows, ids = rows[order], take(ids, order)
    given, keeper_ids = gather(verdicts, VERDICT)
    by_key = np.argsort(given["key"])
    place = np.searchsorted(given["key"], rows["key"], sorter=by_key)
    judged = np.zeros(len(rows), bool)
    inside = place < len(given)
    judged[inside] = given["key"][by_key[place[inside]]] == rows["key"][inside]
    rulings = by_key[place[judged]]
    yield from decisions(rows[judged], given[rulings], take(keeper_ids, rulings))
    copies = ~judged & (leader != np.arange(len(rows)))
    keepers = leader[copies]
    yield from decisions(rows[copies], verdict("duplicate", "near duplicate", rows[keepers], 0, 0), take(ids, keepers))


def _by_hash(
    rows: Rows, ids: Sequence[str]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """The order by hash, rank and id, and for each place in it the place of the best-ranked picture of the same hash."""
    order = ranked([rows["key"], rows["rank_high"], rows["rank_low"]], ids)
    starts = starts_of(rows["key"][order])
    return order, np.repeat(starts, np.diff(starts, append=len(order)))
