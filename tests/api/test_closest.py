"""The closest pair by radius against brute force, and brute force against plain Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.api import closest as module
from skypairs.api.closest import Nearest, closest

unhurried = settings(deadline=None, database=None, derandomize=True, max_examples=10)


def by_hand(turned, upright):
    """(distance, i, g, j), the first of those at the least distance."""
    return min(
        ((int(turn) ^ int(value)).bit_count(), i, g, j)
        for i, turns in enumerate(turned)
        for g, turn in enumerate(turns)
        for j, value in enumerate(upright)
    )


def planted(seed, bits, rows=60, count=80):
    """Strangers, and pairs exactly `bits` apart; equal hashes among both sides, so that there are ties."""
    draw = np.random.default_rng(seed)
    upright = draw.integers(1 << 64, size=count, dtype=np.uint64)
    turned = draw.integers(1 << 64, size=(rows, 3), dtype=np.uint64)
    for at in (7, 30):
        mask = sum(1 << int(bit) for bit in draw.choice(64, bits, replace=False))
        turned[at, draw.integers(3)] = upright[at + 2] ^ np.uint64(mask)
    turned[40:50], upright[60:70] = turned[30:40], upright[30:40]
    return turned, upright


@unhurried
@given(seed=st.integers(0, 1 << 32), bits=st.integers(0, 12))
def test_it_is_the_one_that_brute_force_finds(seed, bits):
    turned, upright = planted(seed, bits)
    distance, *pair = by_hand(turned, upright)
    assert distance <= bits
    assert closest(turned, upright) == Nearest(distance, tuple(pair)) == closest(turned, upright, at_once=0)
    expected = Nearest(distance, tuple(pair)) if distance <= 8 else Nearest(8, None)
    assert closest(turned, upright, at_once=0, brute=0) == expected


@pytest.mark.parametrize("bits", range(9))
def test_bits_that_differ_may_fall_anywhere(bits):
    """All in one segment, one in each, and any other way to share them out."""
    draw = np.random.default_rng(bits)
    for bound in (8, 43, 64):
        for _ in range(2):
            mask = sum(1 << int(bit) for bit in draw.choice(bound, bits, replace=False))
            value = draw.integers(1 << 64, dtype=np.uint64)
            one, other = np.array([[value]]), np.array([value ^ np.uint64(mask)])
            assert closest(one, other, at_once=0, brute=0) == Nearest(bits, (0, 0, 0))


def test_of_equally_close_pairs_the_first_row_is_named():
    turned = np.array([[7, 7], [1, 3], [3, 1]], np.uint64)
    upright = np.array([9, 1, 1], np.uint64)
    assert closest(turned, upright) == closest(turned, upright, at_once=0) == Nearest(0, (1, 0, 1))


def test_crowded_hashes_end_the_search_at_the_radius_before(monkeypatch):
    upright = np.random.default_rng(2).integers(1 << 10, size=300).astype(np.uint64) << np.uint64(54)
    turned = upright[:50, None] ^ np.uint64(0b111 << 22 | 1)  # one bit of a segment in which all are equal
    monkeypatch.setattr(module, "LOOKED_AT", 1000)
    assert closest(turned, upright, at_once=0, brute=0) == Nearest(2, None)
    assert closest(turned, upright, at_once=0) == Nearest(4, (0, 0, 0))
    monkeypatch.setattr(module, "LOOKED_AT", 100_000)
    assert closest(turned, upright, at_once=0, brute=0) == Nearest(4, (0, 0, 0))


@pytest.mark.parametrize("empty", ["turned", "upright"])
def test_nothing_is_close_to_nothing(empty):
    turned = np.zeros((0 if empty == "turned" else 2, 8), np.uint64)
    assert closest(turned, np.zeros(0 if empty == "upright" else 2, np.uint64)) is None
