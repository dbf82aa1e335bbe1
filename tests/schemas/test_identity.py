"""Pinned values: a change here is a change of every output ever made."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skypairs.schemas.identity import choose, order_hash, sample_id, sample_key, stable_hash, stable_share


def test_literal_values_are_pinned() -> None:
    assert stable_hash("a", 1, b"x").hex() == "f3506cfc7af8975d825b36cd8f073f90"
    assert order_hash(0, "dota-train/P0001").hex() == "b379aa27d9251302016fd27d440ed13a"
    assert sample_key("dota-train/P0001/0_0_768_768") == "dota-train_P0001_0_0_768_768-468ef3b1b08cf8ac"
    assert round(stable_share("split", 0, "dota/P0001"), 12) == 0.557861558654
    assert choose(("a", "b", "c"), "id") == "a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),  # boundaries count
        (("1",), (1,)),  # kinds count
        (("a",), (b"a",)),
        ((), ("",)),
    ],
)
def test_parts_are_not_run_together(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert stable_hash(*one) != stable_hash(*other)


@pytest.mark.parametrize(
    ("identifier", "start"),
    [
        ("dota/P1", "dota_P1-"),
        ("s/a.b.c", "s_a_b_c-"),  # no dots: readers cut the name there
        ("s/Häuser №7", "s_H_user_7-"),
        ("///", "sample-"),
        ("s/" + "x" * 90, "x" * 40 + "-"),
    ],
)
def test_keys_are_safe(identifier: str, start: str) -> None:
    key = sample_key(identifier)
    assert key.startswith(start)
    assert len(key) == len(start) + 16


def test_window_stands_in_the_id() -> None:
    assert sample_id("s", "k") == "s/k"
    assert sample_id("s", "k", (0, 64, 768, 832)) == "s/k/0_64_768_832"
    with pytest.raises(ValueError, match="control character"):
        sample_id("s", "a\nb")


@given(st.lists(st.text(min_size=1), min_size=2, unique=True), st.text())
def test_a_new_name_takes_only_what_it_wins(names: list[str], identifier: str) -> None:
    before, after = choose(names[:-1], identifier), choose(names, identifier)
    assert after in (before, names[-1])


def test_shares_are_uniform() -> None:
    tenths = Counter(int(stable_share("t", number) * 10) for number in range(10_000))
    assert sorted(tenths) == list(range(10))
    assert max(tenths.values()) - min(tenths.values()) < 200
