"""`rich`: what its captions say of made-up pictures, and what holds of every picture.

Whether they are true is judged apart from the rules, by transforms/truth: it reads a text by the grammar of docs/captions.md.
"""

import dataclasses
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box, Lost
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import captions_in_turn, contents_of, write_captions
from skypairs.transforms.captions import rules_of
from skypairs.transforms.captions.tokens import MOST
from skypairs.transforms.truth.evaluate import check
from skypairs.transforms.truth.picture import Picture
from tests.some_pictures import CLASSES, WORDS, Chance, picture

RICH = Captions(recipe="rich")
VOCABULARY = Vocabulary(CLASSES)
SIDE = 512


def box(name, x, y, w, h, **more):
    """A box around (x, y), pixels."""
    return Box(name, name, x - w / 2, y - h / 2, x + w / 2, y + h / 2, **more)


def write(boxes, size=(SIDE, SIDE), options=RICH, identifier="s/p", **more):
    return write_captions(identifier, *size, tuple(boxes), (), 0, options, VOCABULARY, **more)


def texts(captions):
    return [caption.text for caption in captions]


def said(boxes, **more):
    """All that the rules have to say, in one text."""
    contents = contents_of("s/p", SIDE, SIDE, tuple(boxes), 0, RICH, VOCABULARY, **more)
    return " ".join(caption.text.lower() for caption in captions_in_turn(contents, rules_of("rich")))


SHIP = box("ship", 256, 256, 30, 30)


@pytest.mark.parametrize(
    ("boxes", "more", "words", "never"),
    [
        ([SHIP], {}, ["a small ship", "right at the center", "near the center"], ["ships", "edge"]),
        ([SHIP, box("ship", 40, 40, 30, 30)], {}, ["two small ships", "in a corner", "far apart"], ["at least"]),
        ([SHIP, dataclasses.replace(SHIP, cut=True)], {}, ["at least two"], ["shows two"]),
        ([SHIP, dataclasses.replace(SHIP, crowd=True)], {}, ["at least two"], []),
        ([SHIP, dataclasses.replace(SHIP, difficult=True)], {}, ["at least two"], []),
        ([SHIP, SHIP], {"lost": (Lost("ship", "under min_area", 1),)}, ["at least two"], []),
        ([SHIP, SHIP], {"lost": (Lost("harbor", "under min_area", 1),)}, ["two small ships"], ["at least"]),
        ([SHIP, SHIP], {"lost": (Lost("unlabelled", "no class", 1),)}, ["at least two"], []),
        ([SHIP, box("ship", 100, 100, 5, 5)], {}, ["a small ship"], ["two", "ships"]),  # one is too small to be seen
        ([SHIP, box("harbor", 300, 256, 40, 40)], {}, ["the harbor is next to the ship"], []),
        ([box("ship", 256, 256, 41, 30)], {"gsd": 1.0}, ["small"], ["meters"]),  # it may lie aslant: 41 to 51 m
        ([box("ship", 256, 256, 41, 8)], {"gsd": 1.0}, ["about 40 meters long"], []),
        ([box("ship", 256, 256, 41, 30, polygon=(242, 256, 256, 242, 270, 256, 256, 270))], {"gsd": 1.0}, ["20 meters"], []),
        ([box("ship", 100 + 50 * i, 80 + 30 * i, 20, 20) for i in range(5)], {}, ["five small ships", "in a row"], []),
        ([box("ship", 200 + 12 * i, 200 + 12 * j, 10, 10) for i in range(4) for j in range(4)], {}, ["densely packed"], []),
        ([box("ship", 40 + 9 * i, 40 + 9 * j, 12, 12) for i in range(46) for j in range(9)], {}, ["about four hundred"], []),
        ([box("ship", 256, 256, 420, 420)], {}, ["filling most of the picture", "a large ship"], []),
        ([box("small-vehicle", 256, 256, 30, 30)], {}, ["a small vehicle"], ["small small"]),
    ],
)
def test_words(boxes, more, words, never):
    found = said(boxes, **more)
    assert [word for word in words if word not in found] == [], found
    assert [word for word in never if word in found] == [], found


