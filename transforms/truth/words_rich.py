"""The words of the recipe `rich` and what they claim: numbers, places, arrangements, sizes. The figures are those of
docs/captions.md, in its column "true when".
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

from skypairs.transforms.truth.claims import Arranged, Claim, Layout, Long, Place, Size, Sized, Spans, Things

Range = tuple[int, int | None, bool]
"""Least and greatest number, and whether every object of the class must be known."""

ARTICLE = re.compile("an? ")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_HUNDREDS = {"a hundred": 100, "two hundred": 200, "three hundred": 300, "four hundred": 400, "five hundred": 500}
_ROUND = {"fifteen": 15} | _TENS | _HUNDREDS
_BOUNDS = {"ten": 10, "a thousand": 1000} | _ROUND


def _any(words: dict[str, int]) -> str:
    return "(" + "|".join(sorted(words, key=len, reverse=True)) + ")"


def _about(found: re.Match[str]) -> Range:
    number = _ROUND[found[1]]
    return math.ceil(number * 0.8 - 1e-9), math.floor(number * 1.2 + 1e-9), True


AMOUNTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Range]], ...] = (
    (re.compile(f"{_any(_NUMBERS)} "), lambda found: (_NUMBERS[found[1]], _NUMBERS[found[1]], True)),
    (re.compile(f"at least {_any(_NUMBERS)} "), lambda found: (_NUMBERS[found[1]], None, False)),
    (re.compile("a few "), lambda _: (3, 5, True)),
    (re.compile("several "), lambda _: (4, 9, True)),
    (re.compile("about a dozen "), lambda _: (10, 14, True)),
    (re.compile(f"about {_any(_ROUND)} "), _about),
    (re.compile(f"more than {_any(_BOUNDS)} "), lambda found: (_BOUNDS[found[1]] + 1, None, False)),
    (re.compile("dozens of "), lambda _: (24, None, False)),
    (re.compile("hundreds of "), lambda _: (200, None, False)),
)
"""Words for numbers, and the numbers they are true of."""

PLACES: dict[str, Place] = {
    "right at the center": "right at the center",
    "near the center": "near the center",
    "between the center and the edge": "between the center and the edge",
    "near the edge": "near the edge",
    "in a corner": "in a corner",
    "in the corners": "in a corner",
    "along the border": "along the border",
}
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
_RELATIVE: tuple[Size, ...] = (
    "of similar size",
    "of very different sizes",
    "filling most of the picture",
)
SIZES: dict[str, Size] = {"tiny": "tiny", "small": "small", "medium-sized": "medium-sized", "large": "large"}
_UNITS = {"a twentieth": 1 / 20, "a tenth": 1 / 10, "an eighth": 1 / 8, "a sixth": 1 / 6, "a fifth": 1 / 5, "a quarter": 1 / 4}
PARTS = _UNITS | {"a third": 1 / 3, "two fifths": 2 / 5, "half": 1 / 2, "two thirds": 2 / 3, "three quarters": 3 / 4}
_METERS = re.compile(r"(?:each )?about (\d+) meters? long")
_SPANS = re.compile(rf"(?:each )?spanning about ({'|'.join(PARTS)}) of the picture")

_VERB = re.compile(rf"(?:spans|each span) about ({'|'.join(PARTS)}) of the picture")


@dataclass(frozen=True, slots=True)
class After:
    """Words after a group: a place, or what is claimed of the objects that it picks out."""

    place: Place = ""
    layout: Layout | None = None
    size: Size | None = None
    meters: float | None = None
    part: float | None = None

    def claims(self, things: Things) -> Iterator[Claim]:
        if self.layout:
            yield Arranged(things, self.layout)
        if self.size:
            yield Sized(things, self.size)
        if self.meters is not None:
            yield Long(things, self.meters)
        if self.part is not None:
            yield Spans(things, self.part)


_FIXED: dict[str, After] = {
    **{words: After(place=place) for words, place in PLACES.items()},
    **{str(words): After(layout=words) for words in LAYOUTS},
    **{str(words): After(size=words) for words in _RELATIVE},
}


def read_after(text: str, at: int, sizes: bool = False) -> Iterator[tuple[After, int]]:
    """What may follow a group, read at a place of the text: (what, where it ends). `sizes`: "are small" may stand here."""
    for words, after in _FIXED.items():
        if text.startswith(words, at):
            yield after, at + len(words)
    if found := _METERS.match(text, at):
        yield After(meters=float(found[1])), found.end()
    if found := _SPANS.match(text, at):
        yield After(part=PARTS[found[1]]), found.end()
    for words, size in SIZES.items() if sizes else ():
        if text.startswith(words, at):
            yield After(size=size), at + len(words)


def read_verb(text: str, at: int) -> Iterator[tuple[After, int]]:
    """ "spans about a tenth of the picture", "each span about a tenth of the picture" at a place of the text."""
    if found := _VERB.match(text, at):
        yield After(part=PARTS[found[1]]), found.end()
