"""rich: what can be said besides, class by class, where other rules have nothing new: the most telling first."""

from collections.abc import Iterator
from itertools import combinations

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import groups_by_worth
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import choose
from skypairs.transforms.captions.layout_words import Fact
from skypairs.transforms.captions.phrases import FRAMES, framed, item
from skypairs.transforms.captions.seen import Group

_MOST = 3


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """The texts of one class a draw, in order of frequency: every choice of up to three facts, whole or at a place; numbers
    in vaguer words come with further turns of the classes."""
    classes = contents.view.classes
    if not classes:
        return
    vague, index = divmod(draw, len(classes))
    token = contents.token("more", draw)
    found = [
        (-bits, order, group, facts)
        for order, group in enumerate(groups_by_worth(classes[index]))
        for bits, facts in _choices(group)
    ]
    for _, _, said, facts in sorted(found, key=lambda one: one[:2]):
        one = item(said, facts, vague=vague)
        yield framed(choose(FRAMES, token ^ len(one.claim)), [one])


def _choices(group: Group) -> Iterator[tuple[float, tuple[Fact, ...]]]:
    for number in range(_MOST + 1):
        for facts in combinations(group.facts, number):
            if len({fact.turn for fact in facts}) == number:
                yield group.bits + sum(fact.bits for fact in facts), facts


RULE = Rule("more", "rich", 6, 16, FRAMES, write)
