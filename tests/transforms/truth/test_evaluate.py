"""Claims against boxes at the edges of each definition, and verdicts with their reasons."""

import pytest

from skypairs import api
from skypairs.schemas.records import Box, Lost
from skypairs.transforms.truth.evaluate import check, check_sentences
from skypairs.transforms.truth.picture import Picture

SIZE = 200


def box(label, x, y, w=20.0, h=20.0, **more):
    """By its center."""
    return Box(label, label, x - w / 2, y - h / 2, x + w / 2, y + h / 2, **more)


def seen(*boxes, **more):
    return Picture(tuple(boxes), SIZE, SIZE, **more)


def ships(*places, w=20.0, **more):
    return seen(*(box("ship", x, y, w, w) for x, y in places), **more)


PAIR = ships((50, 50), (150, 150))
WATER = box("water", 100, 100, 200, 20, kind="region", area=4000.0)
CASES = [
    ("Two ships.", PAIR, ""),
    ("Three ships.", PAIR, "there are 2"),
    ("At least two ships.", PAIR, ""),
    ("At least three ships.", PAIR, "there are 2"),
    (
        "Two ships.",
        ships((50, 50), (150, 150), lost=(Lost("ship", "under min_area", 1),)),
        "there are 2 seen, and not every one",
    ),
    ("A ship.", ships((50, 50), (150, 150), lost=(Lost("ship", "under min_area", 1),)), ""),
    ("A ship.", PAIR, "there are 2"),
    ("A ship.", seen(box("ship", 50, 50), box("ship", 90, 90, 3.5, 3.5)), ""),  # 3.9 pixels of 224: not seen, so not exact
    ("Two ships.", seen(box("ship", 50, 50), box("ship", 90, 90, 3.5, 3.5)), "there are 1 seen"),
    ("Two ships near the center.", PAIR, ""),  # max(u, v) is 0.5
    ("Two ships near the center.", ships((49, 50), (150, 150)), "there are 1"),
    ("A ship near the edge.", ships((49, 50), (150, 150)), ""),
    ("A ship right at the center.", ships((80, 100)), ""),
    ("A ship right at the center.", ships((79, 100)), "there are 0"),
    ("A ship in a corner.", ships((40, 160)), ""),
    ("A ship in a corner.", ships((41, 160)), "there are 0"),
    ("A ship along the border.", ships((20, 100)), ""),
    ("A ship along the border.", ships((20.1, 100)), "there are 0"),
    ("A ship between the center and the edge.", ships((165, 100)), ""),
    ("A ship between the center and the edge.", ships((166, 100)), "there are 0"),
    ("Two ships side by side.", ships((50, 100), (85, 100)), ""),  # a gap of 15
    ("Two ships side by side.", ships((50, 100), (86, 100)), "they are not"),
    ("Two ships far apart.", ships((50, 100), (130, 100)), ""),
    ("Two ships far apart.", ships((50, 100), (129, 100)), "they are not"),
    ("Three ships in a row.", ships((40, 100), (70, 103), (90, 100)), ""),
    ("Three ships in a row.", ships((40, 100), (60, 120), (90, 100)), "they are not"),
    ("Four ships scattered across the picture.", ships((30, 30), (130, 30), (30, 130), (60, 60)), ""),
    ("Four ships scattered across the picture.", ships((30, 30), (129, 30), (30, 130), (60, 60)), "they are not"),
    ("Three ships clustered together.", ships((30, 30), (90, 30), (60, 90)), ""),
    ("Three ships clustered together.", ships((30, 30), (91, 30), (60, 90)), "they are not"),
    ("Six ships densely packed.", ships(*((20 + 21 * n, 50) for n in range(6))), ""),
    ("Six ships densely packed.", ships(*((20 + 32 * n, 50 + 20 * n) for n in range(6))), "they are not"),
    ("A ship cut off by the border.", ships((50, 50)), "they are not"),
    ("At least two ships cut off by the border.", seen(box("ship", 9, 9, cut=True), box("ship", 99, 9, cut=True)), ""),
    ("A tiny ship.", ships((50, 50), w=8), ""),
    ("A tiny ship.", ships((50, 50), w=8.1), "0.04"),
    ("A small ship.", ships((50, 50), w=21), ""),
    ("A medium-sized ship.", ships((50, 50), w=21), ""),
    ("A medium-sized ship.", ships((100, 100), w=57), "0.285"),
    ("A large ship.", ships((100, 100), w=60), ""),
    ("A ship filling most of the picture.", ships((100, 100), w=142), ""),
    ("A ship filling most of the picture.", ships((100, 100), w=141), "the boxes fill 0.50"),
    ("A ship spanning about a quarter of the picture.", ships((100, 100), w=60), ""),
    ("A ship spanning about a quarter of the picture.", ships((100, 100), w=61), "0.305 of the picture"),
    ("A ship about 10 meters long.", ships((50, 50), gsd=0.6), ""),
    ("A ship about 10 meters long.", ships((50, 50), gsd=0.61), "one is 12.2 meters"),
    ("A ship about 10 meters long.", ships((50, 50)), "the ground resolution is not known"),
    ("A ship is next to a dam.", seen(box("ship", 50, 50), box("dam", 85, 50)), ""),
    ("A ship is next to a dam.", seen(box("ship", 50, 50), box("dam", 86, 50)), "none is"),
    ("A ship is next to a dam.", seen(box("ship", 50, 50), box("dam", 63, 50)), "none is"),  # 0.35 of it overlaps
    ("A strip of water crossing the picture.", seen(WATER), ""),
    ("About a tenth of the picture is covered by water.", seen(WATER), ""),
    ("About a fifth of the picture is covered by water.", seen(WATER), "they cover 10.0 %"),
    ("A little water.", seen(WATER), "they cover 10.0 %"),
    ("Mostly water.", seen(WATER), "they cover 10.0 %"),
    ("An area of water.", seen(WATER), ""),
    ("A satellite photo of a harbor.", seen(scene="harbor"), ""),
    ("A satellite photo of a harbor.", seen(scene="airport", scenes=("airport", "harbor")), "it is of airport"),
    ("2 ships in the middle of the picture .", PAIR, ""),
    ("2 ships at the edge of the picture .", PAIR, "there are 0"),
    ("Many ships in the middle of the picture .", PAIR, "there are 2"),
    ("Many ships in the middle of the picture .", seen(box("ship", 99, 99, crowd=True)), ""),
    ("A ship in the middle of the picture .", seen(box("ship", 99, 99, crowd=True)), "there are 1, and one box stands for"),
    ("There is a place with water in the picture .", seen(WATER), ""),
]


