"""rich: where things are, and how they lie to each other."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import neighbours
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.english import capital
from skypairs.transforms.captions.group import Group
from skypairs.transforms.captions.layout_words import PLACES, Fact
from skypairs.transforms.captions.phrases import Phrase, Told, claimed, listing, pick_of, sentence, statement, varied
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import MOST, text_tokens

PLACED = "{place} there {be} {list}."
TEMPLATES = (PLACED, "{statement}.")
_FIRST = ("center", "edge")
MOST_THERE = 4
"""So many classes are named at one place."""


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Two places with all that is at them and what lies next to what; or how the objects of a class are arranged."""
    view = contents.view
    if not view.classes:
        return
    sentences = list(islice(placed_sentences(view, contents.token("layout", draw), draw), 2))
    close = [sentence(one) for one in neighbours(view)]
    if sentences or close:
        yield joined([*sentences, *close[:1]], TEMPLATES[not sentences])
    if arranged := [sentence(one) for one in islice(arranged_statements(view), 2)]:
        yield joined([*close[:1], *arranged], TEMPLATES[1])
    for each in sentences:
        yield joined([each], TEMPLATES[0])
    for kind in view.classes:
        for group in kind.placed.values():
            yield joined([sentence(statement(group, pick_of(group.facts, 2, draw)))], TEMPLATES[1])


def joined(sentences: list[Phrase], template: str) -> Candidate:
    """As many sentences, from the first, as CLIP reads."""
    tokens = 2 + sum([one.tokens for one in sentences])
    while len(sentences) > 1 and tokens > MOST:
        tokens -= sentences[-1].tokens
        sentences = sentences[:-1]
    return Candidate(template, " ".join([one.text for one in sentences]), claimed(sentences), tokens)


def placed_sentences(view: View, token: int, draw: int = 0, told: Told | None = None) -> Iterator[Phrase]:
    """One sentence a place where something is: center and edge, which tell most, first, then in an order that is drawn; of
    nothing that was told before."""
    there = {name for kind in view.classes for name in kind.placed}
    for name in _FIRST:
        if name in there:
            yield _placed(view, name, draw, told)
    if others := [place.name for place in PLACES if place.name in there and place.name not in _FIRST]:
        for name in ranked(others, token):
            yield _placed(view, name, draw, told)


def _placed(view: View, name: str, draw: int, told: Told | None) -> Phrase:
    groups = [kind.placed[name] for kind in view.classes if name in kind.placed][:MOST_THERE]
    return at_place(groups, 2 if len(groups) == 1 else 1, draw, told)


def at_place(groups: Sequence[Group], most: int, draw: int, told: Told | None = None) -> Phrase:
    """A sentence on sets that one place picks, each with up to so many facts: the place is said once, for all of them."""
    items = varied(groups, most, draw, placed=False, told=told)
    where = groups[0].where if len(groups) == 1 else groups[0].everywhere
    there, tokens = _there(where, items[0].one)
    words, more = listing(items)
    return Phrase(f"{there} {words}.", tuple([claim for one in items for claim in one.claims]), items[0].one, tokens + more + 1)


@lru_cache(maxsize=1 << 8)
def _there(where: str, one: bool) -> tuple[str, int]:
    text = f"{capital(where)} there {'is' if one else 'are'}"
    return text, text_tokens(text)


def arranged_statements(view: View, told: Told | None = None) -> Iterator[Phrase]:
    """Statements on classes of which there is an arrangement to tell that was not told before."""
    for kind in view.classes:
        facts: Sequence[Fact] = kind.whole.facts
        if told:
            facts = [fact for fact in facts if (kind.name.plural, kind.name.region, "", fact) not in told]
        arranged = next((fact for fact in facts if fact.turn == 3), None)
        if arranged is not None:
            yield statement(kind.whole, (*[fact for fact in facts if fact.turn < 3][:1], arranged))


RULE = Rule("layout", "rich", 3, 1, TEMPLATES, write, draws=2)
