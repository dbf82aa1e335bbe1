"""Fingerprint files: what a lab publishes of its test set instead of its pictures, and what a build keeps of its references."""

import io
import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.schemas.arrow import REFERENCES
from skypairs.schemas.errors import UserError
from skypairs.schemas.recipe import Recipe, picture_policy
from skypairs.transforms import storage
from skypairs.transforms.records_file import window_of


def reference_rows(table: pa.Table, source: str, recipe: Recipe) -> list[dict[str, Any]]:
    """Rows of a fingerprint file from the records of a part."""
    policy = picture_policy(recipe)
    rows = []
    for row in table.to_pylist():
        if row["fate"]:
            continue
        turned = {f"phash_{turn}": row["phash"][8 * turn : 8 * turn + 8] for turn in range(8)}
        same = {name: row[name] for name in ("id", "group", "flat", "pixels_sha256")}
        rows.append(same | turned | {"source": source, "window": window_of(row), "hash": recipe.dedup.hash, "policy": policy})
    return rows


def read_references(uri: str) -> pa.Table:
    """A fingerprint file. Raises UserError where it is none."""
    try:
        table = pq.read_table(io.BytesIO(storage.read(uri)))
        return table.select(REFERENCES.names).cast(REFERENCES)
    except (pa.ArrowInvalid, KeyError, ValueError) as error:
        raise UserError(f"{uri} is not a fingerprint file of `skypairs fingerprint`: {error}") from error
    except FileNotFoundError as error:
        raise UserError(f"{uri}: no such fingerprint file") from error


def policy_warnings(uris: Iterable[str], recipe: Recipe) -> list[str]:
    """A sentence for each file whose pictures were prepared in another way than the recipe's. Raises as check_fingerprints."""
    return [warning for uri in uris if (warning := check_fingerprints(uri, recipe)[1])]


def check_fingerprints(uri: str, recipe: Recipe) -> tuple[int, str]:
    """How many pictures a file holds, and a warning if they were prepared in another way ("" if not). Another hash is a
    UserError: two definitions never meet in one comparison."""
    table = read_references(uri)
    hashes = sorted(set(table["hash"].to_pylist()))
    if hashes and hashes != [recipe.dedup.hash]:
        raise UserError(f"{uri} holds {', '.join(hashes)} fingerprints, the recipe compares {recipe.dedup.hash}")
    policies = set(table["policy"].to_pylist())
    if policies - {picture_policy(recipe)}:
        keys = sorted({key for policy in policies for key in _differing(policy, picture_policy(recipe))})
        what = f" ({', '.join(keys)})" if keys else ""
        return table.num_rows, f"{uri} was prepared under another picture policy{what}: leaks may be missed"
    return table.num_rows, ""


def _differing(one: str, other: str) -> list[str]:
    """The keys in which two policies differ; none where one of them cannot be read."""
    try:
        plain, wanted = json.loads(one), json.loads(other)
        return sorted(key for key in plain.keys() | wanted.keys() if plain.get(key) != wanted.get(key))
    except (ValueError, AttributeError):
        return []
