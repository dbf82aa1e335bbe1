"""What crosses a shuffle: rows of fixed size, packed by the thousand into one element.

Beam spends about 10 us on every element and its in-memory runner holds four times the payload of a shuffle, so rows are
not elements: a block is the bytes of a numpy structured array, and the ids that belong to its rows. No row with its id
comes to 300 bytes; pictures, boxes and texts never cross. `tests/test_shuffles.py` walks the built graph to prove it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.void]
"""A structured array of one of the row types below."""

PartKey = NewType("PartKey", bytes)
"""16 bytes that name a prepared part: for a source the digest of its cards, for a reference the digest of its look."""

FINGERPRINT = np.dtype(
    [
        ("part", "V16"),
        ("row", "<u4"),
        ("phash", "<u8", (8,)),  # the eight orientations, each read big end first
        ("rank_high", "<u8"),  # see `rank_high`; smaller is better
        ("rank_low", "<u8"),  # first 8 bytes of stable_hash("rank", id); the id itself breaks a tie
        ("group", "<u8"),  # first 8 bytes of stable_hash("group", group)
        ("flat", "?"),
        ("pixels", "V32"),  # pixels_sha256; where not flat, SHA-256 of the thumbnail if pairs get a second look, else zeros
    ]
)
"""One picture that takes part in the search for duplicates, of a source or of a reference."""

DECISION = np.dtype(
    [
        ("row", "<u4"),
        ("fate", "u1"),  # index into FATES
        ("reason", "u1"),  # index into REASONS
        ("distance", "i1"),  # -1 where there is none
        ("orientation", "i1"),  # -1 where there is none
        ("keeper_part", "V16"),  # zeros where there is none
        ("keeper_row", "<u4"),
    ]
)
"""What becomes of one row of a part. Rows without a decision are kept. The ids of the block are the keepers' ids."""

LOW_SCORE = "low score"
"""Reason of a `filtered` picture that `scores` of the recipe leaves out, before it is compared with any other."""
FATES = ("kept", "duplicate", "leak", "capped", "flat", "filtered", "failed", "cut")
REASONS = (
    "",
    "near duplicate",
    "same pixels",
    "near a reference",
    "same pixels as a reference",
    "same scene",
    "over the cap",
    "flat",
    "crop of a picture that is left out",
    LOW_SCORE,
)

SHARED = "captions shared by too many"
"""Reason of a `filtered` picture for which `captions.max_same` left no caption. It was judged a keeper before, and still is."""

PAIR = np.dtype([("distance", "u1"), ("orientation", "u1")])
"""Two pictures near each other; the ids of the block come in twos: the better-ranked (or the reference), the other."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one type and, row by row, the ids that belong to them."""

    data: bytes
    ids: bytes = b""
    """UTF-8, a line feed after each; empty where the row type carries none."""

    @staticmethod
    def of(rows: Rows, ids: list[str] | None = None) -> "Block":
        return Block(np.ascontiguousarray(rows).tobytes(), "\n".join([*ids, ""]).encode() if ids else b"")

    def rows(self, dtype: np.dtype[np.void]) -> Rows:
        """A read-only view of the rows."""
        return np.frombuffer(self.data, dtype)

    def id_list(self) -> list[str]:
        return self.ids.decode().split("\n")[:-1]


def dropped_rows(dropped: Sequence[tuple[int, str, str]]) -> Block:
    """DECISION rows of (row, fate, reason) that have no keeper."""
    decisions = np.zeros(len(dropped), DECISION)
    decisions["row"] = [row for row, _, _ in dropped]
    decisions["fate"] = [FATES.index(fate) for _, fate, _ in dropped]
    decisions["reason"] = [REASONS.index(reason) for _, _, reason in dropped]
    decisions["distance"] = decisions["orientation"] = -1
    return Block.of(decisions, [""] * len(dropped))


def rank_high(human: bool, source_pixels: int, source_order: int) -> int:
    """The leading part of a picture's rank as an unsigned 64-bit number, smaller is better.

    Human captions first, then more source pixels, then the recipe's order of sources (design: `rank_low` and the id follow).
    """
    pixels = min(source_pixels, (1 << 46) - 1)
    return (0 if human else 1) << 63 | ((1 << 46) - 1 - pixels) << 17 | min(source_order, (1 << 17) - 1)
