"""Checks of the ledger by itself and against the manifest: each scene, tile and crop has one row and one fate; all adds up."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from skypairs.api.manifest import Manifest
from skypairs.api.verify_problems import Problem
from skypairs.schemas.identity import sample_key
from skypairs.schemas.packed import FATES, SHARED

_NEEDED = ("key", "sha256", "phash", "flat", "pixels_sha256", "width", "height", "captions")
_COUNTED = (
    "scenes",
    "tiles",
    "regions",
    *FATES,
    "captions",
    "short",
    "blank_captions",
    "repeated_captions",
    "surplus_captions",
)
_LOST_TO = ("near duplicate", "same pixels", "near a reference", "same pixels as a reference", "same scene")


class Ledger:
    """The ledger by column, with its kept rows found by key and all rows by id."""

    def __init__(self, table: pa.Table) -> None:
        self._columns = {name: table[name].combine_chunks() for name in table.column_names}
        self.ids: list[str] = self.column("id")
        self.fates: list[str] = self.column("fate")
        self.by_id = {identifier: row for row, identifier in enumerate(self.ids)}
        keys = self.column("key")
        self.kept = [row for row, fate in enumerate(self.fates) if fate == "kept"]
        self.by_key: dict[str, int] = {keys[row]: row for row in self.kept}

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, name: str) -> list[Any]:
        return list(self._columns[name].to_pylist())

    def value(self, row: int, name: str) -> Any:
        return self._columns[name][row].as_py()

    def with_fate(self, *fates: str) -> list[int]:
        return [row for row, fate in enumerate(self.fates) if fate in fates]

    def is_kept(self, identifier: str) -> bool:
        row = self.by_id.get(identifier)
        return row is not None and self.fates[row] == "kept"

    def is_shared(self, identifier: str) -> bool:
        """Whether a picture is out only because too many share its captions (`captions.max_same`)."""
        row = self.by_id.get(identifier)
        return row is not None and self.fates[row] == "filtered" and self.value(row, "reason") == SHARED


def check_rows(ledger: Ledger, manifest: Manifest) -> Iterator[Problem]:
    """Ids are unique, sources known, and each fate comes with what it needs and without what it rules out."""
    for identifier, times in Counter(ledger.ids).items():
        if times > 1:
            yield Problem("id twice", f"ledger: {identifier} has {times} rows")
    sources = {entry.name: entry.dataset for entry in manifest.sources}
    columns = {name: ledger.column(name) for name in ("source", "dataset", "keeper", "reason", "shards", *_NEEDED)}
    for row, (identifier, fate) in enumerate(zip(ledger.ids, ledger.fates, strict=True)):
        values = {name: column[row] for name, column in columns.items()}
        source = values["source"]
        if sources.get(source) != values["dataset"] or not identifier.startswith(f"{source}/"):
            yield Problem("unknown source", f"ledger: {identifier} is of {source}, {values['dataset']}: not in the manifest")
        if fate not in FATES:
            yield Problem("unknown fate", f"ledger: {identifier} has the fate {fate!r}")
        else:
            yield from (_odd_kept if fate == "kept" else _odd_other)(identifier, fate, values)


def _odd_kept(identifier: str, fate: str, values: dict[str, Any]) -> Iterator[Problem]:
    needed = [name for name in _NEEDED if values["flat"] or name != "pixels_sha256"]
    odd = [name for name in needed if values[name] is None]
    odd += [name for name in ("shards", "captions") if not values[name]] + ["keeper"] * bool(values["keeper"])
    if odd:
        yield Problem("odd row", f"ledger: {identifier} is {fate}, but its {odd[0]} is {values[odd[0]]!r}")
    elif values["key"] != sample_key(identifier):
        yield Problem("wrong key", f"ledger: {identifier} has the key {values['key']}, not {sample_key(identifier)}")


def _odd_other(identifier: str, fate: str, values: dict[str, Any]) -> Iterator[Problem]:
    if values["shards"] or values["key"]:
        places = f"key {values['key']} and shards {values['shards']}"
        yield Problem("odd row", f"ledger: {identifier} is {fate}, but has {places}")
    lost = fate in ("duplicate", "leak")
    if bool(values["keeper"]) != lost:
        yield Problem("odd row", f"ledger: {identifier} is {fate}, its keeper is {values['keeper']!r}")
    if not values["reason"] and fate != "cut":
        yield Problem("no reason", f"ledger: {identifier} is {fate} without a reason")
    elif lost and values["reason"] not in _LOST_TO:
        yield Problem("odd row", f"ledger: {identifier} is {fate} for the reason {values['reason']!r}")


def check_tiles(ledger: Ledger) -> Iterator[Problem]:
    """A tile's parent is a scene of its source that was cut, and a scene that was cut has tiles; a crop that is kept is of a
    picture that is kept."""
    parents, sources, windows = ledger.column("parent"), ledger.column("source"), ledger.column("window")
    crops = [region is not None for region in ledger.column("region")]
    tiles = Counter(parent for parent, crop in zip(parents, crops, strict=True) if parent is not None and not crop)
    for row, parent in enumerate(parents):
        if (parent is None) != (windows[row] is None):
            yield Problem("odd tile", f"ledger: {ledger.ids[row]} has the window {windows[row]} and the parent {parent}")
        if parent is None:
            continue
        scene = ledger.by_id.get(parent)
        if crops[row]:
            if scene is None or crops[scene] or sources[scene] != sources[row]:
                yield Problem("odd crop", f"ledger: {ledger.ids[row]} is a crop of {parent}: no picture of its source")
            elif ledger.fates[row] == "kept" and not (ledger.is_kept(parent) or ledger.is_shared(parent)):
                yield Problem("odd crop", f"ledger: {ledger.ids[row]} is kept, {parent} is {ledger.fates[scene]}")
            continue
        if scene is None or ledger.fates[scene] != "cut" or sources[scene] != sources[row]:
            found = "has no row" if scene is None else f"is {ledger.fates[scene]}"
            yield Problem("odd tile", f"ledger: {ledger.ids[row]} is a tile of {parent}, which {found}")
    for row in ledger.with_fate("cut"):
        if not tiles[ledger.ids[row]]:
            yield Problem("cut without tiles", f"ledger: {ledger.ids[row]} was cut and has no tiles")


def check_funnel(ledger: Ledger, manifest: Manifest) -> Iterator[Problem]:
    """The manifest's counts, taken again by source and fate; samples are captions (`pairs`) or pictures (`images`)."""
    wanted = manifest.recipe["captions"]["per_picture"], (manifest.recipe["regions"] or {}).get("captions", 0)
    counted = {entry.name: dict.fromkeys(_COUNTED, 0) for entry in manifest.sources}
    columns = [ledger.column(name) for name in ("source", "parent", "region", "fate", "captions", "dropped_captions")]
    for source, parent, region, fate, captions, dropped in zip(*columns, strict=True):
        row = counted.setdefault(source, dict.fromkeys(_COUNTED, 0))
        row["regions" if region is not None else "scenes" if parent is None else "tiles"] += 1
        row[fate] = row.get(fate, 0) + 1
        if fate == "kept":
            row["captions"] += captions or 0
            row["short"] += (captions or 0) < wanted[region is not None]
        for item in dropped or ():
            what = f"{item['reason']}_captions"
            row[what] = row.get(what, 0) + item["count"]
    for source in sorted(counted.keys() ^ manifest.funnel.keys()):
        where = "manifest's sources and ledger" if source in counted else "funnel"
        yield Problem("wrong funnel", f"manifest.json: {source} is in the {where} only")
    for source in sorted(counted.keys() & manifest.funnel.keys()):
        for what in sorted({*counted[source], *manifest.funnel[source]}):
            found, stated = counted[source].get(what), manifest.funnel[source].get(what)
            if found != stated:
                text = f"{source}: {what} is {stated} in the funnel, {found} in the ledger"
                yield Problem("wrong funnel", f"manifest.json: {text}")
    captions, listed = (
        sum(row["captions"] for row in counted.values()),
        sum(file.rows for file in manifest.in_folder("captions")),
    )
    if captions != listed:
        yield Problem(
            "wrong count", f"manifest.json: captions/ has {listed} rows, the ledger's kept rows have {captions} captions"
        )
    owed = "captions" if manifest.recipe["shards"]["layout"] == "pairs" else "kept"
    total = sum(row[owed] for row in counted.values())
    if total != sum(manifest.samples.values()):
        yield Problem(
            "wrong count", f"manifest.json: {sum(manifest.samples.values())} samples, the ledger's kept rows make {total}"
        )


def check_references(manifest: Manifest, rows: int) -> Iterator[Problem]:
    """Every listed reference was hashed or is named as unread, and the hashed ones are all in OUT."""
    stated = manifest.references
    if stated.listed != stated.hashed + len(stated.unread):
        yield Problem(
            "wrong references",
            f"manifest.json: {stated.listed} references listed, {stated.hashed} hashed and {len(stated.unread)} unread",
        )
    if stated.pictures != rows:
        yield Problem("wrong references", f"manifest.json: {stated.pictures} reference pictures, references/ holds {rows}")
