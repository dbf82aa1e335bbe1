"""PrepareParts: parts -> prepared parts. One call takes one part through the work modules, scene by scene.

In: `PartRef`. Out: `PreparedPart`, small. Fails: never on data (that is a row in the records); BuildStopped from
`StopOnFailures` past a source's share. Cost: nearly all of a build. What crosses: nothing but names and counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.metrics import Metrics

from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe import Recipe
from skypairs.transforms.parts import PartRef
from skypairs.transforms.pool import Pool
from skypairs.transforms.prepare_part import PreparedPart, ScenePool, prepare_part

FREE_FAILURES = 5
"""So many failed scenes of a source never stop a build."""


@dataclass
class PrepareParts(beam.PTransform):
    """Cuts, boxes, captions and fingerprints, over a bounded pool; leaves pack, records and cards in staging."""

    recipe: Recipe
    inputs: tuple[Input, ...]
    staging: str
    execution: Execution

    def expand(self, parts: beam.PCollection[PartRef]) -> beam.PCollection[PreparedPart]:
        inputs = {item.source.name: item for item in self.inputs}
        return parts | "PreparePart" >> beam.ParDo(_PreparePart(self.recipe, inputs, self.staging, self.execution))


@dataclass
class StopOnFailures(beam.PTransform):
    """One `True` if every source is fit to go on with. The later stages wait for it as a side input."""

    recipe: Recipe

    def expand(self, prepared: beam.PCollection[PreparedPart]) -> beam.PCollection[bool]:
        return (
            prepared
            | "BySource" >> beam.Map(_by_source)
            | "Group" >> beam.GroupByKey()
            | "Judge" >> beam.Map(judge_failures, self.recipe.max_failed, self.recipe.allow_unread_references)
            | "All" >> beam.CombineGlobally(all)
        )


class _PreparePart(beam.DoFn):
    def __init__(self, recipe: Recipe, inputs: Mapping[str, Input], staging: str, execution: Execution) -> None:
        self._recipe, self._inputs, self._staging, self._execution = recipe, inputs, staging, execution
        self._failed = Metrics.counter("skypairs", "prepare/failed")
        self._samples = Metrics.counter("skypairs", "prepare/samples")

    def setup(self) -> None:
        self._pool: ScenePool = Pool(self._execution)

    def process(self, part: PartRef) -> Iterator[PreparedPart]:
        prepared = prepare_part(part, self._inputs[part.source], self._recipe, self._staging, self._pool)
        self._failed.inc(prepared.failed)
        self._samples.inc(prepared.samples)
        yield prepared

    def teardown(self) -> None:
        self._pool.close()


def _by_source(prepared: PreparedPart) -> tuple[tuple[bool, str], tuple[int, int, tuple[tuple[str, int], ...]]]:
    part = prepared.part
    return (part.reference, part.source), (part.scenes, prepared.failed, prepared.reasons)


def judge_failures(
    counts: tuple[tuple[bool, str], Iterable[tuple[int, int, tuple[tuple[str, int], ...]]]],
    max_failed: float,
    allow_unread_references: bool,
) -> bool:
    """True, or BuildStopped: too many failed scenes of a source, or any unread reference that is not allowed for."""
    (reference, source), parts = counts
    scenes, failed, codes = 0, 0, Counter[str]()
    for listed, bad, reasons in parts:
        scenes, failed = scenes + listed, failed + bad
        codes.update(dict(reasons))
    why = ", ".join(f"{count} x {code}" for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0])))
    if reference and failed and not allow_unread_references:
        raise BuildStopped(
            f"{failed} of {scenes} reference pictures of {source} could not be read ({why}), so their leaks cannot be "
            "found; repair them, or set allow_unread_references: true"
        )
    if not reference and failed > FREE_FAILURES and failed > max_failed * scenes:
        raise BuildStopped(
            f"{failed} of {scenes} scenes of {source} failed, more than max_failed: {max_failed:g} allows; "
            f"the commonest reasons: {why}"
        )
    return True
