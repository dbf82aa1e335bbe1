"""Of how many other pictures a caption is true as well: what a contrastive loss would take for wrong answers.

A batch of a set is imitated: pictures in an order by stable hash, and each compared with the 255 that follow it, round and
round. Only what a caption says counts, not how: claims are evaluated, not texts.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from skypairs.transforms.truth.claims import Claim, Number, Things, labels
from skypairs.transforms.truth.facts import Facts
from skypairs.transforms.truth.judges import failing, number_holds

BATCH = 256
_SAID_EXACTLY = 10
"""A greater number counts as "more than ten": nobody sees whether there are 37 or 38, so saying it makes nothing clearer."""


class Pool:
    """Pictures that captions are held against."""

    def __init__(self, pictures: Sequence[Facts]) -> None:
        """In the order in which they follow each other."""
        self._pictures = pictures
        self._counts: dict[Things, tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]] = {}
        self._with: dict[str, list[int]] = {}
        for index, facts in enumerate(pictures):
            for label in facts.labels:
                self._with.setdefault(label, []).append(index)
        self.others = min(BATCH - 1, max(len(pictures) - 1, 0))
        """How many pictures each is compared with."""

    def ambiguity(self, claims: tuple[Claim, ...], index: int) -> int:
        """Of how many of the pictures after the one at `index` all the claims are true; 0 to `others`."""
        left = (index + 1 + np.arange(self.others)) % max(len(self._pictures), 1)
        if not all(label in self._with for label in labels(claims)):
            return 0
        claims = tuple(map(widened, claims))
        for claim in claims:
            if isinstance(claim, Number):
                left = left[self._holds(claim)[left]]
        rest = [claim for claim in claims if not isinstance(claim, Number)]
        if not rest:
            return len(left)
        return sum(not any(failing(claim, self._pictures[other]) for claim in rest) for other in left.tolist())

    def _holds(self, claim: Number) -> npt.NDArray[np.bool_]:
        counts = self._counts.get(claim.things)
        if counts is None:
            counts = self._counts[claim.things] = self._count(claim.things)
        return np.asarray(number_holds(claim, *counts))

    def _count(self, things: Things) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Number, exact and crowd by picture, as `number_holds` wants them."""
        size = len(self._pictures)
        number, exact, crowd = np.zeros(size, np.int64), np.ones(size, bool), np.zeros(size, bool)
        for index in self._with.get(things.label, ()):
            group = self._pictures[index].group(things)
            number[index], exact[index], crowd[index] = len(group), group.exact, group.crowd
        return number, exact, crowd


def widened(claim: Claim) -> Claim:
    """The claim as it is counted: an exact number over ten is "more than ten"."""
    if isinstance(claim, Number) and claim.least == claim.most and claim.least > _SAID_EXACTLY:
        return replace(claim, least=_SAID_EXACTLY + 1, most=None)
    return claim
