"""Fingerprint files: what a lab publishes of its test set instead of its pictures, and what a build keeps of its references."""

import io
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.schemas.arrow import REFERENCES
from skypairs.schemas.errors import UserError
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.recipe_identity import picture_policy
from skypairs.schemas.records import THUMBNAIL_BYTES
from skypairs.transforms import parts, storage
from skypairs.transforms.parts import PartRef
from skypairs.transforms.records_file import read_table, window_of


def reference_rows(part: PartRef, recipe: Recipe, staging: str) -> list[dict[str, Any]]:
    """Rows of a fingerprint file from the records of a part. Thumbnails are pictures, however small: they go in only where
    the recipe compares them."""
    policy = picture_policy(recipe)
    gray = storage.read(parts.gray_uri(staging, part.look)) if recipe.dedup.confirms else b""
    rows = []
    for number, row in enumerate(read_table(parts.records_uri(staging, part.look)).to_pylist()):
        if row["fate"]:
            continue
        turned = {f"phash_{turn}": row["phash"][8 * turn : 8 * turn + 8] for turn in range(8)}
        same = {name: row[name] for name in ("id", "group", "flat", "pixels_sha256")}
        made = {"source": part.source, "window": window_of(row), "hash": recipe.dedup.hash, "policy": policy}
        rows.append(same | turned | made | {"thumbnail": gray[THUMBNAIL_BYTES * number :][:THUMBNAIL_BYTES] or None})
    return rows


def read_references(uri: str) -> pa.Table:
    """A fingerprint file. Raises UserError where it is none."""
    try:
        table = pq.read_table(io.BytesIO(storage.read(uri)))
        if "thumbnail" not in table.column_names:
            table = table.append_column("thumbnail", pa.nulls(table.num_rows, pa.binary(THUMBNAIL_BYTES)))
        return table.select(REFERENCES.names).cast(REFERENCES)
    except (pa.ArrowInvalid, KeyError, ValueError) as error:
        raise UserError(f"{uri} is not a fingerprint file of `skypairs fingerprint`: {error}") from error
    except FileNotFoundError as error:
        raise UserError(f"{uri}: no such fingerprint file") from error


def policy_warnings(uris: Iterable[str], recipe: Recipe) -> list[str]:
    """A sentence for each file whose pictures were prepared in another way than the recipe's. Raises as check_fingerprints."""
    return [warning for uri in uris if (warning := check_fingerprints(uri, recipe)[1])]


def check_fingerprints(uri: str, recipe: Recipe) -> tuple[int, str]:
    """How many pictures a file holds, and a warning ("" if none) if they were prepared in another way, or lack thumbnails
    that the recipe compares. Another hash is a UserError: two definitions never meet in one comparison."""
    table = read_references(uri)
    hashes = sorted(set(table["hash"].to_pylist()))
    if hashes and hashes != [recipe.dedup.hash]:
        raise UserError(f"{uri} holds {', '.join(hashes)} fingerprints, the recipe compares {recipe.dedup.hash}")
    warnings = []
    policies = set(table["policy"].to_pylist())
    if policies - {picture_policy(recipe)}:
        keys = sorted({key for policy in policies for key in _differing(policy, picture_policy(recipe))})
        what = f" ({', '.join(keys)})" if keys else ""
        warnings.append(f"was prepared under another picture policy{what}: leaks may be missed")
    if recipe.dedup.confirms and (missing := table["thumbnail"].null_count):
        warnings.append(f"has no thumbnail of {missing} pictures: whatever is near one of them by its hash counts as a leak")
    return table.num_rows, f"{uri} {'; it '.join(warnings)}" if warnings else ""


def _differing(one: str, other: str) -> list[str]:
    """The keys in which two policies differ; none where one of them cannot be read."""
    try:
        plain, wanted = json.loads(one), json.loads(other)
        return sorted(key for key in plain.keys() | wanted.keys() if plain.get(key) != wanted.get(key))
    except (ValueError, AttributeError):
        return []
