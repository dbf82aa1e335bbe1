"""rich: a short caption on what the picture is mostly about."""

from collections.abc import Iterator, Sequence

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import (
    halves,
    land,
    land_items,
    main_classes,
    whole_by_worth,
)
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.group import Group
from skypairs.transforms.captions.phrases import FRAMES, Phrase, claimed, framed, listing, varied
from skypairs.transforms.captions.rich_layout import PLACED, at_place, joined
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import text_tokens

MOSTLY = "mostly {stuff} with {list}"


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """One or two classes, each with its number and its most telling facts; of land, what most of the picture is."""
    if not contents.view.classes:
        return
    token = contents.token("gist", draw)
    templates = tuple(ranked(FRAMES, token))
    found = land(contents.view)
    if found is not None and found.mostly and not draw:
        yield framed(templates[0], [_mostly(contents.view, found.mostly, land_items(found))])
        templates = templates[1:] + templates[:1]
    for turn, (groups, most) in enumerate(_choices(contents.view, draw)):
        template = templates[turn % len(templates)]
        if len(groups) > 1 and groups[0].place and groups[0].place is groups[1].place:
            yield joined([at_place(groups, most, draw)], PLACED)
        else:
            yield framed(template, varied(groups, most, draw))


def _choices(view: View, draw: int) -> Iterator[tuple[Sequence[Group], int]]:
    """Sets that share a list, and how many facts are told of each."""
    classes = main_classes(view, 2, draw)
    if len(classes) == 1:
        if both := halves(classes[0]):
            yield both, 1
        for group in whole_by_worth(classes[0]):
            if not draw or group.place or group.facts:
                yield (group,), 2
    else:
        yield [whole_by_worth(kind)[0] for kind in classes], 1
        yield [kind.by_worth[0] for kind in classes], 1
        yield [kind.whole for kind in classes], 2


def _mostly(view: View, stuff: str, others: list[Phrase]) -> Phrase:
    room = max(2 - len(others), 0)
    others = [*others[:2], *varied([kind.whole for kind in view.classes if kind.name.plural != stuff][:room], 1)]
    text, tokens = f"mostly {stuff}", 1 + text_tokens(stuff)
    if others:
        words, more = listing(others)
        text, tokens = f"{text} with {words}", tokens + 1 + more
    return Phrase(text, (("mostly", stuff), *claimed(others)), True, tokens)


RULE = Rule("gist", "rich", 1, 1, FRAMES, write, draws=3)
