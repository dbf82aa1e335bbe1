"""Articles, amounts, lists and verbs."""

import pytest

from skypairs.transforms.captions.contents import Group
from skypairs.transforms.captions.english import article, listed
from skypairs.transforms.captions.tokens import token_bound
from skypairs.transforms.captions.wording import VAGUE, VAGUE_MOVING, VAGUE_PLACES, amount, fill


def group(singular, number, plural="", place=False, crowd=False):
    return Group(singular, plural or singular + "s", place, number, crowd)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("ship", "a"),
        ("airplane", "an"),
        ("oil tank", "an"),
        ("unit", "a"),
        ("utility pole", "a"),
        ("university", "a"),
        ("european house", "a"),
        ("one-way road", "a"),
        ("underpass", "an"),
        ("urban area", "an"),
        ("umbrella", "an"),
        ("unidentified object", "an"),
        ("unoccupied lot", "an"),
        ("hour", "an"),
        ("house", "a"),
        ("T junction", "a"),
        ("SUV", "an"),
        ("UFO", "a"),
        ("8-lane road", "an"),
        ("80 m tower", "an"),
        ("4-lane road", "a"),
        ("18-wheeler", "an"),
    ],
)
def test_article(phrase, expected):
    assert article(phrase) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (group("airplane", 1), {"an airplane"}),
        (group("ship", 2), {"2 ships"}),
        (group("ship", 10), {"10 ships"}),
        (group("ship", 11), {f"{words} ships" for words in VAGUE}),
        (group("small vehicle", 99), {f"{words} small vehicles" for words in VAGUE_MOVING}),
        (group("car", 1, crowd=True), {f"{words} cars" for words in VAGUE_MOVING}),
        (group("building", 1, place=True), {"a place with building"}),
        (group("car", 3, place=True), {"3 places with cars"}),
        (group("car", 30, place=True), {f"{words} places with cars" for words in VAGUE_PLACES}),
        (group("water", 4, "water", place=True), {"4 places with water"}),
    ],
)
def test_amount(item, expected):
    """Every vague word that fits is drawn by some token, and no other."""
    assert {amount(item, token) for token in range(200)} == expected


def test_listed():
    assert [listed("x"), listed("xy"), listed("xyz")] == ["x", "x and y", "x, y and z"]


@pytest.mark.parametrize(
    ("template", "groups", "expected"),
    [
        ("{objects} {are} here .", [group("ship", 1)], "A ship is here ."),
        ("{objects} {are} here .", [group("ship", 2)], "2 ships are here ."),
        ("{objects} {are} here .", [group("car", 1), group("bus", 1)], "A car and a bus are here ."),
        ("There {be} {objects} .", [group("car", 1), group("bus", 1)], "There is a car and a bus ."),
        ("There {be} {objects} .", [group("car", 2), group("bus", 1)], "There are 2 cars and a bus ."),
        ("both {first} and {second}", [group("car", 2), group("ship", 5)], "Both cars and ships"),
    ],
)
def test_fill(template, groups, expected):
    filled = fill(template, groups, 0)
    assert filled.text == expected and filled.tokens == token_bound(expected)


@pytest.mark.parametrize(
    ("words", "verb"), [("a quantity", "is"), ("a crowd", "is"), ("a lot", "are"), ("lots", "are"), ("many", "are")]
)
def test_the_verb_before_a_vague_amount(words, verb):
    filled = {fill("There {be} {objects} .", [group("car", 40)], token).text for token in range(100)}
    assert [text for text in filled if f" {words} " in text] == [text for text in filled if f" {verb} {words} " in text] != []
