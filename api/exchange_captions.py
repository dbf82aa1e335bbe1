"""Captions by others: pictures with their boxes go out as JSON lines, captions come back and are held against the boxes.

No model is called here. Shards are read forward, one picture at a time, and of a shard only its json members.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from skypairs.schemas.errors import OutputError
from skypairs.transforms import storage
from skypairs.transforms.imported import ImportFile, Offered, judged
from skypairs.transforms.sinks import ustar
from skypairs.transforms.sinks.read_shard import headers_only
from skypairs.transforms.sinks.read_tables import read_manifest
from skypairs.transforms.truth.picture import picture_of

_FIELDS = ("id", "key", "source", "width", "height", "gsd", "boxes", "lost", "scene")
_NAMED = 5
"""So many unknown ids are named."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the captions of a file."""

    true: int
    not_read: int
    false: int
    empty: int
    unknown: int
    """Captions of ids that the output has no picture of."""
    unknown_ids: tuple[str, ...]
    """The first few of them."""

    @property
    def passed(self) -> int:
        return self.true + self.not_read


def export_captions(out: str, file: IO[str]) -> int:
    """Writes a line a picture of a finished build and returns how many. Raises OutputError for a damaged one."""
    count = 0
    for shard, picture, card in _cards(out, read_manifest(out)):
        row: dict[str, Any] = {name: card.get(name) for name in _FIELDS} | {"shard": shard, "picture": picture}
        row |= {"boxes": row["boxes"] or [], "lost": row["lost"] or []}  # a json leaves out what is empty
        row["captions"] = [{"text": card[f"caption_{at}"], "kind": about["kind"]} for at, about in enumerate(card["captions"])]
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def import_captions(uri: str, out: str, passed: IO[str], rejected: IO[str]) -> Imported:
    """Holds the captions of a file against the boxes of a finished build.

    What is true, and what cannot be read, goes to `passed` as lines for a recipe's `captions.imported`; the rest to `rejected`,
    each with its reason. Both in the order of the shards, what no picture is known of last, in the order of the file. Raises
    UserError for a file with a line that is none, OutputError for a damaged build.
    """
    offered, manifest = ImportFile(uri), read_manifest(out)
    centre = manifest["recipe"]["captions"]["centre"]
    words = {item["name"]: (tuple(sorted(item["words"].items())), tuple(item["scenes"])) for item in manifest["sources"]}
    counts: Counter[str] = Counter()
    known = 0
    seen = bytearray(-(-offered.captions // 8))
    for _, _, card in _cards(out, manifest):
        items = offered.of(card["id"])
        if not items:
            continue
        known += len(items)
        picture = picture_of(card, *words[card["source"]], (centre[0], centre[1]))
        for place, item in items:
            seen[place >> 3] |= 1 << (place & 7)
            truth = judged(item.caption, picture)
            kind = truth.verdict if item.caption else "empty"
            counts[kind] += 1
            if kind in ("true", "not read"):
                _write(passed, item, {"checked": kind})
            else:
                reason = "no text" if kind == "empty" else f"false: {truth.claim}, but {truth.why}"
                _write(rejected, item, {"reason": reason})
    unknown: dict[str, None] = {}
    for place, item in enumerate(offered.each()):
        if not seen[place >> 3] >> (place & 7) & 1:
            _write(rejected, item, {"reason": "unknown id"})
            if len(unknown) < _NAMED:
                unknown[item.id] = None
    return Imported(
        counts["true"], counts["not read"], counts["false"], counts["empty"], offered.captions - known, tuple(unknown)
    )


def _write(file: IO[str], item: Offered, more: dict[str, str]) -> None:
    plain = {"id": item.id, "caption": item.caption, "by": item.by} | more
    file.write(json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n")


def _cards(out: str, manifest: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(shard, name of the picture's member, json) of every picture of a build, once."""
    whole = manifest["recipe"]["shards"]["layout"] == "images"
    for file in manifest["files"]:
        if not file["path"].endswith(".tar"):
            continue
        uri = storage.join(out, file["path"])
        found = storage.stat(uri)
        if found is None:
            raise OutputError(f"{file['path']} is missing from {out}")
        fetch, picture = headers_only(uri, found.size), ""
        try:
            for member in ustar.members(fetch, found.size):
                if member.name.endswith((".jpg", ".png", ".webp")):
                    picture = member.name
                elif member.name.endswith(".json"):
                    card = json.loads(fetch(member.offset, member.size))
                    if whole or card["caption"] == 0:
                        yield file["path"], picture, card
        except (ustar.TarError, ValueError, KeyError) as error:
            raise OutputError(f"{file['path']} is damaged ({error}): `skypairs verify` says more") from error
