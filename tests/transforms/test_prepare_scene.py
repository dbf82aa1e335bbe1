"""From a scene to its samples: what is left out early, what is refused, scales, spilled tiles, masks and turns."""

import dataclasses
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
import tifffile
from PIL import Image

from skypairs.schemas.dataset import DatasetSpec, Input, Look
from skypairs.schemas.recipe import Bands, Boxes, Pictures, Source
from skypairs.schemas.records import Annotation, Box, FileStamp, MaskClass, MaskRef, Scene
from skypairs.transforms import images, open_scene, spill, storage
from skypairs.transforms.prepare_scene import NO_CAPTION, PreparedScene, SceneOptions, prepare_scene
from skypairs.transforms.ranges import ReadFailed
from skypairs.transforms.records_file import scene_rows

PIXELS = np.asarray(Image.fromarray(np.random.default_rng(2).integers(0, 256, (12, 16, 3), np.uint8)).resize((1600, 1200)))
SMALL = Pictures(whole=512, tile=400, overlap=50, max_side=None)


@dataclass(frozen=True)
class Given:
    """A reader that says what it is told to."""

    found: Annotation

    def look(self, source: Source) -> Look:
        return Look(1, 1, 1)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        yield from ()

    def annotation(self, scene: Scene) -> Annotation:
        return self.found


def box(x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box("a", "a", x0, y0, x1, y1)


def stamp(path: Path) -> FileStamp:
    return FileStamp(str(path), path.stat().st_size, "1")


def prepared(
    path: Path, annotation: Annotation, pictures: Pictures = SMALL, folder: str = "", bands: Bands | None = None, **spec: Any
) -> PreparedScene:
    reference = spec.pop("reference", False)
    made = DatasetSpec("d", "", "detection", Given(annotation), "", "", True, "", "", (), **spec)
    source = Input(Source("d", str(path.parent), "d", bands=bands), made, 0, reference)
    scene = Scene("d", "k", "d/k", stamp(path))
    return prepare_scene(scene, source, SceneOptions(pictures, Boxes(), "phash"), folder)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    Image.fromarray(PIXELS).save(path, compress_level=1)
    return path


def test_tiles_without_content_are_rows_and_nothing_else(picture: Path) -> None:
    annotation = Annotation(boxes=(box(10, 10, 60, 60), box(1500, 1100, 1590, 1190)))
    found = prepared(picture, annotation)
    assert (found.fate, len(found.samples)) == ("cut", 2)
    assert [sample.window for sample in found.samples] == [(0, 0, 400, 400), (1200, 800, 1600, 1200)]
    kept = prepared(picture, annotation, dataclasses.replace(SMALL, empty="keep"))
    windows = [sample.window for sample in kept.samples]
    emitted = [sample.window for sample in found.samples if sample.window]
    assert sorted([*found.empty, *emitted]) == sorted(filter(None, windows))
    assert [sample for sample in kept.samples if sample.boxes] == list(found.samples)
    rows = list(scene_rows(found, "", io.BytesIO(), io.BytesIO()))
    assert [row["fate"] for row in rows] == ["cut", "", "", *["filtered"] * len(found.empty)]
    assert {row["reason"] for row in rows[3:]} == {NO_CAPTION}
    assert {row["parent"] for row in rows[1:]} == {"d/k"}
    assert len({row["id"] for row in rows}) == len(rows) == 1 + len(windows)


def test_a_picture_without_content_is_not_decoded(picture: Path) -> None:
    with mock.patch.object(open_scene.images, "open_picture", side_effect=AssertionError):
        assert prepared(picture, Annotation()).fate == "cut"
        assert prepared(picture, Annotation(), Pictures(whole=2000)).reason == NO_CAPTION
    assert prepared(picture, Annotation(captions=("a",)), Pictures(whole=2000)).samples
    assert prepared(picture, Annotation(scene_class="sea"), Pictures(whole=2000)).samples
    assert prepared(picture, Annotation(), Pictures(whole=2000), reference=True).samples


def test_too_many_tiles_are_refused(picture: Path) -> None:
    found = prepared(picture, Annotation(boxes=(box(10, 10, 60, 60),)), dataclasses.replace(SMALL, max_tiles=19))
    assert (found.fate, found.reason) == ("failed", "over max_tiles: 1600x1200 would be cut into more than 19")


def test_scales_share_a_group_and_no_id(picture: Path) -> None:
    annotation = Annotation(boxes=tuple(box(x, y, x + 60, y + 60) for x in range(0, 1600, 100) for y in range(0, 1200, 100)))
    found = prepared(picture, annotation, dataclasses.replace(SMALL, scales=(1.0, 2.0, 4.0)))
    sizes = {(window[2] - window[0], window[3] - window[1]) for sample in found.samples if (window := sample.window)}
    assert {(400, 400), (800, 800), (1600, 1200)} <= sizes
    rows = list(scene_rows(found, "", io.BytesIO(), io.BytesIO()))
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["group"] for row in rows} == {"d/k"}
    [whole] = [sample for sample in found.samples if sample.window == (0, 0, 1600, 1200)]
    assert whole.untouched  # the file as it stands: PNG, not reduced
    assert whole.data == picture.read_bytes()


