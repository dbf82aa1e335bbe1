"""rich: a caption as long as CLIP reads, of all that is known."""

from collections.abc import Iterable, Iterator
from itertools import islice

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import (
    halves,
    land,
    land_items,
    neighbours,
    share_statements,
)
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.phrases import FRAMES, Phrase, Told, fitting, framed, sentence, varied
from skypairs.transforms.captions.rich_layout import arranged_statements, placed_sentences
from skypairs.transforms.captions.rich_sizes import size_statements
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import MOST

FULL = FRAMES[1:]
_SENTENCES = 5


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """A list of all classes, then sentences on places, neighbours, sizes and shares while there is room."""
    view = contents.view
    if not view.classes:
        return
    token = contents.token("long", draw)
    template = next(ranked(FULL, token))
    told: Told = set()
    first = fitting(template, _items(view, draw, told))
    yield _extended(first, _further(view, token, draw, told))
    if len(view.classes) == 1:
        for most in (3, 4):
            for group in view.classes[0].by_worth:
                told = set()
                first = framed(template, varied([group], most, draw, told=told))
                yield _extended(first, islice(_further(view, token, draw, told), 1, None))


def _items(view: View, draw: int, told: Told) -> list[Phrase]:
    if len(view.classes) == 1 and (both := halves(view.classes[0])):
        return varied(both, 3, draw, told=told)
    if len(view.classes) == 1 and view.classes[0].whole.number == 1:
        return varied([view.classes[0].by_worth[0]], 3, draw, told=told)
    found = land(view)
    most = 2 if len(view.classes) <= 2 else 1
    return [*varied([kind.whole for kind in view.classes], most, draw, told=told), *(land_items(found) if found else [])]


def _further(view: View, token: int, draw: int, told: Told) -> Iterator[Phrase]:
    """Sentences in the order in which they are taken up; nothing is told twice."""
    alone = len(view.classes) == 1
    if alone and view.classes[0].whole.number == 1:
        return
    if not (alone and halves(view.classes[0])):
        yield from islice(placed_sentences(view, token, draw, told), 2)
    yield from map(sentence, neighbours(view))
    found = land(view)
    yield from map(sentence, share_statements(found) if found else ())
    sized = False
    for one in size_statements(view, draw + 1, told):
        sized = True
        yield sentence(one)
    if not sized:
        yield from map(sentence, arranged_statements(view, told))


def _extended(first: Candidate, sentences: Iterable[Phrase]) -> Candidate:
    """A text with as many sentences of something new as CLIP reads."""
    texts, claims, tokens = [first.text], set(first.claims), first.tokens
    for one in sentences:
        if len(texts) > _SENTENCES:
            break
        if not claims.issuperset(one.claims):
            if tokens + one.tokens > MOST:
                break
            tokens += one.tokens
            texts.append(one.text)
            claims.update(one.claims)
    return Candidate(first.template + (" {sentences}" if len(texts) > 1 else ""), " ".join(texts), frozenset(claims), tokens)


RULE = Rule("long", "rich", 5, 1, FULL, write, draws=2)
