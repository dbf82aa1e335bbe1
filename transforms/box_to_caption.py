"""Boxes to captions: the box-to-caption step of RemoteCLIP (arXiv 2306.11029, section III-B-1). docs/remoteclip.md has
what the paper fixes and what was chosen here. A text depends on boxes, size, id and seed, and on nothing else.
"""

from collections.abc import Iterable

from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box, Caption
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.captions import Rule, rules_of
from skypairs.transforms.captions.contents import Contents, count_contents
from skypairs.transforms.captions.human import repair

SCENE = "scene"
"""Rules of this name speak of the class of the whole picture, whatever the recipe."""
DRAWS = 2
"""A rule is asked at most so many times the captions that are wanted."""


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
) -> tuple[Caption, ...]:
    """At most `per_picture` captions, distinct but for upper and lower case; width and height in pixels, as the boxes.

    Human captions come first, repaired; rules fill up where there are boxes, or `scene`, the phrase of the picture's class. Few
    objects give few distinct texts: what is missing then is missing, and nothing is repeated. Up to five there always are if
    one box has a word.
    """
    kept, _ = repair(human)
    own = [Caption(text, "human") for text in kept[: options.per_picture]]
    room = options.per_picture - len(own)
    if not (boxes or scene) or not room:
        return tuple(own)
    contents = count_contents(sample_id, seed, width, height, boxes, options.centre, words, scene)
    rules = (*rules_of(options.recipe), *rules_of(SCENE))
    return (*own, *rule_captions(contents, rules, room, (caption.text for caption in own)))


def rule_captions(contents: Contents, rules: tuple[Rule, ...], room: int, taken: Iterable[str] = ()) -> tuple[Caption, ...]:
    """At most `room` captions, none of a text that is taken. Each rule has its turn; then, to fill up, each again."""
    seen = {text.casefold() for text in taken}
    captions: list[Caption] = []
    for again in (False, True):
        for rule in rules:
            wanted = len(captions) + (room if again else rule.most)
            for draw in range(DRAWS * room):
                if len(captions) >= min(room, wanted):
                    break
                for template, text in rule.write(contents, draw):
                    if text.casefold() not in seen:
                        seen.add(text.casefold())
                        captions.append(Caption(text, "rule", rule.name, template))
                        break
    return tuple(captions)
