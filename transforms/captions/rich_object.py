"""rich: of a crop of one object, that object before all else, and what it is next to.

Its size in the crop and its place there say how it was cut, so they are left out; a length in meters is not.
"""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import neighbours
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.draw import ranked
from skypairs.transforms.captions.group import Class
from skypairs.transforms.captions.phrases import FRAMES, Phrase, framed, item
from skypairs.transforms.captions.tokens import text_tokens

_FRAMES = tuple(frame for frame in FRAMES if "aerial" in frame)
_OTHERS = 2


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """The object next to another; with the other classes of the crop; alone."""
    classes = contents.view.classes
    if not contents.focus:
        return
    kind = next((kind for kind in classes if kind.name.plural == contents.focus and not kind.name.region), None)
    if kind is None:
        return
    templates = tuple(ranked(_FRAMES, contents.token("object", draw)))
    close = neighbours(contents.view)
    for pair, said in zip(contents.view.neighbours or (), close, strict=True):
        if kind in pair:
            other = pair[pair[0] is kind]
            text = f"{kind.some} next to {other.some}"
            yield framed(templates[0], [Phrase(text, said.claims, True, text_tokens(text))])
    others = [item(other.whole) for other in classes if other is not kind and not other.name.region][:_OTHERS]
    if others:
        yield framed(templates[1], [_alone(kind), *others])
    yield framed(templates[2], [_alone(kind)])


def _alone(kind: Class) -> Phrase:
    long = tuple(fact for fact in kind.whole.facts if "meter" in fact.words)
    return item(kind.whole, long[:1])


RULE = Rule("object", "rich", 0, 1, _FRAMES, write, draws=2)
