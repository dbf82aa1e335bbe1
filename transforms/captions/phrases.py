"""Facts into phrases of the grammar of docs/captions.md: items, statements, lists, sentences."""

from collections.abc import Sequence
from typing import NamedTuple

from skypairs.transforms.captions import Candidate
from skypairs.transforms.captions.english import article, capital, listed
from skypairs.transforms.captions.layout_words import Fact
from skypairs.transforms.captions.seen import Group
from skypairs.transforms.captions.tokens import MOST, token_bound

FRAMES = (
    "{list}.",
    "There {be} {list}.",
    "In this aerial picture there {be} {list}.",
    "An aerial picture of {list}.",
    "An aerial view of {list}.",
    "This aerial picture shows {list}.",
)
"""Sentences around a list. {be} agrees with its first item."""


class Phrase(NamedTuple):
    """Words with what they claim."""

    text: str
    claim: str
    one: bool
    """A verb before it, or after it, is "is"."""


def pick(facts: Sequence[Fact], most: int, turn: int = 0) -> tuple[Fact, ...]:
    """Up to `most` facts, no two of one kind, beginning with the turn-th."""
    if not turn and (most >= len(facts) <= 1):
        return tuple(facts)
    start = turn % len(facts) if facts else 0
    found: dict[int, Fact] = {}
    for fact in (*facts[start:], *facts[:start]):
        if len(found) < most:
            found.setdefault(fact.turn, fact)
    return tuple(found.values())


def item(group: Group, facts: Sequence[Fact] = (), placed: bool = True, vague: int = 0) -> Phrase:
    """ "three small ships of similar size near the edge"; without its place where that stands elsewhere in the sentence."""
    afters = [fact.words for fact in sorted(facts) if fact.turn]
    place = _place(group)
    if place and placed:
        afters.append(place)
    adjective = next((f"{fact.words} " for fact in facts if not fact.turn), "")
    amount = group.amount(vague)
    text = " ".join((_named(group, amount, adjective), *afters))
    return Phrase(text, _claim(group, amount, facts, place), amount == "a")


def statement(group: Group, facts: Sequence[Fact], placed: bool = True) -> Phrase:
    """ "three ships are small, of similar size and near the edge"; of at least one fact or place."""
    place = _place(group)
    said = [fact.words for fact in sorted(facts)] + ([place] if place and placed else [])
    amount = group.amount()
    be = "is" if amount == "a" else "are"
    return Phrase(f"{_named(group, amount, '')} {be} {listed(said)}", _claim(group, amount, facts, place), amount == "a")


def framed(template: str, items: Sequence[Phrase]) -> Candidate:
    """A list in one of FRAMES."""
    text = template.format(list=listed([each.text for each in items]), be="is" if items[0].one else "are")
    return Candidate(template, capital(text), frozenset(each.claim for each in items))


def fitting(template: str, items: Sequence[Phrase]) -> Candidate:
    """The same of as many items, from the first, as CLIP reads."""
    candidate = framed(template, items)
    while len(items) > 1 and token_bound(candidate.text) > MOST:
        items = items[:-1]
        candidate = framed(template, items)
    return candidate


def _named(group: Group, amount: str, adjective: str) -> str:
    kind = group.kind
    if kind.region:
        return f"an area of {kind.plural}" if amount == "a" else f"{amount} separate areas of {kind.plural}"
    if amount == "a":
        name = adjective + kind.singular
        return f"{article(name)} {name}"
    return f"{amount} {adjective}{kind.plural}"


def _place(group: Group) -> str:
    if group.place is None:
        return ""
    return group.place.words if group.number == 1 else group.place.plural


def _claim(group: Group, amount: str, facts: Sequence[Fact], place: str) -> str:
    return f"{group.kind.plural}|{group.kind.region:d}|{amount}|{place}|{'|'.join(sorted(fact.words for fact in facts))}"
