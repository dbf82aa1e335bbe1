"""rich: what can be said besides, class by class, where other rules have nothing new: the most telling first."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from operator import attrgetter, itemgetter

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import choose
from skypairs.transforms.captions.layout_words import Fact
from skypairs.transforms.captions.phrases import FRAMES, framed, item

_MOST = 3
_VAGUE = 3
_ORDER = attrgetter("order")


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Every choice of up to three facts, whole or at a place, of the classes in order of frequency; in the end the numbers in
    vaguer words. Never a class and its number alone: too many pictures share them."""
    classes = contents.view.classes
    token = contents.token("more", draw)
    for vague in range(_VAGUE):
        for kind in classes:
            found = [
                (group.bits + bits, -order, group, facts)
                for order, group in enumerate(kind.by_worth)
                if vague < len(group.wordings)
                for bits, facts in _choices(group.facts)
                if facts or group.place
            ]
            for _, _, said, facts in sorted(found, key=itemgetter(0, 1), reverse=True):
                one = item(said, facts, vague=vague)
                yield framed(choose(FRAMES, token ^ len(one.text)), [one])


@lru_cache(maxsize=1 << 10)
def _choices(facts: tuple[Fact, ...]) -> tuple[tuple[float, tuple[Fact, ...]], ...]:
    """Up to three of the facts, no two of one kind, in the order in which they are said, and how much they tell."""
    return tuple(
        (sum(fact.bits for fact in some), tuple(sorted(some, key=_ORDER)))
        for number in range(_MOST + 1)
        for some in combinations(facts, number)
        if len({fact.turn for fact in some}) == number
    )


RULE = Rule("more", "rich", 6, 16, FRAMES, write, draws=1, every=True)
