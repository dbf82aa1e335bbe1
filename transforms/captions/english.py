"""English around names: articles, lists, first letters."""

import re
from collections.abc import Sequence
from functools import lru_cache

_SOUNDS_A = re.compile(r"eu|ewe|one(?![a-z])|once|ouija|uni(?!d|m|n)|u[b-df-hj-moq-t][aeiou]|u(?![a-z])", re.IGNORECASE)
_SOUNDS_AN = re.compile(r"[aeiou]|hour|honou?r|honest|heir|8|11(?!\d)|18(?!\d)|[fhlmnrsx](?![a-z])", re.IGNORECASE)
_ACRONYM = re.compile(r"[AEFHILMNORSX][A-Z0-9]+(?![a-z])")


@lru_cache(maxsize=1 << 12)
def article(phrase: str) -> str:
    """ "a" or "an", by how the phrase sounds: an airplane, an hour, a unit, an SUV."""
    if _ACRONYM.match(phrase):
        return "an"
    return "an" if not _SOUNDS_A.match(phrase) and _SOUNDS_AN.match(phrase) else "a"


def listed(items: Sequence[str]) -> str:
    """ "x", "x and y", "x, y and z"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[0].upper() + text[1:]
