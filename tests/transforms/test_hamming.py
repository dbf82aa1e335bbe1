import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.transforms import agreeing
from skypairs.transforms.hamming import bounds, mix, near, near_matches, near_pairs, near_within, segment_values, segments_for


def by_force(left: list[int], right: list[int], distance: int) -> list[tuple[int, int, int]]:
    compared = ((i, j, (a ^ b).bit_count()) for i, a in enumerate(left) for j, b in enumerate(right))
    return [found for found in compared if found[2] <= distance]


def listed(pairs: agreeing.Pairs) -> list[tuple[int, int, int]]:
    return list(zip(*(column.tolist() for column in pairs), strict=True))


def drawn(seed: int, count: int) -> list[int]:
    """Clusters within a few bits, and strangers."""
    random = np.random.default_rng(seed)
    centres = random.integers(1 << 64, size=max(1, count // 8), dtype=np.uint64)
    hashes = random.choice(centres, count)
    for _ in range(5):
        hashes ^= np.where(random.random(count) < 0.3, np.uint64(1) << random.integers(64, size=count, dtype=np.uint64), 0)
    return hashes.tolist()


@pytest.mark.parametrize(
    ("distance", "segments"),
    [
        (0, 1),  # equal hashes agree in the one segment that there is
        (1, 2),
        (2, 3),
        (8, 9),
        (63, 64),  # a bit each
    ],
)
def test_a_distance_needs_one_segment_more(distance: int, segments: int) -> None:
    assert segments_for(distance) == segments
    cuts = bounds(segments)
    assert (cuts[0], cuts[-1], len(cuts)) == (0, 64, segments + 1)
    widths = np.diff(cuts)
    assert widths.min() >= 1
    assert widths.max() - widths.min() <= 1


@pytest.mark.parametrize("distance", [-1, 64])
def test_impossible_distances_are_refused(distance: int) -> None:
    with pytest.raises(ValueError, match="0 to 63"):
        segments_for(distance)


def test_fewer_segments_are_refused() -> None:
    hashes = np.zeros(2, np.uint64)
    with pytest.raises(ValueError, match="2 segments miss pairs at distance 2: at least 3"):
        list(near(hashes, hashes, 2, 0, 2))
    with pytest.raises(ValueError, match="at least 9"):
        list(near_within(hashes, 8, 0, 4))
    with pytest.raises(ValueError, match="segment 3 of 3"):
        list(near_within(hashes, 2, 3, 3))


@pytest.mark.parametrize("segments", [1, 2, 3, 7, 9, 64])
def test_segments_hold_all_bits_once(segments: int) -> None:
    hashes = np.array([*drawn(1, 20), 0, (1 << 64) - 1], np.uint64)
    parts = [segment_values(hashes, s, segments).astype(np.uint64) << np.uint64(bounds(segments)[s]) for s in range(segments)]
    assert np.bitwise_or.reduce(parts).tolist() == np.sum(parts, axis=0, dtype=np.uint64).tolist() == hashes.tolist()


@pytest.mark.parametrize("distance", range(9))
def test_all_pairs_are_found_once(distance: int) -> None:
    left, right = drawn(distance, 160), drawn(distance, 120)[::-1] + drawn(99, 20)
    assert listed(near_matches(np.array(left, np.uint64), np.array(right, np.uint64), distance)) == by_force(
        left, right, distance
    )
    within = [pair for pair in by_force(left, left, distance) if pair[0] < pair[1]]
    assert len(within) > 10
    assert listed(near_pairs(np.array(left, np.uint64), distance)) == within


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(
    left=st.lists(st.integers(0, 255).map(lambda bits: bits * 0x0001000100010001), max_size=12),
    right=st.lists(st.integers(0, (1 << 64) - 1) | st.integers(0, 15), max_size=12),
    distance=st.integers(0, 12),
    more=st.integers(0, 3),
)
def test_more_segments_find_the_same(left: list[int], right: list[int], distance: int, more: int) -> None:
    segments = segments_for(distance) + more
    found = [
        pair
        for segment in range(segments)
        for pairs in near(np.array(left, np.uint64), np.array(right, np.uint64), distance, segment, segments)
        for pair in listed(pairs)
    ]
    assert sorted(found) == by_force(left, right, distance)
    alike = listed(near_pairs(np.array(left, np.uint64), distance))
    assert alike == [pair for pair in by_force(left, left, distance) if pair[0] < pair[1]]


@pytest.mark.parametrize("block", [1, 2, 7, 64])
def test_blocks_of_any_size_cover_all_candidates(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = drawn(5, 60)
    whole = listed(near_pairs(np.array(hashes, np.uint64), 3))
    monkeypatch.setattr(agreeing, "BLOCK", block)
    monkeypatch.setattr(agreeing, "BESIDE", block)
    assert listed(near_pairs(np.array(hashes, np.uint64), 3)) == whole


@pytest.mark.parametrize("indexed", [0, 1, 3, 10**6])
@pytest.mark.parametrize("crowd", [3, 10**6])
def test_pairs_are_the_same_side_by_side_and_looked_up(indexed: int, crowd: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = drawn(6, 200)
    within = [pair for pair in by_force(hashes, hashes, 4) if pair[0] < pair[1]]
    monkeypatch.setattr(agreeing, "_INDEXED", indexed)
    monkeypatch.setattr(agreeing, "CROWD", crowd)
    assert listed(near_pairs(np.array(hashes, np.uint64), 4)) == within


@pytest.mark.parametrize(
    ("lengths", "steps"),
    [
        ([], 0),
        ([1] * 9, 0),  # nothing agrees
        ([2, *[1] * 6], 1),  # a pair a step among eight hashes
        ([2, *[1] * 7], 0),
        ([5] * 4, 4),
        ([12, *[1] * 20], 8),  # 12 - k of 32 have another k places on: at 8 an eighth
    ],
)
def test_neighbours_are_compared_as_long_as_many_agree(lengths: list[int], steps: int) -> None:
    assert agreeing._steps(np.array(lengths, np.intp)) == steps


def test_mixing_is_pinned_and_spreads() -> None:
    assert [f"{value:016x}" for value in mix(np.array([0, 1, 1 << 63], np.uint64)).tolist()] == [
        "e220a8397b1dcdaf",  # the first output of SplitMix64 from seed 0
        "910a2dec89025cc1",  # and from seed 1
        "481ec0a212a9f3db",
    ]
    dealt = np.bincount(mix(np.arange(40_000, dtype=np.uint64) << np.uint64(20)) % np.uint64(40), minlength=40)
    assert dealt.min() > 850
    assert dealt.max() < 1150
