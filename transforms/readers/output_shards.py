"""The kept pictures of a finished build, as scenes: read where they lie in its shards, with the groups that its ledger states.

An id keeps the one that it had, below the name that the output goes by: `NAME/source/key`. A picture counts once, however many
of its captions are samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skypairs.schemas import arrow
from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError, OutputError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, Scene
from skypairs.transforms import storage
from skypairs.transforms.sinks.read_shard import headers_only
from skypairs.transforms.sinks.read_tables import each_table, read_manifest
from skypairs.transforms.sinks.ustar import TarError, members

_LEDGER = pa.schema([arrow.LEDGER.field(name) for name in ("id", "group", "fate", "key", "shards")])
_TEXTS = ("txt", "json")


@dataclass(frozen=True, slots=True)
class OutputShards:
    """Reader of an output of skypairs, to be compared with: it has no annotations."""

    def look(self, source: Source) -> Look:
        manifest = _manifest(source.root)
        shards = [file["bytes"] for file in manifest["files"] if file["path"].endswith(".tar")]
        return Look(sum(counts["kept"] for counts in manifest["funnel"].values()), sum(shards), 0)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        """In order of shard. Raises LayoutError where a shard is damaged or does not hold what the ledger says."""
        manifest = _manifest(source.root)
        wanted: dict[str, dict[str, tuple[str, str]]] = {}
        for table in each_table(source.root, manifest, "ledger", _LEDGER):
            for row in table.filter(pc.equal(table["fate"], "kept")).to_pylist():
                wanted.setdefault(row["shards"][0], {})[row["key"]] = row["id"], row["group"]
        for shard in sorted(wanted):
            yield from _in_shard(source, shard, wanted[shard])

    def annotation(self, scene: Scene) -> Annotation:
        return Annotation()


def _manifest(root: str) -> dict[str, Any]:
    try:
        return read_manifest(root)
    except OutputError as error:
        raise LayoutError(f"{root}: {error}") from None


def _in_shard(source: Source, shard: str, wanted: dict[str, tuple[str, str]]) -> Iterator[Scene]:
    """The wanted pictures of one shard, by key. A key in the shard may end in the number of a caption."""
    uri = storage.join(source.root, shard)
    tar = storage.stat(uri)
    if tar is None:
        raise LayoutError(f"{uri} is missing: `skypairs verify` says more")
    left = dict(wanted)
    try:
        for member in members(headers_only(uri, tar.size), tar.size):
            name, _, suffix = member.name.partition(".")
            key = name if name in left else name.rpartition("-")[0]
            if key in left and suffix not in _TEXTS:
                identifier, group = left.pop(key)
                picture = storage.member_of(tar, member.offset, member.size)
                yield Scene(source.name, identifier, group, picture, emitted=True)
    except TarError as error:
        raise LayoutError(f"{uri} is damaged ({error}): `skypairs verify` says more") from None
    if left:
        raise LayoutError(f"{uri} lacks {min(left)}: `skypairs verify` says more")
