"""The Parquet files of an output: ledger, duplicates, references. Each from a few parts, the same bytes for the same rows."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.schemas.arrow import DUPLICATES, LEDGER, REFERENCES
from skypairs.schemas.files import WrittenFile
from skypairs.schemas.packed import PAIR, Block
from skypairs.schemas.recipe import Recipe
from skypairs.transforms import parts, storage
from skypairs.transforms.hashing import sha256_file
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.records_file import read_table
from skypairs.transforms.reference_file import read_references, reference_rows


def write_ledger(group: tuple[str, Iterable[tuple[int, str]]], out: str) -> Iterator[WrittenFile]:
    """One ledger file from the pieces of up to 64 parts, and beside it the dropped pictures with their keepers."""
    name, pieces = group
    table = pa.concat_tables([read_table(uri) for _, uri in sorted(pieces)])
    yield publish_table(table, LEDGER, out, f"ledger/{name}.parquet")
    dropped = [
        {"a": row["keeper"], "b": row["id"], "distance": row["distance"], "orientation": row["orientation"]}
        for row in table.select(["id", "keeper", "distance", "orientation"]).to_pylist()
        if row["keeper"]
    ]
    yield publish_table(pa.Table.from_pylist(dropped, schema=DUPLICATES), DUPLICATES, out, f"duplicates/dropped-{name}.parquet")


def write_reference_part(group: tuple[str, Iterable[PreparedPart]], recipe: Recipe, out: str, staging: str) -> WrittenFile:
    """Fingerprints of a reference, in the format of `skypairs fingerprint`."""
    name, prepared = group
    rows = []
    for item in sorted(prepared, key=lambda item: item.part.prefix):
        rows += reference_rows(read_table(parts.records_uri(staging, item.part.look)), item.part.source, recipe)
    return publish_table(pa.Table.from_pylist(rows, schema=REFERENCES), REFERENCES, out, f"references/{name}.parquet")


def copy_fingerprints(numbered: tuple[int, str], out: str) -> WrittenFile:
    """A published fingerprint file becomes part of the output, so that it can be verified alone."""
    number, uri = numbered
    return publish_table(read_references(uri), REFERENCES, out, f"references/published-{number:05d}.parquet")


def write_pairs(group: tuple[int, Iterable[Block]], out: str) -> WrittenFile:
    """Every near pair of distinct hashes, in order of the ids."""
    rows = []
    for block in group[1]:
        ids = block.id_list()
        for number, row in enumerate(block.rows(PAIR)):
            ends = {"a": ids[2 * number], "b": ids[2 * number + 1]}
            rows.append(ends | {"distance": int(row["distance"]), "orientation": int(row["orientation"])})
    rows.sort(key=lambda row: (row["a"], row["b"]))
    return publish_table(pa.Table.from_pylist(rows, schema=DUPLICATES), DUPLICATES, out, "duplicates/near-pairs.parquet")


def publish_table(table: pa.Table, schema: pa.Schema, out: str, path: str) -> WrittenFile:
    """Writes a table below the output."""
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        local = Path(folder, "table")
        pq.write_table(table.cast(schema), local, compression="zstd", row_group_size=65536)
        storage.publish(local, storage.join(out, path))
        return WrittenFile(path, local.stat().st_size, sha256_file(local), table.num_rows)
