"""What a plan says of listings and headers, and when a disk is too small."""

import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
import tifffile

from skypairs.pipelines import plan as planning
from skypairs.pipelines.plan import check_disk, plan
from skypairs.pipelines.resolve import Resolved, resolve
from skypairs.schemas.errors import OutputError
from skypairs.schemas.recipe import Pictures, Recipe, Shards, Source
from skypairs.transforms import open_scene
from skypairs.transforms.cut_tiles import cut_windows
from tests.pipelines.small_catalog import CATALOG, write_folder

Usage = namedtuple("Usage", "total used free")


def resolved(root: Path, **keys: object) -> Resolved:
    cap = keys.pop("cap", None)
    source = Source("airfields", str(root), split="train", cap=cap)  # type: ignore[arg-type]
    return resolve(Recipe("mini", (source,), **keys), CATALOG)  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_folder(tmp_path / "A", "train", pictures=5, labels=4)  # one picture is not annotated
    (tmp_path / "A" / "train" / "labels" / "lone.txt").write_text("")  # one annotation has no picture
    return write_folder(tmp_path / "A", "val", pictures=2)


def test_counts_of_a_listing(root: Path) -> None:
    found = plan(resolved(root))
    source, reference = found.inputs
    assert (source.scenes, source.unannotated, source.without_picture, source.repeated) == (6, 1, 1, 0)
    assert source.picture_bytes == sum(file.stat().st_size for file in (root / "train" / "images").iterdir())
    assert (source.look.pictures, source.look.annotations) == (5, 5)
    assert (source.pictures, found.pictures, found.samples, found.shards) == (4, 4, 20, 5)
    assert (reference.input.reference, reference.scenes, reference.pictures, reference.output_bytes) == (True, 2, 2, 0)


def test_pictures_that_pass_keep_their_bytes_and_need_no_copy_in_staging(root: Path) -> None:
    source = plan(resolved(root)).inputs[0]
    size = source.picture_bytes / 5  # all alike to a few bytes
    assert source.output_bytes == pytest.approx(4 * 5 * (size + planning.SAMPLE_BYTES), rel=0.02)
    assert source.staging_bytes == 4 * planning.RECORD_BYTES


def test_cut_pictures_are_counted_by_their_headers(tmp_path: Path) -> None:
    write_folder(tmp_path, "train", pictures=3, size=(300, 200))
    pictures = Pictures(whole=100, tile=100, overlap=50, max_side=64)  # 5 x 3 windows of 100, each reduced to 64
    source = plan(resolved(tmp_path, pictures=pictures)).inputs[0]
    each = 64 * 64 * planning.JPEG_BYTES
    assert source.pictures == 45
    assert source.output_bytes == pytest.approx(45 * 5 * (each + planning.SAMPLE_BYTES), rel=0.01)
    assert source.staging_bytes == pytest.approx(45 * (each + planning.RECORD_BYTES), rel=0.01)


SMALLER = [
    # keys of the recipe, pictures, samples, shards
    ({"limit": 2}, 2, 10, 5),
    ({"cap": 3}, 3, 15, 5),
    ({"shards": Shards(layout="images")}, 4, 4, 1),
    ({"shards": Shards(layout="images", samples=3)}, 4, 4, 2),
    ({"shards": Shards(samples=2)}, 4, 20, 10),
]


@pytest.mark.parametrize(("keys", "pictures", "samples", "shards"), SMALLER)
def test_limit_cap_and_layout(tmp_path: Path, keys: dict[str, object], pictures: int, samples: int, shards: int) -> None:
    write_folder(tmp_path, "train", pictures=4)
    found = plan(resolved(tmp_path, **keys))
    assert (found.pictures, found.samples, found.shards) == (pictures, samples, shards)


def test_more_workers_take_less_time(root: Path) -> None:
    assert plan(resolved(root), workers=4).seconds == pytest.approx(plan(resolved(root), workers=1).seconds / 4)


def test_a_picture_that_is_none_is_left_to_the_build(root: Path) -> None:
    for file in (root / "train" / "images").iterdir():
        file.write_bytes(b"not a picture")
    assert plan(resolved(root)).inputs[0].pictures == 4


def test_a_large_picture_whose_header_lies_at_its_end_is_read_whole(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_HEADER_BYTES", 10)
    pictures = Pictures(whole=32, tile=32, overlap=8)
    assert plan(resolved(root, pictures=pictures)).inputs[0].pictures > 4


def test_enough_room(root: Path, tmp_path: Path) -> None:
    check_disk(resolved(root), str(tmp_path / "a" / "b" / "out"))
    check_disk(resolved(root), "gs://bucket/out")
    assert not (tmp_path / "a").exists()


def with_free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(free, 0, free))


def test_too_little_room_is_said_before_the_start(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need = plan(resolved(root))
    room = need.output_bytes + need.staging_bytes
    with_free(monkeypatch, room + 1000)
    check_disk(resolved(root), str(tmp_path / "out"))
    with_free(monkeypatch, room - 1000)
    with pytest.raises(
        OutputError, match=r"out and .*/out/\.staging: the build is estimated to need .* GB are free; use another"
    ):
        check_disk(resolved(root), str(tmp_path / "out"))
    with_free(monkeypatch, need.output_bytes + 1000)
    check_disk(resolved(root), str(tmp_path / "out"), "s3://bucket/staging")


def test_what_a_stopped_build_left_counts_as_room(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need = plan(resolved(root))
    with_free(monkeypatch, need.output_bytes)
    (tmp_path / "out" / ".staging").mkdir(parents=True)
    (tmp_path / "out" / ".staging" / "x.pack").write_bytes(bytes(need.staging_bytes))
    check_disk(resolved(root), str(tmp_path / "out"))


def test_a_finished_output_needs_no_room(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_free(monkeypatch, 0)
    (tmp_path / "manifest.json").write_text("{}")
    check_disk(resolved(root), str(tmp_path))


def test_the_estimate_for_the_disk_scales_the_first_scenes_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "A", "train", pictures=6)
    need = plan(resolved(tmp_path / "A"))
    monkeypatch.setattr(planning, "_FIRST", 2)
    with_free(monkeypatch, (need.output_bytes + need.staging_bytes) // 2)
    with pytest.raises(OutputError):
        check_disk(resolved(tmp_path / "A"), str(tmp_path / "out"))


@pytest.mark.parametrize("scales", [(1.0,), (0.5, 1.0)])
def test_a_large_tiff_with_its_directory_at_the_end_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scales: tuple[float, ...]
) -> None:
    folder = tmp_path / "train"
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    pixels = np.zeros((900, 1200, 3), np.uint8)
    tifffile.imwrite(folder / "images" / "a.tif", pixels, photometric="rgb", compression="zlib", tile=(64, 64))
    (folder / "labels" / "a.txt").write_text("")
    monkeypatch.setattr(planning, "_HEADER_BYTES", 8)
    monkeypatch.setattr(planning, "_WHOLE_FILE", 9)
    monkeypatch.setattr(open_scene, "_WHOLE_FILE", 9)
    pictures = Pictures(whole=800, tile=600, overlap=0, scales=scales)
    found = plan(resolved(tmp_path, references=(), pictures=pictures))
    assert found.pictures == len(cut_windows(1200, 900, pictures)) == (4 if scales == (1.0,) else 16)
