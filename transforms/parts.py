"""Parts: the unit of work and of restart. How a source is divided into them, and what their files are called.

    STAGING/ingest/SOURCE-DIGEST.json   what Ingest found: the parts of a source, for progress
    STAGING/parts/LOOK.jsonl            the scenes of a part
    STAGING/looks/LOOK.pack             pictures that exist nowhere else, one after the other
    STAGING/looks/LOOK.gray             thumbnails, 1 kB a row of the records (zeros where there is no picture)
    STAGING/looks/LOOK.arrow            records; written last: the mark that the look is complete
    STAGING/cards/CARDS.cards           each sample's finished json and captions, one after the other
    STAGING/cards/CARDS.arrow           where each card lies; the mark that the cards are complete
    STAGING/scores/SCORES.arrow         similarity of each picture with its captions, by CARDS and the model
    STAGING/shards/PLAN.json            a shard that is written, by the digest of its plan
    STAGING/ledger/DIGEST.arrow         ledger rows of a part on their way to the output, by recipe, output and part

LOOK is a digest of all that decides pictures, boxes and fingerprints, CARDS of LOOK and all that decides captions: another
recipe that agrees in them finds the files here and redoes nothing.
"""

import contextlib
import dataclasses
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skypairs.schemas.dataset import Input
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import PartKey
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.records import FileStamp, Scene
from skypairs.schemas.scores import Scores
from skypairs.transforms import storage

LOOK_VERSION = 10
"""Raised by hand when pictures, boxes, records or fingerprints come out differently; a golden test insists."""
CARD_VERSION = 12
"""Raised by hand when cards or captions come out differently."""
SCORE_VERSION = 1
"""Raised by hand when scores come out differently."""
PART_SCENES = 256
PART_BYTES = 256 << 20
FRAME_BYTES = 24 << 20
"""A decoded frame of a video of 3840 x 2160."""
_RARE_FIELDS = (("frame", -1), ("clip", ""), ("emitted", False))
_FOLDERS = ("ingest", "parts", "looks", "cards", "scores", "shards", "ledger")


@dataclass(frozen=True, slots=True)
class PartRef:
    """What crosses a shuffle of a part: names only."""

    source: str
    order: int
    reference: bool
    prefix: int
    """The leading `bits` bits that the hashes of its scenes' ids share."""
    bits: int
    scenes: int
    look: str
    """32 hex digits."""
    cards: str
    """32 hex digits; empty for a reference."""

    @property
    def key(self) -> PartKey:
        return PartKey(bytes.fromhex(self.cards or self.look))

    @property
    def file_group(self) -> str:
        """Name of the ledger file that takes this part: up to 64 parts of a source share one."""
        bits = max(0, self.bits - 6)
        return f"{self.source}-{self.prefix >> (self.bits - bits):05d}" if bits else f"{self.source}-00000"


def prefix_bits(scenes: int, total_bytes: int) -> int:
    """How many leading bits divide a source into parts of about 256 scenes or 256 MB, whichever gives more parts."""
    parts = max(scenes / PART_SCENES, total_bytes / PART_BYTES, 1)
    return math.ceil(math.log2(parts))


def scene_hash(scene: Scene) -> int:
    """64 bits that decide a scene's part. Frames of one video share a part, so that the video is decoded once."""
    name = f"{scene.source}/{scene.clip}" if scene.in_video and scene.clip else scene.id
    return int.from_bytes(stable_hash("scene", name, size=8), "big")


def total_bytes(scenes: Iterable[Scene]) -> int:
    """Bytes of the files of scenes; a video counts once, however many of its frames are listed."""
    scenes = list(scenes)
    pictures = sum(scene.picture.size for scene in scenes if scene.picture and not scene.in_video)
    videos = {scene.picture.uri: scene.picture.size for scene in scenes if scene.picture and scene.in_video}
    return pictures + sum(videos.values())


def memory_bytes(scene: Scene) -> int:
    """About what one scene on its way holds in memory: its file, or one frame of a video."""
    if scene.in_video:
        return FRAME_BYTES
    return scene.picture.size if scene.picture else 0


def divide(scenes: Iterable[Scene]) -> Iterator[tuple[int, int, list[Scene]]]:
    """(prefix, bits, scenes in order of id) of every part that is not empty, in order of prefix."""
    listed = sorted(scenes, key=lambda scene: scene.id)
    bits = prefix_bits(len(listed), total_bytes(listed))
    parts: dict[int, list[Scene]] = {}
    for scene in listed:
        parts.setdefault(scene_hash(scene) >> (64 - bits), []).append(scene)
    for prefix in sorted(parts):
        yield prefix, bits, parts[prefix]


