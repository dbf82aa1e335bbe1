"""Which scored pictures of a source stay: exact ranks from counts by score, whatever the order in which parts come.

Scores are whole steps, so that a source of any size is known by how many pictures have each. From these counts follows the
least score that stays; of the pictures that have just this one, those with the smallest order hash stay, as many as the share
has room for. What travels is 10 bytes a score and part, and the hashes of pictures at the least score.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from skypairs.schemas.scores import STEPS, Scores

COUNT = np.dtype([("steps", "<i2"), ("pictures", "<u8")])
"""How many pictures have a score."""
EVERY_HASH = b"\xff" * 16

Steps = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a picture of one source needs to stay."""

    least: int
    """Steps: pictures of more stay."""
    room: int
    """So many stay of those that have just the least."""
    hash: bytes = EVERY_HASH
    """16 bytes: their order hash is at most this."""

    def keeps(self, steps: int, order: bytes) -> bool:
        """Whether a picture of this best score and order hash stays."""
        return steps > self.least or (steps == self.least and order <= self.hash)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of the scores of one source, in steps."""

    scored: int
    kept: int
    median: int
    """The lower of the two in the middle where their number is even."""
    least: int
    """The least that was asked for: the lowest score that is kept, or the lowest above the limit."""

    def plain(self) -> dict[str, float]:
        """As the manifest has them, scores as cosines."""
        return {"kept": self.kept, "least": self.least / STEPS, "median": self.median / STEPS, "scored": self.scored}


def count_steps(best: Steps) -> bytes:
    """COUNT rows of the best scores of some pictures, by score."""
    values, pictures = np.unique(best, return_counts=True)
    rows = np.zeros(len(values), COUNT)
    rows["steps"], rows["pictures"] = values, pictures
    return rows.tobytes()


def merge_counts(counts: Iterable[bytes]) -> bytes:
    """Counts of all together, by score."""
    rows = np.frombuffer(b"".join(counts), COUNT)
    values, places = np.unique(rows["steps"], return_inverse=True)
    merged = np.zeros(len(values), COUNT)
    merged["steps"] = values
    np.add.at(merged["pictures"], places, rows["pictures"])
    return merged.tobytes()


def cut_of(counts: bytes, scores: Scores) -> tuple[Cut, Figures]:
    """The cut of a source from the counts of all its scored pictures, of which there is at least one.

    `keep`: ceil(keep * n) of n stay, `keep` as the decimal number that was written. `above`: whatever scores more.
    """
    rows = np.frombuffer(counts, COUNT)
    values, upto = rows["steps"].astype(np.int64), np.cumsum(rows["pictures"].astype(np.int64))
    scored = int(upto[-1])
    median = int(values[np.searchsorted(upto, (scored - 1) // 2, "right")])
    if scores.keep is not None:
        kept = math.ceil(Fraction(str(scores.keep)) * scored)
        at = int(np.searchsorted(upto, scored - kept, "right"))
        room = int(upto[at]) - (scored - kept)
        return Cut(int(values[at]), room), Figures(scored, kept, median, int(values[at]))
    least = -STEPS if scores.above is None else math.floor(Fraction(str(scores.above)) * STEPS) + 1
    stay = values >= least
    kept = int(rows["pictures"][stay].sum())
    return Cut(least, int(rows["pictures"][values == least].sum())), Figures(scored, kept, median, least)
