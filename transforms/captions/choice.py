"""Which sets of objects a caption of `rich` speaks of: those that tell the picture from others."""

from itertools import combinations, islice

from skypairs.transforms.captions.land_cover import Cover, cover
from skypairs.transforms.captions.layout_words import is_next_to
from skypairs.transforms.captions.phrases import Phrase
from skypairs.transforms.captions.seen import Class, Group, View

_FEW = 4


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


def main_classes(view: View, most: int, turn: int = 0) -> list[Class]:
    """Up to `most` classes: the first is the most frequent, further ones the most telling; another turn, others first."""
    classes = view.classes
    if len(classes) <= most and not turn:
        return list(classes)
    start = turn % len(classes)
    rest = [*classes[start + 1 :], *classes[:start]]
    rest.sort(key=lambda kind: -kind.whole.bits)
    return [classes[start], *rest[: most - 1]]


def neighbours(view: View) -> list[Phrase]:
    """Up to two statements that objects of two classes lie next to each other; only classes of few objects are asked."""
    if view.neighbours is None:
        few = [kind for kind in view.classes if not kind.region and kind.number <= _FEW]
        few.sort(key=lambda kind: (kind.number, kind.singular))
        close = ((a, b) for a, b in combinations(few, 2) if _close(a, b, view.longer))
        view.neighbours = list(islice(close, 2))
    return [
        Phrase(f"{first.some} is next to {second.some}", ((first.some, "next to", second.some),), True)
        for first, second in view.neighbours
    ]


def _close(first: Class, second: Class, longer: int) -> bool:
    return any(is_next_to(a, b, longer) for a in first.marks for b in second.marks)


def land(view: View) -> Cover | None:
    """What is said of areas; None where no mask says how large they are."""
    if not view.regions:
        return None
    return cover(view, {kind.plural: kind.singular for kind in view.classes if kind.region})


def land_items(found: Cover) -> list[Phrase]:
    """ "a river crossing the picture", "a little water"."""
    return [
        *(Phrase(text, (text,), True) for text in found.crossing),
        *(Phrase(f"a little {stuff}", (("a little", stuff),), True) for stuff in found.little),
    ]


def share_statements(found: Cover) -> list[Phrase]:
    """ "about a third of the picture is covered by farmland"."""
    texts = [f"{words} of the picture is covered by {stuff}" for words, stuff in found.shares]
    return [Phrase(text, (text,), True) for text in texts]