def part_ref(source: Input, recipe: Recipe, prefix: int, bits: int, count: int, scenes: bytes) -> PartRef:
    """Names a part of `count` scenes, as `encode_scenes` lists them, by digests of all that its look and cards depend on."""
    crops = recipe.regions and dataclasses.asdict(recipe.regions)
    look = stable_hash(
        "look",
        LOOK_VERSION,
        source.source.name,
        source.spec.name,
        int(source.reference),
        repr((source.spec.classes, source.spec.gsd, source.spec.bands, source.source.bands)),
        json.dumps([dataclasses.asdict(recipe.pictures), dataclasses.asdict(recipe.boxes), recipe.dedup.hash]),
        "" if source.reference else json.dumps(crops),
        scenes,
    ).hex()
    options = dataclasses.asdict(recipe.captions) | {"imported": None}  # the digest beside it says which file
    if recipe.regions is not None:
        options["of_crops"] = recipe.regions.captions
    cards = stable_hash("cards", CARD_VERSION, look, json.dumps(options), recipe.seed, source.licence).hex()
    name = source.source.name
    return PartRef(name, source.order, source.reference, prefix, bits, count, look, "" if source.reference else cards)


def encode_scenes(scenes: list[Scene]) -> bytes:
    """A part's scene list: one JSON object a line."""
    return "".join(json.dumps(_plain(scene), sort_keys=True) + "\n" for scene in scenes).encode()


def _plain(scene: Scene) -> dict[str, Any]:
    """As dataclasses.asdict, ten times as fast: a million scenes are listed in one place."""
    plain = {name: getattr(scene, name) for name in Scene.__dataclass_fields__}
    plain["picture"] = scene.picture and _stamp(scene.picture)
    plain["annotations"] = [_stamp(file) for file in scene.annotations]
    for name, default in _RARE_FIELDS:  # left out where they say nothing: most scenes are pictures of a dataset
        if plain[name] == default:
            del plain[name]
    return plain


def _stamp(file: FileStamp) -> dict[str, Any]:
    return {"uri": file.uri, "size": file.size, "stamp": file.stamp}


def decode_scenes(data: bytes) -> list[Scene]:
    """The inverse of `encode_scenes`."""
    scenes = []
    for line in data.splitlines():
        plain = json.loads(line)
        plain["picture"] = FileStamp(**plain["picture"]) if plain["picture"] else None
        plain["annotations"] = tuple(FileStamp(**file) for file in plain["annotations"])
        scenes.append(Scene(**plain))
    return scenes


def scenes_uri(staging: str, look: str) -> str:
    return storage.join(staging, "parts", f"{look}.jsonl")


def pack_uri(staging: str, look: str) -> str:
    return storage.join(staging, "looks", f"{look}.pack")


def gray_uri(staging: str, look: str) -> str:
    return storage.join(staging, "looks", f"{look}.gray")


def records_uri(staging: str, look: str) -> str:
    return storage.join(staging, "looks", f"{look}.arrow")


def cards_uri(staging: str, cards: str) -> str:
    return storage.join(staging, "cards", f"{cards}.cards")


def card_index_uri(staging: str, cards: str) -> str:
    return storage.join(staging, "cards", f"{cards}.arrow")


def scores_uri(staging: str, cards: str, scores: Scores) -> str:
    """Whatever decides which pictures stay is no part of the name."""
    plain = scores.plain()
    how = [plain[name] for name in ("model", "weights", "sha256", "precision", "batch")]
    name = stable_hash("scores", SCORE_VERSION, cards, json.dumps(how)).hex()
    return storage.join(staging, "scores", f"{name}.arrow")


def shard_mark_uri(staging: str, plan: str) -> str:
    return storage.join(staging, "shards", f"{plan}.json")


def shard_captions_uri(staging: str, plan: str) -> str:
    return storage.join(staging, "shards", f"{plan}.arrow")


def clear_staging(staging: str) -> None:
    """Removes what builds leave in staging, and the folder if that was all: it may be one that people keep other things in."""
    for name in _FOLDERS:
        storage.delete_folder(storage.join(staging, name))
    if storage.is_local(staging):
        with contextlib.suppress(OSError):
            Path(staging).rmdir()
