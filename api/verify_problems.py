"""How checks say what is wrong."""

from collections.abc import Iterable
from typing import NamedTuple

CAP = 20
"""Problems of one kind that are spelled out; the rest are counted."""


class Problem(NamedTuple):
    """One finding: a short stable phrase to count by, and a sentence that names file, key or id."""

    kind: str
    text: str


class Problems:
    """Collects findings in the order in which they are found."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def add(self, found: Iterable[Problem]) -> None:
        for kind, text in found:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            if self._counts[kind] <= CAP:
                self._texts.setdefault(kind, []).append(text)

    def lines(self) -> tuple[str, ...]:
        """Sentences, kind by kind; a kind with more than `CAP` ends with the number of the others."""
        listed: list[str] = []
        for kind, texts in self._texts.items():
            listed += texts
            if self._counts[kind] > CAP:
                listed.append(f"{kind}: {self._counts[kind] - CAP} more")
        return tuple(listed)

    def counts(self) -> dict[str, int]:
        """Kind -> how many."""
        return dict(self._counts)
