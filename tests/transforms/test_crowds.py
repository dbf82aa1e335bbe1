"""Hashes that crowd into one value of a segment: the same pairs, and far fewer comparisons."""

import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.transforms import agreeing
from skypairs.transforms.hamming import near, near_matches, near_pairs, near_within, segment_values
from tests.transforms.test_hamming import by_force, drawn, listed


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many candidates and neighbours were compared, block by block."""
    counts: list[int] = []
    candidates, blocks = agreeing._candidates, agreeing._blocks

    def counted(first: agreeing.Places, end: agreeing.Places) -> Iterator[tuple[agreeing.Places, agreeing.Places]]:
        for i, j in candidates(first, end):
            counts.append(len(i))
            yield i, j

    def beside(count: int, steps: int) -> Iterator[tuple[int, int, int]]:
        for start, stop, step in blocks(count, steps):
            counts.append(stop - start)
            yield start, stop, step

    monkeypatch.setattr(agreeing, "_candidates", counted)
    monkeypatch.setattr(agreeing, "_blocks", beside)
    yield counts


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(
    left=st.lists(st.integers(0, 255).map(lambda bits: bits * 0x0000010001000001), max_size=16),
    right=st.lists(st.integers(0, 255).map(lambda bits: bits * 0x0000010001000001) | st.integers(0, 15), max_size=16),
    distance=st.integers(0, 8),
    crowd=st.integers(0, 12),
)
def test_crowds_of_any_size_hold_the_same_pairs(left: list[int], right: list[int], distance: int, crowd: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreeing, "CROWD", crowd)
        found = listed(near_matches(np.array(left, np.uint64), np.array(right, np.uint64), distance))
        assert found == by_force(left, right, distance)
        alike = listed(near_pairs(np.array(left, np.uint64), distance))
        assert alike == [pair for pair in by_force(left, left, distance) if pair[0] < pair[1]]


@pytest.mark.parametrize("distance", range(9))
def test_clusters_are_found_once_however_they_are_cut(distance: int, monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = drawn(distance, 300), drawn(distance, 120)[::-1] + drawn(99, 20)
    monkeypatch.setattr(agreeing, "CROWD", 20)
    assert listed(near_matches(np.array(left, np.uint64), np.array(right, np.uint64), distance)) == by_force(
        left, right, distance
    )
    within = [pair for pair in by_force(left, left, distance) if pair[0] < pair[1]]
    assert listed(near_pairs(np.array(left, np.uint64), distance)) == within


def codewords(count: int) -> np.ndarray:
    """Hashes with equal lowest 21 bits and no two within 2: 18 bits, the same again, and their parity."""
    words = np.arange(count, dtype=np.uint64)
    parity = (np.bitwise_count(words) & np.uint8(1)).astype(np.uint64)
    return words << np.uint64(21) | words << np.uint64(39) | parity << np.uint64(57) | np.uint64(0x12345)


def test_two_hundred_thousand_hashes_that_share_a_segment(compared: list[int]) -> None:
    words = codewords(200_000)
    copies = words[::200] ^ np.uint64(1 << 60)  # one bit that no other has
    twice = words[100::400] ^ np.uint64(0b11 << 61)
    hashes = np.concatenate([words, copies, twice])
    assert len(set(segment_values(hashes, 0, 3).tolist())) == 1
    first, second = np.arange(0, 200_000, 200), np.arange(100, 200_000, 400)
    expected = sorted(
        [(i, 200_000 + place, 1) for place, i in enumerate(first.tolist())]
        + [(i, 201_000 + place, 2) for place, i in enumerate(second.tolist())]
    )
    left, right, distances = (np.concatenate(column) for column in zip(*near_within(hashes, 2, 0, 3), strict=True))
    found = zip(np.minimum(left, right).tolist(), np.maximum(left, right).tolist(), distances.tolist(), strict=True)
    assert sorted(found) == expected
    assert sum(compared) < len(hashes) ** 2 // 2 // 500
    compared.clear()

    left, right, distances = (np.concatenate(column) for column in zip(*near(words, hashes[200_000:], 2, 0, 3), strict=True))
    found = zip(left.tolist(), (right + 200_000).tolist(), distances.tolist(), strict=True)
    assert sorted(found) == expected
    assert sum(compared) < len(words) * 1500 // 100


def test_a_crowd_within_a_crowd(compared: list[int]) -> None:
    """Two thirds of a crowd share the bits that tell the rest apart best, so that one cut is not enough."""
    draw = np.random.default_rng(8)
    high = draw.integers(1 << 22, size=6000, dtype=np.uint64)
    high[:4000] = 0x155555
    low = draw.integers(1 << 21, size=6000, dtype=np.uint64)
    hashes = np.unique(high << np.uint64(42) | low << np.uint64(21) | np.uint64(77))
    found = sum(len(left) for left, _, _ in near_within(hashes, 2, 0, 3))
    after = sum(compared)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreeing, "CROWD", 1 << 62)
        assert found == sum(len(left) for left, _, _ in near_within(hashes, 2, 0, 3)) > 100
    assert after < (sum(compared) - after) / 20


def test_hashes_that_are_all_near_each_other_are_compared_once(compared: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreeing, "CROWD", 100)
    flips = [0, *(1 << bit for bit in range(30, 64))]
    hashes = np.array([0x5555 ^ flip for flip in flips], np.uint64)
    found = [pair for segment in range(3) for pairs in near_within(hashes, 2, segment, 3) for pair in listed(pairs)]
    assert len(found) == len(hashes) * (len(hashes) - 1) // 2
    assert sum(compared) <= 3 * len(found)


def test_a_crowd_that_no_cut_divides_takes_no_more_memory_than_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 million candidates, of which none is near another."""
    random = np.random.default_rng(3)
    hashes = np.unique(random.integers(1 << 43, size=6000, dtype=np.uint64)) << np.uint64(21)
    assert len(set(segment_values(hashes, 0, 3).tolist())) == 1
    monkeypatch.setattr(agreeing, "CROWD", 1 << 62)
    tracemalloc.start()
    found = sum(len(left) for left, _, _ in near_within(hashes, 2, 0, 3))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == 0
    assert peak < 60 * agreeing.BLOCK  # all candidates at once would take eight times as much


def test_shares_hold_each_varied_bit_once_and_begin_with_those_that_halve() -> None:
    draw = np.random.default_rng(1)
    hashes = draw.integers(1 << 12, size=2000, dtype=np.uint64) | (draw.random(2000) < 0.01).astype(np.uint64) << np.uint64(40)
    shares = agreeing._shares(hashes, (1 << 12) - 1 | 1 << 40, 3)
    assert sum(share.bit_count() for share in shares) == 13
    assert not any(one & other for one, other in pairwise(shares)) and sum(shares) == (1 << 12) - 1 | 1 << 40
    assert [share.bit_count() for share in shares] == [5, 4, 4] and shares[0] >> 40 == 1
