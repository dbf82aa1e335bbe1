"""Parts: stable under growth, whole, named by what they hold."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.records import FileStamp, Scene
from skypairs.transforms.parts import PART_SCENES, PartRef, decode_scenes, divide, encode_scenes, prefix_bits


def scene(number: int, size: int = 50_000) -> Scene:
    return Scene("s", f"P{number:05d}", f"s/P{number:05d}", FileStamp(f"/data/P{number:05d}.jpg", size, "1"))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 5_000_000))
def test_every_scene_is_in_one_part(count: int, size: int) -> None:
    scenes = [scene(number, size) for number in range(count)]
    divided = list(divide(reversed(scenes)))
    assert sorted(item.id for _, _, part in divided for item in part) == [item.id for item in scenes]
    assert all(part == sorted(part, key=lambda one: one.id) for _, _, part in divided)


def test_a_source_that_grows_by_one_picture_changes_one_part() -> None:
    before = {prefix: part for prefix, _, part in divide(scene(number) for number in range(5000))}
    after = {prefix: part for prefix, _, part in divide(scene(number) for number in range(5001))}
    assert sum(before[prefix] != after[prefix] for prefix in before) == 1
    assert max(map(len, before.values())) < 2 * PART_SCENES


def test_parts_are_bounded_by_bytes_too() -> None:
    assert prefix_bits(256, 1 << 20) == 0
    assert prefix_bits(257, 1 << 20) == 1
    assert prefix_bits(10, 10 << 30) == 6  # forty parts of 256 MB
    assert prefix_bits(0, 0) == 0


def test_scene_lists_come_back_as_they_went() -> None:
    scenes = [
        scene(1),
        dataclasses.replace(scene(2), annotations=(FileStamp("a", 1, "x"), FileStamp("b", 2, "y")), inline='{"ü": "\\n"}'),
        dataclasses.replace(scene(3), picture=None, problem="annotation without picture"),
        dataclasses.replace(scene(4), annotated=False),
    ]
    assert decode_scenes(encode_scenes(scenes)) == scenes


def test_ledger_files_take_up_to_64_parts() -> None:
    names = {PartRef("s", 0, False, prefix, 9, 1, "", "").file_group for prefix in range(512)}
    assert sorted(names) == [f"s-{number:05d}" for number in range(8)]
    assert PartRef("s", 0, False, 0, 0, 1, "", "").file_group == PartRef("s", 0, False, 63, 6, 1, "", "").file_group
