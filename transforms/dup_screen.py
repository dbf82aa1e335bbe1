"""What is settled before hashes are compared: pictures of a reference's scene are leaks, flat ones go their own way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.schemas.packed import FINGERPRINT, Block, Rows
from skypairs.transforms.dup_rows import (
    FLAT,
    GROUP,
    arrival,
    copied,
    decisions,
    gather,
    ranked,
    starts_of,
    take,
    verdict,
)

_PLACED = ("rank_high", "rank_low", "part", "row")


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of all references, sorted, and the reference with the smallest id in each."""

    rows: Rows
    """GROUP rows."""
    ids: Sequence[str]

    @staticmethod
    def of(blocks: Iterable[Block]) -> "Groups":
        """From GROUP blocks in which a group may occur again."""
        rows, ids = gather(blocks, GROUP)
        order = ranked([rows["group"]], ids)
        first = order[starts_of(rows["group"][order])]
        return Groups(rows[first], take(ids, first))

    def find(self, groups: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Positions of the given groups that references have, and which row of ours each one is."""
        if not len(self.rows):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        place = np.searchsorted(self.rows["group"], groups)
        found = np.flatnonzero(self.rows["group"][place % len(self.rows)] == groups)
        return found, place[found]


def groups_of(blocks: Iterable[Block]) -> Block:
    """FINGERPRINT blocks of references -> one GROUP block, sorted, each group once."""
    rows, ids = gather(blocks, FINGERPRINT)
    groups = Groups.of([Block.of(copied(rows, GROUP, "group", "part", "row"), ids)])
    return Block.of(groups.rows, list(groups.ids))


def told_apart(blocks: Iterable[Block], reference: bool, orientations: int, confirm: bool = False) -> tuple[Block, Block]:
    """FINGERPRINT blocks -> (FLAT, `arrival(orientations)`): the flat pictures and the others, with what is needed of each."""
    rows, ids = gather(blocks, FINGERPRINT)
    flat, rest = np.flatnonzero(rows["flat"]), np.flatnonzero(~rows["flat"])
    flat_rows = copied(rows[flat], FLAT, "group", *_PLACED)
    flat_rows["pixels"] = np.ascontiguousarray(rows["pixels"][flat]).view(">u8").reshape(-1, 4)
    flat_rows["reference"] = reference
    rest_rows = copied(rows[rest], arrival(orientations, confirm), "group", *_PLACED)
    rest_rows["hashes"] = rows["phash"][rest, :orientations]
    if confirm:
        rest_rows["pixels"] = np.ascontiguousarray(rows["pixels"][rest]).view(">u8").reshape(-1, 4)
    return Block.of(flat_rows, take(ids, flat)), Block.of(rest_rows, take(ids, rest))


def screen(rows: Rows, ids: Sequence[str], groups: Groups) -> tuple[list[tuple[bytes, Block]], npt.NDArray[np.intp]]:
    """Rule 0 of the search: (decisions on the pictures that share a reference's group, positions of the others).

    rows: of any type with `group`, `part` and `row`.
    """
    leaks, keepers = groups.find(rows["group"])
    verdicts = verdict("leak", "same scene", groups.rows[keepers], -1, -1)
    left = np.ones(len(rows), bool)
    left[leaks] = False
    return list(decisions(rows[leaks], verdicts, take(groups.ids, keepers))), np.flatnonzero(left)


def settle_flat(blocks: Iterable[Block]) -> Iterator[tuple[bytes, Block]]:
    """FLAT blocks of one bin -> decisions: equal pixels are one picture, a reference's before the best-ranked."""
    rows, ids = gather(blocks, FLAT)
    reference = rows["reference"]
    ranks = [np.where(reference, 0, rows[name]) for name in ("rank_high", "rank_low")]
    order = ranked([*rows["pixels"].T, ~reference, *ranks], ids)
    ordered = rows[order]
    starts = starts_of(*ordered["pixels"].T)
    keeper = np.repeat(starts, np.diff(starts, append=len(order)))
    leaks, copies = ordered["reference"][keeper], np.arange(len(order)) != keeper
    for fate, reason, lost in (
        ("leak", "same pixels as a reference", leaks & ~ordered["reference"]),
        ("duplicate", "same pixels", ~leaks & copies),
    ):
        kept = keeper[lost]
        yield from decisions(ordered[lost], verdict(fate, reason, ordered[kept], 0, 0), take(ids, order[kept]))


def flat_bins(rows: Rows) -> npt.NDArray[np.uint64]:
    """The number that deals FLAT rows to bins: equal pixels, equal number. A digest needs no further mixing."""
    return rows["pixels"][:, 0].astype(np.uint64)
