"""rich: where things are, and how they lie to each other."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import neighbours, whole_by_worth, wider_places
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.english import capital
from skypairs.transforms.captions.group import Class, Group, same_objects
from skypairs.transforms.captions.layout_words import PLACES, Fact, Place
from skypairs.transforms.captions.phrases import Phrase, Told, claimed, listing, pick_of, sentence, statement, varied
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import MOST, text_tokens

PLACED = "{place} there {be} {list}."
TEMPLATES = (PLACED, "{statement}.")
_FIRST = {"center": "middle", "edge": "corner"}
"""Places that tell most, have no object in common and are told first; with the narrower place in each."""
MOST_THERE = 4
"""So many classes are named at one place."""


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Two places with all that is at them and what lies next to what; or how the objects of a class are arranged."""
    view = contents.view
    if not view.classes:
        return
    sentences = list(islice(placed_sentences(view, contents.token("layout", draw), draw), 2))
    if len(view.classes) == 1 and len(sentences) == 1 and (place := _place_of(view.classes[0], sentences[0])):
        sentences += islice(besides(view, place, contents.token("layout", draw), draw), 1)
    close = [sentence(one) for one in neighbours(view, sentences)]
    if sentences or close:
        yield joined([*sentences, *close[:1]], TEMPLATES[not sentences])
    if arranged := [sentence(one) for one in islice(arranged_statements(view), 2)]:
        alone = [sentence(one) for one in neighbours(view)]
        yield joined([*alone[:1], *arranged], TEMPLATES[1])
    for each in sentences:
        yield joined([each], TEMPLATES[0])
    for kind in view.classes:
        for group in kind.placed.values():
            yield joined([sentence(statement(group, pick_of(group.facts, 2, draw)))], TEMPLATES[1])


def _place_of(kind: Class, said: Phrase) -> Place | None:
    """Where the objects of a class are that a sentence has named, if these are all."""
    claim = said.claims[0]
    where = claim[3] if isinstance(claim, tuple) else ""
    return next((group.place for group in whole_by_worth(kind) if group.where == where), None)


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
    said: set[str] = set()
    for name, nearer in _FIRST.items():
        if name in there:
            best = nearer if _all_at(view, name, nearer) else name
            said |= {name, best}
            yield _placed(view, best, draw, told)
    others = [place.name for place in PLACES if place.name in there and place.name not in said]
    if others := [name for name in others if not said or _more_at(view, name)]:
        for name in ranked(others, token):
            yield _placed(view, name, draw, told)


def _all_at(view: View, name: str, nearer: str) -> bool:
    """Whether all objects that are known at a place are at a narrower one."""
    pairs = [(kind.placed[name], kind.placed.get(nearer)) for kind in view.classes if name in kind.placed]
    return all(some is not None and some.sure and wide.sure and same_objects(some, wide) for wide, some in pairs)


def _more_at(view: View, name: str) -> bool:
    """Whether the objects at a place are others than all those near the center, and than all those near the edge."""
    return any(
        not any(same_objects(kind.placed[name], group) for first in _FIRST if (group := kind.placed.get(first)))
        for kind in view.classes
        if name in kind.placed
    )


def besides(view: View, said: Place, token: int, draw: int = 0, told: Told | None = None) -> Iterator[Phrase]:
    """Sentences on the only class of a picture, all objects of which were said to be at a place: where else they are, then
    where some of them are."""
    kind = view.classes[0]
    yield from map(sentence, wider_places(kind, said))
    names = [name for name, group in kind.placed.items() if group.number < kind.number]
    for name in ranked(names, token) if names else ():
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
