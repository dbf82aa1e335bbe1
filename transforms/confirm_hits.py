"""ConfirmHits: hits -> those that survive a second look (`dedup.confirm`).

In: the ends that hits name and the hits, as FindDuplicates has them, and the prepared parts. Out: packed hits. Fails: where a
thumbnail that must be in staging is not. Cost: a row of 70 bytes a hit crosses; thumbnails are read in ranges where they are
compared, 1 kB an end, and never cross.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.metrics import Metrics
from apache_beam.pvalue import AsDict, PCollection
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.packed import Block
from skypairs.transforms.dup_rows import LOOK
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.second_look import ThumbnailReader, confirm
from skypairs.transforms.settle import located

_LOT = 4096
"""Hits looked at together: 8 MB of thumbnails."""

Ends = tuple[PCollection[tuple[int, Block]], PCollection[tuple[int, Block]], PCollection[tuple[int, bytes]]]


@dataclass
class ConfirmHits(beam.PTransform):
    """((training ends, reference ends, hits), prepared parts) -> hits, all under the one key that they came with."""

    staging: str
    published: tuple[str, ...] = ()
    """Fingerprint files, in the order of SelectPictures."""

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(self, inputs: tuple[Ends, PCollection[PreparedPart]]) -> PCollection[tuple[int, bytes]]:
        (training, references, hits), prepared = inputs
        looks = prepared | "Looks" >> beam.Map(lambda item: (bytes(item.part.key), item.part.look))
        return (
            {"training": training, "references": references, "hits": hits}
            | "Ends" >> beam.CoGroupByKey()
            | "Locate" >> beam.FlatMapTuple(_locate).with_output_types(bytes)
            | "Spread" >> beam.Reshuffle()
            | "Look" >> beam.ParDo(_Look(self.staging, self.published), AsDict(looks)).with_output_types(tuple[int, bytes])
        )


def _locate(_: int, joined: Mapping[str, Iterable[Any]]) -> Iterator[bytes]:
    for rows in located(joined["training"], joined["references"], joined["hits"], _LOT):
        yield rows.tobytes()


class _Look(beam.DoFn):
    """LOOK rows -> HIT rows of the confirmed."""

    def __init__(self, staging: str, published: tuple[str, ...]) -> None:
        self._staging, self._published = staging, published
        self._reader: ThumbnailReader | None = None
        self._confirmed = Metrics.counter("skypairs", "find_duplicates/confirmed")
        self._refused = Metrics.counter("skypairs", "find_duplicates/told_apart")

    def process(self, lot: bytes, looks: dict[bytes, str]) -> Iterator[tuple[int, bytes]]:
        if self._reader is None:
            self._reader = ThumbnailReader(self._staging, looks, self._published)
        rows = np.frombuffer(lot, LOOK)
        hits = confirm(rows, self._reader)
        self._confirmed.inc(len(hits))
        self._refused.inc(len(rows) - len(hits))
        yield 0, hits.tobytes()
