"""The search behind `leaks` against all pairs compared one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.api.second_look import same_picture
from skypairs.transforms import leak_search
from skypairs.transforms.leak_search import Match, Pictures, References, search
from skypairs.transforms.orientations import turn


def brute(references, pictures, distance, turns, confirm):
    found = []
    for row in range(len(pictures.flat)):
        if pictures.flat[row]:
            same = [at for at, pixels in enumerate(references.pixels) if references.flat[at] and pixels == pictures.pixels[row]]
            found += [(row, same[0], None, None)] if same else []
            continue
        near = []
        for at in np.flatnonzero(~references.flat).tolist():
            for g in range(turns):
                small = references.thumbnails[at]
                if not confirm or not small or same_picture(small, g, pictures.thumbnails[row]):
                    near.append((int(references.hashes[at][g] ^ pictures.hashes[row, 0]).bit_count(), at, g))
        best = min(near, default=(99, 0, 0))
        found += [(row, best[1], best[0], best[2])] if best[0] <= distance else []
    return found


def drawn(rng, count, bare=0.0):
    """Crowded around three hashes and two thumbnails, so that ties are common."""
    few = np.random.default_rng(5).integers(0, 1 << 63, 3, dtype=np.uint64)
    flips = np.uint64(1) << rng.integers(0, 64, (count, 8, 4), dtype=np.uint64)
    flips = np.bitwise_xor.reduce(np.where(rng.random((count, 8, 4)) < 0.5, flips, np.uint64(0)), -1)
    small = np.random.default_rng(6).integers(0, 256, (2, 32, 32), dtype=np.uint8)
    smalls = [turn(small[rng.integers(2)], int(rng.choice([0, 3, 5]))).tobytes() for _ in range(count)]
    return Pictures(
        rng.choice(few, (count, 8)) ^ flips,
        rng.random(count) < 0.3,
        [bytes([value]) for value in rng.integers(0, 3, count)],
        [b"" if rng.random() < bare else one for one in smalls],
    )


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 1 << 30),
    counts=st.tuples(st.integers(0, 12), st.integers(0, 20)),
    distance=st.integers(0, 8),
    turns=st.sampled_from([1, 8]),
    confirm=st.booleans(),
    together=st.sampled_from([1, 7, 4096]),
)
def test_the_search_finds_what_comparing_everything_finds(seed, counts, distance, turns, confirm, together):
    rng = np.random.default_rng(seed)
    references, pictures = drawn(rng, counts[0], bare=0.2), drawn(rng, counts[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leak_search, "_TOGETHER", together)
        found = search(References.of(references, turns, confirm), pictures, distance)
    plain = [(match.row, match.reference, match.distance, match.orientation) for match in found]
    assert plain == brute(references, pictures, distance, turns, confirm)
    for match in found:
        small = references.thumbnails[match.reference]
        if match.distance is None or not small:
            assert match.correlation is None
            continue
        left = turn(np.frombuffer(small, np.uint8).reshape(32, 32), match.orientation).ravel()
        right = np.frombuffer(pictures.thumbnails[match.row], np.uint8)
        assert match.correlation == pytest.approx(np.corrcoef(left, right)[0, 1], abs=1e-4)


def test_a_second_look_goes_past_the_nearest_hash_to_the_one_that_agrees():
    rng = np.random.default_rng(1)
    small, other = (rng.integers(0, 256, (32, 32), dtype=np.uint8) for _ in range(2))
    hashes = np.zeros((2, 8), np.uint64)
    hashes[1] = 0b1111
    references = Pictures(hashes, np.zeros(2, bool), [b"", b""], [other.tobytes(), small.tobytes()])
    picture = Pictures(np.zeros((1, 8), np.uint64), np.zeros(1, bool), [b""], [(small // 2 + 9).tobytes()])
    assert search(References.of(references, 1), picture, 4)[0].reference == 0
    [match] = search(References.of(references, 1, confirm=True), picture, 4)
    assert (match.reference, match.distance, match.orientation) == (1, 4, 0) and match.correlation > 0.99
    assert search(References.of(references, 1, confirm=True), picture, 3) == []


def test_pictures_without_contrast_agree_with_nothing():
    hashes, blank = np.zeros((1, 8), np.uint64), Pictures(np.zeros((1, 8), np.uint64), np.zeros(1, bool), [b""], [bytes(1024)])
    references = Pictures(hashes, np.zeros(1, bool), [b""], [bytes(1024)])
    assert search(References.of(references, 8, confirm=True), blank, 2) == []
    assert search(References.of(references, 8), blank, 2) == [Match(0, 0, 0, 0, 0.0)]
