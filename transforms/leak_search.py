"""Which pictures are near a reference, by FindDuplicates' rule for references, on arrays: for data that no build has made.

A picture within `distance` of a reference in one of its orientations is a leak of the nearest such reference, then of the one
with the smaller id, at the lowest orientation. Only the reference is turned. With a second look (second_look.py) a reference
counts in those orientations alone in which the thumbnails agree, one without a thumbnail in all. Flat pictures are compared by
their pixels alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import THUMBNAIL_BYTES, THUMBNAIL_SIDE
from skypairs.transforms.hamming import near, segments_for
from skypairs.transforms.second_look import Thumbnails, alike, correlations, turned

Rows = npt.NDArray[np.intp]

_TOGETHER = 4096
"""Pairs of thumbnails that are compared at a time."""
_PLACE_BITS = 56
"""Of a packed pair: reference and orientation; the distance stands above."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is known of some pictures, row by row."""

    hashes: npt.NDArray[np.uint64]
    """(n, 8); of pictures that are held against references, the first column counts."""
    flat: npt.NDArray[np.bool_]
    pixels: Sequence[bytes]
    """Of flat pictures."""
    thumbnails: Sequence[bytes]
    """Empty of references that have none."""


@dataclass(frozen=True, slots=True)
class Match:
    """A picture that is near a reference."""

    row: int
    reference: int
    distance: int | None
    """None, as the next two: a flat picture, of the same pixels."""
    orientation: int | None
    correlation: float | None
    """Of the two thumbnails, the reference turned; None where it has none."""


@dataclass(frozen=True, slots=True)
class References:
    """References in order of id, ready to be searched."""

    values: npt.NDArray[np.uint64]
    """Hashes of those that are not flat, turned: distinct ones, or with a second look those of distinct pictures."""
    first: Rows
    """For each of them, the first reference that has it, times 8, and the orientation."""
    pixels: dict[bytes, int]
    """Of flat references: the first one with these pixels."""
    thumbnails: Sequence[bytes]
    confirm: bool

    @staticmethod
    def of(pictures: Pictures, turns: int, confirm: bool = False) -> "References":
        """pictures: in order of id. turns: how many orientations are compared, 1 or 8. confirm: with a second look."""
        rows = np.flatnonzero(~pictures.flat)
        if confirm:
            rows = rows[_distinct(pictures, rows)[0]]
        codes = (rows[:, None] * 8 + np.arange(turns)).ravel()
        values = pictures.hashes[rows, :turns].ravel()
        if not confirm:
            values, at = np.unique(values, return_index=True)
            codes = codes[at]
        alike_pixels: dict[bytes, int] = {}
        for row in np.flatnonzero(pictures.flat).tolist():
            alike_pixels.setdefault(pictures.pixels[row], row)
        return References(values, codes, alike_pixels, pictures.thumbnails, confirm)


def search(references: References, pictures: Pictures, distance: int) -> list[Match]:
    """The leaks among pictures, in order."""
    found: dict[int, Match] = {}
    for row in np.flatnonzero(pictures.flat).tolist():
        if pictures.pixels[row] in references.pixels:
            found[row] = Match(row, references.pixels[pictures.pixels[row]], None, None, None)
    rows = np.flatnonzero(~pictures.flat)
    if references.confirm:
        firsts, place = _distinct(pictures, rows)
    else:
        _, firsts, place = np.unique(pictures.hashes[rows, 0], return_index=True, return_inverse=True)
    apart, codes = _nearest(references, pictures, rows[firsts], distance)
    near_one = np.flatnonzero(apart[place] <= distance)
    rows, place = rows[near_one], place[near_one]
    agreement = _correlations(references, codes[place], pictures, rows)
    for row, at, r in zip(rows.tolist(), place.tolist(), agreement, strict=True):
        reference, orientation = divmod(int(codes[at]), 8)
        found[row] = Match(row, reference, int(apart[at]), orientation, r)
    return [found[row] for row in sorted(found)]


def _distinct(pictures: Pictures, rows: Rows) -> tuple[Rows, Rows]:
    """Which of the rows are the first of their hashes and thumbnail, and for each row the number of its first one."""
    seen: dict[tuple[bytes, bytes], int] = {}
    firsts: list[int] = []
    place = np.empty(len(rows), np.intp)
    for at, row in enumerate(rows.tolist()):
        key = pictures.hashes[row].tobytes(), pictures.thumbnails[row]
        if key not in seen:
            seen[key] = len(firsts)
            firsts.append(at)
        place[at] = seen[key]
    return np.array(firsts, np.intp), place


def _nearest(
    references: References, pictures: Pictures, rows: Rows, distance: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """(distance, reference * 8 + orientation) of the nearest that counts, for each of the rows; distance 255: there is none."""
    best = np.full(len(rows), 255 << _PLACE_BITS, np.uint64)
    upright, segments = pictures.hashes[rows, 0], segments_for(distance)
    for segment in range(segments):
        for left, right, apart in near(references.values, upright, distance, segment, segments):
            codes = references.first[left]
            if references.confirm:
                agree = _agree(references, codes, pictures, rows[right])
                codes, right, apart = codes[agree], right[agree], apart[agree]
            np.minimum.at(best, right, apart.astype(np.uint64) << np.uint64(_PLACE_BITS) | codes.astype(np.uint64))
    return best >> np.uint64(_PLACE_BITS), best & np.uint64((1 << _PLACE_BITS) - 1)


def _agree(references: References, codes: Rows, pictures: Pictures, rows: Rows) -> npt.NDArray[np.bool_]:
    """Which pairs are confirmed. A reference without a thumbnail confirms."""
    passed = np.ones(len(rows), bool)
    known = np.flatnonzero([bool(references.thumbnails[code >> 3]) for code in codes.tolist()])
    for start in range(0, len(known), _TOGETHER):
        some = known[start : start + _TOGETHER]
        passed[some] = alike(*_both(references, codes[some], pictures, rows[some]))
    return passed


def _correlations(references: References, codes: npt.NDArray[np.uint64], pictures: Pictures, rows: Rows) -> list[float | None]:
    """Of each pair, to four places; None where there is no thumbnail."""
    found: list[float | None] = [None] * len(rows)
    known = np.flatnonzero([bool(references.thumbnails[code >> 3]) for code in codes.tolist()])
    for start in range(0, len(known), _TOGETHER):
        some = known[start : start + _TOGETHER]
        both = _both(references, codes[some].astype(np.intp), pictures, rows[some])
        for at, r in zip(some.tolist(), correlations(*both).tolist(), strict=True):
            found[at] = round(r, 4)
    return found


def _both(references: References, codes: Rows, pictures: Pictures, rows: Rows) -> tuple[Thumbnails, Thumbnails]:
    left = _squares([references.thumbnails[code >> 3] for code in codes.tolist()])
    return turned(left, codes & 7), _squares([pictures.thumbnails[row] for row in rows.tolist()])


def _squares(thumbnails: list[bytes]) -> Thumbnails:
    assert all(len(one) == THUMBNAIL_BYTES for one in thumbnails)
    return np.frombuffer(b"".join(thumbnails), np.uint8).reshape(-1, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
