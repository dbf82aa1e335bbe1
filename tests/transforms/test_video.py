"""Clips: the share that is taken, exact frames, and what happens to videos that cannot be read."""

import dataclasses
import itertools
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.errors import PictureError
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe import Pictures, Recipe, Shards, Source, Video
from skypairs.schemas.records import MIDDLE, FileStamp, Scene
from skypairs.transforms import parts, storage, video
from skypairs.transforms.ingest import list_scenes
from skypairs.transforms.video import choose_frames, close_video, frame_size, read_frame, take_frames
from tests.fakes import write
from tests.fakes.videos import paint_frames, read_number, save_video

PIXELS = 1 << 20
SHARES = st.integers(1, 1000).map(lambda share: share / 1000)


def frame(clip: str, number: int, size: int = 1 << 30) -> Scene:
    key = f"{clip}/frame_{number:06d}"
    return Scene("s", key, f"s/{clip}", FileStamp(f"/data/{clip}.mov", size, "1"), inline="[]", frame=number, clip=clip)


def ids(count: int) -> list[str]:
    return [frame("c", number).id for number in range(count)]


@given(st.integers(1, 400), SHARES, st.sampled_from(["hash", "stride"]), st.integers(0, 9))
def test_the_share_of_a_clip_is_exact(count: int, keep: float, by: str, seed: int) -> None:
    taken = choose_frames(ids(count), Video(keep, by), seed)  # type: ignore[arg-type]
    assert len(taken) == math.ceil(Fraction(round(keep * 1000), 1000) * count)
    assert taken <= set(ids(count))


@given(st.integers(1, 400), SHARES, st.randoms())
def test_the_order_of_listing_decides_nothing(count: int, keep: float, random: object) -> None:
    shuffled = ids(count)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for by in ("hash", "stride"):
        assert choose_frames(shuffled, Video(keep, by), 3) == choose_frames(ids(count), Video(keep, by), 3)  # type: ignore[arg-type]


@given(st.integers(1, 400), SHARES, SHARES, st.integers(0, 9))
def test_a_larger_share_by_hash_holds_the_smaller(count: int, one: float, other: float, seed: int) -> None:
    small, large = (choose_frames(ids(count), Video(keep), seed) for keep in sorted((one, other)))
    assert small <= large


@given(st.integers(2, 400), SHARES)
def test_stride_is_even(count: int, keep: float) -> None:
    taken = sorted(int(name[-6:]) for name in choose_frames(ids(count), Video(keep, "stride"), 0))
    gaps = {after - before for before, after in itertools.pairwise(taken)}
    assert not gaps or max(gaps) - min(gaps) <= 1
    assert abs(taken[0] - (count - 1 - taken[-1])) <= 1  # as much before the first as after the last


def test_another_seed_takes_others() -> None:
    assert len({frozenset(choose_frames(ids(100), Video(0.1), seed)) for seed in range(10)}) == 10
    assert choose_frames(ids(9), Video(0.3, "stride"), 0) == {ids(9)[at] for at in (1, 4, 7)}


@settings(max_examples=30)
@given(st.lists(st.integers(0, 30), max_size=6), SHARES)
def test_every_clip_gives_its_share_and_the_rest_stays(counts: list[int], keep: float) -> None:
    still = [Scene("s", f"still{at}", "s", FileStamp("/a.jpg", 1, "1")) for at in range(3)]
    missing = dataclasses.replace(frame("c0", 99), picture=None, problem="annotation without picture")
    clips = [[frame(f"c{at}", number) for number in range(count)] for at, count in enumerate(counts)]
    listed = [still[0], *([missing, *clips[0]] if clips else []), *still[1:]]
    listed += [scene for clip in clips[1:] for scene in clip]
    taken = list(take_frames(listed, Video(keep), 0))
    assert [scene for scene in taken if not scene.clip] == still
    assert missing in taken or not clips
    for clip in clips:
        assert len(set(clip) & set(taken)) == math.ceil(Fraction(str(keep)) * len(clip))
    assert len(set(taken)) == len(taken) and set(taken) <= set(listed)
    assert list(take_frames(listed, Video(1.0), 0)) == listed


def test_a_picture_between_the_frames_of_a_clip_parts_nothing() -> None:
    still = Scene("s", "c/copy", "s", FileStamp("/a.jpg", 1, "1"))
    frames = [frame("c", number) for number in range(4)]
    assert len(list(take_frames([*frames[:2], still, *frames[2:]], Video(0.5), 0))) == 3


def test_a_clip_that_comes_twice_is_a_bug_of_the_reader() -> None:
    with pytest.raises(ValueError, match="do not come together"):
        list(take_frames([frame("a", 0), frame("b", 0), frame("a", 1)], Video(0.5), 0))


def test_frames_of_one_video_share_a_part_and_count_its_bytes_once() -> None:
    clips = [frame(f"c{clip}", number) for clip in range(8) for number in range(200)]
    divided = list(parts.divide(clips))
    assert parts.total_bytes(clips) == 8 << 30
    assert {bits for _, bits, _ in divided} == {5}  # 8 GB in parts of 256 MB
    for clip in range(8):
        assert sum(any(scene.clip == f"c{clip}" for scene in part) for _, _, part in divided) == 1
    assert parts.memory_bytes(clips[0]) == parts.FRAME_BYTES
    assert parts.decode_scenes(parts.encode_scenes(clips[:3])) == clips[:3]
    assert b"clip" not in parts.encode_scenes([Scene("s", "a", "s/a", None)])


