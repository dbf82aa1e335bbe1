"""The parts that `rich` is made of: numbers, lengths, tokens, draws, and marks counted in two ways."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.pipelines.catalog import load
from skypairs.transforms.captions.draw import choose, derive, mix, picture_token, ranked, share
from skypairs.transforms.captions.land_cover import part_words
from skypairs.transforms.captions.marks import Mark, mark, mark_many, shape_of, shape_of_many
from skypairs.transforms.captions.numbers import amounts
from skypairs.transforms.captions.size_words import rounded
from skypairs.transforms.captions.tokens import token_bound


@pytest.mark.parametrize(
    ("number", "exact", "words"),
    [
        (2, True, ("two",)),
        (3, True, ("three", "a few")),
        (4, True, ("four", "a few", "several")),
        (9, True, ("nine", "several")),
        (10, True, ("ten",)),
        (10, False, ("at least ten",)),
        (11, True, ("about a dozen", "more than ten")),
        (14, True, ("about fifteen", "more than ten")),
        (17, True, ("more than fifteen",)),
        (17, False, ("more than fifteen",)),
        (30, True, ("about thirty", "more than twenty", "dozens of")),
        (45, True, ("about fifty", "more than forty", "dozens of")),
        (100, True, ("about a hundred", "more than eighty", "dozens of")),
        (700, True, ("more than five hundred", "hundreds of")),
        (5000, False, ("more than a thousand", "hundreds of")),
    ],
)
def test_amounts(number, exact, words):
    assert amounts(number, exact) == words


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (41, 41, 40),
        (44, 44, 40),
        (45, 45, 50),
        (4.6, 5.4, 5),
        (4.4, 5.4, None),  # ten per cent off one, more off the other
        (95, 101, 100),
        (0.2, 0.2, None),
        (0, 4, None),
        (70, 70, None),  # neither 60 nor 80 is near
        (9.1, 9.1, 10),
    ],
)
def test_rounded(least, most, expected):
    assert rounded(least, most) == expected


@pytest.mark.parametrize(
    ("share_", "words"),
    [(0.34, "about a third"), (0.5, "about half"), (0.45, ""), (0.95, "almost all"), (0.01, ""), (0.22, "about a fifth")],
)
def test_part_words(share_, words):
    assert part_words(share_) == words


corners = st.tuples(*[st.integers(0, 90)] * 2, *[st.integers(1, 60)] * 2, st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(corners, min_size=3, max_size=20))
def test_many_objects_are_counted_as_few_are(items):
    rows = [(x, y, min(x + w, 100), min(y + h, 96), cut) for x, y, w, h, cut in items if y < 96]
    few = [found for row in rows if (found := mark(*row, 100, 96))]
    many, seen = mark_many(np.array(rows, float).reshape(-1, 5).T, 100, 96)
    assert [Mark(*column) for column in many.T.tolist()] == few and int(seen.sum()) == len(few)
    if len(few) > 2:
        assert shape_of_many(many) == pytest.approx(shape_of(few), abs=1e-7)


def test_a_row_is_thin_and_a_heap_is_not():
    line = [mark(10 + 8 * i, 10 + 4 * i, 16 + 8 * i, 16 + 4 * i, False, 100, 100) for i in range(6)]
    square = [mark(x, y, x + 6, y + 6, False, 100, 100) for x in (10, 60) for y in (10, 60)]
    assert shape_of(line).thin == pytest.approx(0, abs=1e-6) and shape_of(square).thin == pytest.approx(1)
    assert shape_of(square).span_x == 50


def test_draws_are_what_they_always_were():
    """Literal values: another release must choose the same."""
    token = picture_token(0, "s/p")
    assert token == 2530028467824910398
    assert mix(1) == 6238072747940578789  # the first output of SplitMix64's finalizer for 1
    names = [f"n{index}" for index in range(6)]
    for number in range(40):
        here = derive(token, "rule", number)
        order = list(ranked(names, here))
        assert sorted(order) == names and order[0] == choose(names, here) and 0 <= share(here) < 1
        assert [name for name in ranked([*names, "new"], here) if name != "new"] == order


def test_draws_are_even():
    won = [0] * 5
    for number in range(5000):
        won[int(choose("01234", picture_token(0, f"p{number}")))] += 1
    assert sum((count - 1000) ** 2 / 1000 for count in won) < 18.5  # chi-squared, 4 degrees: one in a thousand


def test_tokens_of_a_text():
    assert token_bound("Two ships.") == 5  # start, two, ships, full stop, end
    assert token_bound("An SUV near the edge.") == 2 + 1 + 3 + 3 + 1  # each byte of a word that is not known


def test_tokens_are_no_fewer_than_clip_makes():
    tokenizer = pytest.importorskip("open_clip.tokenizer", reason="the extra `clip` is not installed")
    encode = tokenizer.SimpleTokenizer().encode
    names = {name for spec in load().values() for item in spec.classes for name in (item.singular, item.plural) if name}
    for name in sorted(names):
        text = f"Three {name} are densely packed and each about 40 meters long; two thirds of the picture is covered by {name}."
        assert len(encode(text)) + 2 <= token_bound(text), text


def test_words_of_the_grammar_are_known():
    """So that no caption is taken for longer than it is because of a word of ours."""
    page = (Path(__file__).parents[3] / "docs" / "captions.md").read_text()
    grammar = page[page.index("    caption    =") :].partition('\n\n"spans" says')[0]
    words = {word for quoted in re.findall(r'"([^"]*)"', grammar) for word in re.findall("[a-z]+", quoted.lower())}
    assert len(words) > 90 and [word for word in words if token_bound(word) > 4] == []
