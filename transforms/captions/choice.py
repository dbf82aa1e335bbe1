"""Which sets of objects a caption of `rich` speaks of: those that tell the picture from others."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations, islice

from skypairs.transforms.captions.group import Class, Group
from skypairs.transforms.captions.land_cover import Cover, cover
from skypairs.transforms.captions.layout_words import Place, is_next_to
from skypairs.transforms.captions.phrases import Phrase, placed_too
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import text_tokens

_FEW = 4
_WITHIN = {"center": "middle", "edge": "corner"}
"""Places that need not be told where the other was."""


def whole_by_worth(kind: Class) -> list[Group]:
    """The sets that can be named, the most telling first, of those that take in every object of the class."""
    return [group for group in kind.by_worth if group.sure and group.number == kind.number]


def halves(kind: Class) -> tuple[Group, ...]:
    """The objects near the center and those near the edge, where these are all and both are there."""
    if kind.whole.number == 1:
        return ()
    inner, outer = kind.placed.get("center"), kind.placed.get("edge")
    if inner is None or outer is None or not (inner.sure and outer.sure) or inner.number + outer.number != kind.whole.number:
        return ()
    return inner, outer


def wider_places(kind: Class, said: Place | None) -> list[Phrase]:
    """Statements on other places at which all objects of a class are too that were named at one before."""
    if said is None:
        return []
    groups = [
        group
        for group in whole_by_worth(kind)
        if group.place and said.name not in (group.place.name, _WITHIN.get(group.place.name))
    ]
    return [placed_too(group) for group in groups]


def main_classes(view: View, most: int, turn: int = 0) -> list[Class]:
    """Up to `most` classes: the first is the most frequent, further ones the most telling; another turn, others first."""
    classes = view.classes
    if len(classes) <= most and not turn:
        return list(classes)
    start = turn % len(classes)
    rest = [*classes[start + 1 :], *classes[:start]]
    rest.sort(key=lambda kind: -kind.whole.bits)
    return [classes[start], *rest[: most - 1]]


def neighbours(view: View, named: Iterable[Phrase] = ()) -> list[Phrase]:
    """Up to two statements that objects of two classes lie next to each other; only classes of few objects are asked. An object
    that is the only one of its class is "the ship" if one of the phrases before has named it."""
    if view.neighbours is None:
        few = [kind for kind in view.classes if kind.number <= _FEW and not kind.name.region]
        few.sort(key=lambda kind: (kind.number, kind.name.singular))
        close = ((a, b) for a, b in combinations(few, 2) if _close(a, b))
        view.neighbours = list(islice(close, 2))
    if not view.neighbours:
        return []
    before = {claim[0] for phrase in named for claim in phrase.claims if isinstance(claim, tuple)}
    found = []
    for pair in view.neighbours:
        first, second = (
            f"the {kind.name.singular}" if kind.number == 1 and kind.name.plural in before else kind.some for kind in pair
        )
        found.append(_next_to(first, second, pair[0].some, pair[1].some))
    return found


def _close(first: Class, second: Class) -> bool:
    longer = first.frame.longer
    others = [(row[0], box, box.x0, box.y0, box.x1, box.y1) for row, box in zip(second.rows, second.boxes, strict=True)]
    for row, a in zip(first.rows, first.boxes, strict=True):
        size, x0, y0, x1, y1 = row[0], a.x0, a.y0, a.x1, a.y1
        for other, b, left, top, right, bottom in others:
            smaller = (size if size < other else other) * longer
            most = 0.5 * smaller  # most pairs are far apart, and are seen to be at once
            if (
                x0 - right <= most
                and left - x1 <= most
                and y0 - bottom <= most
                and top - y1 <= most
                and is_next_to(a, b, smaller)
            ):
                return True
    return False


@lru_cache(maxsize=1 << 12)
def _next_to(first: str, second: str, *claimed: str) -> Phrase:
    text = f"{first} is next to {second}"
    return Phrase(text, (("next to", *claimed),), True, text_tokens(text))


def land(view: View) -> Cover | None:
    """What is said of areas; None where no mask says how large they are."""
    if not view.regions:
        return None
    return cover(view, {kind.name.plural: kind.name.singular for kind in view.classes if kind.name.region})


def land_items(found: Cover) -> list[Phrase]:
    """ "a river crossing the picture", "a little water"."""
    little = [stuff for stuff in found.little if stuff not in found.crossing]
    return [*map(_crossing, found.crossing.values()), *map(_little, little)]


def _crossing(text: str) -> Phrase:
    return Phrase(text, (text,), True, text_tokens(text))


def _little(stuff: str) -> Phrase:
    return Phrase(f"a little {stuff}", (("a little", stuff),), True, 2 + text_tokens(stuff))


def with_land(classes: Sequence[Class], items: Sequence[Phrase], found: Cover | None) -> list[Phrase]:
    """An item a class of a picture, in which one area is a river crossing it or a little water; behind them the other
    rivers."""
    if found is None:
        return [*items]
    listed, left = [], dict(found.crossing)
    for kind, one in zip(classes, items, strict=True):
        plural = kind.name.plural
        alone = kind.name.region and kind.number == 1
        if alone and plural in left:
            listed.append(_crossing(left.pop(plural)))
        else:
            listed.append(_little(plural) if alone and plural in found.little else one)
    return [*listed, *map(_crossing, left.values())]


def share_statements(found: Cover) -> list[Phrase]:
    """ "about a third of the picture is covered by farmland"."""
    texts = [f"{words} of the picture is covered by {stuff}" for words, stuff in found.shares]
    return [Phrase(text, (text,), True, text_tokens(text)) for text in texts]
