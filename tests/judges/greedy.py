"""The rule of the search for duplicates as it is written down, by comparing everything with everything.

Plain Python numbers, no code shared with the transforms.
"""

from typing import NamedTuple


class Picture(NamedTuple):
    id: str
    hashes: tuple[int, ...]  # one an orientation that is compared
    rank: tuple[int, ...] = (0, 0)  # smaller is better
    group: str = ""
    flat: bool = False
    pixels: int = 0


class Loss(NamedTuple):
    fate: str
    reason: str
    keeper: str
    distance: int
    orientation: int


def apart(turned: Picture, other: Picture) -> tuple[int, int]:
    """Least distance over the orientations of the first picture, and the lowest orientation that has it."""
    return min(((h ^ other.hashes[0]).bit_count(), g) for g, h in enumerate(turned.hashes))


def judge(
    pictures: list[Picture], references: list[Picture], distance: int, reference_distance: int
) -> tuple[dict[str, Loss], set[tuple[str, str, int, int]]]:
    """What becomes of each picture that is not kept, and every near pair of distinct hashes by their best-ranked ends."""
    lost: dict[str, Loss] = {}
    pairs: set[tuple[str, str, int, int]] = set()
    kept: list[Picture] = []
    first_seen: list[Picture] = []  # the best-ranked of each hash
    references = sorted(references, key=lambda reference: reference.id)
    distinct = [
        r for i, r in enumerate(references) if not r.flat and r.hashes not in [s.hashes for s in references[:i] if not s.flat]
    ]
    for picture in sorted(pictures, key=lambda picture: (picture.rank, picture.id)):
        same_scene = [r.id for r in references if r.group == picture.group]
        if same_scene:
            lost[picture.id] = Loss("leak", "same scene", same_scene[0], -1, -1)
        elif picture.flat:
            copies = [r.id for r in references if r.flat and r.pixels == picture.pixels]
            others = [k.id for k in kept if k.flat and k.pixels == picture.pixels]
            if copies:
                lost[picture.id] = Loss("leak", "same pixels as a reference", copies[0], 0, 0)
            elif others:
                lost[picture.id] = Loss("duplicate", "same pixels", others[0], 0, 0)
            else:
                kept.append(picture)
        else:
            found = [(*apart(r, picture), r.id) for r in distinct]
            leaks = [(d, i, g) for d, g, i in found if d <= reference_distance]
            better = [(*apart(k, picture), k.id) for k in kept if not k.flat]
            duplicates = [(d, g, i) for d, g, i in better if d <= distance]
            if leaks:
                d, keeper, g = min(leaks)
                lost[picture.id] = Loss("leak", "near a reference", keeper, d, g)
            elif duplicates:
                d, g, keeper = duplicates[0]
                lost[picture.id] = Loss("duplicate", "near duplicate", keeper, d, g)
            else:
                kept.append(picture)
            if picture.hashes[0] not in [s.hashes[0] for s in first_seen]:
                pairs |= {(i, picture.id, d, g) for d, g, i in found if d <= reference_distance}
                for better_one in first_seen:
                    d, g = apart(better_one, picture)
                    if d <= distance:
                        pairs.add((better_one.id, picture.id, d, g))
                first_seen.append(picture)
    return lost, pairs
