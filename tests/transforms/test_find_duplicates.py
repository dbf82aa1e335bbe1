import pickle
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.options.pipeline_options import DirectOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.runners.runner import PipelineRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import DECISION, FATES, FINGERPRINT, PAIR, REASONS, Block
from skypairs.schemas.recipe import Dedup
from skypairs.transforms.dup_collapse import collapse, entries, hash_bins, key_bins
from skypairs.transforms.dup_compare import Limits, compare, wanted
from skypairs.transforms.dup_rows import FLAT, REFERENCE, TRAINING, arrival, candidate, copied, dealt, pieces, select
from skypairs.transforms.dup_screen import Groups, flat_bins, groups_of, screen, settle_flat, told_apart
from skypairs.transforms.dup_verdicts import carry_out, fetch
from skypairs.transforms.find_duplicates import FindDuplicates
from skypairs.transforms.lanczos import thumbnail
from skypairs.transforms.orientations import turn
from skypairs.transforms.settle import pair_blocks, settle
from skypairs.transforms.thumbnail_hash import turned_hashes
from tests.corpus import texture
from tests.judges.greedy import Loss, Picture, judge

Outcome = tuple[dict[str, Loss], set[tuple[str, str, int, int]]]


def number(*parts: str | int) -> int:
    return int.from_bytes(stable_hash(*parts, size=8), "big")


def place(identifier: str) -> tuple[bytes, int]:
    """A part and a row: pictures of one source lie in a few parts."""
    return stable_hash("part", number("part", identifier) % 5), number("row", identifier) >> 32


def block(pictures: Sequence[Picture]) -> Block:
    rows = np.zeros(len(pictures), FINGERPRINT)
    for row, picture in zip(rows, pictures, strict=True):
        part, row["row"] = place(picture.id)
        row["part"] = np.void(part)
        # hashes that are not compared are there all the same
        row["phash"] = [*picture.hashes, *(number(picture.id, g) for g in range(len(picture.hashes), 8))]
        row["rank_high"], row["rank_low"] = picture.rank
        row["group"] = number("group", picture.group or picture.id)
        row["flat"] = picture.flat
        row["pixels"] = np.void(stable_hash("pixels", picture.pixels, size=32))
    return Block.of(rows, [picture.id for picture in pictures])


def split(pictures: Sequence[Picture], size: int) -> list[Block]:
    return [block(pictures[start : start + size]) for start in range(0, len(pictures), size)]


def save(found: Iterable[object], path: str) -> None:
    Path(path).write_bytes(pickle.dumps(found))


def search(
    sources: list[Block],
    references: list[Block],
    dedup: Dedup,
    bin_rows: int = 40,
    runner: PipelineRunner | None = None,
    workers: int = 1,
) -> Outcome:
    """Runs the stage and reads its output back."""
    with tempfile.TemporaryDirectory() as folder:
        options = DirectOptions(
            direct_num_workers=workers, direct_running_mode="multi_threading" if workers > 1 else "in_memory"
        )
        pipeline = beam.Pipeline(runner=runner or FnApiRunner(), options=options)
        inputs = tuple(
            pipeline | label >> beam.Create(blocks, reshuffle=False)
            for label, blocks in (("sources", sources), ("references", references))
        )
        outputs = inputs | FindDuplicates(dedup, bin_rows)
        for name, collection in zip(("decisions", "pairs"), outputs, strict=True):
            listed = collection | f"{name} together" >> beam.combiners.ToList()
            _ = listed | f"save {name}" >> beam.Map(save, f"{folder}/{name}")
        pipeline.run().wait_until_finish()
        decisions = pickle.loads(Path(folder, "decisions").read_bytes())
        pairs = pickle.loads(Path(folder, "pairs").read_bytes())
    return outcome(decisions, pairs, [*sources, *references])


