"""rich: a caption as long as CLIP reads, of all that is known."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import (
    halves,
    land,
    neighbours,
    share_statements,
    whole_by_worth,
    with_land,
)
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.phrases import FRAMES, Phrase, Told, fitting, framed, sentence, varied
from skypairs.transforms.captions.rich_layout import arranged_statements, besides, placed_sentences
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
    items = _items(view, draw, told)
    yield _extended(fitting(template, items), _further(view, token, draw, told, items))
    if len(view.classes) == 1:
        for most in (3, 4):
            for group in view.classes[0].by_worth:
                told = set()
                items = varied([group], most, draw, told=told)
                yield _extended(framed(template, items), islice(_further(view, token, draw, told, items), 1, None))


def _items(view: View, draw: int, told: Told) -> list[Phrase]:
    if len(view.classes) == 1:
        kind = view.classes[0]
        groups = halves(kind) or whole_by_worth(kind)[:1]
        return varied(groups, 3, draw, told=told)
    most = 2 if len(view.classes) <= 2 else 1
    return with_land(view.classes, varied([kind.whole for kind in view.classes], most, draw, told=told), land(view))


def _further(view: View, token: int, draw: int, told: Told, named: Sequence[Phrase]) -> Iterator[Phrase]:
    """Sentences in the order in which they are taken up; nothing is told twice."""
    alone = view.classes[0] if len(view.classes) == 1 else None
    if alone and not halves(alone) and (place := whole_by_worth(alone)[0].place):
        yield from islice(besides(view, place, token, draw, told), 2)
    elif not (alone and halves(alone)):
        yield from islice(placed_sentences(view, token, draw, told), 2)
    if alone and alone.number == 1:
        return
    yield from map(sentence, neighbours(view, named))
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
