"""Captions parsed back into claims: what each sentence says, and what is no sentence."""

import pytest

from skypairs.transforms.truth.claims import Arranged, Beside, Covers, Crosses, Long, Number, Shows, Sized, Spans, Things
from skypairs.transforms.truth.evaluate import parse
from skypairs.transforms.truth.picture import Lexicon

WORDS = (
    ("ship", "ships"),
    ("small vehicle", "small vehicles"),
    ("airplane", "airplanes"),
    ("bridge and dam", "bridges and dams"),
    ("dam", "dams"),
    ("T junction", "T junctions"),
    ("water", "water"),
    ("river", "rivers"),
    ("person", "people"),
)
LEXICON = Lexicon(WORDS, frozenset({"airport", "farmland", "T junction", "storage tanks"}))


def boxes(label, place="", regions=False):
    return Things(label, regions, place, "boxes")


def some(label, least, most=None, place="", regions=False):
    """So many visible ones, of a class of which every object is known."""
    return Number(Things(label, regions, place), least, most, exact=True)


def one(label, place="", regions=False):
    return Number(Things(label, regions, place), 1, 1, exact=True, open=True)


REMOTECLIP = [
    ("4 ships in the middle of the picture .", [Number(boxes("ship", "in the middle"), 4, 4)]),
    ("A ship is at the edge of the picture .", [Number(boxes("ship", "at the edge"), 1, 1)]),
    ("There is an airplane in the middle of the picture .", [Number(boxes("airplane", "in the middle"), 1, 1)]),
    ("A lot of ships in the middle of the picture .", [Number(boxes("ship", "in the middle"), 11, None, vague=True)]),
    ("There are 15 airplanes in this remote sensing picture .", [Number(boxes("airplane"), 15, 15)]),
    ("A crowd of people are located in the picture .", [Number(boxes("person"), 11, None, vague=True)]),
    ("A T junction is located in the picture .", [Number(boxes("T junction"), 1, 1)]),
    (
        "A large deal of places with ships are in the middle of the picture .",
        [Number(boxes("ship", "in the middle", True), 11, None, vague=True)],
    ),
    ("There is a place with water in this remote sensing picture .", [Number(boxes("water", "", True), 1, 1)]),
    (
        "2 small vehicles, 3 bridges and dams and 4 dams are located in the picture .",
        [Number(boxes("small vehicle"), 2, 2), Number(boxes("bridge and dam"), 3, 3), Number(boxes("dam"), 4, 4)],
    ),
    (
        "There are both bridges and dams and people in the picture .",
        [Number(boxes("bridge and dam"), 2, None, vague=True), Number(boxes("person"), 2, None, vague=True)],
    ),
]
RICH = [
    ("A ship.", [one("ship")]),
    ("Two ships near the edge.", [some("ship", 2, 2, "near the edge")]),
    ("At least ten ships.", [Number(Things("ship"), 10, None)]),
    ("A few ships.", [some("ship", 3, 5)]),
    ("Several ships.", [some("ship", 4, 9)]),
    ("About a dozen ships.", [some("ship", 10, 14)]),
    ("About fifteen ships.", [some("ship", 12, 18)]),
    ("About three hundred ships.", [some("ship", 240, 360)]),
    ("More than a thousand ships.", [Number(Things("ship"), 1001, None)]),
    ("Dozens of people.", [Number(Things("person"), 24, None)]),
    ("Hundreds of people.", [Number(Things("person"), 200, None)]),
    ("A small vehicle.", [one("small vehicle")]),
    ("A small ship.", [one("ship"), Sized(Things("ship"), "small")]),
    (
        "An aerial view of three tiny ships of similar size, each about 5 meters long, two people and a dam in a corner.",
        [],  # a list has no comma before what follows a group
    ),
    (
        "An aerial view of three tiny ships of similar size each about 5 meters long in a row near the edge and a dam.",
        [
            some("ship", 3, 3, "near the edge"),
            Sized(Things("ship", False, "near the edge"), "tiny"),
            Sized(Things("ship", False, "near the edge"), "of similar size"),
            Long(Things("ship", False, "near the edge"), 5.0),
            Arranged(Things("ship", False, "near the edge"), "in a row"),
            one("dam"),
        ],
    ),
    (
        "In the corners there are two dams, four people and a T junction.",
        [some("dam", 2, 2, "in a corner"), some("person", 4, 4, "in a corner"), one("T junction", "in a corner")],
    ),
    ("In this aerial picture there is a dam right at the center.", [one("dam", "right at the center")]),
    (
        "Three ships are small, in a row and near the edge; a ship is next to one of the dams.",
        [
            some("ship", 3, 3, "near the edge"),
            Sized(Things("ship", False, "near the edge"), "small"),
            Arranged(Things("ship", False, "near the edge"), "in a row"),
            one("ship"),
            Number(Things("dam"), 2, None),
            Beside(Things("ship"), Things("dam")),
        ],
    ),
    (
        "The ship is next to the dam.",
        [one("ship"), one("dam"), Beside(Things("ship"), Things("dam"))],
    ),
    ("The ship is in a corner.", [one("ship", "in a corner")]),
    ("The two ships are near the edge.", [some("ship", 2, 2, "near the edge")]),
    ("There is the ship.", []),
    ("The ships are small.", []),
    (
        "A dam in a corner spans about half of the picture.",
        [one("dam", "in a corner"), Spans(Things("dam", False, "in a corner"), 0.5)],
    ),
    (
        "Six densely packed small ships each span about a tenth of the picture.",
        [
            some("ship", 6, 6),
            Sized(Things("ship"), "small"),
            Arranged(Things("ship"), "densely packed"),
            Spans(Things("ship"), 0.1),
        ],
    ),
    (
        "A dam spanning about two thirds of the picture.",
        [one("dam"), Spans(Things("dam"), 2 / 3)],
    ),
    (
        "Mostly water with a river crossing the picture and a ship.",
        [
            Number(Things("water", True), 1, None),
            Covers(Things("water", True), 0.5, None),
            Crosses(Things("river", True)),
            one("ship"),
        ],
    ),
    ("A strip of water crossing the picture.", [Crosses(Things("water", True))]),
    (
        "A little water, an area of dams and two separate areas of rivers.",
        [
            Number(Things("water", True), 1, None),
            Covers(Things("water", True), 0.0, 0.08),
            one("dam", "", True),
            some("river", 2, 2, "", True),
        ],
    ),
    ("About a quarter of the picture is covered by water.", [Covers(Things("water", True), 0.19, 0.31)]),
    ("Almost all of the picture is covered by water.", [Covers(Things("water", True), 0.9, None)]),
    ("A ship. Two dams.", [one("ship"), some("dam", 2, 2)]),
]
SCENES = [
    ("A satellite photo of an airport.", [Shows("airport")]),
    ("Satellite imagery of farmland.", [Shows("farmland")]),
    ("A centered satellite photo of a T junction.", [Shows("T junction")]),
    ("An overhead view of storage tanks.", [Shows("storage tanks")]),
]


@pytest.mark.parametrize(("text", "claims"), REMOTECLIP + RICH + SCENES)
def test_what_a_caption_claims(text, claims):
    assert parse(text, LEXICON) == tuple(claims)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " .",
        "Ships .",
        "4 ship in the middle of the picture .",  # a plural after a number
        "A ships in the middle of the picture .",
        "4 boats in the middle of the picture .",  # no such class
        "4 ships in the middle of the picture",
        "4 ships on the left of the picture .",
        "There are 4 ships .",
        "Two ships",
        "Two ship.",
        "A ships.",
        "Eleven ships.",
        "Two ships near the center near the edge.",  # of two places
        "Near the edge there are two ships near the center.",
        "Two huge ships.",
        "Two ships and.",
        "No ships.",
        "A satellite photo of.",
        "A photo of an airport.",
        "A satellite photo of a harbor.",  # no class of the dataset
        "Two ships.Two dams.",
    ],
)
def test_what_is_no_caption(text):
    assert parse(text, LEXICON) == ()


def test_classes_that_share_a_plural_are_read_as_the_first():
    shared = Lexicon((("person", "people"), ("human", "people")))
    assert parse("Two people.", shared) == (some("human", 2, 2),)
