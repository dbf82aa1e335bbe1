"""A finished build read back: its manifest, ledger, references and samples. Local, gs:// or s3://; neither Beam nor torch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from skypairs.schemas import arrow
from skypairs.transforms.sinks.read_shard import OutputSample, read_samples
from skypairs.transforms.sinks.read_tables import read_folder, read_manifest


@dataclass(frozen=True)
class Output:
    """What lies under OUT. Tables are read when first asked for."""

    uri: str
    manifest: dict[str, Any]

    @property
    def shards(self) -> tuple[str, ...]:
        """Paths of all shards below OUT, in the manifest's order."""
        return tuple(file["path"] for file in self.manifest["files"] if file["path"].endswith(".tar"))

    @cached_property
    def ledger(self) -> pa.Table:
        """One row a scene or tile (schemas.arrow.LEDGER)."""
        return read_folder(self.uri, self.manifest, "ledger", arrow.LEDGER)

    @cached_property
    def references(self) -> pa.Table:
        """One row a reference picture (schemas.arrow.REFERENCES)."""
        return read_folder(self.uri, self.manifest, "references", arrow.REFERENCES)

    @cached_property
    def duplicates(self) -> pa.Table:
        """Pairs of dropped and keeper, and of near pictures (schemas.arrow.DUPLICATES)."""
        return read_folder(self.uri, self.manifest, "duplicates", arrow.DUPLICATES)

    def samples(self, shards: Iterable[str] | None = None) -> Iterator[OutputSample]:
        """Samples in the order of the shards, of all or of the named ones. Raises OutputError at a missing or damaged one."""
        for shard in self.shards if shards is None else shards:
            yield from read_samples(self.uri, shard)


def read(out: str) -> Output:
    """Opens a finished build. Raises OutputError where there is no manifest: the build was not completed."""
    return Output(out, read_manifest(out))
