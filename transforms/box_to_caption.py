"""Boxes to captions: the box-to-caption step of RemoteCLIP (arXiv 2306.11029, section III-B-1), and a richer one.

docs/remoteclip.md has what the paper fixes and what was chosen here, docs/captions.md the recipe `rich`. A text depends on
boxes, size, id, seed and what is known of the picture, and on nothing else.
"""

from collections.abc import Hashable, Iterable, Iterator
from itertools import islice

from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box, Caption, Lost
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.captions import Candidate, Rule, rules_of
from skypairs.transforms.captions.contents import Contents, count_contents
from skypairs.transforms.captions.draw import picture_token
from skypairs.transforms.captions.human import repair
from skypairs.transforms.captions.seen import look_at
from skypairs.transforms.captions.tokens import token_bound

SCENE = "scene"
"""Rules of this name speak of the class of the whole picture, whatever the recipe."""
RICH = "rich"


def write_captions(
    sample_id: str,
    width: int,
    height: int,
    boxes: tuple[Box, ...],
    human: tuple[str, ...],
    seed: int,
    options: Captions,
    words: Vocabulary,
    scene: str = "",
    lost: tuple[Lost, ...] = (),
    gsd: float | None = None,
    most: int = 0,
    imported: tuple[Caption, ...] = (),
    focus: str = "",
) -> tuple[Caption, ...]:
    """At most `per_picture` captions, distinct but for upper and lower case; width and height in pixels, as the boxes; gsd in
    meters a pixel of the picture.

    Human captions come first, repaired, then `imported` ones; rules fill up where there are boxes, or `scene`, the phrase
    of the picture's class. `focus`: native class of the object that a crop is of. Few objects give few distinct texts: what is
    missing then is missing, and nothing is repeated. Of `remoteclip` there always are up to five if one box has a word;
    `rich` writes no two captions that claim the same.
    """
    kept, _ = repair(human, options.per_picture)
    own = [Caption(text, "human") for text in kept]
    people = {caption.text.casefold() for caption in own}
    own += [item for item in imported if item.text.casefold() not in people][: options.per_picture - len(own)]
    room = options.per_picture - len(own)
    if not (boxes or scene) or not room:
        return tuple(own)
    contents = contents_of(sample_id, width, height, boxes, seed, options, words, scene, lost, gsd, focus)
    rules = rules_for(options.recipe)
    room = max(room, most - len(own))
    return (*own, *islice(captions_in_turn(contents, rules, (caption.text for caption in own)), room))


def rules_for(recipe: str) -> tuple[Rule, ...]:
    """The rules of a recipe and, before those that only fill up, that of the picture's class."""
    rules = rules_of(recipe)
    return (*(rule for rule in rules if not rule.every), *rules_of(SCENE), *(rule for rule in rules if rule.every))


def contents_of(
    sample_id: str,
    width: int,
    height: int,
    boxes: tuple[Box, ...],
    seed: int,
    options: Captions,
    words: Vocabulary,
    scene: str = "",
    lost: tuple[Lost, ...] = (),
    gsd: float | None = None,
    focus: str = "",
) -> Contents:
    """What the rules of a recipe see of a picture."""
    if options.recipe == RICH:
        view = look_at(width, height, boxes, lost, gsd, words)
        return Contents(picture_token(seed, sample_id), (), (), (), scene, words[focus].plural if focus else "", view)
    return count_contents(sample_id, seed, width, height, boxes, options.centre, words, scene)


def captions_in_turn(contents: Contents, rules: tuple[Rule, ...], taken: Iterable[str] = ()) -> Iterator[Caption]:
    """All captions that the rules have to give, the best first, none of a text that is taken or claiming what another does.

    Each rule has its turn, up to as many captions as it wants; then, while any has something new, each again for one.
    """
    seen = set(map(_folded, taken))
    claimed: set[frozenset[Hashable]] = set()
    asked = [(rule, rule.most, _new(rule, contents, seen, claimed)) for rule in rules]
    while asked:
        left = []
        for rule, most, found in asked:
            count = 0
            for candidate in islice(found, most):
                count += 1
                tokens = candidate.tokens or token_bound(candidate.text)
                yield Caption(candidate.text, "rule", rule.name, candidate.template, tokens)
            if count == most:
                left.append((rule, 1, found))
        asked = left


def _folded(text: str) -> str:
    """What two texts share that are one caption: a repaired one has no blank before its full stop."""
    return text.casefold().replace(" .", ".")


def _new(rule: Rule, contents: Contents, seen: set[str], claimed: set[frozenset[Hashable]]) -> Iterator[Candidate]:
    """What is new of each draw of a rule: the first, or all."""
    for draw in range(rule.draws):
        for candidate in rule.write(contents, draw):
            key = _folded(candidate.text)
            if key not in seen and not (candidate.claims and candidate.claims in claimed):
                seen.add(key)
                claimed.add(candidate.claims)
                yield candidate
                if not rule.every:
                    break
