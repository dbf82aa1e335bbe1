"""LimitTexts: pictures of a build with their captions -> the same with at most `max_same` of them sharing a text.

In: `Ordered`, bucket by bucket. Out: the same, and counts for the manifest. Fails: never. What crosses: 25 bytes a caption
that is asked for and 147 a picture that is short of captions, both only in the rounds in which it is; and the pictures once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import apache_beam as beam
from apache_beam.pvalue import AsSingleton, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.packed import Block
from skypairs.schemas.placed import WISH, Ordered
from skypairs.transforms.placement import bucket_bits, buckets
from skypairs.transforms.same_texts import ROUNDS, ask, by_bin, give, settle, still_short, wishes

COUNTS = ("reworded", "dropped", "without")
"""What the manifest says of it: fields of `Settled`."""


@dataclass
class LimitTexts(beam.PTransform):
    """Returns (ordered pictures, counts by name). `total`: how many pictures were prepared, which decides the buckets."""

    limit: int
    total: AsSingleton

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self, ordered: beam.PCollection[Ordered]
    ) -> tuple[beam.PCollection[Ordered], beam.PCollection[tuple[tuple[str, ...], int]]]:
        by_bucket = ordered | "ByBucket" >> beam.Map(_by_bucket)
        short = ordered | "Wishes" >> beam.Map(_wishes)
        given = ordered.pipeline | "NothingGiven" >> beam.Create([(0, Block(b""))])
        granted = []
        for number in range(ROUNDS):
            last = number == ROUNDS - 1
            asks = short | f"Ask{number}" >> beam.FlatMap(_ask, self.total, last, self.limit)
            dealt = (
                {"asks": asks, "given": given}
                | f"Texts{number}" >> beam.CoGroupByKey()
                | f"Give{number}" >> beam.ParDo(_Give(self.limit), self.total).with_outputs("given", main="granted")
            )
            given = dealt.given
            granted.append(dealt.granted)
            if not last:
                short = (
                    {"short": short, "granted": dealt.granted}
                    | f"Pictures{number}" >> beam.CoGroupByKey()
                    | f"Short{number}" >> beam.FlatMap(_still_short)
                )
        settled = (
            {"ordered": by_bucket, "granted": granted | "AllGranted" >> beam.Flatten()}
            | "Together" >> beam.CoGroupByKey()
            | "Settle" >> beam.ParDo(_Settle()).with_outputs("counts", main="ordered")
        )
        return settled.ordered, settled.counts


class _Give(beam.DoFn):
    """One bin of texts in one round."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def process(
        self, group: tuple[int, Mapping[str, Iterable[Block]]], total: int
    ) -> Iterator[tuple[int, Block] | TaggedOutput[Literal["given"], tuple[int, Block]]]:
        number, found = group
        granted, given = give(found["asks"], found["given"], self._limit)
        yield TaggedOutput("given", (number, Block.of(given)))
        bucket = buckets(granted["order"], bucket_bits(total))
        for at in sorted(set(bucket.tolist())):
            yield at, Block.of(granted[bucket == at])


class _Settle(beam.DoFn):
    def process(
        self, group: tuple[int, Mapping[str, Iterable[object]]]
    ) -> Iterator[Ordered | TaggedOutput[Literal["counts"], tuple[tuple[str, ...], int]]]:
        _, found = group
        [ordered] = found["ordered"]
        assert isinstance(ordered, Ordered)
        settled = settle(ordered, [block for block in found["granted"] if isinstance(block, Block)])
        yield settled.ordered
        for name in COUNTS:
            yield TaggedOutput("counts", (("max_same", name), getattr(settled, name)))


def _by_bucket(ordered: Ordered) -> tuple[int, Ordered]:
    return ordered.bucket, ordered


def _wishes(ordered: Ordered) -> tuple[int, Block]:
    return ordered.bucket, Block.of(wishes(ordered))


def _ask(short: tuple[int, Block], total: int, last: bool, limit: int) -> Iterator[tuple[int, Block]]:
    _, block = short
    yield from by_bin(ask(block.rows(WISH), last, limit), 1 << bucket_bits(total))


def _still_short(group: tuple[int, Mapping[str, Iterable[Block]]]) -> Iterator[tuple[int, Block]]:
    bucket, found = group
    for block in found["short"]:
        yield bucket, Block.of(still_short(block.rows(WISH), found["granted"]))
