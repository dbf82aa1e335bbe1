"""AssignShards: decisions -> an exact place for every kept sample.

In: `PreparedPart` of the sources and decision blocks, both by part. Out: (shard, Placed) for the writer, (part, PLACE
block) for the ledger, the number of samples of each shelf, and what `captions.max_same` cost. Fails: never on data. Cost:
reads a few columns of every part.
Exact ranks on any engine: buckets are prefixes of the order, their counts a side input, members of a bucket are grouped and
sorted; rank = offset of the bucket + position in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import AsDict, AsSingleton, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.packed import Block, Rows
from skypairs.schemas.placed import DONOR, KEPT, PLACE, SAMPLE, Ordered, Placed
from skypairs.schemas.recipe import Recipe, Shards
from skypairs.transforms.keep_rows import kept_rows
from skypairs.transforms.limit_texts import LimitTexts
from skypairs.transforms.placement import (
    ShardPlan,
    bucket_bits,
    buckets,
    join_placed,
    number_samples,
    order_bucket,
    pick,
)
from skypairs.transforms.prepare_part import PreparedPart, by_key

ShardId = tuple[int, int]
"""(shelf, number): a shelf is a set of shards that is filled for itself, see shard_names.py."""
Counts = Mapping[tuple[int, int], tuple[int, int]]
"""Pictures and captions by (shelf, bucket)."""


@dataclass
class AssignShards(beam.PTransform):
    """Returns (samples by shard, places by part, {shelf: samples}, what it cost that texts are shared by few)."""

    recipe: Recipe
    staging: str

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self, inputs: tuple[beam.PCollection[PreparedPart], beam.PCollection[tuple[bytes, Block]]]
    ) -> tuple[
        beam.PCollection[tuple[ShardId, Placed]],
        beam.PCollection[tuple[bytes, Block]],
        beam.PCollection[tuple[int, int]],
        beam.PCollection[tuple[tuple[str, ...], int]],
    ]:
        prepared, decisions = inputs
        per_picture, shards = self.recipe.captions.per_picture, self.recipe.shards
        rows = prepared | "CountRows" >> beam.Map(_rows) | "TotalRows" >> beam.CombineGlobally(sum)
        total = AsSingleton(rows)
        by_part = prepared | "ByPart" >> beam.Map(by_key)
        kept = (
            {"parts": by_part, "decisions": decisions}
            | "PartDecisions" >> beam.CoGroupByKey()
            | "KeepRows" >> beam.ParDo(_KeepRows(self.recipe, self.staging), total).with_outputs("donations", main="kept")
        )
        ordered = (
            {"kept": kept.kept, "donations": kept.donations}
            | "Buckets" >> beam.CoGroupByKey()
            | "OrderPictures" >> beam.Map(_order, per_picture)
        )
        texts = prepared.pipeline | "NoLimit" >> beam.Create([]).with_output_types(tuple[tuple[str, ...], int])
        if self.recipe.captions.max_same is not None:
            ordered, texts = ordered | "LimitTexts" >> LimitTexts(self.recipe.captions.max_same, total)
        counts = ordered | "CountBuckets" >> beam.FlatMap(_count)
        samples = (
            counts
            | "ShelfOfBucket" >> beam.MapTuple(lambda key, count: (key[0], count[0 if shards.layout == "images" else 1]))
            | "Samples" >> beam.CombinePerKey(sum)
        )
        numbered = ordered | "NumberSamples" >> beam.FlatMap(
            _number, AsDict(counts), AsDict(samples), total, shards, per_picture
        )
        ranked = numbered | "Blocks" >> beam.GroupByKey()
        sizes = ranked | "CountBlocks" >> beam.MapTuple(_block_size)
        placed = ranked | "Place" >> beam.ParDo(_Place(shards, per_picture), AsDict(sizes), AsDict(samples)).with_outputs(
            "places", main="shards"
        )
        return placed.shards, placed.places, samples, texts


class _KeepRows(beam.DoFn):
    def __init__(self, recipe: Recipe, staging: str) -> None:
        self._recipe, self._staging = recipe, staging

    def process(
        self, group: tuple[bytes, Mapping[str, Iterable[object]]], total: int
    ) -> Iterator[tuple[int, Block] | TaggedOutput[Literal["donations"], tuple[int, Block]]]:
        _, found = group
        [prepared] = found["parts"]
        assert isinstance(prepared, PreparedPart)
        decisions = [block for block in found["decisions"] if isinstance(block, Block)]
        kept, given = kept_rows(prepared.part, decisions, self._recipe, self._staging)
        bits = bucket_bits(total)
        yield from _split(kept, "order", bits)
        for item in _split(given, "keeper", bits):
            yield TaggedOutput("donations", item)


class _Place(beam.DoFn):
    """Rank in a block, hence shard and position."""

    def __init__(self, shards: Shards, per_picture: int) -> None:
        self._shards, self._per_picture = shards, per_picture

    def process(
        self,
        group: tuple[tuple[int, int, int], Iterable[Placed]],
        sizes: Mapping[tuple[int, int, int], int],
        totals: Mapping[int, int],
    ) -> Iterator[tuple[ShardId, Placed] | TaggedOutput[Literal["places"], tuple[bytes, Block]]]:
        (shelf, block, bucket), placed = group
        samples, donors = join_placed(placed, "place")
        plan = ShardPlan.of(self._shards, self._per_picture, totals[shelf])
        before = sum(size for (s, b, at), size in sizes.items() if (s, b) == (shelf, block) and at < bucket)
        shard, position = plan.shard(block, before + np.arange(len(samples)))
        samples = samples.copy()
        samples["position"] = position
        for number in np.unique(shard):
            yield (shelf, int(number)), pick(samples[shard == number], donors)
        places: Rows = np.zeros(len(samples), PLACE)
        places["row"], places["captions"], places["shard"], places["shelf"] = samples["row"], samples["captions"], shard, shelf
        keys = samples["part"]
        for part in sorted({key.tobytes() for key in keys}):
            yield TaggedOutput("places", (part, Block.of(places[keys == np.void(part)])))


def _rows(prepared: PreparedPart) -> int:
    return prepared.samples


def _split(rows: Rows, by: str, bits: int) -> Iterator[tuple[int, Block]]:
    found = buckets(rows[by], bits)
    for bucket in np.unique(found):
        yield int(bucket), Block.of(rows[found == bucket])


def _order(group: tuple[int, Mapping[str, Iterable[Block]]], per_picture: int) -> Ordered:
    bucket, found = group
    return order_bucket(bucket, found["kept"], found["donations"], per_picture)


def _count(ordered: Ordered) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    shelves = ordered.pictures.rows(KEPT)["shelf"]
    captions = np.frombuffer(ordered.captions, np.uint8).astype(np.int64)
    for shelf in np.unique(shelves):
        there = shelves == shelf
        yield (int(shelf), ordered.bucket), (int(there.sum()), int(captions[there].sum()))


def _number(
    ordered: Ordered, counts: Counts, totals: Mapping[int, int], rows: int, shards: Shards, per_picture: int
) -> Iterator[tuple[tuple[int, int, int], Placed]]:
    """Samples by (shelf, block, bucket of the order inside the block)."""
    donors = ordered.donors.rows(DONOR)
    for shelf in sorted(totals):
        before = [count for (at, bucket), count in counts.items() if at == shelf and bucket < ordered.bucket]
        pictures, captions = sum(count[0] for count in before), sum(count[1] for count in before)
        samples, numbers = number_samples(ordered, shelf, pictures, captions, shards.layout)
        plan = ShardPlan.of(shards, per_picture, totals[shelf])
        by = "order" if shards.layout == "images" else "place"
        samples["place"] = samples[by]
        block = numbers % plan.blocks
        inner = buckets(samples["place"], bucket_bits(rows))
        for number in np.unique(block):
            for bucket in np.unique(inner[block == number]):
                chosen = (block == number) & (inner == bucket)
                yield (shelf, int(number), int(bucket)), pick(samples[chosen], donors)


def _block_size(key: tuple[int, int, int], placed: Iterable[Placed]) -> tuple[tuple[int, int, int], int]:
    return key, sum(len(item.samples.rows(SAMPLE)) for item in placed)
