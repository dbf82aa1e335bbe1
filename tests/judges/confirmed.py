"""The rule of the search with a second look, by comparing everything with everything.

Plain Python numbers; correlations are numpy's own. No code shared with the transforms, nor with the judge of hashes alone.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

THRESHOLD = 0.95


class Seen(NamedTuple):
    """A picture that is not flat and of no shared scene. Equal thumbnails have equal hashes."""

    id: str
    hashes: tuple[int, ...]  # one an orientation that is compared
    thumbnail: tuple[int, ...] | None  # 1024 gray levels, row by row; of a reference it may be unknown
    rank: tuple[int, int] = (0, 0)


def turned(thumbnail: tuple[int, ...], g: int) -> npt.NDArray[np.int64]:
    """Bit 2 of g transposes, then bit 1 turns the rows' order about, bit 0 that of the columns."""
    square = [list(thumbnail[row : row + 32]) for row in range(0, 1024, 32)]
    if g & 4:
        square = [list(column) for column in zip(*square, strict=True)]
    if g & 2:
        square = square[::-1]
    if g & 1:
        square = [row[::-1] for row in square]
    return np.array(square).ravel()


def same(better: Seen, other: Seen, g: int) -> bool:
    if better.thumbnail is None:
        return True
    assert other.thumbnail is not None
    x, y = turned(better.thumbnail, g), np.array(other.thumbnail)
    return len(set(x)) > 1 and len(set(y)) > 1 and float(np.corrcoef(x, y)[0, 1]) >= THRESHOLD


def apart(better: Seen, other: Seen, limit: int) -> tuple[int, int] | None:
    """Least confirmed distance within the limit, and the lowest orientation that has it."""
    found = [((h ^ other.hashes[0]).bit_count(), g) for g, h in enumerate(better.hashes)]
    return min(((d, g) for d, g in found if d <= limit and same(better, other, g)), default=None)


Lost = tuple[str, str, int, int]  # fate, keeper, distance, orientation


def judge(
    pictures: list[Seen], references: list[Seen], distance: int, reference_distance: int
) -> tuple[dict[str, Lost], set[tuple[str, str, int, int]]]:
    """What becomes of each picture that is not kept, and every confirmed pair by its best-ranked ends."""
    lost: dict[str, Lost] = {}
    pairs: set[tuple[str, str, int, int]] = set()
    kept: list[Seen] = []
    first_seen: dict[tuple[int, ...] | None, Seen] = {}
    shown: dict[object, Seen] = {}
    for reference in sorted(references, key=lambda item: item.id):
        shown.setdefault((reference.hashes, reference.thumbnail), reference)
    for picture in sorted(pictures, key=lambda item: (item.rank, item.id)):
        leaks = [(found, r.id) for r in shown.values() if (found := apart(r, picture, reference_distance))]
        duplicates = [(found, k.id) for k in kept if (found := apart(k, picture, distance))]
        if leaks:
            (d, g), keeper = min(leaks, key=lambda item: (item[0][0], item[1]))
            lost[picture.id] = ("leak", keeper, d, g)
        elif duplicates:
            (d, g), keeper = duplicates[0]
            lost[picture.id] = ("duplicate", keeper, d, g)
        else:
            kept.append(picture)
        if picture.thumbnail not in first_seen:
            pairs |= {(name, picture.id, d, g) for (d, g), name in leaks}
            for better in first_seen.values():
                if found := apart(better, picture, distance):
                    pairs.add((better.id, picture.id, *found))
            first_seen[picture.thumbnail] = picture
    return lost, pairs
