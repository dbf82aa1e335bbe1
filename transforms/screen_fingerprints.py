"""ScreenFingerprints: what FindDuplicates does before hashes are compared.

In: blocks of FINGERPRINT rows with ids, of the sources and of the references. Out: candidates by (kind, bin of the hash),
decisions on leaks by scene and on flat pictures, the number of bins. Fails: never. Cost: copies of packed rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.metrics import Metrics
from apache_beam.pvalue import AsList, AsSingleton, PCollection, TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.typehints.decorators import no_annotations
from apache_beam.utils.windowed_value import WindowedValue

from skypairs.schemas.packed import FINGERPRINT, Block
from skypairs.transforms.dup_collapse import hash_bins
from skypairs.transforms.dup_rows import FLAT, REFERENCE, TRAINING, arrival, candidate, copied, dealt, select
from skypairs.transforms.dup_screen import Groups, flat_bins, groups_of, screen, settle_flat, told_apart

Key = tuple[int, int]
Keyed = tuple[Key, Block]
Decided = tuple[bytes, Block]
Arrived = tuple[int, bool, Block]
"""Kind, whether the pictures are flat, and FLAT or `arrival` rows."""

_LOT = 1 << 16
"""Pictures put together before they are dealt to bins: blocks may be small, and bins many."""


@dataclass
class ScreenFingerprints(beam.PTransform):
    """(fingerprints of sources, fingerprints of references) -> (candidates, decisions by part, number of bins).

    What waits for the number of bins and for the references' groups is packed first: a runner that keeps it keeps half.
    """

    orientations: int
    confirm: bool
    """Whether pairs get a second look."""
    bin_rows: int
    """Pictures a bin, about."""

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self, inputs: tuple[PCollection[Block], PCollection[Block]]
    ) -> tuple[PCollection[Keyed], PCollection[Decided], PCollection[int]]:
        sources, references = inputs
        counts = (sources | "CountSources" >> beam.Map(_count), references | "CountReferences" >> beam.Map(_count))
        total = counts | "Counts" >> beam.Flatten() | "Total" >> beam.CombineGlobally(sum)
        bins = total | "Bins" >> beam.Map(_bins, self.bin_rows)
        groups = (
            references
            | "ReferenceGroups" >> beam.Map(_groups)
            | "GroupsTogether" >> beam.GroupByKey()
            | "EachGroupOnce" >> beam.MapTuple(_merged_groups)
        )
        packed = (
            sources | "PackSources" >> beam.ParDo(_Pack(TRAINING, self.orientations, self.confirm)),
            references | "PackReferences" >> beam.ParDo(_Pack(REFERENCE, self.orientations, self.confirm)),
        )
        screened = (
            packed
            | "Packed" >> beam.Flatten()
            | "Screen"
            >> beam.ParDo(_Screen(self.orientations, self.confirm), AsSingleton(bins), AsList(groups))
            .with_output_types(Keyed, flat=tuple[int, Block], decisions=Decided)
            .with_outputs("flat", "decisions", main="candidates")
        )
        alike = screened.flat | "FlatByPixels" >> beam.GroupByKey() | "SettleFlat" >> beam.FlatMapTuple(_settle_flat)
        early = (screened.decisions, alike) | "EarlyDecisions" >> beam.Flatten()
        return screened.candidates, early, bins


def _count(block: Block) -> int:
    return len(block.data) // FINGERPRINT.itemsize


def _bins(total: int, bin_rows: int) -> int:
    """Bins for one hash a picture; the turned ones take as many times more."""
    return max(1, -(-total // bin_rows))


def _groups(block: Block) -> tuple[int, Block]:
    return 0, groups_of([block])


def _merged_groups(_: int, blocks: Iterable[Block]) -> Block:
    merged = Groups.of(blocks)
    return Block.of(merged.rows, list(merged.ids))


def _settle_flat(_: int, blocks: Iterable[Block]) -> Iterator[Decided]:
    yield from settle_flat(blocks)


class _Pack(beam.DoFn):
    """Takes of every fingerprint what the search needs, and puts the small blocks of a bundle together."""

    def __init__(self, kind: int, orientations: int, confirm: bool) -> None:
        self._kind, self._orientations, self._confirm = kind, orientations, confirm

    def start_bundle(self) -> None:
        self._waiting: list[Block] = []
        self._rows = 0

    def process(self, block: Block) -> Iterator[Arrived]:
        self._waiting.append(block)
        self._rows += _count(block)
        if self._rows >= _LOT:
            yield from self._pack()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        window = GlobalWindow()
        for arrived in self._pack():
            yield WindowedValue(arrived, window.max_timestamp(), (window,))

    def _pack(self) -> Iterator[Arrived]:
        lots = told_apart(self._waiting, self._kind == REFERENCE, self._orientations, self._confirm)
        self.start_bundle()
        for flat, lot in zip((True, False), lots, strict=True):
            if lot.data:
                yield self._kind, flat, lot


class _Screen(beam.DoFn):
    """Rule 0 for the sources; what is left is dealt to bins, by hash, or flat pictures by pixels."""

    def __init__(self, orientations: int, confirm: bool) -> None:
        self._arrival, self._candidate = arrival(orientations, confirm), candidate(orientations, confirm)
        self._leaks = Metrics.counter("skypairs", "find_duplicates/same_scene")
        self._flat = Metrics.counter("skypairs", "find_duplicates/flat")

    def process(self, arrived: Arrived, bins: int, groups: list[Block]) -> Iterator[Any]:
        kind, flat, lot = arrived
        rows, ids = lot.rows(FLAT if flat else self._arrival), lot.id_list()
        decided, left = screen(rows, ids, Groups.of(groups if kind == TRAINING else ()))
        self._leaks.inc(len(rows) - len(left))
        yield from (TaggedOutput("decisions", decision) for decision in decided)
        if flat:
            self._flat.inc(len(left))
            for number, chosen in dealt(flat_bins(rows[left]) % np.uint64(bins)):
                yield TaggedOutput("flat", (number, select(rows, ids, left[chosen])))
        else:
            needed = copied(rows, self._candidate, *self._candidate.names or ())
            for number, chosen in dealt(hash_bins(rows["hashes"][left, 0], bins)):
                yield (kind, number), select(needed, ids, left[chosen])
