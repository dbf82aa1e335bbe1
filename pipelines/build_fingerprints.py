"""Fingerprints of a recipe's sources as one Parquet file: to publish of a test set, or to use as a reference.

recipe.yaml | Ingest | PrepareParts (cut, reduce, encode, hash as a build would) | one row a picture, in order of id
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.pipelines.resolve import Resolved
from skypairs.pipelines.runner import run
from skypairs.schemas.arrow import REFERENCES
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe import Recipe
from skypairs.transforms import storage
from skypairs.transforms.ingest import Ingest
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.prepare_parts import PrepareParts, StopOnFailures
from skypairs.transforms.reference_file import reference_rows


def build(resolved: Resolved, file: str, execution: Execution, beam_args: Sequence[str] = ()) -> int:
    """Writes `file` and returns how many pictures it holds. Unread pictures stop it as they would stop a build."""
    recipe = resolved.recipe
    sources = tuple(replace(item, reference=True) for item in resolved.inputs if not item.reference)
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        staging = storage.absolute(execution.staging or folder)

        def wire(root: beam.Pipeline) -> None:
            prepared = (
                root
                | "Inputs" >> beam.Create(list(sources))
                | "Ingest" >> Ingest(recipe, staging)
                | "PrepareParts" >> PrepareParts(recipe, sources, staging, execution)
            )
            fit = prepared | "StopOnFailures" >> StopOnFailures(recipe)
            _ = (
                prepared
                | "OnePlace" >> beam.Map(lambda item: (0, item))
                | "Together" >> beam.GroupByKey()
                | "Write" >> beam.Map(_write, recipe, staging, storage.absolute(file), beam.pvalue.AsSingleton(fit))
            )

        run(wire, beam_args)
    return int(pq.read_metadata(pa.BufferReader(storage.read(file))).num_rows)


def _write(group: tuple[int, Iterable[PreparedPart]], recipe: Recipe, staging: str, file: str, fit: bool) -> None:
    assert fit
    rows = []
    for item in group[1]:
        rows += reference_rows(item.part, recipe, staging)
    rows.sort(key=lambda row: row["id"])
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        local = Path(folder, "fingerprints")
        pq.write_table(pa.Table.from_pylist(rows, schema=REFERENCES), local, compression="zstd")
        storage.publish(local, file)
