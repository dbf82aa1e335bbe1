"""Facts into phrases of the grammar of docs/captions.md: items, statements, lists, sentences."""

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from skypairs.transforms.captions import Candidate
from skypairs.transforms.captions.english import article, capital, listed
from skypairs.transforms.captions.group import Group
from skypairs.transforms.captions.group_facts import Name
from skypairs.transforms.captions.layout_words import DENSE, PLACES, Fact
from skypairs.transforms.captions.tokens import MOST, text_tokens

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
    template: (before.removesuffix("{be} "), before.endswith("{be} "), after, text_tokens(before.replace("{be}", "is")))
    for template in FRAMES
    for before, _, after in [template.partition("{list}")]
}

SPANNING = "spanning"
ARRANGED = 3
"""Place of arrangements among the words that follow a name."""
_ORDER = attrgetter("order")
_NONE = frozenset[Fact]()
Facts = tuple[Fact, ...]


class Phrase(NamedTuple):
    """Words with what they claim."""

    text: str
    claims: tuple[Hashable, ...]
    """The same of two phrases that say the same of the same objects."""
    one: bool
    """A verb before it, or after it, is "is"."""
    tokens: int
    """At most so many are made of the text."""
    told: bool = True
    """It says more than a class and its number."""


@lru_cache(maxsize=1 << 14)
def pick_of(
    facts: tuple[Fact, ...], most: int, turn: int, below: int = ARRANGED + 1, but: frozenset[Fact] = _NONE
) -> tuple[Fact, ...]:
    """Up to `most` facts of those that are not in `but`, no two of one kind, beginning with the turn-th; in the order in which
    they are said. Facts whose place in that order is not `below` are left out."""
    facts = tuple([fact for fact in facts if fact.turn < below and fact not in but])
    start = turn % len(facts) if facts else 0
    found: dict[int, Fact] = {}
    for fact in (*facts[start:], *facts[:start]):
        if len(found) == most:
            break
        found.setdefault(fact.turn, fact)
    return tuple(sorted(found.values(), key=_ORDER))


Told = set[tuple[str, bool, str, Fact]]
"""What was said before: plural of a class, whether of regions, place if that picks only some of its objects, what."""
_HALVES = ("", "near the center", "near the edge")
"""Places of which one has none of the objects of another."""


def said_before(group: Group, told: Told) -> list[Fact]:
    """Facts of a set that were said of it, or of all objects of the class; of a set that overlaps others, of any of these."""
    name, where = group.kind.name, _where(group)
    places = ("", where) if where in _HALVES else (*_HALVES, *[place.words for place in PLACES], where)
    return [fact for fact in group.facts if any((name.plural, name.region, place, fact) in told for place in places)]


def _where(group: Group) -> str:
    return "" if group.number == group.kind.number and group.sure else group.where


def pick(group: Group, most: int, turn: int, told: Told | None, below: int = ARRANGED + 1, but: Sequence[Fact] = ()) -> Facts:
    """Facts of a set as `pick_of` gives them, none that was told before; they are told now."""
    if told is None:
        return pick_of(group.facts, most, turn, below, frozenset(but) if but else _NONE)
    facts = pick_of(group.facts, most, turn, below, frozenset((*but, *said_before(group, told))))
    for fact in facts:
        told.add((group.kind.name.plural, group.kind.name.region, _where(group), fact))
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
        again = [fact for fact in group.facts if fact.alone in used] if used else ()
        facts = pick(group, most, turn, told, below, again)
        for fact in facts:
            if fact.turn:
                used.add(fact.alone)
        items.append(item(group, facts, placed))
    return items


def item(group: Group, facts: tuple[Fact, ...] = (), placed: bool = True, vague: int = 0) -> Phrase:
    """ "three small ships of similar size near the edge"; without its place where that stands elsewhere in the sentence.

    Facts as `pick_of` gives them: in the order in which they are said, an adjective first.
    """
    return _item(group.kind.name, group.amount(vague), facts, group.where, placed)