def search_by_hand(sources: list[Block], references: list[Block], dedup: Dedup, bins: int = 3) -> Outcome:
    """The same steps one after the other, without Beam: a hundred times as many cases in the same time."""
    turns, limits = dedup.orientations, Limits.of(dedup)
    decisions: list[tuple[bytes, Block]] = []
    flat, candidates, nodes, groups, keys, opened, verdicts = (defaultdict[Any, list[Any]](list) for _ in range(7))
    in_groups = Groups.of([groups_of([lot]) for lot in references])
    for kind, blocks, known in ((TRAINING, sources, in_groups), (REFERENCE, references, Groups.of([]))):
        for packed in [told_apart([lot], kind == REFERENCE, turns) for lot in blocks]:
            for is_flat, lot in zip((True, False), packed, strict=True):
                rows, ids = lot.rows(FLAT if is_flat else arrival(turns)), lot.id_list()
                decided, left = screen(rows, ids, known)
                decisions += decided
                if is_flat:
                    for number, chosen in dealt(flat_bins(rows[left]) % np.uint64(bins)):
                        flat[number].append(select(rows, ids, left[chosen]))
                else:
                    needed = copied(rows, candidate(turns), "hashes", "rank_high", "rank_low", "part", "row")
                    for number, chosen in dealt(hash_bins(rows["hashes"][left, 0], bins)):
                        candidates[kind, number].append(select(needed, ids, left[chosen]))
    for blocks in flat.values():
        decisions += settle_flat(blocks)
    for (kind, number), blocks in candidates.items():
        collapsed = collapse(kind, number, blocks, turns)
        nodes[kind, number] += pieces(collapsed.nodes, collapsed.ids, 7)
        for segment in range(limits.segments):
            for at, entry in entries(kind, collapsed.distinct, segment, limits.segments, bins):
                groups[segment, at].append(entry)
    hits = [rows for (segment, _), group in groups.items() for rows, _ in compare(group, segment, limits)]
    for lot in hits:
        for kind, named in wanted(lot):
            for number, chosen in dealt(key_bins(kind, named, bins)):
                keys[kind, number].append(named[chosen].tobytes())
    ends: tuple[list[Block], list[Block]] = [], []
    for (kind, number), blocks in nodes.items():
        fetched = fetch(kind, blocks, keys[kind, number])
        decisions += fetched.closed
        ends[kind].append(fetched.ends)
        opened[number].append(fetched.open)
    settled = settle(*ends, [lot.tobytes() for lot in hits])
    for number, chosen in dealt(hash_bins(settled.verdicts["key"], bins)):
        verdicts[number].append(select(settled.verdicts, settled.keeper_ids, chosen))
    for number, blocks in opened.items():
        decisions += carry_out(blocks, verdicts[number])
    return outcome(decisions, list(pair_blocks(settled, 5)), [*sources, *references])


def outcome(decisions: list[tuple[bytes, Block]], pairs: list[Block], given_blocks: list[Block]) -> Outcome:
    """Reads output back, with every check that does not need to know what it should be."""
    places = {place(identifier): identifier for lot in given_blocks for identifier in lot.id_list()}
    lost: dict[str, Loss] = {}
    for part, lot in decisions:
        rows = lot.rows(DECISION)
        assert len(rows) == len(lot.id_list()) > 0
        for row, keeper in zip(rows, lot.id_list(), strict=True):
            identifier = places[part, int(row["row"])]
            assert identifier not in lost
            assert places[row["keeper_part"].tobytes(), int(row["keeper_row"])] == keeper
            fate, reason = FATES[row["fate"]], REASONS[row["reason"]]
            lost[identifier] = Loss(fate, reason, keeper, int(row["distance"]), int(row["orientation"]))
    found: list[tuple[str, str, int, int]] = []
    for lot in pairs:
        ids, rows = lot.id_list(), lot.rows(PAIR)
        assert len(ids) == 2 * len(rows) > 0
        found += zip(ids[::2], ids[1::2], rows["distance"].tolist(), rows["orientation"].tolist(), strict=True)
    assert len(found) == len(set(found))
    return lost, set(found)


def turned_bits(coefficients: np.ndarray) -> tuple[int, ...]:
    """The eight hashes of a picture with this 8 x 8 spectrum: consistent with each other, as those of real pictures are."""
    odd = np.where(np.arange(8) % 2, -1, 1)
    hashes = []
    for g in range(8):
        turned = (coefficients.T if g & 4 else coefficients) * (odd if g & 1 else 1) * (odd[:, None] if g & 2 else 1)
        bits = (turned > np.median(turned)).ravel()
        hashes.append(int("".join("01"[int(bit)] for bit in bits), 2))
    return tuple(hashes)


