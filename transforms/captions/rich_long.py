"""rich: a caption as long as CLIP reads, of all that is known."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import (
    described,
    groups_by_worth,
    halves,
    land,
    land_items,
    neighbours,
    share_statements,
)
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.english import capital
from skypairs.transforms.captions.phrases import FRAMES, Phrase, fitting, framed
from skypairs.transforms.captions.rich_layout import arranged_statements, placed_sentences
from skypairs.transforms.captions.rich_sizes import size_statements
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import MOST, token_bound

FULL = FRAMES[1:]
_SENTENCES = 5


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """A list of all classes, then sentences on places, neighbours, sizes and shares while there is room."""
    view = contents.view
    if not view.classes:
        return
    token = contents.token("long", draw)
    template = next(ranked(FULL, token))
    first = fitting(template, _items(view, draw))
    sentences = _further(view, token, draw)
    yield _extended(first, sentences)
    if len(view.classes) == 1:
        for most in (3, 4):
            for group in groups_by_worth(view.classes[0]):
                yield _extended(framed(template, [described(group, most, draw)]), sentences[1:])


def _items(view: View, draw: int) -> list[Phrase]:
    if len(view.classes) == 1 and (both := halves(view.classes[0])):
        return [described(group, 3, draw) for group in both]
    if len(view.classes) == 1 and view.classes[0].whole.number == 1:
        return [described(groups_by_worth(view.classes[0])[0], 3, draw)]
    found = land(view)
    most = 2 if len(view.classes) <= 2 else 1
    return [*(described(kind.whole, most, draw) for kind in view.classes), *(land_items(found) if found else [])]


def _further(view: View, token: int, draw: int) -> list[Phrase]:
    """Sentences in the order in which they are taken up."""
    if len(view.classes) == 1 and view.classes[0].whole.number == 1:
        return []
    found = land(view)
    shares = share_statements(found) if found else []
    places = [] if len(view.classes) == 1 and halves(view.classes[0]) else placed_sentences(view, token, draw)
    others = [*neighbours(view), *shares, *arranged_statements(view), *size_statements(view, draw)]
    return [*places, *(Phrase(capital(one.text) + ".", one.claim, True) for one in others)]


def _extended(first: Candidate, sentences: list[Phrase]) -> Candidate:
    text, claims, tokens, taken = first.text, set(first.claims), token_bound(first.text), 0
    for one in sentences:
        more = token_bound(one.text) - 2
        if taken == _SENTENCES or tokens + more > MOST:
            break
        if one.claim not in claims:
            text, tokens, taken = f"{text} {one.text}", tokens + more, taken + 1
            claims.add(one.claim)
    return Candidate(first.template + (" {sentences}" if taken else ""), text, frozenset(claims))


RULE = Rule("long", "rich", 5, 1, FULL, write)
