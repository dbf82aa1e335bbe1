"""Which pictures are near a reference, by FindDuplicates' rule for references, on arrays: for data that no build has made.

A picture within `distance` of a reference in one of its orientations is a leak of the nearest such reference, then of the one
with the smaller id, at the lowest orientation. Only the reference is turned. Flat pictures are compared by their pixels alone.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.transforms.hamming import near_matches

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class References:
    """References in order of id, ready to be searched."""

    values: npt.NDArray[np.uint64]
    """The distinct hashes of those that are not flat, turned."""
    first: Rows
    """For each of them, the first reference that has it, times 8, and the orientation."""
    pixels: dict[bytes, int]
    """Of flat references: the first one with these pixels."""

    @staticmethod
    def of(hashes: npt.NDArray[np.uint64], flat: npt.NDArray[np.bool_], pixels: tuple[bytes, ...], turns: int) -> "References":
        """hashes: (n, 8), in order of id. turns: how many orientations are compared, 1 or 8."""
        rows = np.flatnonzero(~flat)
        codes = (rows[:, None] * 8 + np.arange(turns)).ravel()
        values, at = np.unique(hashes[rows, :turns].ravel(), return_index=True)
        alike: dict[bytes, int] = {}
        for row in np.flatnonzero(flat).tolist():
            alike.setdefault(pixels[row], row)
        return References(values, codes[at], alike)


def search(
    references: References,
    upright: npt.NDArray[np.uint64],
    flat: npt.NDArray[np.bool_],
    pixels: list[bytes],
    distance: int,
) -> list[tuple[int, int, int | None, int | None]]:
    """(row, reference, distance, orientation) of each leak among pictures, in order; None, None: of the same pixels.

    upright: (m,) hash 0 of each picture.
    """
    found: dict[int, tuple[int, int, int | None, int | None]] = {}
    for row in np.flatnonzero(flat).tolist():
        if pixels[row] in references.pixels:
            found[row] = row, references.pixels[pixels[row]], None, None
    rows = np.flatnonzero(~flat)
    values, place = np.unique(upright[rows], return_inverse=True)
    left, right, apart = near_matches(references.values, values, distance)
    order = np.lexsort((references.first[left], apart, right))
    best = order[np.flatnonzero(np.diff(right[order], prepend=-1))]
    nearest = np.full(len(values), -1, np.intp)
    nearest[right[best]] = best
    for row, pair in zip(rows.tolist(), nearest[place].tolist(), strict=True):
        if pair >= 0:
            reference, orientation = divmod(int(references.first[left[pair]]), 8)
            found[row] = row, reference, int(apart[pair]), orientation
    return [found[row] for row in sorted(found)]
