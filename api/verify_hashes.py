"""Checks of hashes: no two kept pictures near each other, none near a reference, and every dropped one near what it lost to.

What is guaranteed, with D(a -> b) the least Hamming distance of b's hash to those of a in all turns that the recipe compares:

- no kept picture b lies within `reference_distance` of any reference r: D(r -> b) is greater;
- of two kept pictures a and b, D(a -> b) or D(b -> a) is greater than `distance`. The build turns the better-ranked of the
  two only, and a ledger does not tell ranks; turned one way or the other, hashes differ by a few bits. So this names a pair
  when the rule would have dropped one of them *whichever* ranks better. As a picture counts as turned by "not at all" too,
  the hashes of any two kept pictures as they stand are more than `distance` apart, without exception. A near pair that
  `duplicates` lists with its better-ranked end first is named if both ends are kept;
- where near pairs got a second look (`dedup.confirm`), a pair is near in a turn only if the thumbnails agree in that turn too
  (api/second_look.py). Those of kept pictures are made from the shards, those of references are in OUT/references; a reference
  without one confirms, and a kept picture whose shard was not read is not judged. A dropped picture is in no shard: that it
  agreed with its keeper is not proved again, only its distance in the stated turn;
- flat pictures are compared by their decoded pixels alone, with each other and with references.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skypairs.api.closest import closest
from skypairs.api.manifest import Dedup
from skypairs.api.near import Hashes, pairs_among, pairs_within
from skypairs.api.second_look import same_picture
from skypairs.api.verify_ledger import Ledger
from skypairs.api.verify_problems import Problem
from skypairs.api.verify_shards import Pictures


@dataclass(frozen=True, slots=True)
class Hashed:
    """Pictures as hashes, row by row."""

    ids: list[str]
    sources: list[str]
    groups: list[str]
    turned: Hashes
    """(n, 8); the hash of the picture as it stands, eight times, where no more is known."""
    exact: npt.NDArray[np.bool_]
    """(n,): all eight are known."""
    flat: npt.NDArray[np.bool_]
    pixels: list[str]
    thumbnails: list[bytes]
    """Empty where there is none."""

    def turns(self, orientations: int) -> Hashes:
        """The hashes that the recipe compares; where no row is known turned, as it stands says it all."""
        return self.turned[:, : orientations if self.exact.any() else 1]

    def is_near(self, place: int, other: "Hashed", at: int, limit: int, rule: Dedup) -> bool:
        """Whether the rule holds `at` of `other`, a kept picture, for a copy of `place`, turned or not."""
        apart = np.bitwise_count(self.turns(rule.orientations)[place] ^ other.turned[at, 0])
        turns = np.flatnonzero(apart <= limit).tolist()
        better, worse = self.thumbnails[place], other.thumbnails[at]
        if not rule.confirms or not better:
            return bool(turns)
        return bool(worse) and any(same_picture(better, g, worse) for g in turns)


@dataclass(frozen=True, slots=True)
class Closest:
    """How near the kept pictures come to the references of one source."""

    source: str
    distance: int
    """Bits of 64."""
    reference: str
    orientation: int
    kept: str
    beyond: bool = False
    """The sets are large, and no pair is within `distance`: all that is known, and no pair is named."""


def kept_pictures(ledger: Ledger, pictures: Pictures | None) -> Hashed:
    """Kept rows with the hashes that were found in the shards; without `pictures`, the ledger's hash of each as it stands."""
    rows = ledger.kept
    ids, sources, groups = (_of(ledger, name, rows) for name in ("id", "source", "group"))
    pixels, stated, flags = (_of(ledger, name, rows) for name in ("pixels_sha256", "phash", "flat"))
    turned = np.repeat(np.array([int(text or "0", 16) for text in stated], np.uint64)[:, None], 8, axis=1)
    exact, thumbnails = np.zeros(len(rows), bool), [b""] * len(rows)
    flat = np.array([bool(flag) for flag in flags], bool)
    if pictures is not None:
        for place, digest in enumerate(_of(ledger, "sha256", rows)):
            if facts := pictures.known(digest):
                turned[place], exact[place], flat[place] = facts.phash, True, facts.flat
                thumbnails[place] = facts.thumbnail
    digests = [text or "" for text in pixels]
    return Hashed(ids, sources, [group or "" for group in groups], turned, exact, flat, digests, thumbnails)


