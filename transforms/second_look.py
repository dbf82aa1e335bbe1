"""The second look at a near pair: do the two thumbnails show the same picture?

A hash keeps 64 signs of a thumbnail; a second look compares its 1,024 gray levels. Thumbnail: what is hashed (Pillow's
`convert("L")` of the emitted pixels, LANCZOS to 32 x 32, 8 bits). Measure: Pearson's correlation r of the two as vectors, that
of the better-ranked side turned as its hash was; brightness and contrast do not change it. A pair is confirmed if r is at
least 0.95, in whole numbers: with n = 1024, c = n Sum(xy) - Sum(x) Sum(y) and v(x) = n Sum(xx) - Sum(x)^2, if c is above 0
and 400 c^2 >= 361 v(x) v(y). r is symmetric, and that of a turned pair is that of the pair turned back.

Measured by benchmarks/recall.py on windows of real pictures: of 339 pairs of different ones with hashes within 8 bits 3 are
confirmed; of copies within 8 bits nearly all that were saved as JPEG at quality 30 and more, resized, or made brighter, of more
contrast or noisy, but only 58 of 94 with 2 % of each border gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.packed import Rows
from skypairs.schemas.records import THUMBNAIL_BYTES, THUMBNAIL_SIDE
from skypairs.transforms import parts, storage
from skypairs.transforms.dup_rows import HIT, copied, starts_of, words
from skypairs.transforms.orientations import ORIENTATIONS, turn
from skypairs.transforms.reference_file import read_references

Thumbnails = npt.NDArray[np.uint8]
"""(n, 32, 32)."""

_SQUARE = 361, 400
"""The least r squared, as a fraction."""
_NEIGHBOURS = 64
"""Thumbnails of one file with at most so many others between them are read at once."""
_READERS = 16


def alike(left: Thumbnails, right: Thumbnails) -> npt.NDArray[np.bool_]:
    """(n,): which pairs of (n, 32, 32) thumbnails are confirmed. Those without any contrast never are."""
    x, y = (side.reshape(len(side), -1).astype(np.float64) for side in (left, right))  # whole numbers below 2^53: exact
    n = x.shape[1]
    common = n * np.einsum("ij,ij->i", x, y) - x.sum(1) * y.sum(1)
    vx, vy = (n * np.einsum("ij,ij->i", side, side) - side.sum(1) ** 2 for side in (x, y))
    low, high = _SQUARE
    found, wanted = high * common * common, low * vx * vy  # up to 1e23: rounded
    same: npt.NDArray[np.bool_] = (common > 0) & (found >= wanted)
    for i in np.flatnonzero((common > 0) & (np.abs(found - wanted) <= 1e-12 * wanted)):
        same[i] = high * int(common[i]) ** 2 >= low * int(vx[i]) * int(vy[i])
    return same


def correlations(left: Thumbnails, right: Thumbnails) -> npt.NDArray[np.float64]:
    """(n,): r of pairs of (n, 32, 32) thumbnails, for people to read; 0 where one has no contrast."""
    x, y = (side.reshape(len(side), -1).astype(np.float64) for side in (left, right))
    x, y = x - x.mean(1, keepdims=True), y - y.mean(1, keepdims=True)
    size = np.sqrt(np.einsum("ij,ij->i", x, x) * np.einsum("ij,ij->i", y, y))
    common = np.einsum("ij,ij->i", x, y)
    found = np.zeros(len(x))
    np.divide(common, size, out=found, where=size > 0)
    return found


def turned(thumbnails: Thumbnails, orientations: npt.NDArray[np.integer[Any]]) -> Thumbnails:
    """(n, 32, 32) thumbnails, each turned by its orientation."""
    found = thumbnails.copy()
    for g in range(1, ORIENTATIONS):
        chosen = np.flatnonzero(orientations == g)
        found[chosen] = turn(thumbnails[chosen].transpose(1, 2, 0), g).transpose(2, 0, 1)
    return found


def confirm(looks: Rows, reader: "ThumbnailReader") -> Rows:
    """LOOK rows -> HIT rows of those that are confirmed, in their order. A reference without a thumbnail confirms."""
    left, known = reader.read(looks["left_part"], looks["left_file"], looks["left_row"])
    right, _ = reader.read(looks["right_part"], np.zeros_like(looks["left_file"]), looks["right_row"])
    passed = ~known | alike(turned(left, looks["orientation"]), right)
    return copied(looks[passed], HIT, *(HIT.names or ()))


@dataclass
class ThumbnailReader:
    """Reads single thumbnails out of staging and of published fingerprint files."""

    staging: str
    looks: Mapping[bytes, str]
    """Look by part key."""
    published: Sequence[str]
    """Fingerprint files; the first one has number 1."""

    def __post_init__(self) -> None:
        self._files: dict[int, tuple[Thumbnails, npt.NDArray[np.bool_]]] = {}

    def read(
        self, part: npt.NDArray[np.void], file: npt.NDArray[np.uint32], row: npt.NDArray[np.uint32]
    ) -> tuple[Thumbnails, npt.NDArray[np.bool_]]:
        """Thumbnails by their places, and which of them there are: only pictures of fingerprint files may lack one."""
        found, known = np.zeros((len(row), THUMBNAIL_SIDE, THUMBNAIL_SIDE), np.uint8), np.ones(len(row), bool)
        names = words(part)
        order = np.lexsort((row, file, names[:, 1], names[:, 0]))
        gaps = np.diff(row[order].astype(np.int64), prepend=0) > _NEIGHBOURS
        runs = list(_runs(order, starts_of(names[order, 0], names[order, 1], file[order]), gaps))
        staged = [run for run in runs if names[run[0]].any()]
        with ThreadPoolExecutor(_READERS) as pool:
            uris = (parts.gray_uri(self.staging, self.looks[part[run[0]].tobytes()]) for run in staged)
            for run, lot in zip(staged, pool.map(_read_rows, uris, (row[run] for run in staged)), strict=True):
                found[run] = lot
        for run in runs:
            if not names[run[0]].any():
                found[run], known[run] = self._published(int(file[run[0]]), row[run])
        return found, known

    def _published(self, number: int, rows: npt.NDArray[np.uint32]) -> tuple[Thumbnails, npt.NDArray[np.bool_]]:
        if number == 0:  # of no file that could hold thumbnails
            return np.zeros((len(rows), THUMBNAIL_SIDE, THUMBNAIL_SIDE), np.uint8), np.zeros(len(rows), bool)
        if number not in self._files:
            column = read_references(self.published[number - 1])["thumbnail"].to_pylist()
            data = b"".join(item or bytes(THUMBNAIL_BYTES) for item in column)
            squares = np.frombuffer(data, np.uint8).reshape(-1, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
            self._files[number] = squares, np.array([item is not None for item in column], bool)
        squares, known = self._files[number]
        return squares[rows], known[rows]


def _runs(
    order: npt.NDArray[np.intp], starts: npt.NDArray[np.intp], gaps: npt.NDArray[np.bool_]
) -> Iterator[npt.NDArray[np.intp]]:
    """Positions of one file each that are read at once."""
    begins = gaps.copy()
    begins[starts] = True
    if len(order):
        yield from np.split(order, np.flatnonzero(begins)[1:])


def _read_rows(uri: str, rows: npt.NDArray[np.uint32]) -> Thumbnails:
    """rows: ascending, close together."""
    first, count = int(rows[0]), int(rows[-1]) - int(rows[0]) + 1
    data = storage.read(uri, first * THUMBNAIL_BYTES, count * THUMBNAIL_BYTES)
    return np.frombuffer(data, np.uint8).reshape(-1, THUMBNAIL_SIDE, THUMBNAIL_SIDE)[rows.astype(np.intp) - first]
