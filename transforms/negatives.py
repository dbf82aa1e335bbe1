"""Hard negatives: a caption with one thing in it changed, so that it is false of the picture, and known to be.

What is changed is a number, a class, a place, a size or an arrangement, whichever a hash draws first that can be proven. It is
proven by the checker: a claim fails on a class of which every object of the picture is known and seen (no box is cut,
difficult, a crowd or too small, none was lost), and it fails by the wider condition of docs/captions.md, so that what is
borderline is never taken for false. Where no change can be proven false there is no negative.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from skypairs.schemas.identity import stable_hash
from skypairs.schemas.records import Caption
from skypairs.transforms.truth.claims import Claim, Things, labels
from skypairs.transforms.truth.evaluate import parse
from skypairs.transforms.truth.facts import Facts
from skypairs.transforms.truth.judges import failing
from skypairs.transforms.truth.picture import Picture, lexicon_of

KINDS = ("number", "class", "place", "size", "arrangement")
_SMALL = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_LARGE = {"about a dozen": 12, "about fifteen": 15, "about twenty": 20, "about thirty": 30, "about fifty": 50}
_LARGE |= {"about a hundred": 100, "about two hundred": 200, "about five hundred": 500}
_VAGUE = {"a few": 4, "several": 6, "dozens of": 36, "hundreds of": 300}
_BOUND = {"ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}
_BOUND |= {"eighty": 80, "ninety": 90, "a hundred": 100, "two hundred": 200, "three hundred": 300, "four hundred": 400}
_BOUND |= {"five hundred": 500, "a thousand": 1000}
_SAID = {
    **_SMALL,
    **_LARGE,
    **_VAGUE,
    **{f"about {words}": number for words, number in _BOUND.items()},
    **{f"at least {words}": number for words, number in _SMALL.items()},
    **{f"more than {words}": number for words, number in _BOUND.items()},
}
"""Words for numbers that captions of `rich` hold, and about what they say."""
_SAY = tuple((_SMALL | _LARGE).items())
_DIGITS = {**{str(number): number for number in range(2, 11)}, "many": 14, "lots of": 14, "a lot of": 14}
_DIGITS |= {"a quantity of": 14, "a crowd of": 14, "a large deal of": 14}
_SAY_DIGITS = tuple((str(number), number) for number in range(2, 11))
_PLACES = ("right at the center", "near the center", "between the center and the edge", "near the edge", "in a corner")
_OTHER_PLACES = (*_PLACES, "in the corners", "along the border")
_HALVES = ("in the middle", "at the edge")
_SIZES = ("tiny", "small", "medium-sized", "large")
_OPPOSITES = {
    "scattered across the picture": "clustered together",
    "clustered together": "scattered across the picture",
    "of similar size": "of very different sizes",
    "of very different sizes": "of similar size",
    "side by side": "far apart",
    "far apart": "side by side",
    "densely packed": "scattered across the picture",
    "in a row": "clustered together",
}
_SHARES = ("a twentieth", "a tenth", "a fifth", "a third", "half", "three quarters")

Swap = tuple[int, int, str]
"""Start and end of what is replaced, and by what."""


class Negatives:
    """What negatives of one picture's captions are made and proven by."""

    def __init__(self, picture: Picture, seed: int, identifier: str) -> None:
        self._facts, self._words = Facts(picture), lexicon_of(picture)
        self._seed, self._id = seed, identifier
        self._plurals = dict(picture.words)
        for label in sorted(self._facts.labels - self._plurals.keys()):
            self._plurals[label] = next((many for many, one in self._words.plural.items() if one == label), label)

    def of(self, text: str) -> str:
        """A version of a caption that is proven false; empty: there is none."""
        for kind in sorted(KINDS, key=lambda kind: self._draw(text, kind)):
            for start, end, other in self._swaps(kind, text):
                said = text[start:end]
                if other.casefold() == said.casefold():
                    continue
                changed = text[:start] + (other[0].upper() + other[1:] if said[0].isupper() else other) + text[end:]
                if is_proven_false(parse(changed, self._words), self._facts):
                    return changed
        return ""

    def _swaps(self, kind: str, text: str) -> Iterator[Swap]:
        if kind == "number":
            yield from self._numbers(text)
        elif kind == "class":
            yield from self._classes(text)
        elif kind == "place":
            places = _HALVES if text.endswith(" .") else _OTHER_PLACES
            for found in self._drawn(text, _any_of(places).finditer(text)):
                yield from ((found.start(), found.end(), other) for other in self._ordered(text, places[:5]))
        elif kind == "size":
            for found in self._drawn(text, _any_of(_SIZES).finditer(text)):
                yield from ((found.start(), found.end(), other) for other in self._ordered(text, _SIZES))
            for found in self._drawn(text, re.finditer(f"(?<=spanning about )(?:{'|'.join(_SHARES)})", text)):
                yield from ((found.start(), found.end(), other) for other in self._ordered(text, _SHARES))
        else:
            for found in self._drawn(text, _any_of(tuple(_OPPOSITES)).finditer(text)):
                yield found.start(), found.end(), _OPPOSITES[found[0].lower()]

    def _numbers(self, text: str) -> Iterator[Swap]:
        """Another number in place of one, the nearest first; "two ships" in place of "a ship"."""
        old = text.endswith(" .")
        said, say = (_DIGITS, _SAY_DIGITS) if old else (_SAID, _SAY)
        for found in self._drawn(text, _any_of(tuple(said), "(?! (?:thirds|quarters|fifths))").finditer(text)):
            value = said[found[0].lower()]
            near = sorted(say, key=lambda item: (abs(math.log(item[1] / value)), self._draw(text, item[0])))
            yield from ((found.start(), found.end(), other) for other, number in near if number != value)
        for one, many in self._named(text):
            sizes = "|".join(_SIZES)
            for found in self._drawn(text, re.finditer(rf"\b[Aa]n? ((?:(?:{sizes}) )?){re.escape(one)}\b", text)):
                yield found.start(), found.end(), f"{'2' if old else 'two'} {found[1]}{many}"

    def _classes(self, text: str) -> Iterator[Swap]:
        """Another class of the picture that the caption does not name, in place of one that it names."""
        named = {one for one, _ in self._named(text)}
        others = [(one, many) for one, many in self._plurals.items() if one in self._facts.labels - named]
        for one, many in self._named(text):
            for other, others_many in sorted(others, key=lambda item: self._draw(text, item[0])):
                for found in re.finditer(rf"\b([Aa]n? )?(?:({re.escape(many)})|{re.escape(one)})\b", text):
                    if found[2]:
                        yield found.start(2), found.end(2), others_many
                    elif found[1]:
                        yield found.start(), found.end(), f"{'an' if other[0] in 'aeiou' else 'a'} {other}"

    def _named(self, text: str) -> list[tuple[str, str]]:
        """(singular, plural) of the picture's classes that the text names, the longest names first."""
        low = text.lower()
        found = [
            (one, many) for one, many in self._plurals.items() if one in self._facts.labels and (one in low or many in low)
        ]
        return sorted(found, key=lambda item: (-len(item[0]), item))

    def _drawn(self, text: str, found: Iterable[re.Match[str]]) -> list[re.Match[str]]:
        return sorted(found, key=lambda match: self._draw(text, str(match.start())))

    def _ordered(self, text: str, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: self._draw(text, name))

    def _draw(self, text: str, name: str) -> bytes:
        return stable_hash("negative", self._seed, self._id, text, name, size=8)


def with_negatives(captions: Iterable[Caption], picture: Picture, seed: int, identifier: str) -> tuple[Caption, ...]:
    """The captions of a picture, those by rule with their negatives. People's and imported ones get none."""
    negatives = Negatives(picture, seed, identifier)
    return tuple(
        replace(caption, negative=negatives.of(caption.text)) if caption.kind == "rule" else caption for caption in captions
    )


def is_proven_false(claims: tuple[Claim, ...], facts: Facts) -> bool:
    """Whether a claim fails whose classes are known in full; of no claims, which could not be read, nothing is proven."""
    return any(all(is_known(label, facts) for label in labels((claim,))) and failing(claim, facts) for claim in claims)


def is_known(label: str, facts: Facts) -> bool:
    """Whether every object and area of a class in a picture is known and seen."""
    return all(facts.group(Things(label, regions)).exact for regions in (False, True))


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...], ahead: str = "") -> re.Pattern[str]:
    longest = sorted(map(re.escape, words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest)})\b{ahead}", re.IGNORECASE)