def reference_pictures(table: pa.Table) -> Hashed:
    """Rows of OUT/references."""
    columns = [np.frombuffer(b"".join(table[f"phash_{g}"].to_pylist()), ">u8").astype(np.uint64) for g in range(8)]
    return Hashed(
        table["id"].to_pylist(),
        table["source"].to_pylist(),
        [group or "" for group in table["group"].to_pylist()],
        np.stack(columns, 1),
        np.ones(table.num_rows, bool),
        np.array(table["flat"].to_pylist(), bool),
        [(digest or b"").hex() for digest in table["pixels_sha256"].to_pylist()],
        [thumbnail or b"" for thumbnail in table["thumbnail"].to_pylist()],
    )


def check_near(kept: Hashed, rule: Dedup) -> Iterator[Problem]:
    """No two kept pictures that are not flat lie within `distance` of each other, whichever of the two is turned."""
    rows = np.flatnonzero(~kept.flat)
    turned, upright = kept.turns(rule.orientations)[rows], kept.turned[rows, 0]
    for i, j in pairs_among(turned, rule.distance):
        one, other = int(rows[i]), int(rows[j])
        if rule.confirms and not (kept.thumbnails[one] and kept.thumbnails[other]):
            continue  # a shard was not read
        if not (kept.is_near(one, kept, other, rule.distance, rule) and kept.is_near(other, kept, one, rule.distance, rule)):
            continue
        apart = int(np.bitwise_count(turned[i] ^ upright[j]).min())
        a, b = kept.ids[one], kept.ids[other]
        yield Problem("near duplicate", f"{a} and {b} are both kept and {apart} bits apart (at most {rule.distance} is near)")


def check_flat(kept: Hashed) -> Iterator[Problem]:
    """No two kept pictures that are flat have the same pixels. Of others, equal pixels have equal hashes."""
    first: dict[str, str] = {}
    for identifier, pixels in zip(kept.ids, kept.pixels, strict=True):
        if not pixels:
            continue
        other = first.setdefault(pixels, identifier)
        if other != identifier:
            yield Problem("same pixels", f"{other} and {identifier} are both kept and have the same pixels")


def check_leaks(kept: Hashed, references: Hashed, rule: Dedup) -> Iterator[Problem]:
    """No kept picture is near a reference, has the pixels of one or shares a scene with one."""
    rows, columns = np.flatnonzero(~references.flat), np.flatnonzero(~kept.flat)
    turned, upright = references.turns(rule.orientations)[rows], kept.turned[columns, 0]
    for i, j in pairs_within(turned, upright, rule.reference_distance):
        if not references.is_near(int(rows[i]), kept, int(columns[j]), rule.reference_distance, rule):
            continue
        apart = int(np.bitwise_count(turned[i] ^ upright[j]).min())
        a, b = references.ids[rows[i]], kept.ids[columns[j]]
        limit = rule.reference_distance
        yield Problem("leak", f"{b} is kept and {apart} bits from the reference {a} (at most {limit} is near)")
    pixels = _first(references.pixels, references.ids)
    groups = _first(references.groups, references.ids)
    for identifier, digest, group in zip(kept.ids, kept.pixels, kept.groups, strict=True):
        if digest in pixels:
            yield Problem("leak", f"{identifier} is kept and has the pixels of the reference {pixels[digest]}")
        if group and group in groups:
            yield Problem("leak", f"{identifier} is kept and of the scene {group} of the reference {groups[group]}")


def closest_references(kept: Hashed, references: Hashed, rule: Dedup) -> tuple[Closest, ...]:
    """For each source of references the pair that is nearest to being a leak, flat pictures left out."""
    columns = np.flatnonzero(~kept.flat)
    upright = kept.turned[columns, 0]
    found = []
    sources = np.array(references.sources, object)
    for source in sorted(set(references.sources)):
        rows = np.flatnonzero((sources == source) & ~references.flat)
        nearest = closest(references.turns(rule.orientations)[rows], upright)
        if nearest and nearest.pair:
            i, g, j = nearest.pair
            found.append(Closest(source, nearest.distance, references.ids[rows[i]], g, kept.ids[columns[j]]))
        elif nearest:
            found.append(Closest(source, nearest.distance, "", 0, "", beyond=True))
    return tuple(found)


