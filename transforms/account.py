"""Account: what happened to every input, written down and added up; the manifest last.

In: prepared parts, decisions, places, near pairs, written shards. Out: one `True` when `manifest.json` is written. Fails:
AssertionError where the counts taken on the way differ from those of the ledger (a bug). What crosses: names, blocks, counts.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict

import apache_beam as beam
from apache_beam.pvalue import AsDict, AsList, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.arrow import LEDGER
from skypairs.schemas.dataset import Input
from skypairs.schemas.files import WrittenFile, WrittenShard
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import DECISION, FATES, REASONS, Block
from skypairs.schemas.recipe import Recipe, caption_options
from skypairs.schemas.recipe_identity import recipe_digest
from skypairs.transforms import parts, storage
from skypairs.transforms.finish import Totals, finish
from skypairs.transforms.ledger import kind_of, ledger_rows
from skypairs.transforms.output_tables import (
    caption_file,
    copy_fingerprints,
    write_captions,
    write_ledger,
    write_pairs,
    write_reference_part,
)
from skypairs.transforms.prepare_part import PreparedPart, by_key
from skypairs.transforms.previous_output import PreviousOutput
from skypairs.transforms.records_file import read_table, write_rows
from skypairs.transforms.thumbnails import Candidate, candidates, write_thumbnails

Count = tuple[tuple[str, ...], int]
"""("taken", fate) or ("ledger", source, fate) and the like, with how many; ("native", source, class) and
("scene", source, class) with how many parts; ("max_same", what) with how many captions or pictures;
("imported", what) with how many captions; ("scores", source, what) with how many pictures, or a score in steps."""


class Written(TypedDict):
    """Everything that the account is drawn from."""

    prepared: beam.PCollection[PreparedPart]
    decisions: beam.PCollection[tuple[bytes, Block]]
    places: beam.PCollection[tuple[bytes, Block]]
    pairs: beam.PCollection[Block]
    shards: beam.PCollection[WrittenShard]
    counts: beam.PCollection[Count]
    """Those that nothing else here tells: what the limit on texts cost, and what scores are."""


@dataclass
class Account(beam.PTransform):
    """Ledger, duplicates, references and captions as tables; counts compared; sizes.json, report, dataset card, manifest."""

    recipe: Recipe
    inputs: tuple[Input, ...]
    fingerprints: tuple[str, ...]
    out: str
    staging: str
    previous: PreviousOutput | None = None
    """The output that is extended."""

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(self, written: Written) -> beam.PCollection[bool]:
        inputs = {item.source.name: item for item in self.inputs}
        ending = f"-{recipe_digest(self.recipe)[:6]}" if self.previous else ""
        sources = written["prepared"] | "Sources" >> beam.Filter(lambda prepared: not prepared.part.reference)
        references = written["prepared"] | "References" >> beam.Filter(lambda prepared: prepared.part.reference)
        rows = (
            {
                "parts": sources | "ByPart" >> beam.Map(by_key),
                "decisions": written["decisions"],
                "places": written["places"],
            }
            | "PartFates" >> beam.CoGroupByKey()
            | "LedgerRows"
            >> beam.ParDo(_LedgerRows(self.recipe, inputs, self.out, self.staging)).with_outputs(
                "counts", "candidates", main="rows"
            )
        )
        ledger = rows.rows | "LedgerFiles" >> beam.GroupByKey() | "WriteLedger" >> beam.FlatMap(write_ledger, self.out, ending)
        references_files = (
            references
            | "ByFile" >> beam.Map(_by_file)
            | "ReferenceFiles" >> beam.GroupByKey()
            | "WriteReferences" >> beam.Map(write_reference_part, self.recipe, self.out, self.staging, ending)
        )
        published = (
            written["prepared"].pipeline
            | "FingerprintFiles" >> beam.Create(list(enumerate(self.fingerprints)))
            | "CopyFingerprints" >> beam.Map(copy_fingerprints, self.out, ending)
        )
        pairs = (
            written["pairs"]
            | "OnePlace" >> beam.Map(_alone)
            | "NearPairs" >> beam.GroupByKey()
            | "WritePairs" >> beam.Map(write_pairs, self.out, ending)
        )
        thumbnails = (
            rows.candidates
            | "PickThumbnails" >> beam.combiners.Top.Smallest(60, key=lambda item: item.draw)
            | "WriteThumbnails" >> beam.Map(write_thumbnails, self.out, self.staging, ending)
        )
        counts = (
            (
                rows.counts,
                written["prepared"] | "CountPrepared" >> beam.FlatMap(count_prepared),
                written["decisions"] | "CountDecisions" >> beam.FlatMapTuple(count_decisions),
                written["shards"] | "CountShards" >> beam.FlatMap(count_shard),
                written["counts"],
            )
            | "AllCounts" >> beam.Flatten()
            | "Sum" >> beam.CombinePerKey(sum)
        )
        captions = (
            written["shards"]
            | "ByCaptionFile" >> beam.Map(caption_file, self.recipe)
            | "CaptionFiles" >> beam.GroupByKey()
            | "WriteCaptions" >> beam.FlatMap(write_captions, self.out, self.staging, ending)
        )
        unread = references | "Unread" >> beam.FlatMap(unread_references, self.staging)
        tables = (ledger, references_files, published, pairs, thumbnails, captions) | "Tables" >> beam.Flatten()
        return (
            written["prepared"].pipeline
            | "Once" >> beam.Create([self.out])
            | "Finish"
            >> beam.Map(
                _finish,
                Totals(self.recipe, self.inputs, self.previous),
                AsList(written["shards"]),
                AsList(tables),
                AsDict(counts),
                AsList(unread),
            )
        )


class _LedgerRows(beam.DoFn):
    """A part's ledger rows go to staging as Arrow; only the file's name travels on."""

    def __init__(self, recipe: Recipe, inputs: Mapping[str, Input], out: str, staging: str) -> None:
        self._recipe, self._inputs, self._out, self._staging = recipe, inputs, out, staging

    def process(
        self, group: tuple[bytes, Mapping[str, Iterable[object]]]
    ) -> Iterator[
        tuple[str, tuple[int, str]] | TaggedOutput[Literal["counts"], Count] | TaggedOutput[Literal["candidates"], Candidate]
    ]:
        key, found = group
        [prepared] = found["parts"]
        assert isinstance(prepared, PreparedPart)
        decisions = [block for block in found["decisions"] if isinstance(block, Block)]
        places = [block for block in found["places"] if isinstance(block, Block)]
        part, source = prepared.part, self._inputs[prepared.part.source]
        rows, names, human = ledger_rows(part, source, self._recipe, self._staging, decisions, places)
        name = stable_hash("ledger", recipe_digest(self._recipe), self._out, key).hex()  # builds may share a staging folder
        uri = storage.join(self._staging, "ledger", f"{name}.arrow")
        with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
            local = Path(folder, "rows")
            write_rows(rows, LEDGER, local)
            storage.publish(local, uri)
        counts = Counter[tuple[str, ...]]((kind, part.source, name) for kind, name in names)
        if self._recipe.captions.imported:
            cards = read_table(parts.card_index_uri(self._staging, part.cards), ["lines", "false", "imported"])
            for column, what in (("lines", "found"), ("false", "false"), ("imported", "taken")):
                counts["imported", what] += sum(cards[column].to_pylist())
        counts["ledger", part.source, "human"] = human
        for row in rows:
            counts["ledger", part.source, row["fate"]] += 1
            counts["ledger", part.source, "left out"] += row["fate"] == "filtered" and row["reason"] in REASONS
            for dropped in row["dropped_captions"]:
                counts["ledger", part.source, f"{dropped['reason']}_captions"] += dropped["count"]
                counts["ledger", part.source, "human"] += dropped["count"]
            counts["ledger", part.source, kind_of(row["parent"], row["region"])] += 1
            if row["fate"] == "kept":
                counts["ledger", part.source, "captions"] += row["captions"]
                counts["ledger", part.source, "short"] += (
                    row["captions"] < caption_options(self._recipe, row["region"] is not None).per_picture
                )
                counts["ledger", part.source, "samples"] += row["captions"] if self._recipe.shards.layout == "pairs" else 1
        for count in sorted(counts.items()):
            yield TaggedOutput("counts", count)
        for candidate in candidates(part, rows, decisions):
            yield TaggedOutput("candidates", candidate)
        yield part.file_group, (part.prefix, uri)


def _by_file(prepared: PreparedPart) -> tuple[str, PreparedPart]:
    return prepared.part.file_group, prepared


def _alone(block: Block) -> tuple[int, Block]:
    return 0, block


def count_prepared(prepared: PreparedPart) -> Iterator[Count]:
    """Scenes as they were listed, failures as they were counted, captions by people as they were read."""
    kind = "reference" if prepared.part.reference else "taken"
    yield (kind, prepared.part.source, "scenes"), prepared.part.scenes
    yield (kind, prepared.part.source, "failed"), prepared.failed
    yield (kind, prepared.part.source, "human"), prepared.human
    if prepared.part.reference:
        yield ("reference", prepared.part.source, "hashed"), prepared.samples


def count_decisions(_: bytes, block: Block) -> Iterator[Count]:
    """Decisions by fate, as they were made."""
    rows = block.rows(DECISION)
    for number in range(len(FATES)):
        if found := int((rows["fate"] == number).sum()):
            yield ("decided", FATES[number]), found


def count_shard(shard: WrittenShard) -> Iterator[Count]:
    """Samples by source, as they were written."""
    for source, samples in shard.sources:
        yield ("written", source), samples


def unread_references(prepared: PreparedPart, staging: str) -> Iterator[tuple[str, str]]:
    """(id, reason) of reference pictures that have no fingerprint."""
    if prepared.failed:
        table = read_table(parts.records_uri(staging, prepared.part.look), ["id", "fate", "reason"])
        for row in table.to_pylist():
            if row["fate"] == "failed":
                yield row["id"], row["reason"]


def _finish(
    out: str,
    totals: Totals,
    shards: list[WrittenShard],
    tables: list[WrittenFile],
    counts: Mapping[tuple[str, ...], int],
    unread: list[tuple[str, str]],
) -> bool:
    finish(out, totals, shards, tables, counts, unread)
    return True