def region(name, x0, y0, x1, y1, area):
    return Box(name, name, x0, y0, x1, y1, "region", area=area)


@pytest.mark.parametrize(
    ("boxes", "words", "never"),
    [
        ([region("forest", 0, 0, 512, 400, 0.7 * SIDE**2)], ["mostly forests"], ["two"]),
        ([region("water", 0, 100, 512, 160, 0.1 * SIDE**2)], ["a strip of water crossing the picture"], []),
        ([region("river", 0, 100, 512, 160, 0.1 * SIDE**2)], ["a river crossing the picture", "about a tenth of"], []),
        ([region("water", 5, 5, 100, 100, 0.02 * SIDE**2)], ["a little water", "an area of water"], []),
        ([region("water", 5, 5, 100, 100, None)], ["an area of water"], ["a little"]),
        ([region("forest", 9, 9, 99, 99, 81.0), region("forest", 300, 300, 400, 400, 81.0)], ["two separate areas of"], []),
    ],
)
def test_words_of_regions(boxes, words, never):
    found = said(boxes)
    assert [word for word in words if word not in found] == [], found
    assert [word for word in never if word in found] == [], found


@pytest.mark.parametrize(
    ("boxes", "words", "never"),
    [
        # what spans is said last: "of the picture in a corner" would be another picture
        ([box("ship", 40, 40, 50, 50)], ["a small ship in a corner spanning about a tenth of the picture"], ["picture in"]),
        # all that are near the edge are in the corners: that is said, and said once
        ([box("ship", x, 40, 30, 30) for x in (40, 470)], [], ["near the edge there are two ships. in"]),
        # a class alone at one place has it in its list
        (
            [box("ship", 240 + 30 * i, 230 + 12 * i * i, 20, 20) for i in range(3)],
            [],
            ["clustered together. near the center there are three small ships."],
        ),
        # so has one in a corner: what else is true of its place is said of "the ship"
        (
            [box("ship", 16, 16, 30, 30)],
            ["in a corner there is a small ship. the ship is along the border."],
            [". near the edge there"],
        ),
        # who was named is "the ship"
        ([SHIP, box("harbor", 300, 256, 40, 40)], ["the harbor is next to the ship"], []),
        # an area that crosses the picture, or of which there is a little, is named once in a list
        ([region("river", 0, 100, 512, 160, 0.1 * SIDE**2)], [], ["an area of rivers and a river"]),
        ([SHIP, region("water", 5, 5, 100, 100, 0.02 * SIDE**2)], ["ship and a little water"], ["area of water and a little"]),
    ],
)
def test_how_it_is_said(boxes, words, never):
    found = said(boxes)
    assert [word for word in words if word not in found] == [], found
    assert [word for word in never if word in found] == [], found


def test_nothing_is_said_of_what_is_not_seen():
    assert write([]) == write([box("ship", 100, 100, 5, 5)]) == ()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(1, 8))
def test_every_picture(seed, wanted):
    """True by the judge, filled, distinct in what they claim, within what CLIP reads, and the same in any order."""
    found = picture(seed)
    options = dataclasses.replace(RICH, per_picture=wanted)
    more = {"lost": found.lost, "gsd": found.gsd, "options": options, "size": (found.width, found.height)}
    captions = write(found.boxes, **more)
    for caption in captions:
        assert check(caption.text, found), caption
        assert not set("{}") & set(caption.text) and "  " not in caption.text and caption.text.endswith(".")
        assert caption.text[0].isupper() and 2 < caption.tokens <= MOST
    assert len({text.casefold() for text in texts(captions)}) == len(captions) <= wanted
    assert write(Chance(seed).sample(found.boxes, len(found.boxes)), **more) == captions