class Maker:
    """Draws pictures from a seed."""

    def __init__(self, seed: int, orientations: int) -> None:
        self.random = np.random.default_rng(seed)
        self.orientations = orientations

    def rank(self) -> tuple[int, int]:
        """Few leading parts, so that the rest decides; sometimes nothing but the id does."""
        return int(self.random.integers(3)), int(self.random.choice([0, self.random.integers(1 << 62)]))

    def bits(self) -> int:
        return int(self.random.integers(1 << 64, dtype=np.uint64))

    def flips(self, most: int) -> int:
        return sum(1 << int(bit) for bit in self.random.choice(64, self.random.integers(most + 1), replace=False))

    def scenes(self) -> Iterable[tuple[int, ...]]:
        """Clusters: pictures slightly changed, and turned."""
        for _ in range(6):
            spectrum = self.random.normal(size=(8, 8))
            for _ in range(8):
                view = spectrum.T if self.random.random() < 0.3 else spectrum
                view = view * np.where(self.random.random() < 0.3, np.where(np.arange(8) % 2, -1, 1), 1)
                yield turned_bits(view + self.random.normal(size=(8, 8)) * self.random.choice([0, 0.01, 0.05]))

    def drifting(self) -> Iterable[tuple[int, ...]]:
        """Chains, each a few bits from the one before."""
        for _ in range(3):
            state = [self.bits() for _ in range(8)]
            for _ in range(14):
                state = [value ^ self.flips(3) for value in state]
                yield tuple(state)

    def panned(self) -> Iterable[tuple[int, ...]]:
        """Windows that move over a scene by a pixel or two, some of them turned."""
        scene, at = texture(int(self.random.integers(1000)), 320, 96), 0
        while (at := at + int(self.random.integers(1, 4))) < 120:
            window = turn(scene[:, at : at + 96], int(self.random.choice([0, 0, 0, 1, 5])))
            yield tuple(int.from_bytes(value, "big") for value in turned_hashes(thumbnail(np.ascontiguousarray(window))))

    def crossed(self) -> Iterable[tuple[int, ...]]:
        """Equal hashes with unequal turned ones, which lie near others and each other."""
        shared = self.bits()
        crossed = [self.bits() for _ in range(4)]
        for _ in range(16):
            yield (shared ^ self.flips(1), *(int(self.random.choice(crossed)) ^ self.flips(2) for _ in range(7)))
        for value in crossed:
            yield tuple(value ^ self.flips(1) for _ in range(8))

    def odd(self) -> Iterable[tuple[int, ...]]:
        """Few and all bits, and pictures that look like themselves turned."""
        for value in (0, (1 << 64) - 1, 1, 1 << 63):
            yield (value,) * 8

    def strangers(self) -> Iterable[tuple[int, ...]]:
        for _ in range(20):
            yield tuple(self.bits() for _ in range(8))

    def hashes(self) -> Iterable[tuple[int, ...]]:
        """Something of everything."""
        for kind in (self.scenes, self.drifting, self.crossed, self.odd, self.strangers):
            yield from kind()

    def pictures(self, source: str, groups: bool, drawn: Iterable[tuple[int, ...]] | None = None) -> list[Picture]:
        made = [
            Picture(
                f"{source}/{i}é" if i % 7 == 0 else f"{source}/{i}",
                hashes[: self.orientations],
                self.rank(),
                f"scene {self.random.integers(40)}" if groups and self.random.random() < 0.2 else f"{source} {i}",
                flat=bool(self.random.random() < 0.2),
                pixels=int(self.random.integers(10)),
            )
            for i, hashes in enumerate(self.hashes() if drawn is None else drawn)
        ]
        return [made[i] for i in self.random.permutation(len(made))]

    def near(self, pictures: list[Picture], share: float) -> list[Picture]:
        """References: some of the pictures, changed a little, some twice over under another name, and strangers."""
        chosen = [p for p in pictures if self.random.random() < share] + [p for p in pictures if p.flat][:2]
        made = [p._replace(id=f"test/{i}", hashes=tuple(h ^ self.flips(2) for h in p.hashes)) for i, p in enumerate(chosen)]
        return made + [p._replace(id=f"again/{p.id}") for p in made[::3]] + self.pictures("other-test", False)[:20]


CASES = [
    # distance, reference distance, orientations, references, shared groups
    (2, 2, 8, True, True),  # the default
    (2, 2, 1, True, True),
    (2, 2, 8, False, False),
    (0, 0, 8, True, False),  # equal hashes alone
    (0, 4, 8, True, False),  # one distance longer than the other, either way
    (5, 1, 8, True, False),
    (1, 1, 1, False, True),
    (3, 3, 1, True, True),
    (8, 8, 8, True, True),
    (8, 6, 1, False, False),
]
Case = tuple[int, int, int, bool, bool]


