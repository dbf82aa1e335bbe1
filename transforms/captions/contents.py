"""What a picture contains, counted: all that caption rules see of its boxes. Independent of the order of the boxes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from skypairs.schemas.records import Box
from skypairs.schemas.vocabulary import Vocabulary, is_mass
from skypairs.transforms.captions.draw import derive, picture_token
from skypairs.transforms.captions.seen import NOTHING, View


class Group(NamedTuple):
    """The objects of one class, of a picture or a part of it."""

    singular: str
    plural: str
    place: bool
    """Regions of a mask, or stuff that is not counted: places with it are counted instead."""
    number: int
    crowd: bool
    """At least one box stands for several objects: the count is a lower bound."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The groups of a picture, and what every choice about it is drawn from."""

    base: int
    """64 bits of seed and id."""
    middle: tuple[Group, ...]
    """Of the boxes whose centre lies in the middle of the picture."""
    edge: tuple[Group, ...]
    """Of the others."""
    everywhere: tuple[Group, ...]
    """Of all boxes."""
    scene: str = ""
    """Class of the whole picture as a phrase with its article, e.g. "an airport"; empty: it has none."""
    focus: str = ""
    """Plural of the class of the object that a crop is of; empty: the picture is no such crop."""
    view: View = NOTHING
    """What the rules of `rich` see; the others look at the groups."""

    def token(self, rule: str, draw: int) -> int:
        """What the n-th draw of a rule chooses by: 64 bits of seed, id, rule and draw."""
        return derive(self.base, rule, draw)


_Key = tuple[str, str, bool]
_Tally = list[int]
"""Boxes of a class at the edge and in the middle, then crowds among them."""


def count_contents(
    sample_id: str,
    seed: int,
    width: int,
    height: int,
    boxes: Iterable[Box],
    centre: tuple[float, float],
    words: Vocabulary,
    scene: str = "",
) -> Contents:
    """Counts boxes by class and by where their centre lies. Classes without a word are left out.

    The middle of the picture is low * width <= x <= high * width, both ends in it, and likewise y; (low, high) = `centre`.
    """
    low, high = centre
    left, right, top, bottom = 2 * low * width, 2 * high * width, 2 * low * height, 2 * high * height
    sorts: dict[tuple[str, str], _Tally] = {}
    for box in boxes:
        tally = sorts.get((box.native, box.kind))
        if tally is None:
            tally = sorts[box.native, box.kind] = [0, 0, 0, 0]
        inside = left <= box.x0 + box.x1 <= right and top <= box.y0 + box.y1 <= bottom
        tally[inside] += 1
        if box.crowd:
            tally[2 + inside] += 1
    tallies: dict[_Key, _Tally] = {}
    for (native, kind), tally in sorts.items():
        name = words[native]
        if name.singular:
            key = name.singular, name.plural, kind == "region" or is_mass(name.singular)
            before = tallies.get(key)
            tallies[key] = tally if before is None else [a + b for a, b in zip(tally, before, strict=True)]
    return Contents(
        picture_token(seed, sample_id),
        _groups([(key, tally[1], tally[3]) for key, tally in tallies.items() if tally[1]]),
        _groups([(key, tally[0], tally[2]) for key, tally in tallies.items() if tally[0]]),
        _groups([(key, tally[0] + tally[1], tally[2] + tally[3]) for key, tally in tallies.items()]),
        scene,
    )


def _groups(counts: list[tuple[_Key, int, int]]) -> tuple[Group, ...]:
    """Objects before places, the more frequent first, then by name: the order in which a caption lists them."""
    groups = [Group(*key, count, crowds > 0) for key, count, crowds in counts]
    if len(groups) > 1:
        groups.sort(key=lambda group: (group.place, -group.number, group.singular, group.plural))
    return tuple(groups)
