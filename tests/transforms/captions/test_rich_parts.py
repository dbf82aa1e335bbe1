"""The parts that `rich` is made of: numbers, lengths, tokens, draws, and marks counted in two ways."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.pipelines.catalog import load
from skypairs.schemas.records import Box
from skypairs.transforms.captions.draw import choose, derive, mix, picture_token, ranked, share
from skypairs.transforms.captions.group_facts import Frame, facts_of_few, facts_of_many, name_of, spoken
from skypairs.transforms.captions.land_cover import part_words
from skypairs.transforms.captions.layout_words import DOUBT, PLACES, PLACES_OF, place_code
from skypairs.transforms.captions.marks import is_thin, many_of, rows_of, thin_of
from skypairs.transforms.captions.numbers import amounts
from skypairs.transforms.captions.size_words import rounded
from skypairs.transforms.captions.tokens import text_tokens, token_bound


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
FRAME = Frame(100, 96, 100, 0.96, None)


@settings(max_examples=100, deadline=None)
@given(st.lists(corners, min_size=3, max_size=20), st.booleans(), st.booleans())
def test_many_objects_are_counted_as_few_are(items, region, by_size):
    """The same numbers, bit for bit, the same places, and the same facts of all of them and of those at a place."""
    boxes = [Box("a", "a", x, y, min(x + w, 100), min(y + h, 96), cut=cut) for x, y, w, h, cut in items if y < 96]
    rows, seen = rows_of(boxes, 100, 96)
    many = many_of(
        np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes], float).reshape(-1, 4).T,
        np.array([box.cut for box in boxes]),
        100,
        96,
    )
    numbers = [many.size, many.reach, many.x, many.y]
    assert [row[:4] for row in rows] == list(zip(*(column.tolist() for column in numbers), strict=True))
    where = zip(many.far.tolist(), many.near.tolist(), many.gap.tolist(), strict=True)
    assert [row[4] for row in rows] == [place_code(*numbers) for numbers in where]
    name = name_of("small ship" if by_size else "ship", "ships", region)
    for place in (None, *PLACES):
        there = [index for index, row in enumerate(rows) if place is None or row[4] & place.bit]
        if len(there) > 2:
            picked = np.zeros(len(rows), bool)
            picked[there] = True
            few = facts_of_few(name, FRAME, rows, seen, there)
            assert spoken(few, ()) == spoken(facts_of_many(name, FRAME, many, picked), ())


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_codes_of_places(place):
    """Said within the one pair of bounds, true within the other, both included."""
    bounds = [bound for bound in (*place.said, *place.true) if math.isfinite(bound)]
    for value in [near for bound in bounds for near in (math.nextafter(bound, -9), bound, math.nextafter(bound, 9))]:
        numbers = {"far": 0.7, "near": 0.0, "gap": 1.0} | {place.number: value}
        code = place_code(**numbers)
        said, true = (low <= value <= high for low, high in (place.said, place.true))
        assert bool(code & place.bit) == said and bool(code & place.bit << DOUBT) == (true and not said)
        assert (place in PLACES_OF[code & (1 << DOUBT) - 1]) == said


def test_a_row_is_thin_and_a_heap_is_not():
    line = [14.0 + 8 * i for i in range(6)], [14.0 + 4 * i for i in range(6)]
    square = [10.0, 10.0, 60.0, 60.0], [10.0, 60.0, 10.0, 60.0]
    assert thin_of(*line) == pytest.approx(0, abs=1e-6) and thin_of(*square) == pytest.approx(1)
    assert is_thin(*map(np.array, line), 0.1) and not is_thin(*map(np.array, square), 0.1)
    assert thin_of([3.0, 3.0], [4.0, 4.0]) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=3, max_size=12), st.randoms())
def test_thin_is_the_same_in_any_order(points, chance):
    """At the very bound too."""
    x, y = (np.array(values, float) for values in zip(*points, strict=True))
    order = chance.sample(range(len(points)), len(points))
    most = thin_of(x.tolist(), y.tolist())
    assert is_thin(x, y, most) == is_thin(x[order], y[order], most)
    assert is_thin(x, y, most + 1e-9) and (most < 1e-9 or not is_thin(x, y, most - 1e-9))


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


@given(st.lists(st.sampled_from(["a ship", "x.y", "near the edge", "umbrella", "Ärger", "b2", "T junction"]), min_size=1))
def test_tokens_of_pieces_add_up(pieces):
    """Joined by blanks, with marks behind them: as the rules put texts together."""
    marked = [piece + mark for piece, mark in zip(pieces, [",", ";", "."] * len(pieces), strict=False)]
    assert text_tokens(" ".join(marked)) == sum(map(text_tokens, pieces)) + len(pieces)


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
