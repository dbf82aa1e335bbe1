"""The tables of an output: ledger, duplicates, references, captions. Each from a few parts; same rows, same bytes."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.schemas.arrow import CAPTIONS, DUPLICATES, LEDGER, REFERENCES
from skypairs.schemas.files import WrittenFile, WrittenShard
from skypairs.schemas.packed import PAIR, Block
from skypairs.schemas.recipe import Recipe
from skypairs.transforms import parts, storage
from skypairs.transforms.hashing import sha256_file
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.records_file import read_table
from skypairs.transforms.reference_file import read_references, reference_rows
from skypairs.transforms.shard_names import caption_table


def write_ledger(group: tuple[str, Iterable[tuple[int, str]]], out: str, ending: str = "") -> Iterator[WrittenFile]:
    """One ledger file from the pieces of up to 64 parts, and beside it the dropped pictures with their keepers.

    `ending`, here and below: of the names of files, where an output is extended and has files of these names already.
    """
    name, pieces = group
    name += ending
    table = pa.concat_tables([read_table(uri) for _, uri in sorted(pieces)])
    yield publish_table(table, LEDGER, out, f"ledger/{name}.parquet")
    dropped = [
        {"a": row["keeper"], "b": row["id"], "distance": row["distance"], "orientation": row["orientation"]}
        for row in table.select(["id", "keeper", "distance", "orientation"]).to_pylist()
        if row["keeper"]
    ]
    yield publish_table(pa.Table.from_pylist(dropped, schema=DUPLICATES), DUPLICATES, out, f"duplicates/dropped-{name}.parquet")


def write_reference_part(
    group: tuple[str, Iterable[PreparedPart]], recipe: Recipe, out: str, staging: str, ending: str = ""
) -> WrittenFile:
    """Fingerprints of a reference, in the format of `skypairs fingerprint`."""
    name, prepared = group
    rows = []
    for item in sorted(prepared, key=lambda item: item.part.prefix):
        rows += reference_rows(item.part, recipe, staging)
    return publish_table(pa.Table.from_pylist(rows, schema=REFERENCES), REFERENCES, out, f"references/{name}{ending}.parquet")


def copy_fingerprints(numbered: tuple[int, str], out: str, ending: str = "") -> WrittenFile:
    """A published fingerprint file becomes part of the output, so that it can be verified alone."""
    number, uri = numbered
    return publish_table(read_references(uri), REFERENCES, out, f"references/published-{number:05d}{ending}.parquet")


def write_pairs(group: tuple[int, Iterable[Block]], out: str, ending: str = "") -> WrittenFile:
    """Every near pair of distinct hashes, in order of the ids."""
    rows = []
    for block in group[1]:
        ids = block.id_list()
        for number, row in enumerate(block.rows(PAIR)):
            ends = {"a": ids[2 * number], "b": ids[2 * number + 1]}
            rows.append(ends | {"distance": int(row["distance"]), "orientation": int(row["orientation"])})
    rows.sort(key=lambda row: (row["a"], row["b"]))
    return publish_table(
        pa.Table.from_pylist(rows, schema=DUPLICATES), DUPLICATES, out, f"duplicates/near-pairs{ending}.parquet"
    )


def caption_file(shard: WrittenShard, recipe: Recipe) -> tuple[str, tuple[str, str]]:
    """Name of the caption table that a shard belongs to, and what its rows are found by."""
    return caption_table(recipe, shard.file.path), (shard.file.path, shard.plan)


def write_captions(
    group: tuple[str, Iterable[tuple[str, str]]], out: str, staging: str, ending: str = ""
) -> Iterator[WrittenFile]:
    """Every caption of up to a thousand shards, in their order: as Parquet, and as the TSV that open_clip reads.

    The TSV names pictures from the output's folder, as they lie once the shards are unpacked where they are.
    """
    name, shards = group
    name += ending
    table = pa.concat_tables([read_table(parts.shard_captions_uri(staging, plan)) for _, plan in sorted(shards)])
    yield publish_table(table, CAPTIONS, out, f"captions/{name}.parquet")
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        local = Path(folder, "table")
        with local.open("w", encoding="utf-8", newline="") as text:
            rows = csv.writer(text, delimiter="\t", lineterminator="\n")
            rows.writerow(("filepath", "title"))
            for batch in table.select(["shard", "picture", "caption"]).to_batches():
                for shard, picture, caption in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    rows.writerow((f"{shard.partition('/')[0]}/{picture}", caption))
        path = f"tsv/{name}.tsv"
        storage.publish(local, storage.join(out, path))
        yield WrittenFile(path, local.stat().st_size, sha256_file(local), table.num_rows)


def publish_table(table: pa.Table, schema: pa.Schema, out: str, path: str) -> WrittenFile:
    """Writes a table below the output."""
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        local = Path(folder, "table")
        pq.write_table(table.cast(schema), local, compression="zstd", row_group_size=65536)
        storage.publish(local, storage.join(out, path))
        return WrittenFile(path, local.stat().st_size, sha256_file(local), table.num_rows)