def draw(case: Case, seed: int) -> tuple[list[Picture], list[Picture], Dedup]:
    distance, reference_distance, orientations, with_references, groups = case
    maker = Maker(seed, orientations)
    pictures = maker.pictures("train", groups)
    references = maker.near(pictures, 0.15) if with_references else []
    if not groups:
        references = [reference._replace(group=reference.id) for reference in references]
    turns: Any = orientations
    return (
        pictures,
        references,
        Dedup(distance=distance, reference_distance=reference_distance, orientations=turns, confirm=False),
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("case", CASES)
def test_decisions_are_those_of_the_rule(case: Case, seed: int) -> None:
    pictures, references, dedup = draw(case, seed)
    expected = judge(pictures, references, dedup.distance, dedup.reference_distance)
    assert search_by_hand(split(pictures, 11), split(references, 5), dedup) == expected
    reasons = {loss.reason for loss in expected[0].values()}
    assert reasons >= {"near duplicate", "same pixels"}  # or the case proves little
    assert ("near a reference" in reasons) == ("same pixels as a reference" in reasons) == bool(references)
    assert ("same scene" in reasons) == (case[4] and bool(references))


@pytest.mark.parametrize(
    ("case", "size", "bin_rows", "runner"),
    [
        (CASES[0], 7, 40, FnApiRunner),  # many blocks, several bins
        (CASES[1], 1000, 250_000, FnApiRunner),  # one block, one bin
        (CASES[2], 1, 9, FnApiRunner),  # no references, a block a picture
        (CASES[8], 64, 17, FnApiRunner),
        (CASES[5], 30, 40, BundleBasedDirectRunner),  # a bundle an element, and failed bundles tried again
    ],
)
def test_the_stage_decides_alike_however_blocks_are_cut(
    case: Case, size: int, bin_rows: int, runner: type[PipelineRunner]
) -> None:
    pictures, references, dedup = draw(case, 9)
    found = search(split(pictures, size), split(references, size)[::-1], dedup, bin_rows, runner())
    assert found == judge(pictures, references, dedup.distance, dedup.reference_distance)


KINDS = {
    "random": lambda maker: [*maker.strangers(), *maker.strangers()],
    "clustered": Maker.scenes,
    "chained": lambda maker: [*maker.drifting(), *maker.panned()],
    "degenerate": lambda maker: [*maker.odd(), *maker.crossed(), *maker.odd(), *[(7,) * 8] * 9, *[(7, *range(7))] * 9],
}


def of_kind(kind: str, distance: int, orientations: int) -> tuple[list[Picture], list[Picture]]:
    """Pictures and references; among the random ones a few lie exactly `distance` from others, upright or turned."""
    maker = Maker(7 * distance + orientations, 8)
    drawn = list(KINDS[kind](maker))
    if kind == "random":
        exact = [sum(1 << int(bit) for bit in maker.random.choice(64, distance + i % 2, replace=False)) for i in range(40)]
        drawn += [(drawn[i][i % 8 if i < 20 else 0] ^ flips, *drawn[i][1:]) for i, flips in enumerate(exact)]
    pictures = maker.pictures("train", False, drawn)
    references = [reference._replace(group=reference.id) for reference in maker.near(pictures, 0.1)]
    return (*([p._replace(hashes=p.hashes[:orientations]) for p in drawn] for drawn in (pictures, references)),)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientations", [1, 8])
@pytest.mark.parametrize("distance", range(9))
def test_every_distance_offered_is_that_of_brute_force(distance: int, orientations: Any, kind: str) -> None:
    pictures, references = of_kind(kind, distance, orientations)
    reference_distance = (distance * 2 + 1) % 9
    dedup = Dedup(distance=distance, reference_distance=reference_distance, orientations=orientations, confirm=False)
    expected = judge(pictures, references, distance, reference_distance)
    assert search_by_hand(split(pictures, 13), split(references, 4), dedup) == expected
    reasons = {loss.reason for loss in expected[0].values()}
    assert "near duplicate" in reasons or (kind == "degenerate" and "near a reference" in reasons)
    if kind == "random":
        assert {loss.distance for loss in expected[0].values() if loss.reason == "near duplicate"} == {distance}


@pytest.mark.parametrize("orientations", [1, 8])
def test_many_workers_decide_alike(orientations: Any) -> None:
    pictures, references = [], []
    for kind in KINDS:
        for drawn, all_kinds in zip(of_kind(kind, 3, orientations), (pictures, references), strict=True):
            all_kinds += [p._replace(id=f"{kind} {p.id}", group=f"{kind} {p.group}") for p in drawn]
    dedup = Dedup(distance=3, reference_distance=2, orientations=orientations, confirm=False)
    found = search(split(pictures, 9), split(references, 5), dedup, 40, workers=3)
    assert found == judge(pictures, references, 3, 2)


few_bits = st.integers(0, 63).map(lambda bits: bits * 0x0101010101010101 & 0xFFFF)  # near each other, in many segments
small = st.builds(
    Picture,
    id=st.just(""),
    hashes=st.tuples(*[few_bits] * 8),
    rank=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    group=st.sampled_from(["", "", "", "", "a", "b"]),
    flat=st.sampled_from([False, False, False, True]),
    pixels=st.integers(0, 1),
)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(
    pictures=st.lists(small, max_size=14),
    references=st.lists(small, max_size=4),
    distance=st.integers(0, 3),
    reference_distance=st.integers(0, 3),
    turns=st.sampled_from([1, 8]),
    size=st.integers(1, 20),
)
def test_every_small_case(
    pictures: list[Picture], references: list[Picture], distance: int, reference_distance: int, turns: Any, size: int
) -> None:
    ours, theirs = (
        [picture._replace(id=f"{source}/{i}", hashes=picture.hashes[:turns]) for i, picture in enumerate(drawn)]
        for source, drawn in (("train", pictures), ("test", references))
    )
    theirs = [picture._replace(group=picture.group or picture.id) for picture in theirs]
    dedup = Dedup(distance=distance, reference_distance=reference_distance, orientations=turns, confirm=False)
    assert search_by_hand(split(ours, size), split(theirs, size), dedup) == judge(ours, theirs, distance, reference_distance)


def test_equal_hashes_turn_into_unequal_ones() -> None:
    """Only the best-ranked picture of a hash may speak for it: another one's turned hash keeps nothing out."""
    far = [number("far", g) for g in range(7)]
    best = Picture("s/best", (1, *far), (0, 0))
    same = Picture("s/same", (1, *far[:6], 7 << 40), (1, 0))  # turned, it looks like the next one
    next_one = Picture("s/next", (7 << 40, *far[::-1]), (2, 0))
    lost, pairs = search_by_hand(split([next_one, same, best], 2), [], Dedup())
    assert lost == {"s/same": Loss("duplicate", "near duplicate", "s/best", 0, 0)}
    assert pairs == set()


def test_a_leak_drops_nothing_else_and_a_chain_is_not_lost_whole() -> None:
    chain = [Picture(f"s/{i}", ((1 << 2 * i) - 1,), (i, 0)) for i in range(7)]  # each 2 bits from the next
    dedup = Dedup(orientations=1)
    lost, _ = search_by_hand(split(chain, 3), [], dedup)
    assert {name: loss.keeper for name, loss in lost.items()} == {"s/1": "s/0", "s/3": "s/2", "s/5": "s/4"}
    lost, _ = search_by_hand(split(chain, 3), split([Picture("t/0", (0,))], 1), dedup)
    assert {name: loss.keeper for name, loss in lost.items()} == {"s/0": "t/0", "s/1": "t/0", "s/3": "s/2", "s/5": "s/4"}


def test_too_many_pairs_stop_the_build_and_name_the_hashes() -> None:
    centre = 0xABCDEF0123456789
    star = [Picture("s/", (centre,))] + [Picture(f"s/{bit}", (centre ^ 1 << bit,)) for bit in range(0, 64, 2)]
    message = f"dedup.max_pairs = 20 .*{centre:016x} .*dedup.distance"
    with pytest.raises(BuildStopped, match=message):
        search_by_hand(split(star, 9), [], Dedup(distance=1, orientations=1, max_pairs=20), bins=1)
    with pytest.raises(Exception, match=message):  # each bin holds fewer, all of them too many
        search(split(star, 9), [], Dedup(distance=1, orientations=1, max_pairs=20), bin_rows=3)
    lost, pairs = search_by_hand(split(star, 9), [], Dedup(distance=1, orientations=1, max_pairs=32))
    assert len(lost) == len(pairs) == 32