@pytest.mark.parametrize(("caption", "picture", "why"), CASES)
def test_a_claim_at_the_edge_of_its_definition(caption, picture, why):
    truth = check(caption, picture)
    assert truth.verdict == ("false" if why else "true"), truth
    assert why in truth.why and bool(truth) is not bool(why) and (truth.claim is None) is not bool(why)


def test_what_cannot_be_read_is_not_true():
    truth = check("Two ships gleam.", PAIR)
    assert (truth.verdict, bool(truth), truth.claim) == ("not read", False, None)
    assert check("Two boats.", PAIR).verdict == "not read"
    assert check("A satellite photo of a harbor.", seen(scene="airport")).verdict == "not read"  # no class of the dataset


@pytest.mark.parametrize(
    ("caption", "verdict"),
    [
        ("Two ships. One of them gleams.", "not read"),
        ("Three ships. One of them gleams.", "false"),
        ("Two ships. Two ships near the center.", "true"),
        ("A quiet bay", "not read"),
    ],
)
def test_captions_of_others_are_checked_by_sentence(caption, verdict):
    assert check_sentences(caption, PAIR).verdict == verdict


def test_the_checker_is_part_of_the_api():
    card = {"boxes": [], "width": 9, "height": 9, "scene": {"native": "port", "label": "harbor"}, "lost": []}
    assert api.check("An aerial view of a harbor.", api.picture_of(card))
    card["boxes"] = [{"label": "goose", "native": "Goose", "kind": "instance", "box": [1, 1, 8, 8]}]
    card["boxes"][0] |= {"difficult": False, "crowd": False, "cut": False}
    picture = api.picture_of(card, (("goose", "geese"),))
    assert api.check("A goose filling most of the picture.", picture)
    assert api.check("Two geese.", picture).why == "there are 1"
    assert api.check("Two gooses.", api.picture_of(card)).verdict == "false"  # without words, plurals are regular
