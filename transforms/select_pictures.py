"""SelectPictures: prepared parts -> fingerprints of the pictures that are compared, and decisions on those that are not.

In: `PreparedPart`, the verdict of StopOnFailures, and the cut of each source with scores. Out: blocks of FINGERPRINT rows of
sources, of references and of crops of objects; decisions `capped`, `flat` and `filtered`. Fails: never on data. Cost: reads a
few columns of every records file. A picture without a caption takes no part, so that it drops no other; nor does one of a low
score.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from apache_beam.pvalue import AsDict, AsSingleton, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.identity import order_hash
from skypairs.schemas.packed import LOW_SCORE, Block, dropped_rows
from skypairs.schemas.recipe import Recipe
from skypairs.transforms.compared_rows import compared_rows, fingerprint_block, published_block
from skypairs.transforms.parts import PartRef
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.scores.ranks import EVERY_HASH, Cut
from skypairs.transforms.scores.score_file import best_steps


@dataclass
class SelectPictures(beam.PTransform):
    """Returns (fingerprints of sources, of references, of crops of objects, decisions by part). No cap counts crops."""

    recipe: Recipe
    staging: str
    fingerprint_files: tuple[str, ...] = ()

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self,
        inputs: tuple[beam.PCollection[PreparedPart], beam.PCollection[bool], beam.PCollection[tuple[str, Cut]]],
    ) -> tuple[beam.PCollection[Any], ...]:
        prepared, fit, scored = inputs
        cuts = AsDict(scored)
        caps = {source.name: source.cap for source in self.recipe.sources if source.cap is not None}
        limits = (
            prepared
            | "Capped" >> beam.FlatMap(cap_candidates, caps, self.recipe, self.staging, cuts)
            | "Smallest" >> beam.CombinePerKey(SmallestHashes())
        )
        chosen = prepared | "Select" >> beam.ParDo(
            _Select(self.recipe, self.staging), AsDict(limits), cuts, AsSingleton(fit)
        ).with_outputs("references", "crops", "decisions", main="sources")
        published = (
            prepared.pipeline
            | "FingerprintFiles" >> beam.Create(list(enumerate(self.fingerprint_files, 1)))
            | "ReadFingerprints" >> beam.Map(published_block, self.recipe.dedup.confirms)
        )
        references = (chosen.references, published) | "AllReferences" >> beam.Flatten()
        return chosen.sources, references, chosen.crops, chosen.decisions


class _Select(beam.DoFn):
    def __init__(self, recipe: Recipe, staging: str) -> None:
        self._recipe, self._staging = recipe, staging

    def process(
        self, prepared: PreparedPart, limits: dict[str, tuple[int, bytes]], cuts: dict[str, Cut], fit: bool
    ) -> Iterator[
        Block
        | TaggedOutput[Literal["references"], Block]
        | TaggedOutput[Literal["crops"], Block]
        | TaggedOutput[Literal["decisions"], tuple[bytes, Block]]
    ]:
        assert fit
        part = prepared.part
        taking, dropped = compared_rows(part, self._recipe, self._staging)
        taking, crops = apart(taking)
        if crops.num_rows:
            yield TaggedOutput("crops", fingerprint_block(part, crops, self._recipe, self._staging))
        taking, low = high_enough(part, taking, self._recipe, self._staging, cuts)
        dropped += [(row, "filtered", LOW_SCORE) for row in low]
        if not part.reference and part.source in limits:
            taking, over = _apply_cap(taking, limits[part.source], self._recipe.seed)
            dropped += [(row, "capped", "over the cap") for row in over]
        if taking.num_rows:
            block = fingerprint_block(part, taking, self._recipe, self._staging)
            yield TaggedOutput("references", block) if part.reference else block
        if dropped:
            yield TaggedOutput("decisions", (bytes(part.key), dropped_rows(dropped)))


class SmallestHashes(beam.CombineFn):
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
        return cap, hashes[-16:] if len(hashes) == 16 * cap else EVERY_HASH


def cap_candidates(
    prepared: PreparedPart, caps: dict[str, int], recipe: Recipe, staging: str, cuts: dict[str, Cut]
) -> Iterator[tuple[str, tuple[int, bytes]]]:
    """The smallest order hashes of a part of a capped source."""
    part = prepared.part
    if not part.reference and part.source in caps:
        taking, _ = apart(compared_rows(part, recipe, staging)[0])
        taking, _ = high_enough(part, taking, recipe, staging, cuts)
        hashes = sorted(order_hash(recipe.seed, name) for name in taking["id"].to_pylist())
        yield part.source, (caps[part.source], b"".join(hashes[: caps[part.source]]))


def apart(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Pictures, and crops of objects."""
    whole = pc.is_null(table["focus"])
    return table.filter(whole), table.filter(pc.invert(whole))


def high_enough(
    part: PartRef, table: pa.Table, recipe: Recipe, staging: str, cuts: dict[str, Cut]
) -> tuple[pa.Table, list[int]]:
    """The pictures of a part whose score is not too low, and the rows of the others. Without scores: all."""
    if part.reference or recipe.scores is None or part.source not in cuts:
        return table, []
    rows = table["row"].to_pylist()
    best = best_steps(part, recipe.scores, staging, rows).tolist()
    orders = (order_hash(recipe.seed, name) for name in table["id"].to_pylist())
    stays = [cuts[part.source].keeps(*scored) for scored in zip(best, orders, strict=True)]
    return table.filter(pa.array(stays, pa.bool_())), [row for row, stay in zip(rows, stays, strict=True) if not stay]


def _apply_cap(table: pa.Table, limit: tuple[int, bytes], seed: int) -> tuple[pa.Table, list[int]]:
    inside = np.array([order_hash(seed, name) <= limit[1] for name in table["id"].to_pylist()], bool)
    over = table["row"].to_numpy()[~inside]
    return table.filter(pa.array(inside)), [int(row) for row in over]
