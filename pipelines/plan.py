"""What a build would read and make, before it is run: listings and a few headers, no pixels.

The estimates are rules of thumb, stated with the constants below. Per source the headers of up to 16 pictures, drawn by hash,
tell how many pictures a scene is cut into and how large they are. A picture that passes untouched keeps its bytes, any other
counts `JPEG_BYTES` a pixel; `pairs` writes a picture once a caption, and staging holds each cut picture once. Time is decoding
at `PIXELS_A_SECOND` and the rest at `PICTURES_A_SECOND`, over the workers; it is rough, to a factor of two or three.
"""

import dataclasses
import math
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from skypairs.pipelines.catalog import load
from skypairs.pipelines.published import compared
from skypairs.pipelines.resolve import Resolved
from skypairs.schemas.dataset import Input, Look
from skypairs.schemas.errors import DataError, OutputError
from skypairs.schemas.identity import order_hash
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.records import Scene
from skypairs.transforms import storage
from skypairs.transforms.cut_tiles import cut_windows, reduced_size
from skypairs.transforms.images import Header, read_header, sniff
from skypairs.transforms.open_scene import look_at_file
from skypairs.transforms.parts import total_bytes
from skypairs.transforms.placement import ShardPlan
from skypairs.transforms.video import frame_size, take_frames

JPEG_BYTES = 0.4
"""Bytes a pixel of a picture encoded at quality 92: about 3.2 bits, more than most overhead pictures need."""
SAMPLE_BYTES = 5_000
"""Card, caption and tar headers of one sample in a shard."""
RECORD_BYTES = 8_000
"""Records, card and ledger row of one picture in staging."""
PIXELS_A_SECOND = 100e6
"""Source pixels decoded by one worker: between PNG (about 45e6) and JPEG (about 330e6)."""
PICTURES_A_SECOND = 250
"""Pictures cut, encoded, fingerprinted and written by one worker."""
_HEADERS = 16
_FIRST = 512
_HEADER_BYTES = 256 << 10
_WHOLE_FILE = 64 << 20


