"""Words around the class names: articles, numbers, vague words, lists. After the examples in RemoteCLIP's figure 2."""

import re
from collections.abc import Sequence
from functools import lru_cache

from skypairs.transforms.captions import Candidate
from skypairs.transforms.captions.contents import Group
from skypairs.transforms.captions.draw import choose, derive
from skypairs.transforms.captions.english import article, capital, listed
from skypairs.transforms.captions.tokens import text_tokens, token_bound

EXACT = 10
"""The largest number that is said; more than ten are "many" (arXiv 2306.11029, section III-B-1)."""
MOST_LISTED = 8
"""A caption lists at most so many classes, the most frequent: CLIP reads 77 tokens."""
VAGUE = ("many", "lots of", "a lot of", "a quantity of")
VAGUE_PLACES = (*VAGUE, "a large deal of")
VAGUE_MOVING = (*VAGUE, "a crowd of")

_MOVING = {
    *("biker", "bus", "car", "cyclist", "human", "motorbike", "motorcycle", "pedestrian", "person", "skater", "truck", "van"),
    "vehicle",
}


def is_vague(group: Group) -> bool:
    """Whether a group is too many to say, or its number is not known."""
    return group.number > EXACT or group.crowd


def is_one(group: Group) -> bool:
    return group.number == 1 and not group.crowd


def amount(group: Group, token: int) -> str:
    """ "a ship", "4 ships", "many ships"; of regions "a place with ship", "4 places with ships"."""
    if is_one(group):
        return f"a place with {group.singular}" if group.place else f"{article(group.singular)} {group.singular}"
    things = f"places with {group.plural}" if group.place else group.plural
    if not is_vague(group):
        return f"{group.number} {things}"
    moving = group.singular.rpartition(" ")[2] in _MOVING
    vague = VAGUE_PLACES if group.place else VAGUE_MOVING if moving else VAGUE
    return f"{choose(vague, derive(token, group.singular))} {things}"


_amount_tokens = lru_cache(maxsize=1 << 12)(text_tokens)


@lru_cache(maxsize=1 << 8)
def _parts(template: str) -> tuple[tuple[str, ...], int]:
    """A template cut at its slots: text, name of a slot, text, ...; and the tokens of its texts, with start and end."""
    parts = tuple(re.split(r"[{}]", template))
    return parts, token_bound(" ".join(parts[::2]))


def fill(template: str, groups: Sequence[Group], token: int) -> Candidate:
    """A template with its slots filled and its first letter large.

    {objects}: the list of amounts; {are}: the verb that follows it; {be}: the verb before it, which goes by the first of the
    list ("There is a car and a bus", "There is a crowd of cars"); {first}, {second}: plurals alone.
    """
    parts, tokens = _parts(template)
    texts = list(parts)
    amounts = [amount(group, token) for group in groups[:MOST_LISTED]] if "objects" in parts else []
    for place in range(1, len(parts), 2):
        slot = parts[place]
        if slot == "objects":
            texts[place] = listed(amounts)
            tokens += sum(map(_amount_tokens, amounts)) + len(amounts) - 1  # an "and" and the commas
        elif slot == "are":
            texts[place] = "is" if len(groups) == 1 and is_one(groups[0]) else "are"
            tokens += 1
        elif slot == "be":
            first = amounts[0]
            texts[place] = "is" if first.startswith(("a ", "an ")) and not first.startswith("a lot of ") else "are"
            tokens += 1
        else:
            texts[place] = groups[0 if slot == "first" else -1].plural
            tokens += _amount_tokens(texts[place])
    return Candidate(template, capital("".join(texts)), tokens=tokens)
