"""A picture as the checker sees it: boxes, size, ground resolution, what was lost, and the words of its dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from skypairs.schemas.records import Box, Lost
from skypairs.schemas.vocabulary import plural_of

Words = tuple[tuple[str, str], ...]
"""(singular, plural) of every class that captions may name."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a caption is held against."""

    boxes: tuple[Box, ...]
    width: int
    height: int
    """Pixels of the emitted picture, as the boxes."""
    gsd: float | None = None
    """Metres a pixel."""
    lost: tuple[Lost, ...] = ()
    words: Words = ()
    """Of classes that are not listed, the label is the singular, and English gives the plural."""
    scene: str = ""
    """Class of the whole picture in words; empty: it has none."""
    scenes: tuple[str, ...] = ()
    """The classes that whole pictures of its dataset have: of one that is not listed, nothing is known."""
    centre: tuple[float, float] = (0.25, 0.75)
    """The recipe's `captions.centre`: what "the middle" of RemoteCLIP's captions is."""


def picture_of(
    card: Mapping[str, Any], words: Words = (), scenes: tuple[str, ...] = (), centre: tuple[float, float] = (0.25, 0.75)
) -> Picture:
    """The picture of a sample's json (docs/output.md). Raises KeyError, TypeError or ValueError for another json."""
    scene = card.get("scene")
    return Picture(
        tuple(map(_box, card.get("boxes", ()))),
        card["width"],
        card["height"],
        card.get("gsd"),
        tuple(Lost(item["label"], item["reason"], item["count"]) for item in card.get("lost") or ()),
        words,
        scene["label"] if scene else "",
        scenes,
        centre,
    )


def _box(plain: Mapping[str, Any]) -> Box:
    x0, y0, x1, y1 = plain["box"]
    return Box(
        plain["label"],
        plain["native"],
        x0,
        y0,
        x1,
        y1,
        plain["kind"],
        tuple(plain.get("polygon") or ()),
        plain["difficult"],
        plain["crowd"],
        plain["cut"],
        plain.get("area"),
    )


class Lexicon:
    """Phrases -> labels. Where classes share a plural, it is read as the first of them by name."""

    def __init__(self, words: Words, scenes: frozenset[str] = frozenset()) -> None:
        self.singular = {one: one for one, _ in words}
        self.plural = {many: one for one, many in sorted(words, reverse=True)}
        self.lengths = tuple(sorted({len(name) for pair in words for name in pair}, reverse=True))
        """Of all names, the longest first."""
        self.scenes = scenes


def lexicon_of(picture: Picture) -> Lexicon:
    """The words of a picture; of labels that are missing there, English plurals."""
    missing = {box.label for box in picture.boxes if box.label} - _singulars(picture.words)
    scenes = picture.scenes if not picture.scene or picture.scene in picture.scenes else (*picture.scenes, picture.scene)
    return _lexicon(picture.words, tuple(sorted(missing)), scenes)


@lru_cache(maxsize=1024)
def _singulars(words: Words) -> frozenset[str]:
    return frozenset(one for one, _ in words)


@lru_cache(maxsize=1024)
def _lexicon(words: Words, missing: tuple[str, ...], scenes: tuple[str, ...]) -> Lexicon:
    """Made once, so that parsed captions can be kept by it."""
    return Lexicon(words + tuple((label, plural_of(label)) for label in missing), frozenset(scenes))
