"""Row types inside the search for duplicates, and the few things done to all of them: gather, deal out, order, decide.

A *picture hash* is hash 0 of a training picture that takes part; its best-ranked picture represents it. A *reference*
stands for all references that agree in every hash compared; the one with the smallest id represents it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.packed import DECISION, FATES, REASONS, Block, Rows

TRAINING, REFERENCE = 0, 1
"""The two kinds of picture, as the first part of a key."""

_PLACE = [("part", "V16"), ("row", "<u4")]
_RANK = [("rank_high", "<u8"), ("rank_low", "<u8")]

GROUP = np.dtype([("group", "<u8"), *_PLACE])
"""A group that references have, and the place of the one with the smallest id."""

FLAT = np.dtype([("pixels", ">u8", (4,)), ("reference", "?"), ("group", "<u8"), *_RANK, *_PLACE])
"""A flat picture."""

NODE = np.dtype([("key", "<u8"), *_RANK, *_PLACE])
"""A picture and what it is known by in hits: a training picture by its hash, a reference by a number."""

HIT = np.dtype([("left", "<u8"), ("right", "<u8"), ("distance", "u1"), ("orientation", "u1"), ("reference", "?")])
"""Keys of two pictures near each other. Right: a picture hash. Left: a reference, or a picture hash turned by
`orientation`; at orientation 0 of two picture hashes either may be left."""

VERDICT = np.dtype([("key", "<u8"), ("fate", "u1"), ("reason", "u1"), ("distance", "i1"), ("orientation", "i1"), *_PLACE])
"""What becomes of all pictures of a hash; place of the keeper."""


LOOK = np.dtype(
    [
        *HIT.descr,
        *[(f"left_{name}", kind) for name, kind in _PLACE],
        ("left_file", "<u4"),
        *[(f"right_{name}", kind) for name, kind in _PLACE],
    ]
)
"""A hit to be confirmed, and where the thumbnails of its ends lie. `left_file`: as in `compared_rows.published_block`."""


def candidate(orientations: int, confirm: bool = False) -> np.dtype[np.void]:
    """Row type of a picture that takes part: hashes compared, rank, place; with a second look, its thumbnail's digest."""
    pixels = [("pixels", ">u8", (4,))] if confirm else []
    return np.dtype([("hashes", "<u8", (orientations,)), *pixels, *_RANK, *_PLACE])


def distinct(orientations: int) -> np.dtype[np.void]:
    """Row type of what represents a hash: the hashes compared, and its key in hits."""
    return np.dtype([("key", "<u8"), ("hashes", "<u8", (orientations,))])


def arrival(orientations: int, confirm: bool = False) -> np.dtype[np.void]:
    """The same, before its group is compared with those of the references."""
    return np.dtype([("group", "<u8"), *candidate(orientations, confirm).descr])


def gather(blocks: Iterable[Block], dtype: np.dtype[np.void]) -> tuple[Rows, list[str]]:
    """The rows of many blocks as one array, and their ids."""
    rows: list[Rows] = [np.empty(0, dtype)]
    ids: list[str] = []
    for block in blocks:
        rows.append(block.rows(dtype))
        ids += block.id_list()
    return np.concatenate(rows), ids


def take(ids: Sequence[str], chosen: npt.NDArray[np.integer[Any]]) -> list[str]:
    return list(map(ids.__getitem__, chosen.tolist()))


def select(rows: Rows, ids: Sequence[str], chosen: npt.NDArray[np.intp]) -> Block:
    """A block of some of the rows, in the order asked for."""
    return Block.of(rows[chosen], take(ids, chosen))


def copied(source: Rows, dtype: np.dtype[np.void], *names: str) -> Rows:
    """New rows that take the named fields from `source`; the others are zero."""
    rows: Rows = np.zeros(len(source), dtype)
    for name in names:
        rows[name] = source[name]
    return rows


def dealt(bins: npt.NDArray[Any]) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Each bin that occurs, in order, and the positions that fall into it, in order."""
    small = bins.astype(np.uint16) if len(bins) and bins.max() < 1 << 16 else bins  # 16 bits are sorted by radix
    order = np.argsort(small, kind="stable")
    starts = starts_of(small[order])
    for chosen in np.split(order, starts[1:]) if len(order) else ():
        yield int(bins[chosen[0]]), chosen


def starts_of(*columns: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Where each run of rows that agree in all columns begins."""
    new = np.zeros(len(columns[0]), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


def ranked(columns: Sequence[npt.NDArray[Any]], ids: Sequence[str]) -> npt.NDArray[np.intp]:
    """The order by the columns, the first one leading, and by id where all of them agree."""
    order = np.argsort(columns[0])
    starts = starts_of(columns[0][order])  # most rows differ in the first column: only the others need the rest
    lengths = np.diff(starts, append=len(order))
    undecided = np.repeat(lengths > 1, lengths)
    tie = order[undecided]
    order[undecided] = tie[np.lexsort(tuple(column[tie] for column in columns)[::-1])]
    starts = starts_of(*(column[order] for column in columns))
    lengths = np.diff(starts, append=len(order))
    for start, length in zip(starts[lengths > 1].tolist(), lengths[lengths > 1].tolist(), strict=True):
        tied = order[start : start + length].tolist()
        order[start : start + length] = sorted(tied, key=lambda i: ids[i])
    return order


def words(part: npt.NDArray[np.void]) -> npt.NDArray[np.uint64]:
    """(n, 2): 16-byte names as numbers that sort alike."""
    return np.ascontiguousarray(part).view(">u8").reshape(-1, 2).astype(np.uint64)


def decisions(losers: Rows, verdicts: Rows, keeper_ids: Sequence[str]) -> Iterator[tuple[bytes, Block]]:
    """DECISION blocks by part, in order of part and row.

    losers: rows with `part` and `row`. verdicts: VERDICT rows, one a loser. keeper_ids: likewise.
    """
    names = words(losers["part"])
    order = np.lexsort((losers["row"], names[:, 1], names[:, 0]))
    rows = copied(verdicts, DECISION, "fate", "reason", "distance", "orientation")
    rows["row"], rows["keeper_part"], rows["keeper_row"] = losers["row"], verdicts["part"], verdicts["row"]
    ordered = names[order]
    for chosen in np.split(order, starts_of(ordered[:, 0], ordered[:, 1])[1:]) if len(order) else ():
        yield losers["part"][chosen[0]].tobytes(), select(rows, keeper_ids, chosen)


def verdict(fate: str, reason: str, keepers: Rows, distance: Any, orientation: Any) -> Rows:
    """VERDICT rows of one fate and reason, one a keeper; the keys are left at zero."""
    rows = copied(keepers, VERDICT, "part", "row")
    rows["fate"], rows["reason"] = FATES.index(fate), REASONS.index(reason)
    rows["distance"], rows["orientation"] = distance, orientation
    return rows


def pieces(rows: Rows, ids: Sequence[str], size: int = 1 << 16) -> Iterator[Block]:
    """The rows in blocks of bounded size."""
    for start in range(0, len(rows), size):
        yield Block.of(rows[start : start + size], list(ids[start : start + size]))
