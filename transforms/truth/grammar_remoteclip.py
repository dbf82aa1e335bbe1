"""Captions of the recipe `remoteclip` back into claims; docs/remoteclip.md lists their sentences.

caption = objects [verb] place " ." | "There" verb objects place " ." | "There are both" plural "and" plural "in the picture ."
place   = "in the middle of the picture" | "at the edge of the picture"
        | "in the picture" | "in this remote sensing picture"     (without "There": "are located in ...")
objects = amount {", " amount} [" and " amount]
amount  = ("a" | "an" | number | vague) thing
thing   = singular | plural | "place with" singular | "places with" plural
"""

import re

from skypairs.transforms.truth.claims import Claim, Number, Place, Things
from skypairs.transforms.truth.picture import Lexicon

_FRAMES = tuple(
    (re.compile(frame), place)
    for frame, place in (
        (r"(.+?)(?: is| are)? in the middle of the picture \.", "in the middle"),
        (r"(.+?)(?: is| are)? at the edge of the picture \.", "at the edge"),
        (r"(.+?) (?:is|are) located in (?:the|this remote sensing) picture \.", ""),
        (r"[Tt]here (?:is|are) (.+) in (?:the|this remote sensing) picture \.", ""),
    )
)
_THERE = re.compile(r"[Tt]here (?:is|are) (.+)")
_PLACES: dict[str, Place] = {"": "", "in the middle": "in the middle", "at the edge": "at the edge"}
_BOTH = re.compile(r"[Tt]here are both (.+) in the picture \.")
_AMOUNT = re.compile(
    r"(many|lots of|a lot of|a quantity of|a crowd of|a large deal of|an?(?= )|\d+) (?:(places?) with )?(.+)", re.IGNORECASE
)
_VAGUE_FROM = 11
"""The paper's general terms stand for more than ten."""


def read_remoteclip(text: str, words: Lexicon) -> tuple[Claim, ...]:
    """The claims of a caption, empty where it is none of these sentences or names an unknown class."""
    if found := _BOTH.fullmatch(text):
        for first, second in _halves(found[1]):
            if first in words.plural and second in words.plural:
                things = (Things(words.plural[name], view="boxes") for name in (first, second))
                return tuple(Number(thing, 2, None, vague=True) for thing in things)
    for frame, place in _FRAMES:
        if found := frame.fullmatch(text):
            there = _THERE.fullmatch(found[1]) if place else None
            return _listed(there[1] if there else found[1], place, words) or ()
    return ()


def _listed(text: str, place: str, words: Lexicon) -> tuple[Claim, ...] | None:
    """ "x", "x and y", "x, y and z": names may hold "and" and commas themselves, so every way to part them is tried."""
    if one := _amount(text, place, words):
        return (one,)
    for cut in re.finditer(r", | and ", text):
        if first := _amount(text[: cut.start()], place, words):
            rest = _listed(text[cut.end() :], place, words)
            if rest:
                return (first, *rest)
    return None


def _amount(text: str, place: str, words: Lexicon) -> Number | None:
    found = _AMOUNT.fullmatch(text)
    if not found:
        return None
    amount, regions, name = found[1].lower(), found[2], found[3]
    one = amount in ("a", "an")
    label = (words.singular if one else words.plural).get(name)
    if label is None or regions not in (None, "place" if one else "places"):
        return None
    things = Things(label, bool(regions), _PLACES[place], "boxes")
    if amount.isdigit():
        return Number(things, int(amount), int(amount))
    return Number(things, 1, 1) if one else Number(things, _VAGUE_FROM, None, vague=True)


def _halves(text: str) -> list[tuple[str, str]]:
    return [(text[: cut.start()], text[cut.end() :]) for cut in re.finditer(" and ", text)]
