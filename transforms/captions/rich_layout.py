"""rich: where things are, and how they lie to each other."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import neighbours
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.english import capital, listed
from skypairs.transforms.captions.layout_words import PLACES
from skypairs.transforms.captions.phrases import Phrase, item, pick, statement
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import MOST, token_bound

TEMPLATES = ("{place} there {be} {list}.", "{statement}.")


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Two places with all that is at them, what lies next to what, or how the objects of a class are arranged."""
    view = contents.view
    if not view.classes:
        return
    sentences = placed_sentences(view, contents.token("layout", draw), draw)
    close = [Phrase(capital(one.text) + ".", one.claim, True) for one in neighbours(view)]
    arranged = [Phrase(capital(one.text) + ".", one.claim, True) for one in arranged_statements(view)]
    for chosen in ([*sentences[:2], *close[:1]], sentences[:1], [*sentences[1:2], *close[:1]], [*close, *arranged[:1]]):
        if chosen:
            yield joined(chosen, TEMPLATES[not sentences])
    if arranged:
        yield joined(arranged[:2], TEMPLATES[1])
    for kind in view.classes:
        for group in kind.placed.values():
            text = statement(group, pick(group.facts, 2, draw))
            yield joined([Phrase(capital(text.text) + ".", text.claim, True)], "{statement}.")


def joined(sentences: list[Phrase], template: str) -> Candidate:
    """As many sentences, from the first, as CLIP reads."""
    while len(sentences) > 1 and token_bound(" ".join(one.text for one in sentences)) > MOST:
        sentences = sentences[:-1]
    return Candidate(template, " ".join(one.text for one in sentences), frozenset(one.claim for one in sentences))


def placed_sentences(view: View, token: int, draw: int) -> list[Phrase]:
    """One sentence a place where something is, drawn in an order of its own; center and edge, which tell most, first."""
    names = [place.name for place in PLACES if any(place.name in kind.placed for kind in view.classes)]
    order = sorted(ranked(names, token), key=lambda name: name not in ("center", "edge") or bool(draw)) if names else []
    return [_placed(view, name, draw) for name in order]


def _placed(view: View, name: str, draw: int) -> Phrase:
    groups = [kind.placed[name] for kind in view.classes if name in kind.placed]
    items = [item(group, pick(group.facts, 2 if len(groups) == 1 else 1, draw), placed=False) for group in groups[:4]]
    place = groups[0].place
    assert place is not None
    words = place.words if sum(group.number for group in groups[:4]) == 1 else place.plural
    text = f"{words} there {'is' if items[0].one else 'are'} {listed([one.text for one in items])}."
    return Phrase(capital(text), "+".join(one.claim for one in items), items[0].one)


def arranged_statements(view: View) -> list[Phrase]:
    """Statements on classes of which there is an arrangement to tell."""
    found = []
    for kind in view.classes:
        facts = [fact for fact in kind.whole.facts if fact.turn == 3]
        others = [fact for fact in kind.whole.facts if fact.turn != 3]
        if facts:
            found.append(statement(kind.whole, (*facts[:1], *others[:1])))
    return found


RULE = Rule("layout", "rich", 3, 1, TEMPLATES, write)
