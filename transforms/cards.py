"""Cards: each sample's finished json and captions, ready to be copied into a shard.

A card is written once, when captions are; the shard writer adds what only it knows: the captions that a picture inherits
from its duplicates, and which caption is this copy's. A sample may have a copy a caption, so its json is kept as text, cut
where names will be added: it is put together and never parsed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skypairs.schemas.dataset import Input
from skypairs.schemas.identity import sample_key, stable_hash
from skypairs.schemas.records import Caption
from skypairs.transforms.records_file import window_of

_CAPTIONS, _NEGATIVES = "caption", "negative"
"""What names begin with that are added. Names are sorted, so that those of a kind stand together."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as read back."""

    id: str
    key: str
    source: str
    licence: str
    sha256: str
    """64 hex digits, of the picture."""
    format: str
    uri: str
    """Of an untouched picture; empty: the picture is in the pack of `look`."""
    look: str
    offset: int
    length: int
    captions: tuple[Caption, ...]
    fields: tuple[bytes, bytes, bytes]
    """The sample's json without its braces: what stands before captions, between them and their negatives, and after."""


def text_hash(text: str) -> bytes:
    """8 bytes by which captions are compared without being read."""
    return stable_hash("text", text, size=8)


def encode_card(row: dict[str, Any], look: str, source: Input, captions: Sequence[Caption]) -> bytes:
    """The card of one records row."""
    untouched = row["offset"] < 0
    boxes = _boxes_json(row["boxes"])
    own = {
        "id": row["id"],
        "key": sample_key(row["id"]),
        "source": source.source.name,
        "licence": source.licence,
        "sha256": row["sha256"].hex(),
    }
    sample = own | {
        "dataset": source.spec.name,
        "file": row["relative"],
        "group": row["group"],
        "window": window_of(row),
        "width": row["width"],
        "height": row["height"],
        "gsd": row["gsd"],
        "boxes": boxes,
        "labels": sorted({box["label"] for box in boxes}),
        "lost": row["lost"],
        "focus": row["focus"],
        "scene": row["scene_class"],
        "rendering": row["rendering"],
        "phash": row["phash"][:8].hex(),
        "flat": row["flat"],
        "pixels_sha256": row["pixels_sha256"].hex() if row["flat"] else None,
    }
    card = own | {
        "format": row["format"],
        "uri": row["uri"] if untouched else "",
        "look": look,
        "offset": 0 if untouched else row["offset"],
        "length": row["length"],
        "captions": [_caption_json(item) for item in captions],
    }
    stated = _stated(sample)
    fields = (
        {name: value for name, value in stated.items() if name < _CAPTIONS},
        {name: value for name, value in stated.items() if _CAPTIONS < name < _NEGATIVES},
        {name: value for name, value in stated.items() if name > _NEGATIVES},
    )
    return b"\n".join((b"{%b}" % _fields(card), *map(_fields, fields)))  # a line feed is in no JSON text


def decode_card(data: bytes) -> Card:
    """The inverse of `encode_card`."""
    facts, before, between, after = data.split(b"\n")
    plain = json.loads(facts)
    captions = tuple(Caption(*item) for item in plain.pop("captions"))
    return Card(captions=captions, fields=(before, between, after), **plain)


def merge_captions(
    own: Sequence[Caption], donated: Sequence[tuple[Caption, str]], limit: int
) -> tuple[tuple[Caption, str], ...]:
    """Own human captions, those of duplicates, imported ones, then those by rule, distinct, at most `limit`; each with the id
    of the picture it comes from ("" for the picture's own)."""
    human = [(item, "") for item in own if item.kind == "human"]
    rules = [(item, "") for item in own if item.kind != "human"]
    merged: dict[str, tuple[Caption, str]] = {}
    for item in (*human, *donated, *rules):
        merged.setdefault(item[0].text, item)
    return tuple(merged.values())[:limit]


def finish_json(card: Card, captions: Sequence[tuple[Caption, str]], number: int) -> bytes:
    """The json member of one copy of a sample, `number` being the caption in its txt member."""
    rare = ("by", "checked") if any(item.kind == "imported" for item, _ in captions) else ()
    about = [
        {name: getattr(item, name) for name in ("kind", "rule", "template", "tokens", *rare)} | {"from": donor}
        for item, donor in captions
    ]
    texts = {f"caption_{index}": item.text for index, (item, _) in enumerate(captions)}
    negatives = {f"negative_{index}": item.negative for index, (item, _) in enumerate(captions) if item.negative}
    added = _fields(texts | {"caption": number, "captions": about}), _fields(negatives)
    before, between, after = card.fields
    return b"{%b}" % b",".join(filter(None, (before, added[0], between, added[1], after)))


def _fields(plain: Mapping[str, Any]) -> bytes:
    """JSON of an object, sorted by name, without its braces."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()[1:-1]


def _stated(fields: dict[str, Any]) -> dict[str, Any]:
    """Without fields that hold nothing: a reader that guesses the type of a column from its first values (Hugging Face datasets
    does, from five) would guess null, and fail at the first value. It drops fields that those do not have."""
    whole = {name: _stated(value) if isinstance(value, dict) else value for name, value in fields.items()}
    return {name: value for name, value in whole.items() if value is not None and value != []}


def _caption_json(item: Caption) -> list[str | int]:
    plain: list[str | int] = [item.text, item.kind, item.rule, item.template, item.tokens]
    return [*plain, item.by, item.checked, item.negative] if item.by or item.checked or item.negative else plain


def _boxes_json(boxes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The boxes of a sample; all have the same fields."""
    rare = [name for name in ("area", "polygon") if any(box[name] for box in boxes)]
    return [
        {name: box[name] for name in ("label", "native", "kind", "difficult", "crowd", "cut", *rare)}
        | {"box": [box["x0"], box["y0"], box["x1"], box["y1"]]}
        for box in boxes
    ]