def test_tiles_wait_in_a_file_where_they_come_to_much(picture: Path, tmp_path: Path) -> None:
    annotation = Annotation(boxes=tuple(box(x, y, x + 60, y + 60) for x in range(0, 1600, 100) for y in range(0, 1200, 100)))
    held = prepared(picture, annotation)
    with mock.patch.object(spill, "SPILL_BYTES", 100_000):
        spilled = prepared(picture, annotation, folder=str(tmp_path))
    assert spilled.spilled
    assert not any(sample.data for sample in spilled.samples)
    packs = io.BytesIO(b"before"), io.BytesIO(b"before")
    for pack in packs:
        pack.seek(6)
    one, other = (list(scene_rows(found, "", pack, io.BytesIO())) for found, pack in zip((held, spilled), packs, strict=True))
    assert one == other
    assert packs[0].getvalue() == packs[1].getvalue() != b"before"
    assert not Path(spilled.spilled).exists()
    for row in one[1:]:
        data = packs[0].getvalue()[row["offset"] : row["offset"] + row["length"]]
        assert images.decode_rgb(data).shape[:2] == (row["height"], row["width"])


def test_a_scene_that_fails_halfway_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, PIXELS, tile=(256, 256), compression="zlib", photometric="rgb")
    with tifffile.TiffFile(path) as file:
        last = file.pages.first.dataoffsets[-1]
    data = bytearray(path.read_bytes())
    data[last : last + 40] = b"\0" * 40
    path.write_bytes(data)
    annotation = Annotation(boxes=tuple(box(x, y, x + 60, y + 60) for x in range(0, 1600, 100) for y in range(0, 1200, 100)))
    (tmp_path / "spill").mkdir()
    with mock.patch.object(spill, "SPILL_BYTES", 1000):
        found = prepared(path, annotation, folder=str(tmp_path / "spill"))
    assert found.fate == "failed"
    assert found.samples == ()
    assert not list((tmp_path / "spill").iterdir())


@pytest.mark.parametrize("turn", [3, 6, 8])
@pytest.mark.parametrize("sized", ["shown", "stored", "not"])
def test_boxes_lie_on_their_objects_whatever_the_turn(tmp_path: Path, turn: int, sized: str) -> None:
    stored = np.full((300, 400, 3), 60, np.uint8)
    stored[40:100, 200:320] = 250
    exif = Image.Exif()
    exif[0x0112] = turn
    path = tmp_path / "a.jpg"
    Image.fromarray(stored).save(path, exif=exif, quality=95)
    bright = images.decode_rgb(path.read_bytes())[..., 0] > 150
    rows, columns = np.nonzero(bright)
    shown = box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    turned = turn >= 5
    if sized == "stored" and turned:  # at a half turn sizes tell nothing: boxes mean the picture as it is shown
        annotation = Annotation(boxes=(box(200, 40, 320, 100),), size=(400, 300))
    else:
        annotation = Annotation(boxes=(shown,), size=None if sized == "not" else (300, 400) if turned else (400, 300))
    [sample] = prepared(path, annotation, Pictures()).samples
    [found] = sample.boxes
    pixels = images.decode_rgb(sample.data)[..., 0] > 150
    x0, y0, x1, y1 = (round(value) for value in found.rect)
    assert pixels[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1].all()
    assert pixels[y0:y1, x0:x1].sum() > 0.98 * pixels.sum()
    assert not sample.untouched


