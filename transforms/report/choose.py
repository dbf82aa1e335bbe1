"""Which samples and pairs the report shows, and their pictures out of shards and thumbnail files. Chosen by stable hash."""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from PIL import Image

from skypairs.schemas import arrow
from skypairs.schemas.identity import stable_hash
from skypairs.transforms import storage
from skypairs.transforms.sinks.read_shard import headers_only
from skypairs.transforms.sinks.read_tables import read_folder
from skypairs.transforms.sinks.ustar import members

SAMPLES = 40
PAIRS = 60
_SHARDS = 8
"""Shards that are opened: however large the build, the report reads no more."""
_SIDE, _QUALITY = 360, 80


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the shards, small."""

    card: dict[str, Any]
    jpeg: bytes
    shard: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A dropped picture and what it lost to; a picture is empty where none was handed over."""

    dropped: str
    keeper: str
    fate: str
    reason: str
    distance: int | None
    orientation: int | None
    dropped_jpeg: bytes
    keeper_jpeg: bytes
    correlation: float | None = None
    """Of the two thumbnails, where it is known."""


def choose_samples(out: str, manifest: Mapping[str, Any], ledger: pa.Table) -> list[Shown]:
    """Up to `SAMPLES` kept pictures, the sources taking turns, from at most `_SHARDS` shards."""
    shards = chosen_shards(manifest)
    kept = _kept(ledger, shards)
    by_source: dict[str, list[str]] = {}
    sources = dict(zip(ledger["id"].to_pylist(), ledger["source"].to_pylist(), strict=True))
    for identifier in sorted(kept, key=lambda name: (stable_hash("report", name, size=8), name)):
        by_source.setdefault(sources[identifier], []).append(identifier)
    turns = [(place, source, name) for source, names in by_source.items() for place, name in enumerate(names[:SAMPLES])]
    wanted = [name for _, _, name in sorted(turns)[:SAMPLES]]
    found = fetch_pictures(out, {name: kept[name] for name in wanted})
    return [found[name] for name in wanted if name in found]


def choose_pairs(out: str, manifest: Mapping[str, Any], ledger: pa.Table, fate: str) -> tuple[list[Pair], int]:
    """Dropped pictures of a fate, at most `PAIRS`, those with a thumbnail first; and how many there are in all."""
    thumbnails = dict(zip(*read_folder(out, manifest, "report", arrow.THUMBNAILS).to_pydict().values(), strict=True))
    rows = [row for row in ledger.filter(pc.equal(ledger["fate"], fate)).to_pylist() if row["keeper"]]
    rows.sort(key=lambda row: (row["id"] not in thumbnails, stable_hash("report", row["id"], size=8), row["id"]))
    chosen = rows[: PAIRS if thumbnails else 10]
    kept = _kept(ledger, chosen_shards(manifest))
    missing = {
        row["keeper"]: kept[row["keeper"]] for row in chosen if row["keeper"] in kept and row["keeper"] not in thumbnails
    }
    pictures = {name: shown.jpeg for name, shown in fetch_pictures(out, missing).items()} | thumbnails
    pairs = [
        Pair(
            row["id"],
            row["keeper"],
            fate,
            row["reason"] or "",
            row["distance"],
            row["orientation"],
            pictures.get(row["id"], b""),
            pictures.get(row["keeper"], b""),
        )
        for row in chosen
    ]
    pairs.sort(key=lambda pair: (not (pair.dropped_jpeg and pair.keeper_jpeg), not pair.dropped_jpeg))
    return pairs, len(rows)


def chosen_shards(manifest: Mapping[str, Any]) -> list[str]:
    """The shards that may be opened."""
    paths = [file["path"] for file in manifest["files"] if file["path"].endswith(".tar")]
    return sorted(sorted(paths, key=lambda path: (stable_hash("report", path, size=8), path))[:_SHARDS])


def fetch_pictures(out: str, wanted: Mapping[str, tuple[str, str]]) -> dict[str, Shown]:
    """Id -> picture and json, for ids with (key, shard). Only the wanted members are fetched from a local shard."""
    by_shard: dict[str, dict[str, str]] = {}
    for identifier, (key, shard) in sorted(wanted.items()):
        by_shard.setdefault(shard, {})[key] = identifier
    found: dict[str, Shown] = {}
    for shard, keys in sorted(by_shard.items()):
        uri = storage.join(out, shard)
        file = storage.stat(uri)
        if file is None:
            continue
        fetch = headers_only(uri, file.size)
        pictures: dict[str, bytes] = {}
        for member in members(fetch, file.size):
            name, _, suffix = member.name.partition(".")
            key = name if name in keys else name.rpartition("-")[0]
            if key not in keys or suffix == "txt":
                continue
            data = fetch(member.offset, member.size)
            if suffix == "json":
                found[keys[key]] = Shown(json.loads(data), small_jpeg(pictures.pop(key)), shard)
            else:
                pictures[key] = data
    return found


def small_jpeg(data: bytes) -> bytes:
    """A picture of at most 360 pixels a side as JPEG, without metadata."""
    with Image.open(io.BytesIO(data)) as image:
        small = Image.fromarray(np.asarray(image.convert("RGB")))
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    made = io.BytesIO()
    small.save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()


def _kept(ledger: pa.Table, shards: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Id -> (key, shard) of the kept pictures of some shards, each in the first of them that holds it."""
    open_shards = set(shards)
    kept = ledger.filter(pc.equal(ledger["fate"], "kept"))
    found = {}
    for identifier, key, places in zip(*(kept[name].to_pylist() for name in ("id", "key", "shards")), strict=True):
        place = next((path for path in sorted(places) if path in open_shards), "")
        if place:
            found[identifier] = (key, place)
    return found
