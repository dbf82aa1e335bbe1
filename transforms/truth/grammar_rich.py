"""Captions of the recipe `rich` back into claims, by the grammar in docs/captions.md. What a group of words speaks of, and
which claim each word makes, is said there too.

A reader of the grammar yields every way to read on from a place in the text, as (what was read, where it ended): names of
classes may be beginnings of others, and hold words of the grammar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skypairs.transforms.truth.claims import Arranged, Beside, Claim, Covers, Crosses, Number, Place, Sized, Things
from skypairs.transforms.truth.picture import Lexicon
from skypairs.transforms.truth.words_rich import AMOUNTS, ARTICLE, PARTS, PLACES, SIZES, After, read_after, read_verb

Claims = tuple[Claim, ...]
_FRAMES = ("an aerial picture of ", "an aerial view of ", "this aerial picture shows ")
_THERE = re.compile(r"(?:in this aerial picture )?there (?:is|are) ")
_PLACED = re.compile("(" + "|".join(PLACES) + ") there (?:is|are) ")
_BE = re.compile(" (?:is|are) ")
_SHARE = re.compile(rf"(?:about ({'|'.join(PARTS)})|almost all) of the picture is covered by ")
_ARTICLE = re.compile("(?:an?|the) ")
_PACKED = "densely packed "
_FIRST = re.compile(r"(?:^|(?<=\. ))[A-Z]")


@dataclass(frozen=True, slots=True)
class Group:
    """An amount with a class: "two small ships"."""

    things: Things
    least: int
    most: int | None
    exact: bool = False
    open: bool = False
    size: str = ""
    packed: bool = False

    def claims(self, afters: tuple[After, ...], place: Place) -> Claims:
        """The claims of the group with what follows it; empty where two places are named, which no caption does."""
        places = [after.place for after in afters if after.place] + ([place] if place else [])
        if len(places) > 1:
            return ()
        things = replace(self.things, place=places[0] if places else "")
        number = Number(things, self.least, self.most, self.exact, self.open)
        sized = (Sized(things, SIZES[self.size]),) if self.size else ()
        packed = (Arranged(things, "densely packed"),) if self.packed else ()
        return (number, *sized, *packed, *(claim for after in afters for claim in after.claims(things)))


def read_rich(text: str, words: Lexicon) -> Claims:
    """The claims of a caption, empty where the grammar does not yield it or a class is not known."""
    reader = _Reader(_FIRST.sub(lambda first: first[0].lower(), text), words)
    return next((claims for claims, end in reader.caption(0) if end == len(text)), ())


class _Reader:
    def __init__(self, text: str, words: Lexicon) -> None:
        self._text, self._words = text, words

    def caption(self, at: int) -> Iterator[tuple[Claims, int]]:
        for claims, end in self._sentence(at):
            if not self._text.startswith(".", end):
                continue
            if end + 1 == len(self._text):
                yield claims, end + 1
            elif self._text.startswith(" ", end + 1):
                yield from ((claims + more, stop) for more, stop in self.caption(end + 2))

    def _sentence(self, at: int) -> Iterator[tuple[Claims, int]]:
        for frame in _FRAMES:
            if self._text.startswith(frame, at):
                yield from self._list(at + len(frame), "")
        if found := _THERE.match(self._text, at):
            yield from self._list(found.end(), "")
        if found := _PLACED.match(self._text, at):
            yield from self._list(found.end(), PLACES[found[1]])
        yield from self._list(at, "")
        yield from self._statements(at)

    def _list(self, at: int, place: Place) -> Iterator[tuple[Claims, int]]:
        for claims, end in self._item(at, place):
            for mark in (", ", " and "):
                if self._text.startswith(mark, end):
                    yield from ((claims + more, stop) for more, stop in self._list(end + len(mark), place))
            yield claims, end

    def _item(self, at: int, place: Place) -> Iterator[tuple[Claims, int]]:
        for group, end in self._group(at):
            yield from self._afters(group, (), end, place)
        yield from self._beside(at, " next to ")
        yield from self._crossing(at)
        for start, least, most in (("mostly ", 0.5, None), ("a little ", 0.0, 0.08)):
            if self._text.startswith(start, at):
                for label, end in self._name(self._words.plural, at + len(start)):
                    things = Things(label, True)
                    claims: Claims = (Number(things, 1, None), Covers(things, least, most))
                    if start == "mostly " and self._text.startswith(" with ", end):
                        yield from ((claims + more, stop) for more, stop in self._list(end + len(" with "), place))
                    yield claims, end

    def _afters(self, group: Group, afters: tuple[After, ...], at: int, place: Place) -> Iterator[tuple[Claims, int]]:
        if self._text.startswith(" ", at):
            for after, end in read_after(self._text, at + 1):
                yield from self._afters(group, (*afters, after), end, place)
        if claims := group.claims(afters, place):
            yield claims, at

    def _crossing(self, at: int) -> Iterator[tuple[Claims, int]]:
        if article := ARTICLE.match(self._text, at):
            start, names = article.end(), self._words.singular
            if self._text.startswith("strip of ", start):
                start += len("strip of ")
            for label, end in self._name(names, start):
                if self._text.startswith(" crossing the picture", end):
                    yield (Crosses(Things(label, True)),), end + len(" crossing the picture")

    def _statements(self, at: int) -> Iterator[tuple[Claims, int]]:
        for claims, end in self._statement(at):
            if self._text.startswith("; ", end):
                yield from ((claims + more, stop) for more, stop in self._statements(end + 2))
            yield claims, end

    def _statement(self, at: int) -> Iterator[tuple[Claims, int]]:
        if share := _SHARE.match(self._text, at):
            least, most = (PARTS[share[1]] - 0.06, PARTS[share[1]] + 0.06) if share[1] else (0.9, None)
            for label, end in self._name(self._words.plural, share.end()):
                yield (Covers(Things(label, True), least, most),), end
        for group, end in self._group(at):
            if be := _BE.match(self._text, end):
                yield from self._said(group, (), be.end())
            yield from self._spans(group, (), end)
        if self._text.startswith("the ", at):
            for group, end in self._known(at + len("the ")):
                if be := _BE.match(self._text, end):
                    yield from self._said(group, (), be.end())
        yield from self._beside(at, " is next to ")

    def _beside(self, at: int, words: str) -> Iterator[tuple[Claims, int]]:
        for claims, things, end in self._subject(at):
            if self._text.startswith(words, end):
                for more, other, stop in self._subject(end + len(words)):
                    yield (*claims, *more, Beside(things, other)), stop

    def _said(self, group: Group, afters: tuple[After, ...], at: int) -> Iterator[tuple[Claims, int]]:
        """ "x", "x and y", "x, y and z"."""
        for after, end in read_after(self._text, at, sizes=True):
            for mark in (", ", " and "):
                if self._text.startswith(mark, end):
                    yield from self._said(group, (*afters, after), end + len(mark))
            if claims := group.claims((*afters, after), ""):
                yield claims, end

    def _spans(self, group: Group, afters: tuple[After, ...], at: int) -> Iterator[tuple[Claims, int]]:
        """What follows a name, then "spans about a tenth of the picture"."""
        if not self._text.startswith(" ", at):
            return
        for after, end in read_verb(self._text, at + 1):
            if claims := group.claims((*afters, after), ""):
                yield claims, end
        for after, end in read_after(self._text, at + 1):
            yield from self._spans(group, (*afters, after), end)

    def _subject(self, at: int) -> Iterator[tuple[Claims, Things, int]]:
        if article := _ARTICLE.match(self._text, at):
            for label, end in self._name(self._words.singular, article.end()):
                yield (Number(Things(label), 1, 1, exact=True, open=True),), Things(label), end
        if self._text.startswith("one of the ", at):
            for label, end in self._name(self._words.plural, at + len("one of the ")):
                yield (Number(Things(label), 2, None),), Things(label), end

    def _known(self, at: int) -> Iterator[tuple[Group, int]]:
        """ "the ship", "the two ships", named before: as many as "a ship" and "two ships"."""
        for label, end in self._name(self._words.singular, at):
            yield Group(Things(label), 1, 1, exact=True, open=True), end
        if amount := AMOUNTS[0][0].match(self._text, at):
            least, most, exact = AMOUNTS[0][1](amount)
            for label, end in self._name(self._words.plural, amount.end()):
                yield Group(Things(label), least, most, exact), end

    def _group(self, at: int) -> Iterator[tuple[Group, int]]:
        if self._text.startswith("an area of ", at):
            for label, end in self._name(self._words.plural, at + len("an area of ")):
                yield Group(Things(label, True), 1, 1, exact=True, open=True), end
        if article := ARTICLE.match(self._text, at):
            for size, start in self._sizes(article.end()):
                for label, end in self._name(self._words.singular, start):
                    yield Group(Things(label), 1, 1, exact=True, open=True, size=size), end
        for pattern, range_of in AMOUNTS:
            if amount := pattern.match(self._text, at):
                least, most, exact = range_of(amount)
                if self._text.startswith("separate areas of ", amount.end()):
                    for label, end in self._name(self._words.plural, amount.end() + len("separate areas of ")):
                        yield Group(Things(label, True), least, most, exact), end
                packed = self._text.startswith(_PACKED, amount.end())
                for size, start in self._sizes(amount.end() + len(_PACKED) * packed):
                    for label, end in self._name(self._words.plural, start):
                        yield Group(Things(label), least, most, exact, size=size, packed=packed), end

    def _sizes(self, at: int) -> Iterator[tuple[str, int]]:
        """No size first: "small vehicle" is a class of its own."""
        yield "", at
        for size in ("tiny", "small", "medium-sized", "large"):
            if self._text.startswith(size + " ", at):
                yield size, at + len(size) + 1

    def _name(self, names: dict[str, str], at: int) -> Iterator[tuple[str, int]]:
        """Labels of the classes whose name stands here, the longest name first."""
        for length in self._words.lengths:
            end = at + length
            if end < len(self._text) and self._text[end] in " ,;." and (label := names.get(self._text[at:end])) is not None:
                yield label, end
