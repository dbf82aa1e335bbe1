"""Ledger rows of one part, from its records, its decisions and its places: what became of every scene, tile and crop."""

from collections.abc import Iterable
from typing import Any

import pyarrow.compute as pc

from skypairs.schemas.dataset import Input
from skypairs.schemas.identity import sample_key
from skypairs.schemas.packed import DECISION, FATES, REASONS, SHARED, Block
from skypairs.schemas.placed import PLACE
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.scores import STEPS
from skypairs.transforms import parts
from skypairs.transforms.parts import PartRef
from skypairs.transforms.records_file import read_table, window_of
from skypairs.transforms.scores.score_file import read_scores
from skypairs.transforms.shard_names import shard_path

_SAME = ["id", "parent", "region", "group", "fate", "reason", "width", "height", "flat"]
_COLUMNS = [*_SAME, "relative", "window", "sha256", "phash", "pixels_sha256", "boxes", "scene_class"]


def ledger_rows(
    part: PartRef, source: Input, recipe: Recipe, staging: str, decisions: Iterable[Block], places: Iterable[Block]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]], int]:
    """LEDGER rows in the order of the part's records; the names in them that captions may use: ("native", class of boxes),
    ("scene", class of pictures); and how many captions by people were taken, of pictures that are kept or not."""
    decided = {
        int(row["row"]): (row, keeper)
        for block in decisions
        for row, keeper in zip(block.rows(DECISION), block.id_list(), strict=True)
    }
    paths: dict[tuple[int, int], str] = {}
    shards: dict[int, set[str]] = {}
    captions: dict[int, int] = {}
    for block in places:
        for place in block.rows(PLACE):
            shard = int(place["shelf"]), int(place["shard"])
            if shard not in paths:
                paths[shard] = shard_path(recipe, *shard)
            shards.setdefault(int(place["row"]), set()).add(paths[shard])
            captions[int(place["row"])] = int(place["captions"])
    table = read_table(parts.records_uri(staging, part.look), _COLUMNS)
    natives = pc.unique(pc.struct_field(pc.list_flatten(table["boxes"].combine_chunks()), "native")).to_pylist()
    scenes = pc.unique(pc.struct_field(table["scene_class"].combine_chunks(), "label")).drop_null().to_pylist()
    names = sorted([*(("native", name) for name in natives), *(("scene", name) for name in scenes)])
    counts = pc.fill_null(pc.list_value_length(table["boxes"]), 0)  # how many is all that the ledger says of them
    table = table.set_column(table.column_names.index("boxes"), "boxes", counts)
    cards = read_table(parts.card_index_uri(staging, part.cards)).to_pylist()
    scores = read_scores(part, recipe.scores, staging) if recipe.scores else [None] * len(cards)
    rows = []
    for number, (record, card) in enumerate(zip(table.to_pylist(), cards, strict=True)):
        written = min(len(card["human"]) + len(card["rules"]), recipe.captions.per_picture)
        row = _base(record, source) | {"captions": written, "dropped_captions": card["dropped"]}
        if steps := scores[number]:
            row |= {"score": max(steps) / STEPS, "caption_scores": [item / STEPS for item in steps]}
        if not record["fate"] and card["offset"] < 0:
            row |= {"fate": "filtered", "reason": "no caption"}
        elif number in decided:
            decision, keeper = decided[number]
            row |= {"fate": FATES[decision["fate"]], "reason": REASONS[decision["reason"]], "keeper": keeper or None}
            row |= {name: int(decision[name]) if decision[name] >= 0 else None for name in ("distance", "orientation")}
        elif not record["fate"] and number not in shards and recipe.captions.max_same is not None:
            row |= {"fate": "filtered", "reason": SHARED, "captions": 0}
        elif not record["fate"]:
            row |= {"fate": "kept", "key": sample_key(record["id"]), "shards": sorted(shards[number])}
            row["captions"] = captions[number]
        rows.append(row)
    return rows, names, sum(len(card["human"]) for card in cards)


def kind_of(parent: str | None, region: str | None) -> str:
    """What a ledger row is counted as."""
    return "regions" if region is not None else "scenes" if parent is None else "tiles"


def _base(record: dict[str, Any], source: Input) -> dict[str, Any]:
    same = {name: record[name] for name in _SAME}
    digests = {name: record[name].hex() if record[name] else None for name in ("sha256", "pixels_sha256")}
    return (
        same
        | digests
        | {
            "source": source.source.name,
            "dataset": source.spec.name,
            "uri": record["relative"],
            "window": window_of(record),
            "reason": record["reason"] or None,
            "phash": record["phash"][:8].hex() if record["phash"] else None,
            "boxes": record["boxes"],
            "shards": [],
        }
    )