def check_dropped(ledger: Ledger, kept: Hashed, references: Hashed, rule: Dedup) -> Iterator[Problem]:
    """What a dropped picture lost to is kept (or a reference), and for the stated reason, distance and orientation."""
    place_of = {identifier: place for place, identifier in enumerate(kept.ids)}
    reference_of = {identifier: place for place, identifier in enumerate(references.ids)}
    for row in ledger.with_fate("duplicate", "leak"):
        leak = ledger.fates[row] == "leak"
        keeper = ledger.value(row, "keeper")
        place = (reference_of if leak else place_of).get(keeper)
        if place is None and not leak and ledger.is_shared(keeper):
            continue  # it was kept until no caption was left for it: its turned hashes are in no shard
        if place is None:
            what = "no reference" if leak else "no kept picture"
            yield Problem("wrong keeper", f"ledger: {ledger.ids[row]} is a {ledger.fates[row]} of {keeper}, which is {what}")
            continue
        limit = rule.reference_distance if leak else rule.distance
        wrong = _why_not(ledger, row, references if leak else kept, place, limit, rule)
        if wrong:
            yield Problem("wrong keeper", f"ledger: {ledger.ids[row]} is a {ledger.fates[row]} of {keeper}, but {wrong}")


def _why_not(ledger: Ledger, row: int, keepers: Hashed, place: int, limit: int, rule: Dedup) -> str:
    """What speaks against a dropped row; empty: nothing does."""
    reason = (ledger.value(row, "reason") or "").partition(" as ")[0]
    stated = (ledger.value(row, "distance"), ledger.value(row, "orientation"))
    if reason == "same scene":
        group = ledger.value(row, "group")
        return "" if group == keepers.groups[place] else f"the scenes are {group} and {keepers.groups[place]}"
    if reason == "same pixels":
        return "" if ledger.value(row, "pixels_sha256") == keepers.pixels[place] else "their pixels differ"
    if not (phash := ledger.value(row, "phash")):
        return "its row has no hash"
    if not keepers.exact[place] and stated[1] != 0:
        return ""  # the keeper's shard was not read: only its hash as it stands is known
    apart = np.bitwise_count(keepers.turns(rule.orientations)[place] ^ np.uint64(int(phash, 16)))
    turn = int(apart.argmin())
    if rule.confirms and stated[1] in range(rule.orientations):
        turn = stated[1]  # a nearer turn may have been refused
    found = (int(apart[turn]), turn)
    if found[0] > limit:
        return f"they are {found[0]} bits apart (at most {limit} is near)"
    if found != stated:
        return f"they are {found[0]} bits apart at orientation {found[1]}, the row says {stated[0]} at {stated[1]}"
    return ""


def check_pairs(ledger: Ledger, references: Hashed, pairs: pa.Table, rule: Dedup) -> Iterator[Problem]:
    """`duplicates` names every dropped picture with what it lost to, no unknown id, and no near pair that is kept whole."""
    known = {*ledger.by_id, *references.ids}
    listed = set()
    for a, b, distance, orientation in zip(*(pairs[name].to_pylist() for name in pairs.column_names), strict=True):
        listed.add((a, b, distance, orientation))
        for end in (a, b):
            if end not in known:
                yield Problem("unknown pair", f"duplicates: {end} is neither in the ledger nor a reference")
        if ledger.is_kept(a) and ledger.is_kept(b) and distance is not None and distance <= rule.distance:
            yield Problem("near duplicate", f"duplicates: {a} and {b} are {distance} bits apart and both are kept")
    for row in ledger.with_fate("duplicate", "leak"):
        pair = (ledger.value(row, "keeper"), ledger.ids[row], ledger.value(row, "distance"), ledger.value(row, "orientation"))
        if pair not in listed:
            yield Problem("unlisted pair", f"duplicates: {ledger.ids[row]} is not there with {pair[0]} as in the ledger")


def _of(ledger: Ledger, name: str, rows: list[int]) -> list[str]:
    column = ledger.column(name)
    return [column[row] for row in rows]


def _first(values: list[str], ids: list[str]) -> dict[str, str]:
    """value -> the first id that has it; empty values are left out."""
    found: dict[str, str] = {}
    for value, identifier in zip(values, ids, strict=True):
        if value:
            found.setdefault(value, identifier)
    return found
