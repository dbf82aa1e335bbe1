"""FindDuplicates with a second look, against a judge that compares everything with everything."""

import hashlib
import pickle
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

from skypairs.schemas.arrow import REFERENCES
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import DECISION, FATES, FINGERPRINT, PAIR, Block
from skypairs.schemas.recipe import Dedup
from skypairs.transforms import parts
from skypairs.transforms.compared_rows import published_block
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.find_duplicates import FindDuplicates
from skypairs.transforms.parts import PartRef
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.thumbnail_hash import turned_hashes
from tests.judges.confirmed import Lost, Seen, judge

Square = npt.NDArray[np.uint8]
PARTS = 3
CHECKERS = (-1) ** np.add.outer(np.arange(32), np.arange(32))  # turns coarse waves into fine ones


class Maker:
    """Draws thumbnails of a few scenes: copies, turned ones, such as are near in hash alone, and halves of both."""

    def __init__(self, seed: int, turns: int) -> None:
        self.random = np.random.default_rng(seed)
        self.turns = turns
        self.scenes = [self.smooth() for _ in range(5)]

    def smooth(self, cells: int = 5) -> npt.NDArray[np.float64]:
        grid = self.random.normal(size=(cells, cells))
        weights = np.maximum(0, 1 - np.abs(np.linspace(0, cells - 1, 32)[:, None] - np.arange(cells)))
        square: npt.NDArray[np.float64] = weights @ grid @ weights.T
        return square

    def square(self) -> Square:
        """What differs is fine: the hash, of coarse waves alone, hardly sees it, and the gray levels do."""
        made = self.scenes[self.random.integers(len(self.scenes))]
        made = made + self.random.choice([0.0, 0.1, 0.5, 0.9]) * self.smooth() * CHECKERS
        if self.random.random() < 0.3:
            made = np.rot90(made, self.random.integers(4))
        return np.clip(128 + 40 * made, 0, 255).astype(np.uint8)

    def pictures(self, source: str, count: int) -> list[Seen]:
        found: list[Seen] = []
        for i in range(count):
            rank = int(self.random.integers(3)), int(self.random.choice([0, self.random.integers(1 << 62)]))
            if found and self.random.random() < 0.15:  # the same pixels again
                other = found[self.random.integers(len(found))]
                found.append(other._replace(id=f"{source}/{i}", rank=rank))
                continue
            square = self.square()
            hashes = [int.from_bytes(one, "big") for one in turned_hashes(square)][: self.turns]
            found.append(Seen(f"{source}/{i}", tuple(hashes), tuple(square.ravel().tolist()), rank))
        return found


def part_of(kind: str, number: int) -> PartRef:
    look = stable_hash("look", kind, number).hex()
    cards = "" if kind == "reference" else stable_hash("cards", number).hex()
    return PartRef(kind, 0, kind == "reference", number, 2, 9, look, cards)


def staged(pictures: list[Seen], kind: str, staging: Path) -> tuple[list[Block], dict[tuple[bytes, int], str]]:
    """Writes the thumbnails of some pictures into parts; their fingerprints, and which id lies where."""
    blocks, places = [], {}
    for number in range(PARTS):
        part, mine = part_of(kind, number), pictures[number::PARTS]
        rows = np.zeros(len(mine), FINGERPRINT)
        gray = b""
        for i, (row, picture) in enumerate(zip(rows, mine, strict=True)):
            row["part"], row["row"] = np.void(part.key), 2 * i + 1  # every other row has no picture
            row["phash"][: len(picture.hashes)] = picture.hashes
            row["rank_high"], row["rank_low"] = picture.rank
            row["group"] = int.from_bytes(stable_hash("group", picture.id, size=8), "big")
            row["pixels"] = np.void(hashlib.sha256(bytes(picture.thumbnail or ())).digest())
            gray += bytes(1024) + bytes(picture.thumbnail or ())
            places[bytes(part.key), 2 * i + 1] = picture.id
        Path(parts.gray_uri(str(staging), part.look)).write_bytes(gray)
        blocks.append(Block.of(rows, [picture.id for picture in mine]))
    return blocks, places


