"""rich: what can be said besides, class by class, where other rules have nothing new: the most telling first."""

from collections.abc import Iterator
from itertools import combinations
from operator import itemgetter

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import choose
from skypairs.transforms.captions.layout_words import Fact
from skypairs.transforms.captions.phrases import FRAMES, framed, item
from skypairs.transforms.captions.seen import Group

_MOST = 3
_VAGUE = 3


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Every choice of up to three facts, whole or at a place, of the classes in order of frequency; in the end the numbers in
    vaguer words. Never a class and its number alone: too many pictures share them."""
    classes = contents.view.classes
    token = contents.token("more", draw)
    for vague in range(_VAGUE):
        for kind in classes:
            found = [
                (bits, -order, group, facts)
                for order, group in enumerate(kind.by_worth)
                if vague < group.wordings
                for bits, facts in _choices(group)
                if facts or group.place
            ]
            for _, _, said, facts in sorted(found, key=itemgetter(0, 1), reverse=True):
                one = item(said, facts, vague=vague)
                yield framed(choose(FRAMES, token ^ len(one.text)), [one])


def _choices(group: Group) -> Iterator[tuple[float, tuple[Fact, ...]]]:
    for number in range(_MOST + 1):
        for facts in combinations(group.facts, number):
            if len({fact.turn for fact in facts}) == number:
                yield group.bits + sum(fact.bits for fact in facts), tuple(sorted(facts))


RULE = Rule("more", "rich", 6, 16, FRAMES, write, draws=1, every=True)