@pytest.fixture(params=["a.avi", "a.mov", "a.mp4"])
def numbered(request: pytest.FixtureRequest, tmp_path: Path) -> FileStamp:
    path = tmp_path / str(request.param)
    save_video(paint_frames(np.random.default_rng(1), 96, 64, 40), path)
    stamp = storage.stat(str(path))
    assert stamp
    return stamp


def number_at(file: FileStamp, number: int) -> int:
    return int(read_number(read_frame(file, number, PIXELS)))


@pytest.mark.parametrize("order", [range(40), range(39, -1, -3), (0, 39, 1, 38, 38, 2, 20, 20)])
def test_exactly_the_frame_that_was_asked_for_is_read(numbered: FileStamp, order: tuple[int, ...]) -> None:
    assert [number_at(numbered, number) for number in order] == list(order)
    assert number_at(numbered, MIDDLE) == 20
    assert frame_size(numbered) == (96, 64)


def test_frames_in_order_are_decoded_once(numbered: FileStamp, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    plain = video._capture
    monkeypatch.setattr(video, "_capture", lambda path: opened.append(path) or plain(path))
    close_video()
    for number in range(0, 40, 3):
        number_at(numbered, number)
    assert len(opened) == 1
    number_at(numbered, 5)
    assert len(opened) == 2


def test_threads_do_not_disturb_each_other(numbered: FileStamp) -> None:
    order = [number * 7 % 40 for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda number: number_at(numbered, number), order)) == order


@pytest.mark.parametrize("order", [(39, 40, 41), (41, 40, 39), (40, 3, 41)])
def test_a_video_that_ends_early_says_so_whatever_was_read_before(numbered: FileStamp, order: tuple[int, ...]) -> None:
    for number in order:
        if number < 40:
            assert number_at(numbered, number) == number
            continue
        with pytest.raises(PictureError) as caught:
            read_frame(numbered, number, PIXELS)
        assert caught.value.reason == f"video ends early: frame {number} of 40"


def test_what_cannot_be_opened_is_a_data_error(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    save_video(paint_frames(np.random.default_rng(1), 96, 64, 12), path)
    whole = path.read_bytes()
    for data in (whole[: len(whole) // 2], b"", b"<html>", bytes(1000)):
        path.write_bytes(data)
        file = storage.stat(str(path))
        assert file
        for _ in range(2):
            with pytest.raises(PictureError, match="unreadable video"):
                read_frame(file, 0, PIXELS)
    with pytest.raises(PictureError, match="missing picture"):
        read_frame(FileStamp(str(tmp_path / "none.mov"), 1, "1"), 0, PIXELS)


def test_a_video_that_changed_is_opened_again_and_a_large_one_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "a.avi")
    frames = paint_frames(np.random.default_rng(1), 96, 64, 9)
    save_video(frames, path)
    assert number_at(FileStamp(path, 1, "1"), 2) == 2
    save_video(frames[4:], path)
    assert number_at(FileStamp(path, 1, "2"), 2) == 6
    with pytest.raises(PictureError, match="over max_pixels"):
        read_frame(FileStamp(path, 1, "2"), 0, 96 * 64 - 1)


def test_a_remote_video_is_copied_in_pieces_and_the_copy_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mov"
    save_video(paint_frames(np.random.default_rng(1), 96, 64, 12), path)
    pieces = []

    def read(uri: str, offset: int = 0, length: int | None = None) -> bytes:
        assert uri == "s3://bucket/a.mov" and length
        pieces.append(length)
        return path.read_bytes()[offset : offset + length]

    monkeypatch.setattr(storage, "read", read)
    monkeypatch.setattr(video, "_PIECE", 1000)
    monkeypatch.setattr(video.tempfile, "tempdir", str(tmp_path))
    file = FileStamp("s3://bucket/a.mov", path.stat().st_size, "etag")
    assert [number_at(file, number) for number in (3, 9, 1)] == [3, 9, 1]
    assert max(pieces) == 1000 and sum(pieces) == file.size  # once
    assert len(list(tmp_path.iterdir())) == 2
    close_video()
    assert list(tmp_path.iterdir()) == [path]


def test_a_build_takes_a_share_of_each_clip(tmp_path: Path) -> None:
    truth = write("stanford-drone", tmp_path / "stanford-drone", pictures=20)
    source = Source("stanford-drone", truth.root, "drone")
    recipe = Recipe("clips", (source,), (), Pictures(), shards=Shards("images"), video=Video(0.25), max_failed=1.0)
    resolved = resolve(recipe, load())
    (item,) = resolved.inputs
    taken = [scene for scene in list_scenes(item, recipe) if scene.clip == "bookstore/video0"]
    assert len(taken) == 5
    whole = list_scenes(dataclasses.replace(item, reference=True), recipe)
    assert sum(scene.clip == "bookstore/video0" for scene in whole) == 20
    assert len(list_scenes(item, dataclasses.replace(recipe, limit=3))) == 3
    assert pickle.loads(pickle.dumps(taken)) == taken
    outs = {}
    for name, execution in (("one", Execution(1)), ("three", Execution(3))):
        _, state = build(resolved, str(tmp_path / name), execution)
        assert state == "built"
        outs[name] = {path.name: path.read_bytes() for path in (tmp_path / name / "train").iterdir()}
    assert outs["one"] == outs["three"]
