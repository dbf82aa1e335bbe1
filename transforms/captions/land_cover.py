"""Words for how much of a picture a class covers, and for regions that cross it. docs/captions.md states when each is said."""

from typing import NamedTuple

from skypairs.schemas.records import Box
from skypairs.schemas.vocabulary import is_mass
from skypairs.transforms.captions.english import article
from skypairs.transforms.captions.seen import View
from skypairs.transforms.captions.size_words import PARTS

_MARGIN = 0.03
_SHARES = tuple((words, part) for words, part in PARTS if part >= 0.2 or part == 0.1)


class Cover(NamedTuple):
    """What is said of the area of the classes of a mask."""

    mostly: str
    """Plural of the class that most of the picture is; empty: none."""
    shares: tuple[tuple[str, str], ...]
    """("about a third", plural), the largest first."""
    little: tuple[str, ...]
    """Stuff that there is a little of."""
    crossing: dict[str, str]
    """ "a river crossing the picture", by plural."""


def cover(view: View, singulars: dict[str, str]) -> Cover:
    """Looks at the regions of a picture; `singulars` gives the singular of each plural."""
    whole = view.width * view.height
    share = {plural: sum(sorted(box.area or 0.0 for box in boxes)) / whole for plural, boxes in view.regions.items()}
    largest = sorted(share, key=lambda plural: (-share[plural], plural))
    visible = [plural for plural in largest if plural in singulars]
    mostly = next((plural for plural in visible if share[plural] >= 0.6), "")
    shares = [(words, plural) for plural in visible if (words := part_words(share[plural]))]
    little = [plural for plural in visible if share[plural] <= 0.05 and is_mass(singulars[plural])]
    crossing = {
        plural: _crossing(singulars[plural])
        for plural in visible
        if any(_crosses(box, view.width, view.height) and (box.area or 0.0) <= 0.3 * whole for box in view.regions[plural])
    }
    return Cover(mostly, tuple(shares), tuple(little), crossing)


def part_words(share: float) -> str:
    """ "about a third" of a share near it, "almost all", or nothing."""
    if share >= 0.93:
        return "almost all"
    near = [(abs(share - part), words) for words, part in _SHARES if abs(share - part) <= _MARGIN]
    return f"about {min(near)[1]}" if near else ""


def _crosses(box: Box, width: int, height: int) -> bool:
    across = box.x0 <= 0.01 * width and box.x1 >= 0.99 * width
    along = box.y0 <= 0.01 * height and box.y1 >= 0.99 * height
    return across or along


def _crossing(singular: str) -> str:
    thing = f"a strip of {singular}" if is_mass(singular) else f"{article(singular)} {singular}"
    return f"{thing} crossing the picture"
