"""References of `leaks`: fingerprint files, outputs of skypairs and tars, as one set of arrays in order of id."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from skypairs.schemas.errors import OutputError, UserError
from skypairs.schemas.execution import Execution
from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Dedup, Pictures, Source
from skypairs.schemas.records import FileStamp
from skypairs.transforms import storage
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.hash_tars import Hashed, Policy, hash_places, hash_tar
from skypairs.transforms.pool import Pool
from skypairs.transforms.readers.output_shards import OutputShards
from skypairs.transforms.records_file import window_of
from skypairs.transforms.reference_file import read_references
from skypairs.transforms.sinks.read_tables import read_manifest
from skypairs.transforms.tar_lists import list_tars

_JOB = 256
"""Pictures of an output that one call hashes."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Reference pictures, row by row."""

    ids: tuple[str, ...]
    sources: tuple[str, ...]
    windows: tuple[Window | None, ...]
    places: tuple[str, ...]
    """Where each picture lies; empty where only its fingerprint is there."""
    hashes: npt.NDArray[np.uint64]
    """(n, 8)."""
    flat: npt.NDArray[np.bool_]
    pixels: tuple[bytes, ...]
    thumbnails: tuple[bytes, ...]
    """Empty where a fingerprint file has none."""
    policy: Policy
    """How the pictures were treated, and others have to be."""
    unread: tuple[tuple[str, str, str], ...]
    """(tar or output, sample or id, reason)."""
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one name stands for."""

    sources: list[str]
    ids: list[str]
    hashed: Hashed


def collect(names: Iterable[str], execution: Execution) -> Collected:
    """Reads and hashes everything that is named. Raises UserError where a name means nothing, or nothing is named."""
    listed = [storage.absolute(name) for name in names]
    files = [name for name in listed if name.endswith(".parquet")]
    outputs = [name for name in listed if not name.endswith(".parquet") and storage.stat(storage.join(name, "manifest.json"))]
    tars = [name for name in listed if name not in files and name not in outputs]
    parts = [_of_file(name) for name in files]
    policies = [(name, policy) for name in files for policy in _policies(name)]
    policies += [(name, _policy_of(name)) for name in outputs]
    policy = policies[0][1] if policies else Policy(Pictures(), Dedup().hash)
    for name, other in policies:
        if other.hash != policy.hash:
            raise UserError(f"{name} is of {other.hash}, {policies[0][0]} of {policy.hash}: two hashes are never compared")
    warnings = tuple(
        f"{name} was prepared in another way than {policies[0][0]}: leaks of its pictures may be missed"
        for name, other in dict(policies).items()
        if _differ(other.pictures, policy.pictures)
    )
    unread: list[tuple[str, str, str]] = []
    for name in outputs:
        parts += _hashed(_jobs(name), partial(hash_places, policy=policy), execution, lambda _, name=name: name, unread)
    if tars:
        parts += _hashed(list_tars(tars), partial(hash_tar, policy=policy), execution, lambda tar: tar.uri, unread)
    found = _joined(parts)
    if not found["ids"]:
        raise UserError("there is no reference picture in what --references names")
    return Collected(policy=policy, unread=tuple(unread), warnings=warnings, **found)


def _of_file(uri: str) -> _Part:
    table = read_references(uri)
    columns = [np.frombuffer(b"".join(table[f"phash_{g}"].to_pylist()), ">u8").astype(np.uint64) for g in range(8)]
    rows = table.select(["id", "source", "window", "flat", "pixels_sha256", "thumbnail"]).to_pylist()
    hashed = Hashed(
        tuple(row["id"] for row in rows),
        tuple(window_of(row) for row in rows),
        ("",) * len(rows),
        np.stack(columns, 1),
        np.array([row["flat"] for row in rows], bool),
        tuple(row["pixels_sha256"] or b"" for row in rows),
        tuple(row["thumbnail"] or b"" for row in rows),
    )
    return _Part([row["source"] for row in rows], list(hashed.names), hashed)


def _policies(uri: str) -> Iterator[Policy]:
    stated = read_references(uri).select(["policy", "hash"]).to_pylist()
    for text, kind in sorted({(row["policy"], row["hash"]) for row in stated}):
        yield _policy(json.loads(text), kind, uri)


def _policy_of(out: str) -> Policy:
    recipe = read_manifest(out)["recipe"]
    return _policy(recipe["pictures"], recipe["dedup"]["hash"], out)


def _policy(plain: dict[str, Any], kind: str, where: str) -> Policy:
    stated = {key: value for key, value in plain.items() if key != "hash"}
    try:
        pictures = TypeAdapter(Pictures).validate_python(stated)
    except ValidationError as error:
        unknown = ", ".join(sorted({str(item["loc"][0]) for item in error.errors()}))
        raise UserError(f"{where} was prepared with {unknown} as this version does not know it") from None
    if kind not in FINGERPRINTS:
        raise UserError(f"{where} is of the hash {kind}, which this version does not know: {', '.join(FINGERPRINTS)}")
    return Policy(pictures, kind)


def _differ(one: Pictures, other: Pictures) -> bool:
    """Whether pictures come out differently. Which ones are made does not matter here."""
    alike = ("flat", "max_tiles", "empty")
    return any(getattr(one, field.name) != getattr(other, field.name) for field in fields(Pictures) if field.name not in alike)


def _jobs(out: str) -> list[tuple[tuple[str, FileStamp], ...]]:
    try:
        scenes = list(OutputShards().scenes(Source("skypairs", out), ""))
    except OutputError as error:
        raise UserError(str(error)) from error
    pictures = [(scene.key, scene.picture) for scene in scenes if scene.picture]
    return [tuple(pictures[start : start + _JOB]) for start in range(0, len(pictures), _JOB)]


def _hashed(jobs: Any, work: Any, execution: Execution, name_of: Any, unread: list[tuple[str, str, str]]) -> list[_Part]:
    """Jobs over the pool; ids of pictures in tars begin with the tar's name."""
    parts = []
    pool: Pool[Any, Hashed] = Pool(execution)
    try:
        for job, hashed in zip(jobs, pool.map(work, jobs, lambda _: 0), strict=True):
            name = name_of(job)
            stem = name.rpartition("/")[2].removesuffix(".tar")
            ids = [f"{stem}/{sample}" for sample in hashed.names] if name.endswith(".tar") else list(hashed.names)
            unread += [(name, sample, reason) for sample, reason in hashed.unread]
            parts.append(_Part([stem] * len(ids), ids, hashed))
    finally:
        pool.close()
    return parts


def _joined(parts: list[_Part]) -> dict[str, Any]:
    """All rows in order of id."""
    ids = [name for part in parts for name in part.ids]
    order = sorted(range(len(ids)), key=ids.__getitem__)

    def column(values: Iterable[Any]) -> tuple[Any, ...]:
        listed = list(values)
        return tuple(listed[row] for row in order)

    empty = np.empty((0, 8), np.uint64), np.empty(0, bool)
    return {
        "ids": tuple(ids[row] for row in order),
        "sources": column(source for part in parts for source in part.sources),
        "windows": column(window for part in parts for window in part.hashed.windows),
        "places": column(place for part in parts for place in part.hashed.places),
        "pixels": column(digest for part in parts for digest in part.hashed.pixels),
        "thumbnails": column(thumbnail for part in parts for thumbnail in part.hashed.thumbnails),
        "hashes": np.concatenate([empty[0], *(part.hashed.hashes for part in parts)])[order],
        "flat": np.concatenate([empty[1], *(part.hashed.flat for part in parts)])[order],
    }
