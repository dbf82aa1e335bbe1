"""Who stays by score: what sorting all pictures at once says, from counts of any division into parts."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skypairs.schemas.identity import order_hash
from skypairs.schemas.scores import STEPS, Scores
from skypairs.transforms.scores.ranks import COUNT, Cut, Figures, count_steps, cut_of, merge_counts

STEP = st.integers(-STEPS, STEPS) | st.integers(-3, 3)
SCORED = st.lists(st.tuples(STEP, st.integers(0, 4)), min_size=1, max_size=60)  # with the part


def orders_of(count: int) -> list[bytes]:
    return [order_hash(0, f"s/{number}") for number in range(count)]


def cut(scored: list[tuple[int, int]], scores: Scores) -> tuple[Cut, Figures]:
    """As the stage finds it: counts of parts, then the last hash among those at the least score."""
    parts = [np.array([steps for steps, part in scored if part == number], np.int16) for number in range(5)]
    found, figures = cut_of(merge_counts(count_steps(part) for part in reversed(parts)), scores)
    at_least = sorted(order for (steps, _), order in zip(scored, orders_of(len(scored)), strict=True) if steps == found.least)
    return Cut(found.least, found.room, at_least[found.room - 1]) if scores.keep is not None else found, figures


@given(SCORED, st.sampled_from([0.01, 0.1, 0.3, 1 / 3, 0.5, 0.7, 0.999, 1.0]))
def test_a_share_keeps_the_best_rounded_up_and_of_equals_those_of_the_smallest_hash(
    scored: list[tuple[int, int]], keep: float
) -> None:
    found, figures = cut(scored, Scores("x", keep=keep))
    orders = orders_of(len(scored))
    ranked = sorted(range(len(scored)), key=lambda at: (-scored[at][0], orders[at]))
    count = math.ceil(Fraction(str(keep)) * len(scored))
    stay = {at for at, (steps, _) in enumerate(scored) if found.keeps(steps, orders[at])}
    assert stay == set(ranked[:count])
    assert figures == Figures(len(scored), count, sorted(steps for steps, _ in scored)[(len(scored) - 1) // 2], found.least)
    assert found.least == scored[ranked[count - 1]][0]


@given(SCORED, st.integers(-STEPS, STEPS) | st.integers(-3, 3))
def test_a_limit_keeps_what_scores_more(scored: list[tuple[int, int]], limit: int) -> None:
    found, figures = cut(scored, Scores("x", above=limit / STEPS))
    stay = [found.keeps(steps, b"\xff" * 16) for steps, _ in scored]
    assert stay == [steps > limit for steps, _ in scored]
    assert (figures.kept, figures.least, figures.scored) == (sum(stay), limit + 1, len(scored))


@pytest.mark.parametrize(
    ("keep", "of", "kept"), [(0.1, 30, 3), (0.29, 100, 29), (0.5, 7, 4), (0.3, 10, 3), (0.07, 100, 7), (0.001, 10, 1)]
)
def test_a_share_is_the_decimal_number_that_was_written(keep: float, of: int, kept: int) -> None:
    assert cut_of(count_steps(np.arange(of, dtype=np.int16)), Scores("x", keep=keep))[1].kept == kept


@given(SCORED)
def test_with_neither_all_stay(scored: list[tuple[int, int]]) -> None:
    found, figures = cut(scored, Scores("x"))
    assert all(found.keeps(steps, b"\xff" * 16) for steps, _ in scored) and figures.kept == len(scored)


@given(st.lists(st.lists(STEP, max_size=20), max_size=6))
def test_counts_of_parts_add_up_in_any_order(parts: list[list[int]]) -> None:
    counts = [count_steps(np.array(part, np.int16)) for part in parts]
    together = merge_counts(counts)
    assert together == merge_counts(reversed(counts)) == merge_counts([merge_counts(counts[:2]), *counts[2:]])
    rows = np.frombuffer(together, COUNT)
    assert [(int(row["steps"]), int(row["pictures"])) for row in rows] == [
        (steps, sum(part.count(steps) for part in parts)) for steps in sorted({steps for part in parts for steps in part})
    ]
