"""Negatives: one thing changed, and false by a judge that looks the objects up one by one; none where nothing can be proven."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from skypairs.api import picture_of, read, verify, verify_captions
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box, Lost
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.negatives import Negatives
from skypairs.transforms.truth.evaluate import check
from skypairs.transforms.truth.picture import Picture
from tests.corpus import write_corpus
from tests.judges.captions import is_true
from tests.some_pictures import CLASSES, picture
from tests.whole_builds import build_here


def captions(seed: int, recipe: str) -> tuple[Picture, list[str]]:
    found = picture(seed)
    options, words = Captions(recipe=recipe, per_picture=5), Vocabulary(CLASSES)  # type: ignore[arg-type]
    written = write_captions(
        f"s/{seed}", found.width, found.height, found.boxes, (), 0, options, words, lost=found.lost, gsd=found.gsd
    )
    return found, [item.text for item in written]


@pytest.mark.parametrize("recipe", ["remoteclip", "rich"])
def test_every_negative_is_false_and_little_else(recipe: str) -> None:
    made: Counter[bool] = Counter()
    for seed in range(120):
        found, texts = captions(seed, recipe)
        negatives = Negatives(found, 0, f"s/{seed}")
        for text in texts:
            negative = negatives.of(text)
            made[bool(negative)] += 1
            if negative:
                assert is_true(text, found) and not is_true(negative, found), (seed, text, negative)
                assert check(negative, found).verdict == "false"
                before, after = text.lower().split(), negative.lower().split()
                same = 0
                while same < min(len(before), len(after)) and before[same] == after[same]:
                    same += 1
                tail = 0
                while tail < min(len(before), len(after)) - same and before[-1 - tail] == after[-1 - tail]:
                    tail += 1
                assert len(before) - same - tail <= 6 and len(after) - same - tail <= 6, (text, negative)  # in one place
                assert Negatives(found, 0, f"s/{seed}").of(text) == negative
    assert made[True] > 0.6 * made.total(), made


def box(label: str, x: float, y: float, side: float = 40, **more: object) -> Box:
    return Box(label, label, x, y, x + side, y + side, **more)  # type: ignore[arg-type]


SHIPS = (box("ship", 10, 10), box("ship", 60, 10), box("ship", 110, 10))
NONE = [
    # why nothing is proven, boxes, lost
    ("one is cut", (*SHIPS[:2], box("ship", 110, 10, cut=True)), ()),
    ("one is difficult", (*SHIPS[:2], box("ship", 110, 10, difficult=True)), ()),
    ("one is too small to be seen", (*SHIPS, box("ship", 110, 110, 2)), ()),
    ("a box is a crowd", (*SHIPS[:2], box("ship", 110, 10, crowd=True)), ()),
    ("one was lost", SHIPS, (Lost("ship", "under min_area", 1),)),
]


@pytest.mark.parametrize(("why", "boxes", "lost"), NONE)
def test_what_is_not_known_in_full_is_not_proven(why: str, boxes: tuple[Box, ...], lost: tuple[Lost, ...]) -> None:
    found = Picture(boxes, 400, 400, None, lost, (("ship", "ships"),))
    for text in ("At least two ships.", "Three ships near the edge.", "There are 3 ships in the picture ."):
        assert Negatives(found, 0, "a").of(text) == "", why
    assert Negatives(Picture(SHIPS, 400, 400, None, (), (("ship", "ships"),)), 0, "a").of("Three ships near the edge.")


def test_what_cannot_be_read_has_none() -> None:
    found = Picture(SHIPS, 400, 400, None, (), (("ship", "ships"),))
    assert Negatives(found, 0, "a").of("Ships of the line, three of them, lie in a row at dawn") == ""


def test_seed_and_id_draw_what_is_changed() -> None:
    found = Picture((*SHIPS, box("bridge", 300, 300)), 400, 400, None, (), (("bridge", "bridges"), ("ship", "ships")))
    drawn = {Negatives(found, seed, "a").of("Three ships near the edge.") for seed in range(20)}
    assert len(drawn) > 3
    assert not any(is_true(text, found) for text in drawn)


def test_a_build_with_negatives(tmp_path: Path) -> None:
    """In both layouts, with texts dealt out; a json without the key otherwise; the same bytes from other numbers of workers."""
    corpus = write_corpus(tmp_path / "corpus", 12)
    options = ("captions.negatives=true", "captions.max_same=4", "captions.recipe=rich")
    one = build_here(corpus.recipe, tmp_path / "one", *options, execution=Execution(1))
    assert build_here(corpus.recipe, tmp_path / "two", *options, execution=Execution(3)) == one
    cards = {sample.json["id"]: sample.json for sample in read(str(tmp_path / "one")).samples()}
    made: Counter[str] = Counter()
    for card in cards.values():
        found = picture_of(card)
        for at, about in enumerate(card["captions"]):
            negative = card.get(f"negative_{at}")
            made[about["kind"] if negative else ""] += 1
            assert negative is None or check(negative, found).verdict == "false"
    assert made["rule"] > 20 and not made["human"]
    assert verify(str(tmp_path / "one")).ok
    build_here(corpus.recipe, tmp_path / "plain", "captions.recipe=rich")
    assert not any("negative_0" in sample.json for sample in read(str(tmp_path / "plain")).samples())


def test_verify_names_a_negative_that_is_true() -> None:
    plain = {"label": "ship", "native": "ship", "kind": "instance", "difficult": False, "crowd": False, "cut": False}
    card = {"id": "a/1", "source": "a", "width": 400, "height": 400, "boxes": [plain | {"box": [10, 10, 50, 50]}]}
    card |= {"captions": [{"kind": "rule"}], "caption_0": "A ship.", "negative_0": "Two ships."}
    checker = verify_captions.Captions(
        SimpleNamespace(sources=[SimpleNamespace(name="a", words={"ship": "ships"}, scenes=())]),  # type: ignore[arg-type]
        SimpleNamespace(captions=SimpleNamespace(centre=(0.25, 0.75))),  # type: ignore[arg-type]
    )
    assert not list(checker.check("x", card))
    for text, said in (("A ship near the edge.", "is true"), ("Ships ahoy", "is not read")):
        [problem] = checker.check("x", card | {"negative_0": text})
        assert problem.kind == "wrong negative" and said in problem.text
