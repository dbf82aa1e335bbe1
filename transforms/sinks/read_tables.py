"""Reads the Parquet files of a finished build back."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.schemas.errors import OutputError
from skypairs.transforms import storage


def read_manifest(out: str) -> dict[str, Any]:
    """The manifest of a finished build. Raises OutputError where there is none: the build was not completed."""
    try:
        manifest = json.loads(storage.read(storage.join(out, "manifest.json")))
    except FileNotFoundError as error:
        raise OutputError(f"{out} has no manifest.json: it is not a finished build") from error
    except ValueError as error:
        raise OutputError(f"{out}/manifest.json is not JSON: {error}") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), list):
        raise OutputError(f"{out}/manifest.json is not the manifest of a build")
    return manifest


def read_folder(
    out: str, manifest: Mapping[str, Any], folder: str, schema: pa.Schema, columns: list[str] | None = None
) -> pa.Table:
    """All rows of the files that the manifest lists below a folder, in its order; some columns or all. Raises OutputError."""
    wanted = pa.schema([schema.field(name) for name in columns or schema.names])
    return pa.concat_tables([wanted.empty_table(), *each_table(out, manifest, folder, wanted)])


def each_table(out: str, manifest: Mapping[str, Any], folder: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """The same file by file: no more than one of them is in memory."""
    for file in manifest["files"]:
        if file["path"].startswith(f"{folder}/") and file["path"].endswith(".parquet"):
            yield read_table(storage.join(out, file["path"]), schema)


def read_table(uri: str, schema: pa.Schema) -> pa.Table:
    """A Parquet file in the columns and types of `schema`; others that it has are left out. Raises OutputError."""
    try:
        table = pq.read_table(io.BytesIO(storage.read(uri)), columns=schema.names)
        return table.select(schema.names).cast(schema)
    except (OSError, KeyError, ValueError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise OutputError(f"{uri} cannot be read: {' '.join(str(error).split())[:160]}") from error
