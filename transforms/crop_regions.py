"""Which crops of single objects a picture gives. Arithmetic only; they are cut in `prepare_scene`, as windows are."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from skypairs.schemas.geometry import Rect, intersect
from skypairs.schemas.identity import Window, stable_hash
from skypairs.schemas.recipe import Regions
from skypairs.schemas.records import Box

LEAST_SHARE = 0.125
"""Of the side of a crop, that its object's longer side takes: in a smaller one a trainer would hardly see it."""
MOST_SHARE = 0.75
"""Of the picture's shorter side, that a crop takes: a larger one shows what the picture shows."""
MOST_OVERLAP = 0.5
"""Of two crops of a picture, their common area by that of one of them."""


class Region(NamedTuple):
    """A crop and the object that it is of."""

    window: Window
    """In pixels of the source."""
    box: int
    """Place of the object among the picture's boxes."""


def crop_regions(identifier: str, boxes: Sequence[Box], frame: Window, options: Regions | None) -> tuple[Region, ...]:
    """Up to `per_picture` crops of the picture that shows `frame` of its source, with boxes in pixels of that frame.

    A crop is a square within the frame, around an object that lies in it as a whole: a single one, neither difficult nor cut by
    the border. Its side is the object's longer side and `context` times so much at each end, at least `min_side`; objects
    that would be too small in theirs, or need too large a one, give none. Classes take turns; within a class, and between
    them, a hash of the picture's id and the window decides. Of two crops that overlap by more than half the later is left out.
    """
    if options is None:
        return ()
    x0, y0, x1, y1 = frame
    most = math.floor(MOST_SHARE * min(x1 - x0, y1 - y0))
    sizes = x1 - x0, y1 - y0
    classes: dict[str, list[tuple[bytes, Region]]] = {}
    for place, box in enumerate(boxes):
        axes = (box.x0, box.x1), (box.y0, box.y1)
        longer = max(high - low for low, high in axes)
        least = max(math.ceil(high) - math.floor(low) for low, high in axes)
        side = max(least, math.ceil(longer * (1 + 2 * options.context)), options.min_side)
        if box.kind == "region" or box.crowd or box.difficult or box.cut or side > most or longer < LEAST_SHARE * side:
            continue
        left, top = (_start(low, high, side, size) for (low, high), size in zip(axes, sizes, strict=True))
        window = x0 + left, y0 + top, x0 + left + side, y0 + top + side
        drawn = stable_hash("region", identifier, box.native, *window, size=8)
        classes.setdefault(box.native, []).append((drawn, Region(window, place)))
    turns = [(turn, *item) for found in classes.values() for turn, item in enumerate(sorted(found))]
    taken: list[Region] = []
    for _, _, region in sorted(turns):
        if len(taken) == options.per_picture:
            break
        if all(_overlap(region.window, other.window) <= MOST_OVERLAP for other in taken):
            taken.append(region)
    return tuple(taken)


def _start(low: float, high: float, side: int, size: int) -> int:
    """Where a crop of `side` begins along an axis of `size`: centred on the object, by whole pixels that take it in, as far as
    the border lets it."""
    start = min(max(math.ceil(high) - side, round((low + high - side) / 2)), math.floor(low))
    return min(max(0, start), size - side)


def _overlap(one: Window, other: Window) -> float:
    """Common area by that of the smaller."""
    a, b = Rect(*one), Rect(*other)
    return intersect(a, b).area / min(a.area, b.area)
