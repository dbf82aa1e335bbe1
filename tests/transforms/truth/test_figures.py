"""The figures of a set: counted by hand, unmoved by wording, moved by saying more."""

import pytest

from skypairs.schemas.records import Box
from skypairs.transforms.truth.figures import Captioned, figures
from skypairs.transforms.truth.picture import Picture

WORDS = (("ship", "ships"), ("dam", "dams"))


def ships(number, dams=0, y=128):
    boxes = [Box("ship", "ship", 20 * n, y - 10, 20 * n + 15, y + 10) for n in range(number)]
    return Picture((*boxes, *(Box("dam", "dam", 20 * n, 200, 20 * n + 15, 220) for n in range(dams))), 256, 256, words=WORDS)


def captioned(name, picture, *texts):
    return Captioned(name, picture, texts, (True,) * len(texts))


def numbers(texts):
    """Ten pictures of 1, 1, 1, 2, 2, 3, 4, 5, 12 and 13 ships, each with one caption that its number gives."""
    counts = (1, 1, 1, 2, 2, 3, 4, 5, 12, 12)
    return [captioned(f"s/{place}", ships(number), texts[number]) for place, number in enumerate(counts)]


def test_a_set_counted_by_hand():
    texts = {1: "A ship.", 2: "Two ships.", 3: "Three ships.", 4: "Four ships.", 5: "Five ships.", 12: "More than ten ships."}
    found = figures(numbers(texts))
    assert (found.pictures, found.captions, found.rules, found.true, found.unread, found.others) == (10, 10, 10, 10, 0, 9)
    assert found.ambiguity == found.best == pytest.approx((3 * 2 + 2 * 1 + 2 * 1) / 10)
    assert (found.distinct, found.classes, found.words) == (6, 1.0, 10)
    assert found.same_texts == pytest.approx(256 * 255 / 2 * (3 * 2 + 2 * 1 + 2 * 1) / (10 * 9))
    assert (found.tokens, found.longest) == (5.4, 7)  # "A ship." has two words, a mark and two ends


def test_order_does_not_matter():
    texts = dict.fromkeys(range(1, 13), "At least two ships.")
    assert figures(numbers(texts)) == figures(reversed(numbers(texts)))


def test_other_words_for_the_same_change_nothing():
    plain = {n: f"{n} ships in this remote sensing picture ." for n in range(2, 13)} | {1: "A ship is located in the picture ."}
    plain = {n: "There are " + text if n > 1 else text for n, text in plain.items()}
    framed = {n: f"{n} ships are located in this remote sensing picture ." for n in range(2, 13)}
    framed[1] = "There is a ship in the picture ."
    first, second = figures(numbers(plain)), figures(numbers(framed))
    assert first.true == second.true == 10
    assert (first.ambiguity, first.best) == (second.ambiguity, second.best)


def test_an_exact_number_over_ten_is_no_clearer_than_many():
    pictures = [captioned(f"s/{n}", ships(n), f"There are {n} ships in the picture .") for n in (11, 12, 12)]
    found = figures(pictures)
    assert found.true == 3 and found.ambiguity == 2.0


def test_saying_more_that_is_true_tells_more_apart():
    pictures = [("s/a", ships(1, 1)), ("s/b", ships(1, 2)), ("s/c", ships(1, 0, 30)), ("s/d", ships(2, 1))]
    short = {"s/a": "A ship.", "s/b": "A ship.", "s/c": "A ship.", "s/d": "Two ships."}
    long = {
        "s/a": "A ship and a dam.",
        "s/b": "A ship and two dams.",
        "s/c": "A ship near the edge.",
        "s/d": "Two ships and a dam.",
    }
    first = figures(captioned(name, picture, short[name]) for name, picture in pictures)
    second = figures(captioned(name, picture, long[name]) for name, picture in pictures)
    assert first.true == second.true == 4
    assert first.ambiguity == 6 / 4 and second.ambiguity == 2 / 4  # "near the edge" is true of the ships of a and b too


def test_a_best_caption_is_the_least_ambiguous():
    pair = [captioned("s/a", ships(1, 1), "A ship.", "A ship and a dam."), captioned("s/b", ships(1), "A ship.")]
    found = figures(pair)
    assert found.ambiguity == pytest.approx(2 / 3) and found.best == 1 / 2


def test_captions_by_people_are_not_held_against_boxes():
    mixed = Captioned("s/a", ships(2), ("Two ships.", "A quiet bay."), (True, False))
    found = figures([mixed])
    assert (found.captions, found.rules, found.true, found.unread, found.distinct) == (2, 1, 1, 0, 2)
    human = figures([Captioned("s/a", Picture((), 9, 9), ("A bay.",), (False,))])
    assert (human.ambiguity, human.best, human.classes, human.rules) == (None, None, None, 0)


def test_an_empty_set():
    assert figures([]).plain()["captions"] == 0