@lru_cache(maxsize=1 << 14)
def _item(name: Name, amount: str, facts: tuple[Fact, ...], place: str, placed: bool) -> Phrase:
    adjective = f"{facts[0].words} " if facts and not facts[0].turn else ""
    if DENSE in facts:
        adjective = f"{DENSE.words} {adjective}"
    text = _named(name, amount, adjective)
    after = [fact for fact in facts if fact.turn and fact is not DENSE]
    for words in _in_order(after, place if placed else ""):
        text = f"{text} {words}"
    claim = name.plural, name.region, amount, place, facts
    return Phrase(text, (claim,), amount == "a", text_tokens(text), bool(facts or place))


def statement(group: Group, facts: tuple[Fact, ...]) -> Phrase:
    """ "three ships are small, of similar size and near the edge", "a small ship spans about a tenth of the picture"; of at
    least one fact or place."""
    return _statement(group.kind.name, group.amount(), facts, group.where)


def placed_too(group: Group) -> Phrase:
    """ "the two ships are along the border": that objects named before are at another place as well; "at least two ships are",
    where it is not sure that they are the same."""
    name, amount = group.kind.name, group.amount()
    known = group.sure and group.kind.exact and group.number <= 10 and not name.region
    subject = _named(name, amount, "")
    if known:
        subject = f"the {name.singular if amount == 'a' else subject}"
    text = f"{subject} {'is' if amount == 'a' else 'are'} {group.where}"
    return Phrase(text, ((name.plural, name.region, amount, group.where, ()),), amount == "a", text_tokens(text))


@lru_cache(maxsize=1 << 14)
def _statement(name: Name, amount: str, facts: tuple[Fact, ...], place: str) -> Phrase:
    claim = name.plural, name.region, amount, place, facts
    for fact in facts:
        if fact.turn == 2 and SPANNING in fact.words:
            subject = _item(name, amount, tuple([other for other in facts if other is not fact]), place, True)
            text = f"{subject.text} {fact.words.replace(SPANNING, 'spans' if amount == 'a' else 'span')}"
            break
    else:
        be = "is" if amount == "a" else "are"
        text = f"{_named(name, amount, '')} {be} {listed(_in_order(facts, place))}"
    return Phrase(text, (claim,), amount == "a", text_tokens(text))


def _in_order(facts: Sequence[Fact], place: str) -> list[str]:
    """Words that follow a name: sizes, arrangement, place, then what each object or the one spans."""
    said = [fact.words for fact in facts if not fact.last]
    if place:
        said.append(place)
    return [*said, *[fact.words for fact in facts if fact.last]]


def claimed(phrases: Iterable[Phrase]) -> frozenset[Hashable]:
    """All that phrases claim together."""
    return frozenset([claim for phrase in phrases for claim in phrase.claims])


def sentence(phrase: Phrase) -> Phrase:
    """A statement with its first letter large and its full stop."""
    return Phrase(capital(phrase.text) + ".", phrase.claims, phrase.one, phrase.tokens + 1, phrase.told)


def listing(items: Sequence[Phrase]) -> tuple[str, int]:
    """Items as a list, and at most so many tokens are made of it."""
    if len(items) == 1:
        return items[0].text, items[0].tokens
    marks = len(items) - 1  # an "and" and the commas
    return listed([each.text for each in items]), sum([each.tokens for each in items]) + marks


def framed(template: str, items: Sequence[Phrase]) -> Candidate:
    """A list in one of FRAMES."""
    before, be, after, tokens = _SPLIT[template]
    words, more = listing(items)
    verb = ("is " if items[0].one else "are ") if be else ""
    text = f"{before}{verb}{words}{after}"
    return Candidate(template, text if before else capital(text), claimed(items), 2 + tokens + more + 1)


def fitting(template: str, items: Sequence[Phrase]) -> Candidate:
    """The same of as many items, from the first, as CLIP reads."""
    while True:
        candidate = framed(template, items)
        if len(items) == 1 or candidate.tokens <= MOST:
            return candidate
        items = items[:-1]


def _named(name: Name, amount: str, adjective: str) -> str:
    if name.region:
        return f"an area of {name.plural}" if amount == "a" else f"{amount} separate areas of {name.plural}"
    if amount == "a":
        one = adjective + name.singular
        return f"{article(one)} {one}"
    return f"{amount} {adjective}{name.plural}"