@pytest.mark.parametrize("upright_mask", [True, False])
def test_masks_turn_with_their_picture(tmp_path: Path, upright_mask: bool) -> None:
    stored = np.full((300, 400, 3), 60, np.uint8)
    stored[40:100, 200:320] = 250
    exif = Image.Exif()
    exif[0x0112] = 6
    path, mask = tmp_path / "a.jpg", tmp_path / "m.png"
    Image.fromarray(stored).save(path, exif=exif, quality=95)
    labels = (stored[..., 0] == 250).astype(np.uint8)
    Image.fromarray(np.rot90(labels, -1).copy() if upright_mask else labels).save(mask)
    ref = MaskRef(stamp(mask), "index", (MaskClass((1,), "tank"),))
    [sample] = prepared(path, Annotation(masks=(ref,)), Pictures()).samples
    [found] = sample.boxes
    assert tuple(found.rect) == (300 - 100, 200, 300 - 40, 320)


def test_a_large_tiff_is_read_by_ranges_and_makes_the_same_tiles(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    deep = PIXELS.astype(np.uint16) * 11 + 300
    tifffile.imwrite(path, deep, tile=(128, 128), compression="zlib", photometric="rgb")
    annotation = Annotation(boxes=(box(10, 10, 60, 60), box(1500, 1100, 1590, 1190)))
    whole = prepared(path, annotation)
    reads: list[tuple[int, int | None]] = []
    read = storage.read

    def counted(uri: str, offset: int = 0, length: int | None = None) -> bytes:
        reads.append((offset, length))
        return read(uri, offset, length)

    with mock.patch.object(open_scene, "_WHOLE_FILE", 0), mock.patch.object(storage, "read", counted):
        ranged = prepared(path, annotation, bands=Bands(stretch="fixed", range=((300, 3105),)))
        assert prepared(path, annotation) == whole
    assert all(length is not None for _, length in reads)
    assert [sample.rendering.stretch for sample in ranged.samples if sample.rendering] == ["fixed"] * 2
    assert whole.samples[0].rendering is not None
    assert whole.samples[0].rendering.limits == tuple(
        (float(low), float(high)) for low, high in np.percentile(deep.reshape(-1, 3), (2, 98), axis=0).T
    )


def test_the_policy_of_the_catalogue_is_for_its_number_of_bands(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    eight = np.random.default_rng(0).integers(0, 3000, (64, 64, 8)).astype(np.uint16)
    tifffile.imwrite(path, eight, photometric="minisblack", planarconfig="contig")
    annotation = Annotation(captions=("a",))
    spec = ((8, Bands(choose=(5, 3, 2))),)
    [sample] = prepared(path, annotation).samples
    assert sample.rendering is not None
    assert sample.rendering.bands == (1, 2, 3)
    made = DatasetSpec("d", "", "detection", Given(annotation), "", "", True, "", "", (), bands=spec)
    assert Input(Source("d", "/"), made, 0, False).bands(8) == Bands(choose=(5, 3, 2))
    assert Input(Source("d", "/"), made, 0, False).bands(3) == Bands()
    assert Input(Source("d", "/", bands=Bands(choose=(1,))), made, 0, False).bands(8) == Bands(choose=(1,))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(), "missing picture"),
        (EOFError(), "truncated picture: shorter than it was listed"),
        (OSError("net"), ""),
    ],
)
def test_storage_that_fails_halfway_is_no_fault_of_the_picture(tmp_path: Path, error: Exception, reason: str) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, PIXELS, tile=(128, 128), compression="zlib", photometric="rgb")
    read = storage.read
    left = [4]

    def failing(uri: str, offset: int = 0, length: int | None = None) -> bytes:
        left[0] -= 1
        if left[0] < 0:
            raise error
        return read(uri, offset, length)

    annotation = Annotation(boxes=(box(10, 10, 60, 60), box(1500, 1100, 1590, 1190)))
    with mock.patch.object(open_scene, "_WHOLE_FILE", 0), mock.patch.object(storage, "read", failing):
        if reason:
            assert prepared(path, annotation).reason == reason
        else:
            with pytest.raises(ReadFailed):
                prepared(path, annotation)