@dataclass(frozen=True, slots=True)
class InputPlan:
    """One source or reference."""

    input: Input
    look: Look
    """What its folders hold."""
    scenes: int
    """Listed scenes that would be read, `limit` applied."""
    picture_bytes: int
    """Of those scenes' picture files."""
    unannotated: int
    """Pictures without annotation: filtered in a source, compared with in a reference."""
    without_picture: int
    """Annotations without a picture, and others that failed when listed."""
    repeated: int
    """Scenes whose key another one has: a build refuses them."""
    pictures: int
    """Estimate: pictures after cutting; of a source, after its cap."""
    output_bytes: int
    """Estimate: in the shards."""
    staging_bytes: int
    """Estimate: in staging, at most."""
    seconds: float
    """Estimate: of one worker."""
    published: str = ""
    """How many pictures were published, and what the number found looks like instead; empty where they agree."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build would do."""

    inputs: tuple[InputPlan, ...]
    fingerprints: tuple[str, ...]
    pictures: int
    """Estimate: pictures of the sources, before duplicates and leaks are taken out."""
    samples: int
    """Estimate, at most: of the shards."""
    shards: int
    output_bytes: int
    staging_bytes: int
    seconds: float
    """Estimate, over the workers."""
    captions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Id and captions of a few pictures, made as the build makes them."""


def plan(resolved: Resolved, captions: int = 0, workers: int | None = None) -> Plan:
    """Lists every source and reference. `captions` pictures, drawn by hash, are really prepared and captioned."""
    inputs = []
    for item, look in zip(resolved.inputs, resolved.looks, strict=True):
        found = _planned(item, look, resolved.recipe, list(_listed(item, resolved.recipe)))
        releases = [spec for spec in load().values() if spec.family and spec.family == item.spec.family]
        inputs.append(dataclasses.replace(found, published=compared(look.pictures, item.source.split, item.spec, releases)))
    result = _totals(resolved, tuple(inputs), workers or os.cpu_count() or 1)
    if captions:
        from skypairs.pipelines.preview import preview

        result = dataclasses.replace(result, captions=tuple(preview(resolved, captions)))
    return result


def check_disk(resolved: Resolved, out: str, staging: str = "") -> None:
    """Raises OutputError where a local output or staging folder has less room than the build is estimated to need.

    What is there already, of a build that was stopped, counts as room; a finished output needs none. Only the first scenes of
    each source are looked at.
    """
    places = [place for place in (out, staging) if place and storage.is_local(place)]
    if not places or storage.stat(storage.join(out, "manifest.json")):
        return
    inputs = []
    for item, look in zip(resolved.inputs, resolved.looks, strict=True):
        first = list(islice(_listed(item, resolved.recipe), _FIRST))
        inputs.append(_planned(item, look, resolved.recipe, first, partial=True))
    total = _totals(resolved, tuple(inputs), 1)
    needs = {out: total.output_bytes, staging or storage.join(out, ".staging"): total.staging_bytes}
    volumes: dict[int, list[str]] = {}
    for place in needs:
        if storage.is_local(place):
            volumes.setdefault(os.stat(_existing(place)).st_dev, []).append(place)
    for shared in volumes.values():
        needed = sum(needs[place] for place in shared)
        there = sum(file.size for place in shared for file in storage.list_files(place) if _owner(file.uri, needs) == place)
        free = shutil.disk_usage(_existing(shared[0])).free + there
        if needed > free:
            sizes = f"the build is estimated to need {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are free"
            raise OutputError(
                f"{' and '.join(shared)}: {sizes}; "
                "use another disk, `--staging` on another disk, `--limit`, a `cap` on a source, or `shards.layout: images`, "
                "which writes each picture once"
            )


def _listed(item: Input, recipe: Recipe) -> Iterator[Scene]:
    """The scenes of a source with its clips reduced to their share; of a reference, all."""
    scenes = item.spec.reader.scenes(item.source, item.family)
    return iter(scenes) if item.reference else take_frames(scenes, recipe.video, recipe.seed)


def _planned(item: Input, look: Look, recipe: Recipe, scenes: list[Scene], partial: bool = False) -> InputPlan:
    """One input from its scenes, or from the first of them scaled up to what `look` counted."""
    keys = Counter(scene.id for scene in scenes)
    drawn = sorted(scenes, key=lambda scene: order_hash(recipe.seed, scene.id))
    if recipe.limit is not None and not item.reference:
        drawn = drawn[: recipe.limit]
    usable = [scene for scene in drawn if scene.picture and not scene.problem and (scene.annotated or item.reference)]
    windows, emitted, cut, pixels = _mean_scene(usable, recipe)
    count: float = len(usable)
    if partial and len(drawn) == len(scenes) > 0:  # the same share of all that `look` counted is taken to be usable
        clips = any(scene.clip for scene in scenes) and not item.reference
        listed = max(math.ceil(look.pictures * (recipe.video.keep if clips else 1)), len(scenes))
        taken = listed if recipe.limit is None or item.reference else min(listed, recipe.limit)
        count = len(usable) / len(drawn) * taken
    pictures = math.ceil(count * windows)
    kept = pictures if item.source.cap is None else min(pictures, item.source.cap)
    copies = recipe.captions.per_picture if recipe.shards.layout == "pairs" else 1
    return InputPlan(
        item,
        look,
        scenes=len(drawn),
        picture_bytes=total_bytes(drawn),
        unannotated=sum(not scene.annotated for scene in drawn),
        without_picture=sum(bool(scene.problem) for scene in drawn),
        repeated=sum(times - 1 for times in keys.values()),
        pictures=pictures if item.reference else kept,
        output_bytes=0 if item.reference else math.ceil(kept * copies * (emitted + SAMPLE_BYTES)),
        staging_bytes=math.ceil(pictures * RECORD_BYTES + (0 if item.reference else count * cut)),
        seconds=count * pixels / PIXELS_A_SECOND + pictures / PICTURES_A_SECOND,
    )


def _mean_scene(scenes: list[Scene], recipe: Recipe) -> tuple[float, float, float, float]:
    """Means over a few scenes: pictures a scene, bytes a picture, bytes a scene leaves in staging, pixels a scene."""
    windows = emitted = cut = pixels = read = 0.0
    for scene in scenes[:_HEADERS]:
        try:
            count, size, untouched, area = _sized(scene, recipe)
        except (DataError, OSError):
            continue  # the build says what is wrong with it
        read, windows, emitted, pixels = read + 1, windows + count, emitted + count * size, pixels + area
        cut += 0 if untouched else count * size
    if not read:
        return 1.0, total_bytes(scenes) / max(1, len(scenes)), 0.0, 1e6
    return windows / read, emitted / windows, cut / read, pixels / read


def _sized(scene: Scene, recipe: Recipe) -> tuple[int, float, bool, int]:
    """Pictures, bytes of each, whether they pass untouched, and pixels of a scene, from its header."""
    assert scene.picture is not None
    uri, size = scene.picture.uri, scene.picture.size
    try:
        if scene.in_video:
            header = Header("jpg", *frame_size(scene.picture), False)
        else:
            header = read_header(storage.read(uri, 0, min(size, _HEADER_BYTES)))
    except (DataError, OSError):
        if scene.in_video or size <= _HEADER_BYTES:
            raise
        if size > _WHOLE_FILE and sniff(storage.read(uri, 0, 16)) != "tiff":
            raise
        header, _ = look_at_file(scene.picture)  # TIFF may keep its directory at the end
    windows = cut_windows(header.width, header.height, recipe.pictures)
    whole = (0, 0, header.width, header.height)
    sizes = [reduced_size(x1 - x0, y1 - y0, recipe.pictures.max_side) for x0, y0, x1, y1 in windows or (whole,)]
    untouched = header.passes and not windows and sizes == [(header.width, header.height)]
    each = float(size) if untouched else sum(width * height for width, height in sizes) / len(sizes) * JPEG_BYTES
    return max(1, len(windows)), each, untouched, header.width * header.height


def _totals(resolved: Resolved, inputs: tuple[InputPlan, ...], workers: int) -> Plan:
    recipe = resolved.recipe
    pictures = sum(item.pictures for item in inputs if not item.input.reference)
    samples = pictures * (recipe.captions.per_picture if recipe.shards.layout == "pairs" else 1)
    return Plan(
        inputs,
        resolved.fingerprints,
        pictures,
        samples,
        ShardPlan.of(recipe.shards, recipe.captions.per_picture, samples).shards,
        sum(item.output_bytes for item in inputs),
        sum(item.staging_bytes for item in inputs),
        sum(item.seconds for item in inputs) / workers,
    )


def _existing(path: str) -> str:
    """The folder itself, or the nearest one above it that exists."""
    whole = Path(os.path.abspath(path))
    return str(next(folder for folder in (whole, *whole.parents) if folder.is_dir()))


def _owner(uri: str, places: Iterable[str]) -> str:
    """The innermost of the places that a file lies in."""
    return max((place for place in places if uri.startswith(place.rstrip("/") + "/")), key=len, default="")
