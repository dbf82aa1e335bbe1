"""What is true of a set of objects of one class, as facts: the words of docs/captions.md that may follow its name."""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Box
from skypairs.transforms.captions.english import article
from skypairs.transforms.captions.layout_words import (
    CLUSTER,
    CUT,
    DENSE,
    FILLED,
    PACKED,
    ROW,
    ROW_SPAN,
    ROW_THIN,
    SCATTER,
    Fact,
    box_gap,
    pair,
    spread,
)
from skypairs.transforms.captions.marks import Many, Row, filled_of, is_filled, is_thin, thin_of
from skypairs.transforms.captions.size_words import FILLING, SIZE_NAMES, adjective, alike, length, span

MEASURED = 10
"""Lengths are looked at of up to so many objects."""
_RANK = attrgetter("rank")

Places = list[int] | npt.NDArray[np.bool_] | None
"""Which objects of a class a set takes in: their places in its rows, or a value for each of many; None: all."""


class Name(NamedTuple):
    """What a class is called."""

    singular: str
    plural: str
    region: bool
    """Areas of a mask, or stuff that is not counted."""
    by_size: bool
    """Its name begins with a word for a size."""
    one: str
    """ "a ship"."""
    some: str
    """ "one of the ships"."""


@lru_cache(maxsize=1 << 12)
def name_of(singular: str, plural: str, region: bool) -> Name:
    """A class by its words."""
    by_size = singular.partition(" ")[0] in SIZE_NAMES
    return Name(singular, plural, region, by_size, f"{article(singular)} {singular}", f"one of the {plural}")


class Frame(NamedTuple):
    """The picture that objects lie in."""

    width: int
    height: int
    longer: int
    aspect: float
    """Shorter by longer side."""
    gsd: float | None
    """Meters a pixel, where known."""


def facts_of_few(name: Name, frame: Frame, rows: Sequence[Row], boxes: Sequence[Box], there: Places) -> tuple[Fact, ...]:
    """Of a few objects, in no order."""
    if there is not None:
        rows, boxes = [rows[index] for index in there], [boxes[index] for index in there]
    if len(rows) == 1:
        return () if name.region else _facts_of_one(name, frame, rows[0], boxes[0])
    sizes, reaches, x, y, _ = zip(*rows, strict=True)
    number, width, height, longer, _, gsd = len(sizes), *frame
    span_x, span_y = (max(x) - min(x)) / 2, (max(y) - min(y)) / 2
    lie: Fact | None = None
    if number > 2:
        long = max(span_x, span_y) >= ROW_SPAN * longer
        lie = ROW if long and thin_of(x, y) <= ROW_THIN else spread(number, span_x / width, span_y / height)
    if name.region:
        return _of_regions(lie)
    least, most = min(sizes), max(sizes)
    found = [lie] if lie else []
    if number == 2:
        if one := pair(box_gap(*boxes) / (least * longer), span_x**2 + span_y**2, longer):
            found.append(one)
    else:
        if one := alike(least, most):
            found.append(one)
        if number >= PACKED and filled_of(boxes) >= FILLED:
            found.append(DENSE)
    if one := span(min(reaches), max(reaches), number):
        found.append(one)
    if not name.by_size and (one := adjective(least, most)):
        found.append(one)
    cut = [box.cut for box in boxes]
    if True not in cut:
        if gsd and number <= MEASURED and (one := length(boxes, gsd)):
            found.append(one)
    elif False not in cut:
        found.append(CUT)
    return tuple(found)


def _facts_of_one(name: Name, frame: Frame, row: Row, box: Box) -> tuple[Fact, ...]:
    size, reach, *_ = row
    found: list[Fact | None] = [span(reach, reach, 1)]
    if not name.by_size:
        found.append(adjective(size, size))
    if size * size >= 0.6 * frame.aspect:
        found.append(FILLING)
    if box.cut:
        found.append(CUT)
    elif frame.gsd:
        found.append(length((box,), frame.gsd))
    return tuple([fact for fact in found if fact])


def facts_of_many(name: Name, frame: Frame, many: Many, there: Places) -> tuple[Fact, ...]:
    """The same of three or more objects in arrays."""
    corners, size, reach, x, y = many.corners, many.size, many.reach, many.x, many.y
    if there is not None:
        corners, size, reach, x, y = corners[:, there], size[there], reach[there], x[there], y[there]
    number = len(size)
    span_x, span_y = float(x.max() - x.min()) / 2, float(y.max() - y.min()) / 2
    long = max(span_x, span_y) >= ROW_SPAN * frame.longer
    lie = ROW if long and is_thin(x, y, ROW_THIN) else spread(number, span_x / frame.width, span_y / frame.height)
    if name.region:
        return _of_regions(lie)
    least, most = float(size.min()), float(size.max())
    found = [lie, alike(least, most), span(float(reach.min()), float(reach.max()), number)]
    if number >= PACKED and is_filled(corners, FILLED):
        found.append(DENSE)
    if not name.by_size:
        found.append(adjective(least, most))
    if many.cut is not None and bool((many.cut if there is None else many.cut[there]).all()):
        found.append(CUT)
    return tuple([fact for fact in found if fact])


def _of_regions(fact: Fact | None) -> tuple[Fact, ...]:
    """Areas are not said to be in a row or packed: they have no one shape."""
    return (fact,) if fact is SCATTER or fact is CLUSTER else ()


@lru_cache(maxsize=1 << 12)
def spoken(facts: tuple[Fact, ...], silent: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Those that are said, the most telling first."""
    return tuple(sorted([fact for fact in facts if fact not in silent], key=_RANK))
