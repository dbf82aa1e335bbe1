"""ScoreCaptions: prepared parts -> the same, once the similarity of their pictures and captions is in staging; and who stays.

In: `PreparedPart`, and the verdict of StopOnFailures. Out: the parts; a `Cut` for each source with scored pictures; figures for
the manifest. Fails: BuildStopped if a picture changed since it was prepared. Cost: every captioned picture of the sources goes
through the model once, every text of a part once; what is in staging is found. Each process loads the model once. What crosses:
names, counts by score, order hashes of pictures at the least score that stays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.ml.inference.base import ModelHandler, RunInference
from apache_beam.pvalue import AsDict, AsSingleton, TaggedOutput
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.execution import Execution
from skypairs.schemas.identity import order_hash
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.scores import Scores
from skypairs.transforms import parts, storage
from skypairs.transforms.compared_rows import compared_rows
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.scores.clip_model import ClipModel, load_model
from skypairs.transforms.scores.ranks import Cut, Figures, count_steps, cut_of, merge_counts
from skypairs.transforms.scores.score_file import best_steps, encode_scores
from skypairs.transforms.scores.score_part import score_part
from skypairs.transforms.select_pictures import SmallestHashes, apart

Figure = tuple[tuple[str, ...], int]
"""("scores", source, what) with a number: of pictures, or of steps."""


@dataclass
class ScoreCaptions(beam.PTransform):
    """Returns (prepared parts, cuts by source, figures). Without `scores` in the recipe: the parts as they came."""

    recipe: Recipe
    staging: str
    execution: Execution

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self, inputs: tuple[beam.PCollection[PreparedPart], beam.PCollection[bool]]
    ) -> tuple[beam.PCollection[PreparedPart], beam.PCollection[tuple[str, Cut]], beam.PCollection[Figure]]:
        prepared, fit = inputs
        recipe, staging, scores = self.recipe, self.staging, self.recipe.scores
        if scores is None:
            cuts = prepared.pipeline | "NoCuts" >> beam.Create([]).with_output_types(tuple[str, Cut])
            return prepared, cuts, prepared.pipeline | "NoFigures" >> beam.Create([]).with_output_types(Figure)
        found = prepared | "Find" >> beam.ParDo(_Find(scores, staging), AsSingleton(fit)).with_outputs("missing", main="there")
        written = (
            found.missing
            | "RunInference" >> RunInference(CaptionScorer(recipe, staging, self.execution))
            | "Publish" >> beam.Map(_publish, scores, staging)
        )
        scored = (found.there, written) | "Scored" >> beam.Flatten()
        counted = (
            scored
            | "CountSteps" >> beam.FlatMap(_counts, recipe, staging)
            | "BySource" >> beam.CombinePerKey(_MergeCounts())
            | "Cut" >> beam.Map(_cut, scores)
        )
        cuts = counted | "Cuts" >> beam.MapTuple(_first)
        last = (
            scored
            | "AtTheLeast" >> beam.FlatMap(_ties, recipe, staging, AsDict(cuts))
            | "LastHash" >> beam.CombinePerKey(SmallestHashes())
        )
        settled = cuts | "WithHash" >> beam.Map(_with_hash, AsDict(last))
        return scored, settled, counted | "Figures" >> beam.FlatMapTuple(_figures)


class CaptionScorer(ModelHandler[PreparedPart, tuple[PreparedPart, bytes], ClipModel]):
    """The file of scores of one part after the other. A part is its own batches, whatever is scored beside it."""

    def __init__(self, recipe: Recipe, staging: str, execution: Execution) -> None:
        super().__init__(max_batch_size=1)
        self._recipe, self._staging, self._execution = recipe, staging, execution

    def load_model(self) -> ClipModel:
        assert self._recipe.scores is not None
        return load_scorer(self._recipe.scores)

    def run_inference(
        self, batch: Sequence[PreparedPart], model: ClipModel, inference_args: dict[str, Any] | None = None
    ) -> Iterator[tuple[PreparedPart, bytes]]:
        for prepared in batch:
            rows = score_part(prepared.part, self._recipe, self._staging, model, self._execution.workers)
            yield prepared, encode_scores(rows)


def load_scorer(scores: Scores) -> ClipModel:
    """The model of a recipe. Raises UserError where it cannot be had."""
    return load_model(scores.model, scores.weights, precision=scores.precision)


class _Find(beam.DoFn):
    """Parts that need no scoring, and those whose scores are not in staging yet."""

    def __init__(self, scores: Scores, staging: str) -> None:
        self._scores, self._staging = scores, staging
        self._found = Metrics.counter("skypairs", "score/found")

    def process(
        self, prepared: PreparedPart, fit: bool
    ) -> Iterator[PreparedPart | TaggedOutput[Literal["missing"], PreparedPart]]:
        assert fit
        part = prepared.part
        if part.reference:
            yield prepared
        elif storage.stat(parts.scores_uri(self._staging, part.cards, self._scores)) is None:
            yield TaggedOutput("missing", prepared)
        else:
            self._found.inc()
            yield prepared


class _MergeCounts(beam.CombineFn):
    """Counts by score of all parts of a source."""

    def create_accumulator(self) -> bytes:
        return b""

    def add_input(self, accumulator: bytes, element: bytes) -> bytes:
        return merge_counts([accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[bytes]) -> bytes:
        return merge_counts(accumulators)

    def extract_output(self, accumulator: bytes) -> bytes:
        return accumulator


def _publish(scored: tuple[PreparedPart, bytes], scores: Scores, staging: str) -> PreparedPart:
    prepared, data = scored
    storage.publish_bytes(data, parts.scores_uri(staging, prepared.part.cards, scores))
    return prepared


def _counts(prepared: PreparedPart, recipe: Recipe, staging: str) -> Iterator[tuple[str, bytes]]:
    """COUNT rows of the pictures of a part that would be compared; crops of objects go where their pictures go."""
    part = prepared.part
    if not part.reference and recipe.scores:
        table, _ = apart(compared_rows(part, recipe, staging)[0])
        if table.num_rows:
            yield part.source, count_steps(best_steps(part, recipe.scores, staging, table["row"].to_pylist()))


def _cut(counted: tuple[str, bytes], scores: Scores) -> tuple[str, Cut, Figures]:
    source, counts = counted
    return source, *cut_of(counts, scores)


def _first(source: str, cut: Cut, _: Figures) -> tuple[str, Cut]:
    return source, cut


def _figures(source: str, _: Cut, figures: Figures) -> Iterator[Figure]:
    for name in Figures.__dataclass_fields__:
        yield ("scores", source, name), getattr(figures, name)


def _ties(
    prepared: PreparedPart, recipe: Recipe, staging: str, cuts: Mapping[str, Cut]
) -> Iterator[tuple[str, tuple[int, bytes]]]:
    """The order hashes of a part's pictures that have just the least score, the smallest that there may be room for."""
    part = prepared.part
    if part.reference or part.source not in cuts or recipe.scores is None or recipe.scores.keep is None:
        return
    cut = cuts[part.source]
    table, _ = apart(compared_rows(part, recipe, staging)[0])
    ids = table["id"].to_pylist()
    best = best_steps(part, recipe.scores, staging, table["row"].to_pylist())
    hashes = sorted(order_hash(recipe.seed, ids[at]) for at in (best == cut.least).nonzero()[0])
    if hashes:
        yield part.source, (cut.room, b"".join(hashes[: cut.room]))


def _with_hash(item: tuple[str, Cut], last: Mapping[str, tuple[int, bytes]]) -> tuple[str, Cut]:
    source, cut = item
    return source, replace(cut, hash=last[source][1]) if source in last else cut
