"""FindDuplicates: fingerprints -> decisions. Which pictures are leaks or duplicates, of which picture, and every near pair.

In: blocks of FINGERPRINT rows with ids, of the sources and of the references. Out: decisions by part (rows without one are
kept), near pairs of distinct hashes. Fails: BuildStopped above `dedup.max_pairs`. Cost: a million pictures on one core of the
in-memory runner take 8 CPU seconds and 0.8 GB with `orientations: 1`, 18 and 1.3 GB with 8 (docs/duplicates.md). What crosses
is a row of 52 to 116 bytes and the id of each picture, twice, and a segment at a time 8 bytes a hash, 16 where it is turned.

Shape: screened pictures by hash -> distinct hashes, segment by segment, by bin -> hits -> the few pictures that hits name, and
the hits, on one worker (settle.py) -> verdicts by hash. The steps themselves are in dup_*.py and settle.py, without Beam.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.metrics import Metrics
from apache_beam.pvalue import AsSingleton, PCollection, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.packed import Block
from skypairs.schemas.recipe import Dedup
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.dup_collapse import Entry, collapse, entries, key_bins
from skypairs.transforms.dup_compare import Crowd, Limits, compare, together, wanted
from skypairs.transforms.dup_rows import HIT, REFERENCE, TRAINING, dealt, distinct, pieces, take
from skypairs.transforms.dup_verdicts import carry_out, fetch
from skypairs.transforms.screen_fingerprints import Decided, Key, Keyed, ScreenFingerprints
from skypairs.transforms.settle import pair_blocks, settle

Lot = tuple[int, Block]

_LOT = 1 << 16
"""Distinct hashes that are dealt at a time."""


@dataclass
class FindDuplicates(beam.PTransform):
    """(fingerprints of sources, fingerprints of references) -> (decisions by part, near pairs).

    Decisions: DECISION blocks with the keepers' ids, of leaks and duplicates only, several blocks a part. Pairs: PAIR blocks,
    every near pair of distinct hashes once, of pictures neither flat nor of a reference's scene; the ids in twos are the
    best-ranked of each hash (of references that agree in all hashes compared: the smallest id). With a second look: every
    confirmed pair of distinct thumbnails, by the best-ranked of each.
    """

    dedup: Dedup
    bin_rows: int = 250_000
    """Hashes a group, about: more make fewer and larger groups, and the same output."""
    second_look: ConfirmHits | None = None
    """How near pairs are confirmed, where `dedup.confirms`; the prepared parts are the third input then."""

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(self, inputs: tuple[PCollection[Any], ...]) -> tuple[PCollection[Decided], PCollection[Block]]:
        confirm = self.dedup.confirms
        sources, references, *prepared = inputs
        screen = ScreenFingerprints(self.dedup.orientations, confirm, self.bin_rows)
        candidates, early, number = (sources, references) | "Screen" >> screen
        bins = AsSingleton(number)
        collapsed = (
            candidates
            | "ByHash" >> beam.GroupByKey()
            | "Collapse"
            >> beam.ParDo(_Collapse(self.dedup.orientations, confirm))
            .with_output_types(Entry, nodes=Keyed)
            .with_outputs("nodes", main="distinct")
        )
        hits, few = self._compare(collapsed.distinct, number)
        keys = hits | "Named" >> beam.FlatMap(_wanted, few, bins, confirm).with_output_types(tuple[Key, bytes])
        fetched = (
            {"nodes": collapsed.nodes, "keys": keys}
            | "JoinNamed" >> beam.CoGroupByKey()
            | "Fetch"
            >> beam.ParDo(_Fetch())
            .with_output_types(Decided, training=Lot, references=Lot, open=Lot)
            .with_outputs("training", "references", "open", main="decisions")
        )
        alone = hits | "OneWorker" >> beam.Map(_alone, few)
        if confirm:
            assert self.second_look is not None, "a second look needs ConfirmHits"
            alone = ((fetched.training, fetched.references, alone), *prepared) | "Confirm" >> self.second_look
        settled = (
            {"training": fetched.training, "references": fetched.references, "hits": alone}
            | "Together" >> beam.CoGroupByKey()
            | "Settle"
            >> beam.ParDo(_Settle(confirm), bins).with_output_types(Block, verdicts=Lot).with_outputs("verdicts", main="pairs")
        )
        carried = (
            {"nodes": fetched.open, "verdicts": settled.verdicts}
            | "JoinVerdicts" >> beam.CoGroupByKey()
            | "CarryOut" >> beam.FlatMapTuple(_carry_out)
        )
        decided = (early, fetched.decisions, carried) | "Decisions" >> beam.Flatten()
        return decided, settled.pairs

    def _compare(self, distinct: PCollection[Entry], number: PCollection[int]) -> tuple[PCollection[bytes], AsSingleton]:
        """Distinct hashes -> (hits, how many: known when all are and are not too many).

        One segment after the other: the next one's entries are not made before the last one's hits are counted, so that no
        runner ever holds more than one segment's.
        """
        limits = Limits.of(self.dedup)
        hits: list[PCollection[bytes]] = []
        crowds: list[PCollection[Crowd]] = []
        few = number
        for segment in range(limits.segments):
            compared = (
                distinct
                | f"Deal{segment}" >> beam.FlatMap(_entries, segment, limits, AsSingleton(number), AsSingleton(few))
                | f"BySegment{segment}" >> beam.GroupByKey()
                | f"Compare{segment}"
                >> beam.ParDo(_Compare(segment, limits))
                .with_output_types(bytes, crowds=Crowd)
                .with_outputs("crowds", main="hits")
            )
            hits.append(compared.hits)
            crowds.append(compared.crowds)
            crowd = crowds | f"AllCrowds{segment}" >> beam.Flatten() | f"Crowds{segment}" >> beam.CombineGlobally(together)
            few = crowd | f"CheckPairs{segment}" >> beam.Map(_checked, limits.max_pairs)
        return hits | "Hits" >> beam.Flatten(), AsSingleton(few)


def _checked(crowd: Crowd, max_pairs: int) -> int:
    crowd.check(max_pairs)
    return crowd.pairs


def _entries(lot: Entry, segment: int, limits: Limits, bins: int, few: int) -> Iterator[tuple[int, Entry]]:
    kind, data = lot
    rows = np.frombuffer(data, distinct(limits.orientations))
    yield from entries(kind, rows, segment, limits.segments, bins * limits.orientations, limits.confirm)


def _wanted(hits: bytes, few: int, bins: int, confirm: bool) -> Iterator[tuple[Key, bytes]]:
    for kind, keys in wanted(np.frombuffer(hits, HIT)):
        for number, chosen in dealt(key_bins(kind, keys, bins, confirm)):
            yield (kind, number), keys[chosen].tobytes()


def _alone(hits: bytes, few: int) -> tuple[int, bytes]:
    return 0, hits


def _carry_out(_: int, joined: Mapping[str, Iterable[Block]]) -> Iterator[Decided]:
    yield from carry_out(joined["nodes"], joined["verdicts"])


class _Collapse(beam.DoFn):
    """((kind, bin), candidates) -> (kind, `distinct` rows); the pictures themselves, ordered, by (kind, bin)."""

    def __init__(self, orientations: int, confirm: bool) -> None:
        self._orientations, self._confirm = orientations, confirm
        self._size = Metrics.distribution("skypairs", "find_duplicates/distinct_hashes")

    def process(self, grouped: tuple[Key, Iterable[Block]]) -> Iterator[Any]:
        (kind, number), blocks = grouped
        found = collapse(kind, number, blocks, self._orientations, self._confirm)
        self._size.update(len(found.distinct))
        for block in pieces(found.nodes, found.ids):
            yield TaggedOutput("nodes", ((kind, number), block))
        for start in range(0, len(found.distinct), _LOT):
            yield kind, found.distinct[start : start + _LOT].tobytes()


class _Compare(beam.DoFn):
    """(bin of a segment, entries) -> packed hits, and how many."""

    def __init__(self, segment: int, limits: Limits) -> None:
        self._segment, self._limits = segment, limits
        self._size = Metrics.distribution("skypairs", "find_duplicates/bin_bytes")
        self._hits = Metrics.counter("skypairs", "find_duplicates/hits")

    def process(self, grouped: tuple[int, Iterable[Entry]]) -> Iterator[Any]:
        lots = list(grouped[1])
        self._size.update(sum(len(data) for _, data in lots))
        for hits, crowd in compare(lots, self._segment, self._limits):
            self._hits.inc(len(hits))
            yield hits.tobytes()
            yield TaggedOutput("crowds", crowd)


class _Fetch(beam.DoFn):
    """((kind, bin), pictures and wanted keys) -> decisions that no pair touches; what settling and carrying out need."""

    def process(self, grouped: tuple[Key, Mapping[str, Iterable[Any]]]) -> Iterator[Any]:
        (kind, number), joined = grouped
        found = fetch(kind, joined["nodes"], joined["keys"])
        if found.ends.data:
            yield TaggedOutput("references" if kind == REFERENCE else "training", (0, found.ends))
        if found.open.data:
            yield TaggedOutput("open", (number, found.open))
        yield from found.closed


class _Settle(beam.DoFn):
    """Everything that hits name, in one place -> near pairs, and verdicts by bin."""

    def __init__(self, confirm: bool) -> None:
        self._confirm = confirm

    def process(self, grouped: tuple[int, Mapping[str, Iterable[Any]]], bins: int) -> Iterator[Any]:
        _, joined = grouped
        settled = settle(joined["training"], joined["references"], joined["hits"])
        for number, chosen in dealt(key_bins(TRAINING, settled.verdicts["key"], bins, self._confirm)):
            for block in pieces(settled.verdicts[chosen], take(settled.keeper_ids, chosen)):
                yield TaggedOutput("verdicts", (number, block))
        yield from pair_blocks(settled)
