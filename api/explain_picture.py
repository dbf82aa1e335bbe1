"""explain: why one picture is or is not in a finished build, with its neighbours. Tables are read file by file."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skypairs.api import output
from skypairs.schemas import arrow
from skypairs.schemas.errors import UserError
from skypairs.schemas.identity import Window
from skypairs.transforms.sinks.read_tables import each_table

_SOME = 8
"""Ids that a message names."""
_REFERENCE = pa.schema([arrow.REFERENCES.field(name) for name in ("id", "source", "window", "group", "flat")])


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another picture, and how near it is."""

    id: str
    fate: str
    """Its own: `kept`, `duplicate`, ...; `reference` for a reference."""
    reason: str
    """Why the two are near: of the ledger for what was dropped, `near pair` for a pair of the duplicates files."""
    distance: int | None
    """Bits of 64; None where hashes were not what decided."""
    orientation: int | None
    """By this the better-ranked of the two is turned to look like the other (transforms/orientations.py)."""
    better: bool
    """Whether it is this one that is ranked better: the keeper, or a reference."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of one picture."""

    id: str
    kept: bool
    fate: str
    """Of the ledger; `reference` for a reference, which is never emitted."""
    reason: str
    source: str
    dataset: str
    uri: str
    """Below the source's root; empty for a reference."""
    window: Window | None
    group: str
    width: int | None
    """Pixels of the emitted picture."""
    height: int | None
    flat: bool
    boxes: int | None
    captions: int | None
    score: float | None
    """The best cosine of the picture with a caption; None where nothing was scored."""
    key: str
    shards: tuple[str, ...]
    parent: str
    """The scene that a tile, or the picture that a crop of an object was cut from; empty for a whole scene."""
    region: str
    """What a crop of an object shows; empty: it is no crop."""
    tiles: tuple[tuple[str, str], ...]
    """(id, fate) of the tiles cut from it, or of the crops of its objects."""
    keeper: Neighbour | None
    """What it lost to."""
    dropped: tuple[Neighbour, ...]
    """What lost to it."""
    pairs: tuple[Neighbour, ...]
    """Further near pairs that name it."""

    @property
    def text(self) -> tuple[str, ...]:
        """The same in sentences."""
        from skypairs.api.explain_words import sentences

        return sentences(self)


def explain(out: str, name: str) -> Explanation:
    """Explains a picture of the build at `out`.

    `name` is its id, a reference's id, its key in a shard (with or without the number of a caption), or the one end of an id
    that only one scene has (`P0001` for `dota-train/P0001`). Raises UserError, with the nearest ids, where nothing or more than
    one scene is so called; OutputError where there is no finished build.
    """
    opened = output.read(out)
    found = _find(opened, name)
    if found is None:
        return _of_reference(opened, name) or explain(out, _one_end(opened, name))
    relatives = _rows(opened, lambda table: _either(table, ("parent", "keeper"), found["id"]))
    tiles = tuple(sorted((row["id"], row["fate"]) for row in relatives if row["parent"] == found["id"]))
    dropped = _losers(found["id"], relatives)
    keeper = None
    if found["keeper"]:
        holder = None if found["fate"] == "leak" else _find(opened, found["keeper"])
        fate = holder["fate"] if holder else "reference"
        keeper = Neighbour(found["keeper"], fate, found["reason"], found["distance"], found["orientation"], True)
    known = {(item.id, item.better) for item in (*dropped, *((keeper,) if keeper else ()))}
    columns: dict[str, Any] = {
        name: found[name] or "" for name in ("reason", "source", "dataset", "uri", "group", "key", "parent", "region")
    }
    columns |= {name: found[name] for name in ("id", "fate", "width", "height", "boxes", "captions", "score")}
    return Explanation(
        **columns,
        kept=found["fate"] == "kept",
        window=_window(found["window"]),
        flat=bool(found["flat"]),
        shards=tuple(found["shards"] or ()),
        tiles=tiles,
        keeper=keeper,
        dropped=dropped,
        pairs=_pairs(opened, found["id"], known),
    )


def _find(opened: output.Output, name: str) -> dict[str, Any] | None:
    """The ledger's row of an id or key."""
    base = re.sub(r"-[0-9]{1,2}$", "", name)
    rows = _rows(opened, lambda table: pc.or_(pc.equal(table["id"], name), pc.is_in(table["key"], pa.array([name, base]))))
    return min(rows, key=lambda row: (row["id"] != name, row["key"] != name), default=None)


