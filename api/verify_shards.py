"""Checks of one shard, by the rules of open_clip's reader, and of all shards against the ledger.

A sample is what stands side by side under one key; a key ends at the first dot. What open_clip would drop without a word
(a dot in a key, another suffix, a missing member, a member out of place) is a problem here.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from skypairs.api.manifest import Manifest
from skypairs.api.picture_facts import PictureFacts, picture_facts
from skypairs.api.verify_captions import Captions, by_rules
from skypairs.api.verify_ledger import Ledger
from skypairs.api.verify_problems import Problem
from skypairs.api.verify_sample import check_card
from skypairs.transforms import storage
from skypairs.transforms.shard_names import shelf_name
from skypairs.transforms.sinks.read_shard import Forward
from skypairs.transforms.sinks.ustar import TarError, members

PICTURES = ("jpg", "png", "webp")
_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(slots=True)
class ShardFacts:
    """What was found in one shard."""

    path: str
    sha256: str = ""
    """Of the file; empty where it is missing."""
    problems: list[Problem] = field(default_factory=list)
    samples: list[tuple[int, int]] = field(default_factory=list)
    """(row of the ledger, number of the caption) of each sample whose key is in the ledger."""
    count: int = 0
    """Samples, whether known or not."""
    captions: int = 0
    """Captions of rules that were held against the boxes: in `pairs` those of the txt members, which are all."""
    whole: bool = False
    """The file is there and was read to its end: only then do counts and places mean anything."""


class Pictures:
    """Facts of pictures by the SHA-256 of their bytes: the copies of a picture, one a caption, are decoded once."""

    def __init__(self, definition: str, thumbnails: bool) -> None:
        """`thumbnails`: whether they are kept, 1 kB a picture; else they are empty."""
        self._definition, self._thumbnails = definition, thumbnails
        self._facts: dict[bytes, PictureFacts | str] = {}

    def facts(self, sha256: bytes, data: bytes) -> PictureFacts | str:
        """The facts, or why the picture cannot be decoded. Two threads may both decode one: they find the same."""
        if sha256 not in self._facts:
            try:
                facts = picture_facts(data, self._definition)
                self._facts[sha256] = facts if self._thumbnails else replace(facts, thumbnail=b"")
            except ValueError as error:
                self._facts[sha256] = str(error)
        return self._facts[sha256]

    def known(self, sha256: str) -> PictureFacts | None:
        found = self._facts.get(bytes.fromhex(sha256)) if sha256 else None
        return found if isinstance(found, PictureFacts) else None


def check_shard(out: str, path: str, layout: str, ledger: Ledger, pictures: Pictures, captions: Captions) -> ShardFacts:
    """Reads a whole shard once: its digest, its structure and its samples."""
    facts = ShardFacts(path)
    uri = storage.join(out, path)
    file = storage.stat(uri)
    if file is None:
        return facts  # said by check_present
    fetch = Forward(uri, file.size)
    seen: set[str] = set()
    current, parts = "", dict[str, bytes]()
    try:
        for member in members(fetch, file.size):
            key, dot, suffix = member.name.partition(".")
            if not _KEY.fullmatch(key) or not dot or suffix not in (*PICTURES, "json", "txt"):
                why = "has a dot in its key" if "." in suffix else "is not KEY.jpg, png, webp, json or txt"
                facts.problems.append(Problem("bad name", f"{path}: {member.name} {why}: open_clip drops it"))
                continue
            if key != current:
                _finish(facts, current, parts, layout, ledger, pictures, captions)
                if key in seen:
                    facts.problems.append(Problem("key twice", f"{path}: {key} comes back at {member.name}"))
                seen.add(key)
                current, parts = key, {}
            elif suffix in parts:
                facts.problems.append(Problem("key twice", f"{path}: {member.name} comes twice in a row"))
            parts[suffix] = fetch(member.offset, member.size)
        _finish(facts, current, parts, layout, ledger, pictures, captions)
        facts.whole = True
    except TarError as error:
        facts.problems.append(Problem("damaged tar", f"{path}: {error}"))
    facts.sha256 = fetch.sha256()
    return facts


def _finish(
    facts: ShardFacts,
    key: str,
    parts: dict[str, bytes],
    layout: str,
    ledger: Ledger,
    pictures: Pictures,
    captions: Captions,
) -> None:
    """Checks the sample that has just ended."""
    if not key:
        return
    facts.count += 1
    place = f"{facts.path}: {key}"
    found = [suffix for suffix in PICTURES if suffix in parts]
    missing = [suffix for suffix in ("json", "txt") if suffix not in parts]
    if len(found) != 1 or missing:
        what = f"no {missing[0]}" if missing else f"{len(found)} pictures"
        facts.problems.append(Problem("incomplete sample", f"{place} has {what}"))
        return
    base, number = split_key(key, layout)
    row = ledger.by_key.get(base)
    if row is None:
        facts.problems.append(Problem("unknown sample", f"{place} has no kept row in the ledger"))
        return
    try:
        card = json.loads(parts["json"])
        text = parts["txt"].decode()
    except ValueError as error:
        facts.problems.append(Problem("unreadable sample", f"{place}: json or txt cannot be read: {error}"))
        return
    if not isinstance(card, dict):
        facts.problems.append(Problem("unreadable sample", f"{place}: json is not an object"))
        return
    data = parts[found[0]]
    facts.problems += check_card(place, card, text, number, row, ledger)
    wrong = list(captions.check(place, card))
    facts.problems += wrong
    if not any(problem.kind == "unchecked captions" for problem in wrong):
        facts.captions += sum(number in (None, index) for index in by_rules(card))
    facts.problems += _check_picture(place, found[0], data, card, pictures)
    facts.samples.append((row, card["caption"] if number is None and isinstance(card.get("caption"), int) else number or 0))


def split_key(key: str, layout: str) -> tuple[str, int | None]:
    """Key of the picture, and number of the caption where the layout states it in the key."""
    base, dash, number = key.rpartition("-")
    if layout == "pairs" and dash and re.fullmatch(r"\d|[1-9]\d+", number):
        return base, int(number)
    return key, None


def _check_picture(place: str, suffix: str, data: bytes, card: dict[str, Any], pictures: Pictures) -> Iterator[Problem]:
    """The emitted bytes against the card: digest first, then what Pillow and imagehash make of them."""
    name, digest = f"{place}.{suffix}", hashlib.sha256(data)
    if digest.hexdigest() != card.get("sha256"):
        yield Problem("wrong picture", f"{name} has the sha256 {digest.hexdigest()}, its json states {card.get('sha256')}")
        return
    facts = pictures.facts(digest.digest(), data)
    if isinstance(facts, str):
        yield Problem("undecodable picture", f"{name} cannot be decoded: {facts}")
        return
    found = {
        "width": facts.width,
        "height": facts.height,
        "phash": f"{facts.phash[0]:016x}",
        "flat": facts.flat,
        "pixels_sha256": facts.pixels_sha256 or None,
    }
    for what, value in found.items():
        if card.get(what) != value:
            yield Problem("wrong picture", f"{name}: {what} is {value}, its json states {card.get(what)}")
    if facts.format != suffix:
        yield Problem("wrong picture", f"{name} is {facts.format} by content")


def check_places(found: list[ShardFacts], manifest: Manifest, layout: str, ledger: Ledger) -> Iterator[Problem]:
    """Every kept picture lies in exactly the shards that its row names, which are its source's where sources have shards of
    their own; once a caption in `pairs`, never two in one shard.

    `found` may be some of the shards only, or broken ones among them: the rest of a picture's places are left alone.
    """
    found = [facts for facts in found if facts.whole]
    looked_at, listed = {facts.path for facts in found}, {file.path for file in manifest.shards}
    places: dict[int, list[tuple[int, str]]] = {}
    for facts in found:
        for row, number in facts.samples:
            places.setdefault(row, []).append((number, facts.path))
    for row in ledger.kept:
        stated = [path for path in ledger.value(row, "shards") if path in looked_at or path not in listed]
        whole = len(stated) == len(ledger.value(row, "shards"))
        there = sorted(places.get(row, []))
        identifier = ledger.ids[row]
        if sorted({path for _, path in there}) != sorted(set(stated)):
            shown = ", ".join(sorted({path for _, path in there})) or "no shard"
            owed = ", ".join(stated) or "none of these"
            yield Problem("wrong shards", f"{identifier} is in {shown}, its ledger row says {owed}")
            continue
        captions = ledger.value(row, "captions")
        numbers = [number for number, _ in there]
        wanted = 1 if layout == "images" else captions
        if len(set(numbers)) != len(numbers):
            twice = next(number for number in numbers if numbers.count(number) > 1)
            where = " and ".join(path for number, path in there if number == twice)
            yield Problem("key twice", f"{identifier}: caption {twice} is in {where}")
        elif whole and len(numbers) != wanted:
            yield Problem("wrong caption count", f"{identifier} makes {len(numbers)} samples, {wanted} expected")
        splits = {path.partition("/")[0] for path in stated}
        stems = manifest.stems_of(ledger.value(row, "source"))
        if strange := sorted(path for path in stated if path.partition("/")[2].rpartition("-")[0] not in stems):
            text = f"{identifier} is in {strange[0]}, the shards of its source begin with {' or '.join(stems)}"
            yield Problem("wrong shards", text)
        elif len(splits) > 1:
            yield Problem("two splits", f"{identifier} is in {' and '.join(sorted(splits))}")
        elif whole and layout == "pairs" and len(set(stated)) < min(captions, _shards_beside(stated, listed)):
            yield Problem("captions together", f"{identifier}: two of its captions are in one shard ({', '.join(stated)})")


def _shards_beside(stated: list[str], listed: set[str]) -> int:
    """How many shards the picture's captions could lie in."""
    shelves = {shelf_name(path) for path in stated}
    return sum(shelf_name(path) in shelves for path in listed)
