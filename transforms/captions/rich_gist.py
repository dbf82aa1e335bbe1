"""rich: a short caption on what the picture is mostly about."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import (
    described,
    halves,
    land,
    land_items,
    main_classes,
    whole_by_worth,
)
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.english import listed
from skypairs.transforms.captions.phrases import FRAMES, Phrase, claimed, framed
from skypairs.transforms.captions.seen import View

MOSTLY = "mostly {stuff} with {list}"


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """One or two classes, each with its number and its most telling facts; of land, what most of the picture is."""
    if not contents.view.classes:
        return
    token = contents.token("gist", draw)
    templates = tuple(ranked(FRAMES, token))
    for turn, items in enumerate(_choices(contents.view, draw)):
        yield framed(templates[turn % len(templates)], items)


def _choices(view: View, draw: int) -> Iterator[list[Phrase]]:
    found = land(view)
    if found is not None and found.mostly and not draw:
        yield [_mostly(view, found.mostly, land_items(found))]
    classes = main_classes(view, 2, draw)
    if len(classes) == 1:
        if both := halves(classes[0]):
            yield [described(group, 1, draw) for group in both]
        for group in whole_by_worth(classes[0]):
            if not draw or group.place or group.facts:
                yield [described(group, 2, draw)]
    else:
        yield [described(whole_by_worth(kind)[0], 1, draw) for kind in classes]
        yield [described(kind.by_worth[0], 1, draw) for kind in classes]
        yield [described(kind.whole, 2, draw) for kind in classes]


def _mostly(view: View, stuff: str, others: list[Phrase]) -> Phrase:
    others = [*others, *(described(kind.whole, 1) for kind in view.classes if kind.plural != stuff)][:2]
    text = f"mostly {stuff}"
    if others:
        text += f" with {listed([one.text for one in others])}"
    return Phrase(text, (("mostly", stuff), *claimed(others)), True)


RULE = Rule("gist", "rich", 1, 1, FRAMES, write, draws=3)
