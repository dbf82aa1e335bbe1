"""rich: how large things are, in the picture, beside each other and in meters; of land, how much of the picture it covers."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import land, main_classes, share_statements
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.english import capital
from skypairs.transforms.captions.phrases import Phrase, Told, claimed, pick, statement
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.tokens import MOST

TEMPLATE = "{statements}."
MOST_STATEMENTS = 3


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Up to three statements, of the classes with most to tell."""
    view = contents.view
    if not view.classes:
        return
    found = land(view)
    shares = share_statements(found) if found else []
    sized = list(size_statements(view, draw))
    if shares or sized:
        yield together([*shares[:2], *sized][:MOST_STATEMENTS])
        for one in (*sized, *shares):
            yield together([one])


def size_statements(view: View, draw: int = 0, told: Told | None = None) -> Iterator[Phrase]:
    """A statement a class of which there is a size to tell, at a place if that has more to tell; of nothing told before."""
    for kind in main_classes(view, MOST_STATEMENTS, draw):
        for group in (kind.whole, *kind.by_worth):
            facts = pick(group, 3, draw, told)
            if facts and facts[0].turn < 3:
                yield statement(group, facts)
                break


def together(statements: list[Phrase]) -> Candidate:
    """Statements as one sentence, as many of them as CLIP reads."""
    tokens = 2 + sum([one.tokens + 1 for one in statements])
    while len(statements) > 1 and tokens > MOST:
        tokens -= statements[-1].tokens + 1
        statements = statements[:-1]
    text = capital("; ".join([one.text for one in statements])) + "."
    return Candidate(TEMPLATE, text, claimed(statements), tokens)


RULE = Rule("sizes", "rich", 4, 1, (TEMPLATE,), write, draws=2)