def published(pictures: list[Seen], file: Path, number: int) -> Block:
    """Writes a fingerprint file in which some pictures have a thumbnail."""
    rows = []
    for picture in pictures:
        hashes = [*picture.hashes, *[0] * (8 - len(picture.hashes))]
        row: dict[str, Any] = {f"phash_{g}": value.to_bytes(8, "big") for g, value in enumerate(hashes)}
        row |= {"id": picture.id, "source": "test", "group": picture.id, "flat": False, "hash": "phash", "policy": ""}
        rows.append(row | {"thumbnail": bytes(picture.thumbnail) if picture.thumbnail else None})
    pq.write_table(pa.Table.from_pylist(rows, schema=REFERENCES), file)
    return published_block((number, str(file)), True)


def save(found: Iterable[object], path: str) -> None:
    Path(path).write_bytes(pickle.dumps(found))


def search(
    pictures: list[Seen], references: list[Seen], elsewhere: list[Seen], dedup: Dedup, bin_rows: int
) -> tuple[dict[str, Lost], set[tuple[str, str, int, int]]]:
    """Runs the stage and reads its output back. `elsewhere`: references of a fingerprint file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "looks").mkdir()
        sources, places = staged(pictures, "source", Path(folder))
        staged_references, _ = staged(references, "reference", Path(folder))
        empty, file = Path(folder, "none.parquet"), Path(folder, "test.parquet")
        published([], empty, 1)
        others = [published(elsewhere, file, 2)]
        prepared = [PreparedPart(part_of(kind, n), 0, 0, (), 0) for kind in ("source", "reference") for n in range(PARTS)]
        pipeline = beam.Pipeline(runner=FnApiRunner())
        inputs = tuple(
            pipeline | label >> beam.Create(items, reshuffle=False)
            for label, items in (("sources", sources), ("references", staged_references + others), ("parts", prepared))
        )
        outputs = inputs | FindDuplicates(dedup, bin_rows, ConfirmHits(folder, (str(empty), str(file))))
        for name, collection in zip(("decisions", "pairs"), outputs, strict=True):
            listed = collection | f"{name} together" >> beam.combiners.ToList()
            _ = listed | f"save {name}" >> beam.Map(save, f"{folder}/{name}")
        pipeline.run().wait_until_finish()
        decisions = pickle.loads(Path(folder, "decisions").read_bytes())
        pairs = pickle.loads(Path(folder, "pairs").read_bytes())
    lost: dict[str, Lost] = {}
    for part, lot in decisions:
        for row, keeper in zip(lot.rows(DECISION), lot.id_list(), strict=True):
            name = places[part, int(row["row"])]
            assert name not in lost
            lost[name] = (FATES[row["fate"]], keeper, int(row["distance"]), int(row["orientation"]))
    found: list[tuple[str, str, int, int]] = []
    for lot in pairs:
        ids, rows = lot.id_list(), lot.rows(PAIR)
        found += zip(ids[::2], ids[1::2], rows["distance"].tolist(), rows["orientation"].tolist(), strict=True)
    assert len(found) == len(set(found))
    return lost, set(found)


@pytest.mark.parametrize(
    ("seed", "distance", "reference_distance", "turns", "bin_rows"),
    [(0, 8, 8, 8, 20), (1, 4, 6, 8, 1000), (2, 6, 2, 1, 7), (3, 0, 0, 8, 20)],
)
def test_decisions_are_those_of_the_rule(seed: int, distance: int, reference_distance: int, turns: Any, bin_rows: int) -> None:
    maker = Maker(seed, turns)
    pictures, references = maker.pictures("train", 150), maker.pictures("held", 12)
    elsewhere = [
        picture._replace(thumbnail=None) if number % 3 else picture for number, picture in enumerate(maker.pictures("away", 8))
    ]
    dedup = Dedup(distance=distance, reference_distance=reference_distance, orientations=turns, confirm=True)
    expected = judge(pictures, references + elsewhere, distance, reference_distance)
    assert search(pictures, references, elsewhere, dedup, bin_rows) == expected
    # or the case proves little: the second look keeps what the hash alone would have dropped
    by_hash = judge([blind(picture) for picture in pictures], [], distance, reference_distance)[0]
    seen = judge(pictures, [], distance, reference_distance)[0]
    assert 10 < len(seen) < len(by_hash)


def blind(picture: Seen) -> Seen:
    return picture._replace(thumbnail=None)
