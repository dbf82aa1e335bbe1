"""AddRegions: crops of single objects join what is kept.

In: fingerprints of pictures, of their crops and of references, and what was found of the pictures. Out: the same decisions and
near pairs, and those on crops. Fails: as FindDuplicates. Cost: a row of each picture and crop crosses by part; two searches.

A crop is a picture of its own but for two things: it goes where its picture goes, and it is never the reason to drop a picture.
So crops of pictures that are left out are `filtered`; the others are searched beside all kept pictures.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import PCollection, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.packed import DECISION, FINGERPRINT, Block, dropped_rows
from skypairs.schemas.recipe import Dedup
from skypairs.transforms import parts
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.find_beside import IN_PART, Decided, FindBeside, by_part
from skypairs.transforms.prepare_part import by_key
from skypairs.transforms.records_file import read_table

_LEFT_OUT = "crop of a picture that is left out"


@dataclass
class AddRegions(beam.PTransform):
    """(pictures, crops, references, decisions, near pairs, all prepared parts) -> (decisions, near pairs). Where an output is
    extended, its pictures are the seventh input."""

    dedup: Dedup
    staging: str
    second_look: ConfirmHits

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(self, inputs: tuple[PCollection[Any], ...]) -> tuple[PCollection[Decided], PCollection[Block]]:
        pictures, crops, references, decided, pairs, prepared, *old = inputs
        sorted_out = (
            {
                "parts": prepared | "PartByKey" >> beam.Map(by_key),
                "pictures": pictures | "PicturesByPart" >> beam.FlatMap(by_part).with_output_types(Decided),
                "crops": crops | "CropsByPart" >> beam.FlatMap(by_part).with_output_types(Decided),
                "decided": decided,
            }
            | "WithPictures" >> beam.CoGroupByKey()
            | "SortOut"
            >> beam.ParDo(_SortOut(self.staging))
            .with_output_types(Block, kept=Block, decisions=Decided)
            .with_outputs("kept", "decisions", main="crops")
        )
        kept = (sorted_out.kept, *old) | "Kept" >> beam.Flatten()
        search = FindBeside(self.dedup, self.second_look)
        found, near = (sorted_out.crops, references, kept, prepared) | "CropsBesideKept" >> search
        decisions = (decided, sorted_out.decisions, found) | "AllDecisions" >> beam.Flatten()
        return decisions, (pairs, near) | "AllPairs" >> beam.Flatten()


class _SortOut(beam.DoFn):
    """What is known of a part -> crops of kept pictures; kept pictures; decisions on the other crops."""

    def __init__(self, staging: str) -> None:
        self._staging = staging

    def process(self, group: tuple[bytes, Mapping[str, Iterable[Any]]]) -> Iterator[Any]:
        key, found = group
        kept = list(kept_pictures(found["pictures"], found["decided"]))
        yield from (TaggedOutput("kept", block) for block in kept)
        crops = list(found["crops"])
        if not crops:
            return
        [prepared] = found["parts"]
        table = read_table(parts.records_uri(self._staging, prepared.part.look), ["id", "parent"])
        left, lost = of_kept(crops, kept, table["parent"].to_pylist())
        yield from left
        if lost.data:
            yield TaggedOutput("decisions", (key, lost))


def kept_pictures(pictures: Iterable[Block], decided: Iterable[Block]) -> Iterator[Block]:
    """FINGERPRINT rows of a part that no decision names, their ids marked as those of kept pictures."""
    gone = np.concatenate([np.empty(0, np.uint32), *(block.rows(DECISION)["row"] for block in decided)])
    for block in pictures:
        rows, ids = block.rows(FINGERPRINT), block.id_list()
        stay = np.flatnonzero(~np.isin(rows["row"], gone))
        if len(stay):
            yield Block.of(rows[stay], [IN_PART + ids[at] for at in stay])


def of_kept(crops: Iterable[Block], kept: Iterable[Block], parents: list[str | None]) -> tuple[list[Block], Block]:
    """(FINGERPRINT rows of crops whose picture is kept, DECISION rows of the others).

    parents: by row of the part's records, the id of the picture that a crop was cut from.
    """
    names = {name for block in kept for name in block.id_list()}
    left, lost = [], list[int]()
    for block in crops:
        rows, ids = block.rows(FINGERPRINT), block.id_list()
        stays = np.array([f"{IN_PART}{parents[row]}" in names for row in rows["row"].tolist()], bool)
        lost += rows["row"][~stays].tolist()
        if stays.any():
            left.append(Block.of(rows[stays], [ids[at] for at in np.flatnonzero(stays)]))
    return left, dropped_rows([(row, "filtered", _LEFT_OUT) for row in lost])
