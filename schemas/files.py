"""Small facts about what a build has written, on their way to the manifest."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A finished file of the output."""

    path: str
    """Below the output."""
    bytes: int
    sha256: str
    """64 hex digits."""
    rows: int
    """Samples of a shard, rows of a table."""


@dataclass(frozen=True, slots=True)
class WrittenShard:
    """A finished shard, with the counts that the ledger must agree with."""

    file: WrittenFile
    sources: tuple[tuple[str, int], ...]
    """Samples by source."""
    plan: str
    """Names the file in staging that holds the rows of its captions."""
