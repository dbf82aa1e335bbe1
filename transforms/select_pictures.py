"""SelectPictures: prepared parts -> fingerprints of the pictures that are compared, and decisions on those that are not.

In: `PreparedPart`, and the verdict of StopOnFailures. Out: blocks of FINGERPRINT rows of sources and of references; decisions
`capped` and `flat`. Fails: never on data. Cost: reads a few columns of every records file. A picture without a caption takes
no part, so that it drops no other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import apache_beam as beam
import numpy as np
import pyarrow as pa
from apache_beam.pvalue import AsDict, AsSingleton, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.identity import order_hash, stable_hash
from skypairs.schemas.packed import DECISION, FATES, FINGERPRINT, REASONS, Block, Rows, rank_high
from skypairs.schemas.recipe import Recipe
from skypairs.transforms import parts
from skypairs.transforms.parts import PartRef
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.records_file import read_table
from skypairs.transforms.reference_file import read_references

_NO_CAP = b"\xff" * 16


@dataclass
class SelectPictures(beam.PTransform):
    """Returns (fingerprints of sources, fingerprints of references, decisions by part)."""

    recipe: Recipe
    staging: str
    fingerprint_files: tuple[str, ...] = ()

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self, inputs: tuple[beam.PCollection[PreparedPart], beam.PCollection[bool]]
    ) -> tuple[beam.PCollection[Block], beam.PCollection[Block], beam.PCollection[tuple[bytes, Block]]]:
        prepared, fit = inputs
        caps = {source.name: source.cap for source in self.recipe.sources if source.cap is not None}
        limits = (
            prepared
            | "Capped" >> beam.FlatMap(cap_candidates, caps, self.recipe, self.staging)
            | "Smallest" >> beam.CombinePerKey(_SmallestHashes())
        )
        chosen = prepared | "Select" >> beam.ParDo(
            _Select(self.recipe, self.staging), AsDict(limits), AsSingleton(fit)
        ).with_outputs("references", "decisions", main="sources")
        published = (
            prepared.pipeline
            | "FingerprintFiles" >> beam.Create(list(self.fingerprint_files))
            | "ReadFingerprints" >> beam.Map(published_block)
        )
        references = (chosen.references, published) | "AllReferences" >> beam.Flatten()
        return chosen.sources, references, chosen.decisions


class _Select(beam.DoFn):
    def __init__(self, recipe: Recipe, staging: str) -> None:
        self._recipe, self._staging = recipe, staging

    def process(
        self, prepared: PreparedPart, limits: dict[str, tuple[int, bytes]], fit: bool
    ) -> Iterator[Block | TaggedOutput[Literal["references"], Block] | TaggedOutput[Literal["decisions"], tuple[bytes, Block]]]:
        assert fit
        part = prepared.part
        taking, dropped = compared_rows(part, self._recipe, self._staging)
        if part.source in limits:
            taking, over = _apply_cap(taking, limits[part.source], self._recipe.seed)
            dropped += [(row, "capped", "over the cap") for row in over]
        if taking.num_rows:
            block = fingerprint_block(part, taking)
            yield TaggedOutput("references", block) if part.reference else block
        if dropped:
            decisions = np.zeros(len(dropped), DECISION)
            decisions["row"] = [row for row, _, _ in dropped]
            decisions["fate"] = [FATES.index(fate) for _, fate, _ in dropped]
            decisions["reason"] = [REASONS.index(reason) for _, _, reason in dropped]
            decisions["distance"] = decisions["orientation"] = -1
            yield TaggedOutput("decisions", (bytes(part.key), Block.of(decisions, [""] * len(dropped))))


class _SmallestHashes(beam.CombineFn):
    """The `cap` smallest of many 16-byte hashes, as (cap, sorted hashes joined)."""

    def create_accumulator(self) -> tuple[int, bytes]:
        return 0, b""

    def add_input(self, accumulator: tuple[int, bytes], element: tuple[int, bytes]) -> tuple[int, bytes]:
        return self.merge_accumulators([accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[tuple[int, bytes]]) -> tuple[int, bytes]:
        listed = list(accumulators)
        cap = max((cap for cap, _ in listed), default=0)
        joined = b"".join(hashes for _, hashes in listed)
        hashes = sorted(joined[at : at + 16] for at in range(0, len(joined), 16))
        return cap, b"".join(hashes[:cap])

    def extract_output(self, accumulator: tuple[int, bytes]) -> tuple[int, bytes]:
        cap, hashes = accumulator
        return cap, hashes[-16:] if len(hashes) == 16 * cap else _NO_CAP


def compared_rows(part: PartRef, recipe: Recipe, staging: str) -> tuple[pa.Table, list[tuple[int, str, str]]]:
    """The rows of a part that take part, and (row, fate, reason) of captioned ones that the recipe drops unseen."""
    columns = ["id", "fate", "group", "source_pixels", "phash", "flat", "pixels_sha256"]
    table = read_table(parts.records_uri(staging, part.look), columns)
    alive = np.array([fate == "" for fate in table["fate"].to_pylist()], bool)
    human = np.zeros(len(alive), bool)
    if part.cards:
        index = read_table(parts.card_index_uri(staging, part.cards), ["length", "human"])
        alive &= index["length"].to_numpy() > 0
        human = np.array([len(hashes) > 0 for hashes in index["human"].to_pylist()], bool)
    dropped: list[tuple[int, str, str]] = []
    if recipe.pictures.flat == "drop" and not part.reference:
        flat = np.array(table["flat"].to_pylist(), object) == True  # noqa: E712 - null where there is no picture
        dropped = [(int(row), "flat", "flat") for row in np.flatnonzero(alive & flat)]
        alive &= ~flat
    rows = np.flatnonzero(alive)
    table = table.append_column("row", pa.array(np.arange(len(alive), dtype=np.uint32)))
    return table.append_column("human", pa.array(human)).take(pa.array(rows)), dropped


def cap_candidates(
    prepared: PreparedPart, caps: dict[str, int], recipe: Recipe, staging: str
) -> Iterator[tuple[str, tuple[int, bytes]]]:
    """The smallest order hashes of a part of a capped source."""
    part = prepared.part
    if not part.reference and part.source in caps:
        taking, _ = compared_rows(part, recipe, staging)
        hashes = sorted(order_hash(recipe.seed, name) for name in taking["id"].to_pylist())
        yield part.source, (caps[part.source], b"".join(hashes[: caps[part.source]]))


def _apply_cap(table: pa.Table, limit: tuple[int, bytes], seed: int) -> tuple[pa.Table, list[int]]:
    inside = np.array([order_hash(seed, name) <= limit[1] for name in table["id"].to_pylist()], bool)
    over = table["row"].to_numpy()[~inside]
    return table.filter(pa.array(inside)), [int(row) for row in over]


def fingerprint_block(part: PartRef, table: pa.Table) -> Block:
    """FINGERPRINT rows of a part's compared pictures."""
    ids = table["id"].to_pylist()
    rows: Rows = np.zeros(table.num_rows, FINGERPRINT)
    rows["part"] = np.void(part.key)
    rows["row"] = table["row"].to_numpy()
    hashes = b"".join(table["phash"].to_pylist())
    rows["phash"] = np.frombuffer(hashes, ">u8").reshape(-1, 8)
    pixels = table["source_pixels"].to_pylist()
    human = table["human"].to_pylist()
    rows["rank_high"] = [rank_high(has, size, part.order) for has, size in zip(human, pixels, strict=True)]
    rows["rank_low"] = [rank_low(name) for name in ids]
    rows["group"] = [group_hash(group) for group in table["group"].to_pylist()]
    rows["flat"] = table["flat"].to_pylist()
    rows["pixels"] = np.frombuffer(b"".join(table["pixels_sha256"].to_pylist()), "V32")
    return Block.of(rows, ids)


def published_block(uri: str) -> Block:
    """FINGERPRINT rows of a published file; its pictures have no part."""
    table = read_references(uri)
    rows: Rows = np.zeros(table.num_rows, FINGERPRINT)
    for turn in range(8):
        rows["phash"][:, turn] = np.frombuffer(b"".join(table[f"phash_{turn}"].to_pylist()), ">u8")
    ids = table["id"].to_pylist()
    rows["rank_low"] = [rank_low(name) for name in ids]
    rows["group"] = [group_hash(group) for group in table["group"].to_pylist()]
    rows["flat"] = table["flat"].to_pylist()
    rows["pixels"] = np.frombuffer(b"".join(table["pixels_sha256"].to_pylist()), "V32")
    return Block.of(rows, ids)


def rank_low(identifier: str) -> int:
    """The second part of a picture's rank: a hash of its id."""
    return int.from_bytes(stable_hash("rank", identifier, size=8), "big")


def group_hash(group: str) -> int:
    """8 bytes by which groups are compared."""
    return int.from_bytes(stable_hash("group", group, size=8), "big")