def _of_reference(opened: output.Output, name: str) -> Explanation | None:
    for table in each_table(opened.uri, opened.manifest, "references", _REFERENCE):
        for row in table.filter(pc.equal(table["id"], name)).to_pylist():
            dropped = _losers(name, _rows(opened, lambda table: _either(table, ("keeper",), name)))
            return Explanation(
                id=name,
                kept=False,
                fate="reference",
                reason="",
                source=row["source"] or "",
                dataset="",
                uri="",
                window=_window(row["window"]),
                group=row["group"] or "",
                width=None,
                height=None,
                flat=row["flat"],
                boxes=None,
                captions=None,
                score=None,
                key="",
                shards=(),
                parent="",
                region="",
                tiles=(),
                keeper=None,
                dropped=dropped,
                pairs=_pairs(opened, name, {(item.id, item.better) for item in dropped}),
            )
    return None


def _losers(identifier: str, rows: list[dict[str, Any]]) -> tuple[Neighbour, ...]:
    """The rows that lost to a picture, by id."""
    lost = [row for row in rows if row["keeper"] == identifier]
    found = (Neighbour(row["id"], row["fate"], row["reason"], row["distance"], row["orientation"], False) for row in lost)
    return tuple(sorted(found, key=lambda item: item.id))


def _pairs(opened: output.Output, identifier: str, known: set[tuple[str, bool]]) -> tuple[Neighbour, ...]:
    """The near pairs that name a picture, but for the known ones, nearest first."""
    found: dict[tuple[str, bool], tuple[int | None, int | None]] = {}
    for table in each_table(opened.uri, opened.manifest, "duplicates", arrow.DUPLICATES):
        for row in table.filter(_either(table, ("a", "b"), identifier)).to_pylist():
            better = row["b"] == identifier
            other = row["a"] if better else row["b"]
            if (other, better) not in known:
                found[other, better] = row["distance"], row["orientation"]
    others = pa.array(sorted({other for other, _ in found}), pa.string())
    rows = _rows(opened, lambda table: pc.is_in(table["id"], others)) if found else []
    fates = {row["id"]: row["fate"] for row in rows}
    pairs = (
        Neighbour(other, fates.get(other, "reference"), "near pair", *near, better) for (other, better), near in found.items()
    )
    return tuple(sorted(pairs, key=lambda item: (item.distance or 0, item.id, item.better)))


def _rows(opened: output.Output, chosen: Callable[[pa.Table], Any]) -> list[dict[str, Any]]:
    """The ledger's rows that a filter chooses."""
    found: list[dict[str, Any]] = []
    for table in each_table(opened.uri, opened.manifest, "ledger", arrow.LEDGER):
        found += table.filter(pc.fill_null(chosen(table), False)).to_pylist()
    return found


def _either(table: pa.Table, columns: tuple[str, ...], value: str) -> Any:
    masks = [pc.fill_null(pc.equal(table[name], value), False) for name in columns]
    return masks[0] if len(masks) == 1 else pc.or_(*masks)


def _one_end(opened: output.Output, name: str) -> str:
    """The one scene whose id ends so. Raises UserError that names those near it."""
    ends = sorted(identifier for ids in _ids(opened) for identifier in _matching(ids, pc.ends_with, f"/{name}"))
    if len(ends) == 1:
        return ends[0]
    starts: list[str] = []
    near: list[str] = []
    for ids in _ids(opened):
        starts += _matching(ids, pc.starts_with, name)
        lengths = pc.binary_length(ids)
        alike = ids.filter(pc.less_equal(pc.abs(pc.subtract(lengths, len(name.encode()))), 4)).to_pylist()
        near += difflib.get_close_matches(name, alike, _SOME, 0.7)
    found = ends or sorted(starts) or difflib.get_close_matches(name, near, _SOME, 0.7)
    if not found:
        raise UserError(f"{opened.uri} knows no picture {name}: ids are SOURCE/KEY, as in its ledger")
    what = (
        "more than one scene is called so" if ends else f"{len(starts)} ids begin so" if starts else "there is no such picture"
    )
    more = f" and {len(found) - _SOME} more" if len(found) > _SOME else ""
    raise UserError(f"{name}: {what} in {opened.uri}; did you mean {', '.join(found[:_SOME])}{more}?")


def _ids(opened: output.Output) -> Iterator[pa.ChunkedArray]:
    """The ids of the ledger and of the references, file by file."""
    only = pa.schema([arrow.LEDGER.field("id")])
    for folder in ("ledger", "references"):
        for table in each_table(opened.uri, opened.manifest, folder, only):
            yield table["id"]


def _matching(ids: pa.ChunkedArray, how: Callable[..., Any], pattern: str) -> list[str]:
    return list(ids.filter(how(ids, pattern)).to_pylist()) if pattern.strip("/") else []


def _window(window: list[int] | None) -> Window | None:
    return None if window is None else (window[0], window[1], window[2], window[3])
