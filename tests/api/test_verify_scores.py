"""What `verify` says of scores: who stays, by sorting; and every way in which ledger and manifest can disagree."""

from typing import Any

import pyarrow as pa
import pytest

from skypairs.api.manifest import Manifest, References
from skypairs.api.verify_ledger import Ledger
from skypairs.api.verify_scores import check_scores
from skypairs.schemas import arrow
from skypairs.schemas.identity import order_hash
from skypairs.schemas.packed import LOW_SCORE

VALUES = (0.31, 0.3, 0.2, 0.2, 0.2, 0.1, -0.05)
TIED = sorted(("a/2", "a/3", "a/4"), key=lambda name: order_hash(0, name))


def rows_of(kept: set[str]) -> list[dict[str, Any]]:
    """Seven scored pictures of one source, one that failed and a scored one that is flat and dropped for it."""
    rows = []
    for number, value in enumerate(VALUES):
        name = f"a/{number}"
        fate = {"fate": "kept", "reason": None} if name in kept else {"fate": "filtered", "reason": LOW_SCORE}
        rows.append({"id": name, "source": "a", "score": value, "caption_scores": [value, value - 0.1], **fate})
    rows.append({"id": "a/f", "source": "a", "fate": "failed", "reason": "truncated picture"})
    rows.append({"id": "a/s", "source": "a", "fate": "flat", "reason": "flat", "score": 0.9, "caption_scores": [0.9]})
    return rows


def problems(
    rows: list[dict[str, Any]], stated: dict[str, float], keep: float | None = None, above: float | None = None
) -> str:
    recipe = {"seed": 0, "scores": {"keep": keep, "above": above}}
    manifest = Manifest("a", "", recipe, (), {}, References(0, 0, (), 0), {}, (), scores={"a": stated})
    found = check_scores(Ledger(pa.Table.from_pylist(rows, schema=arrow.LEDGER)), manifest)
    return "; ".join(problem.text for problem in found)


BEST = {"a/0", "a/1", *TIED[:2]}
HALF = {"scored": 7, "kept": 4, "median": 0.2, "least": 0.2}


def test_a_share_is_found_again_with_its_ties() -> None:
    assert problems(rows_of(BEST), HALF, keep=0.5) == ""
    wrong = problems(rows_of({"a/0", "a/1", TIED[0], TIED[2]}), HALF, keep=0.5)
    assert f"{TIED[1]} of a is left out, at a score of 0.2000" in wrong and f"{TIED[2]} of a is not left out" in wrong


def test_a_limit_is_found_again() -> None:
    stated = {"scored": 7, "kept": 2, "median": 0.2, "least": 0.2001}
    assert problems(rows_of({"a/0", "a/1"}), stated, above=0.2) == ""
    assert "a/2 of a is not left out" in problems(rows_of({"a/0", "a/1", "a/2"}), stated, above=0.2)


def test_with_neither_all_stay() -> None:
    stated = {"scored": 7, "kept": 7, "median": 0.2, "least": -1.0}
    assert problems(rows_of({f"a/{number}" for number in range(7)}), stated) == ""
    assert "a/6 of a is left out" in problems(rows_of({f"a/{number}" for number in range(6)}), stated)


@pytest.mark.parametrize("what", ["scored", "kept", "median"])
def test_figures_of_the_manifest_are_counted_again(what: str) -> None:
    assert f"a: {what} is 5 of scores" in problems(rows_of(BEST), HALF | {what: 5}, keep=0.5)
    assert f"a: {what} is None" in problems(rows_of(BEST), {name: HALF[name] for name in HALF if name != what}, keep=0.5)


def test_the_least_score_is_one_that_holds() -> None:
    assert "a: a picture stays that scores less than 0.21" in problems(rows_of(BEST), HALF | {"least": 0.21}, keep=0.5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": 0.3}, "has the score 0.3, its captions [0.31, 0.21]"),
        ({"score": None}, "has the score None"),
        ({"score": 1.5, "caption_scores": [1.5]}, "has the score 1.5"),
        ({"score": None, "caption_scores": None}, "a/0 is kept and has no score"),
        ({"fate": "capped", "reason": LOW_SCORE}, "a/0 is capped for a low score"),
    ],
)
def test_a_row_that_cannot_be_is_named(change: dict[str, Any], said: str) -> None:
    rows = rows_of(BEST)
    rows[0] |= change
    assert said in problems(rows, HALF, keep=0.5)


def test_scores_that_nobody_asked_for_are_named() -> None:
    manifest = Manifest("a", "", {"seed": 0}, (), {}, References(0, 0, (), 0), {}, ())
    ledger = Ledger(pa.Table.from_pylist(rows_of(BEST)[:1], schema=arrow.LEDGER))
    assert [problem.text for problem in check_scores(ledger, manifest)] == [
        "ledger: a/0 is scored, which the recipe does not ask for"
    ]
