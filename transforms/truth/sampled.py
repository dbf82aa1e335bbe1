"""The captions that a build's figures are drawn from: of a bounded number of pictures, out of the shards alone.

A shard is a random part of the build, since samples are placed by hash, and every json holds all captions of its picture:
so the first shards of an order by stable hash are read, and no picture is opened.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from skypairs.schemas.identity import stable_hash
from skypairs.transforms import storage
from skypairs.transforms.sinks.read_shard import Forward
from skypairs.transforms.sinks.ustar import members
from skypairs.transforms.truth.ambiguity import BATCH
from skypairs.transforms.truth.figures import Captioned, Figures, figures
from skypairs.transforms.truth.picture import picture_of

PICTURES = BATCH
SHARDS = 8
"""No more shards are opened, however few pictures they hold."""


def caption_figures(out: str, manifest: Mapping[str, Any]) -> Figures:
    """The figures of the build at `out`, of at most 256 pictures of its training shards. A function of recipe and output."""
    words = {
        source["name"]: (tuple(sorted(source["words"].items())), tuple(source["scenes"])) for source in manifest["sources"]
    }
    low, high = manifest["recipe"]["captions"]["centre"]
    found: dict[str, Captioned] = {}
    for card in _cards(out, manifest):
        texts = tuple(card[f"caption_{index}"] for index in range(len(card["captions"])))
        rules = tuple(about["kind"] == "rule" for about in card["captions"])
        found.setdefault(card["id"], Captioned(card["id"], picture_of(card, *words[card["source"]], (low, high)), texts, rules))
        if len(found) == PICTURES:
            break
    return figures(found.values())


def _cards(out: str, manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The json members of the training shards, shard by shard."""
    paths = [file["path"] for file in manifest["files"] if file["path"].endswith(".tar") and file["path"].startswith("train/")]
    for path in sorted(paths, key=lambda path: (stable_hash("figures", path, size=8), path))[:SHARDS]:
        uri = storage.join(out, path)
        file = storage.stat(uri)
        assert file is not None, f"{path} was written and is gone"
        fetch = Forward(uri, file.size)
        for member in members(fetch, file.size):
            if member.name.endswith(".json"):
                yield json.loads(fetch(member.offset, member.size))