AFTER = re.compile(
    r"of similar size|of very different sizes|filling most|scattered across|clustered together|in a row|side by side|far apart"
    r"|cut off by|spanning about (?:an?|two|three)? ?[a-z]+|near the (?:center|edge)|right at the center|between the center"
    r"|in a corner|in the corners|along the border"
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 32))
def test_a_list_says_nothing_twice(seed):
    found = picture(seed)
    captions = write(found.boxes, (found.width, found.height), lost=found.lost, gsd=found.gsd)
    for caption in captions:
        assert " spanning" not in caption.text or not re.search(r" (is|are) (each )?spanning", caption.text)
        if caption.rule not in ("sizes", "more"):
            for sentence in caption.text.split(". "):
                after = AFTER.findall(sentence)
                assert len(after) == len(set(after)), caption.text


def turned(found: Picture, quarter: bool, flip_x: bool, flip_y: bool) -> Picture:
    """The picture flipped, then with x and y exchanged; coordinates are whole numbers, so nothing is rounded."""

    def move(one: Box) -> Box:
        x0, x1 = (found.width - one.x1, found.width - one.x0) if flip_x else (one.x0, one.x1)
        y0, y1 = (found.height - one.y1, found.height - one.y0) if flip_y else (one.y0, one.y1)
        corners = (y0, x0, y1, x1) if quarter else (x0, y0, x1, y1)
        return dataclasses.replace(one, **dict(zip(("x0", "y0", "x1", "y1"), corners, strict=True)))

    size = (found.height, found.width) if quarter else (found.width, found.height)
    return dataclasses.replace(found, boxes=tuple(map(move, found.boxes)), width=size[0], height=size[1])


@pytest.mark.parametrize("recipe", ["rich", "remoteclip"])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_captions_survive_what_their_rules_say(recipe, seed):
    found = picture(seed)
    whole = tuple(
        dataclasses.replace(one, x0=float(int(one.x0)), y0=float(int(one.y0)), x1=int(one.x1) + 1.0, y1=int(one.y1) + 1.0)
        for one in found.boxes
    )
    whole = tuple(one for one in whole if one.x1 <= found.width and one.y1 <= found.height)
    found = dataclasses.replace(found, boxes=tuple(dataclasses.replace(one, polygon=()) for one in whole))
    survives = [rule.survives for rule in rules_of(recipe)]
    options = Captions(recipe=recipe)
    made = write(found.boxes, (found.width, found.height), options, lost=found.lost, gsd=found.gsd)
    for quarter, *flips in itertools.product((False, True), repeat=3):
        wanted = (
            {"quarter turn"} * quarter
            if False
            else ({"quarter turn"} if quarter else set()) | ({"flip"} if any(flips) else set())
        )
        if all(wanted <= rule for rule in survives):
            other = turned(found, quarter, *flips)
            again = write(other.boxes, (other.width, other.height), options, lost=other.lost, gsd=other.gsd)
            assert texts(again) == texts(made)


def test_more_than_five_on_request():
    boxes = [box(name, 60 + 40 * i, 100 + 9 * i, 20 + i, 24) for i, name in enumerate(["ship", "harbor", "bridge", "person"])]
    contents = contents_of("s/p", SIDE, SIDE, tuple(boxes), 0, RICH, VOCABULARY)
    every = texts(captions_in_turn(contents, rules_of("rich")))
    assert every[:5] == texts(write(boxes)) and len(every) > 16 and len(set(every)) == len(every)
    found = Picture(tuple(boxes), SIDE, SIDE, None, (), WORDS)
    assert all(check(text, found) for text in every)


def test_a_class_of_the_picture_joins_where_boxes_say_little():
    captions = write([box("ship", 256, 256, 30, 30)], scene="a port")
    assert len(captions) == 5 and {"gist", "scene"} <= {caption.rule for caption in captions}
