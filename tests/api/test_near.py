"""The join against brute force, and brute force against plain Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.api import near

hashes = st.integers(0, 2**64 - 1)
unhurried = settings(deadline=None, database=None, derandomize=True)


def apart(a, b):
    return (int(a) ^ int(b)).bit_count()


@st.composite
def clusters(draw):
    """(turned, upright): a few hashes and others few bits away from them, so that near pairs exist."""
    seeds = draw(st.lists(hashes, min_size=1, max_size=4))
    flips = st.lists(st.integers(0, 63), max_size=5)
    values = [seed ^ sum({1 << bit for bit in draw(flips)}) for seed in seeds for _ in range(draw(st.integers(1, 4)))]
    turns = draw(st.integers(1, 3))
    turned = [[value if g == 0 else draw(st.sampled_from(values)) for g in range(turns)] for value in values]
    return np.array(turned, np.uint64), np.array(values, np.uint64)


@unhurried
@given(clusters(), st.integers(0, 8))
def test_both_ways_find_exactly_the_near_pairs(sets, distance):
    turned, upright = sets
    expected = [
        [i, j]
        for i in range(len(turned))
        for j in range(len(upright))
        if min(apart(turn, upright[j]) for turn in turned[i]) <= distance
    ]
    assert near.pairs_within(turned, upright, distance).tolist() == expected
    assert near.pairs_within(turned, upright, distance, brute=0).tolist() == expected


@unhurried
@given(clusters(), st.integers(0, 8))
def test_a_pair_among_is_near_whichever_of_the_two_is_turned(sets, distance):
    turned, upright = sets
    turned[:, 0] = upright
    expected = [
        [i, j]
        for i in range(len(turned))
        for j in range(i + 1, len(turned))
        if min(apart(turn, upright[j]) for turn in turned[i]) <= distance
        and min(apart(turn, upright[i]) for turn in turned[j]) <= distance
    ]
    assert near.pairs_among(turned, distance).tolist() == expected
    assert near.pairs_among(turned, distance, brute=0).tolist() == expected


@pytest.mark.parametrize("block", [1, 7, 100, 1000])
def test_blocks_of_any_size_find_the_same(monkeypatch, block):
    draw = np.random.default_rng(4)
    turned = draw.integers(1 << 16, size=(90, 8)).astype(np.uint64)
    upright = draw.integers(1 << 16, size=70).astype(np.uint64)
    expected = [[i, j] for i in range(90) for j in range(70) if min(apart(turn, upright[j]) for turn in turned[i]) <= 2]
    monkeypatch.setattr(near, "_BLOCK", block)
    assert near.pairs_within(turned, upright, 2).tolist() == expected
    among = near.pairs_among(turned, 2).tolist()
    monkeypatch.setattr(near, "CANDIDATES", block)
    assert near.pairs_among(turned, 2, brute=0).tolist() == among


def test_many_equal_hashes_are_joined_in_blocks(monkeypatch):
    monkeypatch.setattr(near, "CANDIDATES", 50)
    same = np.zeros(30, np.uint64)
    pairs = near.pairs_within(same[:, None], same, 0, brute=0)
    assert pairs.tolist() == [[i, j] for i in range(30) for j in range(30)]


@pytest.mark.parametrize("empty", ["turned", "upright"])
def test_nothing_is_near_nothing(empty):
    turned, upright = (
        np.zeros((0 if empty == "turned" else 2, 8), np.uint64),
        np.zeros(0 if empty == "upright" else 2, np.uint64),
    )
    assert near.pairs_within(turned, upright, 2).shape == (0, 2)
    assert near.pairs_within(turned, upright, 2, brute=0).shape == (0, 2)


@pytest.mark.parametrize(("brute", "unused"), [(64, "_join"), (63, "_brute_pairs")])
def test_the_limit_counts_each_pair_of_a_set_once_in_every_turn(monkeypatch, brute, unused):
    turned = np.arange(32, dtype=np.uint64).reshape(4, 8) << np.uint64(20)  # 4 * 4 / 2 pairs in eight turns
    expected = near.pairs_among(turned, 2).tolist()
    monkeypatch.setattr(near, "BRUTE", brute)
    monkeypatch.setattr(near, unused, lambda *_: pytest.fail("the other way was taken"))
    assert near.pairs_among(turned, 2).tolist() == expected
