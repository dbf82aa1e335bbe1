"""Which sets of objects a caption of `rich` speaks of: those that tell the picture from others."""

from functools import lru_cache
from itertools import combinations, islice

from skypairs.transforms.captions.group import Class, Group
from skypairs.transforms.captions.land_cover import Cover, cover
from skypairs.transforms.captions.layout_words import is_next_to
from skypairs.transforms.captions.phrases import Phrase
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import text_tokens

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
        few = [kind for kind in view.classes if kind.number <= _FEW and not kind.name.region]
        few.sort(key=lambda kind: (kind.number, kind.name.singular))
        close = ((a, b) for a, b in combinations(few, 2) if _close(a, b))
        view.neighbours = list(islice(close, 2))
    return [_next_to(first.some, second.some) for first, second in view.neighbours]


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
def _next_to(first: str, second: str) -> Phrase:
    text = f"{first} is next to {second}"
    return Phrase(text, ((first, "next to", second),), True, text_tokens(text))


def land(view: View) -> Cover | None:
    """What is said of areas; None where no mask says how large they are."""
    if not view.regions:
        return None
    return cover(view, {kind.name.plural: kind.name.singular for kind in view.classes if kind.name.region})


def land_items(found: Cover) -> list[Phrase]:
    """ "a river crossing the picture", "a little water"."""
    return [
        *(Phrase(text, (text,), True, text_tokens(text)) for text in found.crossing),
        *(Phrase(f"a little {stuff}", (("a little", stuff),), True, 2 + text_tokens(stuff)) for stuff in found.little),
    ]


def share_statements(found: Cover) -> list[Phrase]:
    """ "about a third of the picture is covered by farmland"."""
    texts = [f"{words} of the picture is covered by {stuff}" for words, stuff in found.shares]
    return [Phrase(text, (text,), True, text_tokens(text)) for text in texts]
