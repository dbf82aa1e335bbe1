"""Facts into phrases of the grammar of docs/captions.md: items, statements, lists, sentences."""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from skypairs.transforms.captions import Candidate
from skypairs.transforms.captions.english import article, capital, listed
from skypairs.transforms.captions.layout_words import DENSE, Fact
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
_SPLIT = {
    template: (before.removesuffix("{be} "), before.endswith("{be} "), after)
    for template in FRAMES
    for before, _, after in [template.partition("{list}")]
}

SPANNING = "spanning"
ARRANGED = 3
"""Place of arrangements among the words that follow a name."""


class Phrase(NamedTuple):
    """Words with what they claim."""

    text: str
    claims: tuple[Hashable, ...]
    """The same of two phrases that say the same of the same objects."""
    one: bool
    """A verb before it, or after it, is "is"."""
    told: bool = True
    """It says more than a class and its number."""


def pick(group: Group, most: int, turn: int = 0, below: int = ARRANGED + 1) -> tuple[Fact, ...]:
    """Up to `most` facts of a set, no two of one kind, beginning with the turn-th; in the order in which they are said.
    Facts whose place in that order is not `below` are left out."""
    key = most, turn, below
    found = group.picked.get(key)
    if found is None:
        facts = group.facts if below > ARRANGED else [fact for fact in group.facts if fact.turn < below]
        found = group.picked[key] = pick_of(facts, most, turn)
    return found


def pick_of(facts: Sequence[Fact], most: int, turn: int) -> tuple[Fact, ...]:
    """The same of a list of facts."""
    if len(facts) < 2:
        return tuple(facts[:most])
    start = turn % len(facts)
    found: dict[int, Fact] = {}
    for fact in (*facts[start:], *facts[:start]) if start else facts:
        if len(found) == most:
            break
        found.setdefault(fact.turn, fact)
    return tuple(sorted(found.values()))


Told = set[tuple[str, bool, str, str]]
"""What was said before: plural of a class, whether of regions, place if that picks only some of its objects, words."""


def untold(group: Group, most: int, turn: int, told: Told) -> tuple[Fact, ...]:
    """The same of what was not said of these objects before; it is said now."""
    facts = pick(group, most, turn)
    before = group.kind.plural, group.kind.region, "" if group.sure and group.number == group.kind.number else group.where
    if any((*before, fact.words) in told for fact in facts):
        facts = pick_of([fact for fact in group.facts if (*before, fact.words) not in told], most, turn)
    told.update([(*before, fact.words) for fact in facts])
    return facts


def varied(
    groups: Iterable[Group],
    most: int,
    turn: int = 0,
    *,
    below: int = ARRANGED + 1,
    placed: bool = True,
    told: Told | None = None,
) -> list[Phrase]:
    """Items for one list, each with up to so many facts; what follows a name is said of one of them only, and nothing that
    was told before."""
    items, used = [], set[str]()
    for group in groups:
        facts = pick(group, most, turn, below) if told is None else untold(group, most, turn, told)
        if used and not used.isdisjoint(map(_alone, facts)):
            facts = pick_of([fact for fact in group.facts if fact.turn < below and _alone(fact) not in used], most, turn)
        used.update([_alone(fact) for fact in facts if fact.turn])
        items.append(item(group, facts, placed))
    return items


def _alone(fact: Fact) -> str:
    """Its words as of one object."""
    return fact.words.removeprefix("each ")


def item(group: Group, facts: tuple[Fact, ...] = (), placed: bool = True, vague: int = 0) -> Phrase:
    """ "three small ships of similar size near the edge"; without its place where that stands elsewhere in the sentence.

    Facts as `pick` gives them: in the order in which they are said, an adjective first.
    """
    key = facts, placed, vague
    found = group.items.get(key)
    if found is None:
        found = group.items[key] = _item(group, facts, placed, vague)
    return found


def _item(group: Group, facts: tuple[Fact, ...], placed: bool, vague: int) -> "Phrase":
    amount, place = group.amount(vague), group.where
    adjective = f"{facts[0].words} " if facts and not facts[0].turn else ""
    if DENSE in facts:
        adjective = f"{DENSE.words} {adjective}"
    text = _named(group, amount, adjective)
    for fact in facts:
        if fact.turn and fact is not DENSE:
            text = f"{text} {fact.words}"
    if place and placed:
        text = f"{text} {place}"
    claim = group.kind.plural, group.kind.region, amount, place, facts
    return Phrase(text, (claim,), amount == "a", bool(facts or place))


def statement(group: Group, facts: tuple[Fact, ...], placed: bool = True) -> Phrase:
    """ "three ships are small, of similar size and near the edge", "a small ship spans about a tenth of the picture"; of at
    least one fact or place."""
    amount, place = group.amount(), group.where
    for fact in facts:
        if fact.turn == 2 and SPANNING in fact.words:
            subject = item(group, tuple([other for other in facts if other is not fact]), placed)
            verb = fact.words.replace(SPANNING, "spans" if amount == "a" else "span")
            claim = group.kind.plural, group.kind.region, amount, place, facts
            return Phrase(f"{subject.text} {verb}", (claim,), amount == "a")
    said = [fact.words for fact in facts]
    if place and placed:
        said.append(place)
    be = "is" if amount == "a" else "are"
    text = f"{_named(group, amount, '')} {be} {listed(said)}"
    return Phrase(text, ((group.kind.plural, group.kind.region, amount, place, facts),), amount == "a")


def claimed(phrases: Iterable[Phrase]) -> frozenset[Hashable]:
    """All that phrases claim together."""
    return frozenset([claim for phrase in phrases for claim in phrase.claims])


def sentence(phrase: Phrase) -> Phrase:
    """A statement with its first letter large and its full stop."""
    return Phrase(capital(phrase.text) + ".", phrase.claims, phrase.one, phrase.told)


def framed(template: str, items: Sequence[Phrase]) -> Candidate:
    """A list in one of FRAMES."""
    before, be, after = _SPLIT[template]
    verb = ("is " if items[0].one else "are ") if be else ""
    text = f"{before}{verb}{listed([each.text for each in items])}{after}"
    return Candidate(template, text if before else capital(text), claimed(items))


def fitting(template: str, items: Sequence[Phrase]) -> Candidate:
    """The same of as many items, from the first, as CLIP reads."""
    while True:
        candidate = framed(template, items)
        tokens = token_bound(candidate.text)
        if len(items) == 1 or tokens <= MOST:
            return candidate._replace(tokens=tokens)
        items = items[:-1]


def _named(group: Group, amount: str, adjective: str) -> str:
    kind = group.kind
    if kind.region:
        return f"an area of {kind.plural}" if amount == "a" else f"{amount} separate areas of {kind.plural}"
    if amount == "a":
        name = adjective + kind.singular
        return f"{article(name)} {name}"
    return f"{amount} {adjective}{kind.plural}"
