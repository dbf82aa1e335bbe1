"""rich: how large things are, in the picture, beside each other and in meters; of land, how much of the picture it covers."""

from collections.abc import Iterator

from skypairs.transforms.captions import Candidate, Rule
from skypairs.transforms.captions.choice import groups_by_worth, land, main_classes, share_statements
from skypairs.transforms.captions.contents import Contents
from skypairs.transforms.captions.english import capital
from skypairs.transforms.captions.layout_words import Fact
from skypairs.transforms.captions.phrases import Phrase, pick, statement
from skypairs.transforms.captions.seen import Group, View
from skypairs.transforms.captions.tokens import MOST, token_bound

TEMPLATE = "{statements}."
MOST_STATEMENTS = 3


def write(contents: Contents, draw: int) -> Iterator[Candidate]:
    """Up to three statements, of the classes with most to tell."""
    view = contents.view
    if not view.classes:
        return
    found = land(view)
    shares = share_statements(found) if found else []
    sized = size_statements(view, draw)
    for statements in ([*shares[:2], *sized], sized[:1], sized[1:], [*shares[1:], *sized[:1]]):
        if statements:
            yield together(statements[:MOST_STATEMENTS])


def size_statements(view: View, draw: int = 0) -> list[Phrase]:
    """A statement a class of which there is a size to tell, at a place if that has more to tell."""
    found = []
    for kind in main_classes(view, MOST_STATEMENTS, draw):
        groups = groups_by_worth(kind) if draw or len(view.classes) > 1 else [kind.whole, *groups_by_worth(kind)]
        group = next((group for group in groups if _sizes(group)), None)
        if group:
            facts = pick(_sizes(group), 3, draw)
            arranged = [fact for fact in group.facts if fact.turn == 3][:1] if len(facts) == 1 else []
            found.append(statement(group, (*facts, *arranged)))
    return found


def together(statements: list[Phrase]) -> Candidate:
    """Statements as one sentence, as many of them as CLIP reads."""
    while True:
        text = capital("; ".join(one.text for one in statements)) + "."
        if len(statements) == 1 or token_bound(text) <= MOST:
            return Candidate(TEMPLATE, text, frozenset(one.claim for one in statements))
        statements = statements[:-1]


def _sizes(group: Group) -> list[Fact]:
    return [fact for fact in group.facts if fact.turn < 3]


RULE = Rule("sizes", "rich", 4, 1, (TEMPLATE,), write)
