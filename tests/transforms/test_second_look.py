"""The measure of a second look, and how thumbnails are found again."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from skypairs.api.picture_facts import turn as api_turn
from skypairs.api.second_look import same_picture
from skypairs.transforms import second_look
from skypairs.transforms.dup_rows import LOOK
from skypairs.transforms.orientations import turn
from skypairs.transforms.second_look import ThumbnailReader, alike, confirm

Square = npt.NDArray[np.uint8]
squares = arrays.arrays(np.uint8, (32, 32), elements=st.integers(0, 255))
STEPS = np.add.outer(np.arange(32), np.arange(32)).astype(np.float64)


def one(left: Square, right: Square) -> bool:
    return bool(alike(left[None], right[None])[0])


def gray(values: npt.NDArray[np.float64]) -> Square:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (gray(STEPS), gray(STEPS), True),
        (gray(STEPS), gray(3 * STEPS + 40), True),  # brighter, of more contrast
        (gray(STEPS), gray(200 - STEPS), False),  # a negative
        (gray(STEPS), gray(STEPS[:, ::-1]), False),
        (gray(STEPS), np.full((32, 32), 7, np.uint8), False),  # no contrast: nothing to agree in
        (np.zeros((32, 32), np.uint8), np.zeros((32, 32), np.uint8), False),
    ],
)
def test_measure(left: Square, right: Square, same: bool) -> None:
    assert one(left, right) == same == same_picture(left.tobytes(), 0, right.tobytes())


def test_the_threshold_itself_is_alike() -> None:
    """960 levels 0 and 2 by turns and 64 of their mean: k changed, half of each kind, make r = 1 - 2 k / 960."""
    left = np.array([0, 2] * 480 + [1] * 64, np.uint8)
    for changed, same in ((22, True), (24, True), (26, False)):
        right = left.copy()
        right[:changed] = 2 - right[:changed]
        assert one(left.reshape(32, 32), right.reshape(32, 32)) == same
        assert same_picture(left.tobytes(), 0, right.tobytes()) == same
        assert np.corrcoef(left, right)[0, 1] == pytest.approx(1 - 2 * changed / 960)


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(left=squares, right=squares, mixed=st.floats(0, 1), g=st.integers(0, 7))
def test_build_and_verify_agree_and_sides_may_change(left: Square, right: Square, mixed: float, g: int) -> None:
    near = gray(mixed * left + (1 - mixed) * right)
    for other in (right, near, left):
        turned = np.ascontiguousarray(turn(left, g))
        assert np.array_equal(turned, api_turn(left, g))
        same = one(turned, other)
        assert same == same_picture(left.tobytes(), g, other.tobytes()) == one(other, turned)
        back = 11 - g if g in (5, 6) else g  # the quarter turns undo each other, the others themselves
        assert same == same_picture(other.tobytes(), back, left.tobytes())


def test_thumbnails_are_read_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(3)
    files = {name * 16: draw.integers(0, 256, (400, 32, 32), np.uint8) for name in (b"\1", b"\2")}
    (tmp_path / "looks").mkdir()
    for part, data in files.items():
        (tmp_path / "looks" / f"{part.hex()}.gray").write_bytes(data.tobytes())
    asked: list[int] = []
    read = second_look.storage.read

    def counting(uri: str, offset: int = 0, length: int | None = None) -> bytes:
        asked.append(length or 0)
        return read(uri, offset, length)

    monkeypatch.setattr(second_look.storage, "read", counting)
    parts = [b"\1" * 16, b"\2" * 16, b"\1" * 16, b"\1" * 16, b"\2" * 16]
    rows = np.array([399, 0, 3, 5, 0], np.uint32)
    reader = ThumbnailReader(str(tmp_path), {part: part.hex() for part in files}, ())
    found, known = reader.read(np.array(parts, "V16"), np.zeros(5, np.uint32), rows)
    assert known.all()
    assert all(np.array_equal(found[i], files[parts[i]][rows[i]]) for i in range(5))
    assert sorted(asked) == [1024, 1024, 3 * 1024]  # 3 to 5 at once, 399 alone, 0 of the other file once
    nowhere, there = reader.read(np.zeros(2, "V16"), np.zeros(2, np.uint32), rows[:2])
    assert not there.any() and nowhere.shape == (2, 32, 32)
    empty, _ = reader.read(np.empty(0, "V16"), np.empty(0, np.uint32), np.empty(0, np.uint32))
    assert empty.shape == (0, 32, 32)


def test_the_better_side_is_turned(tmp_path: Path) -> None:
    picture = np.random.default_rng(5).integers(0, 256, (32, 32), np.uint8)
    (tmp_path / "looks").mkdir()
    data = b"".join(np.ascontiguousarray(turn(picture, g)).tobytes() for g in range(8))
    part = b"\1" * 16
    (tmp_path / "looks" / f"{part.hex()}.gray").write_bytes(data)
    looks = np.zeros(64, LOOK)
    looks["left_part"] = looks["right_part"] = np.void(part)
    looks["orientation"], looks["right_row"] = np.divmod(np.arange(64), 8)  # the picture itself, turned by g, against each
    hits = confirm(looks, ThumbnailReader(str(tmp_path), {part: part.hex()}, ()))
    assert hits["orientation"].tolist() == list(range(8))
    assert len(confirm(looks[::9], ThumbnailReader(str(tmp_path), {part: part.hex()}, ()))) == 8
