"""AddToOutput: the search of an extension. Three kinds of picture meet: references, those of the old output, and new ones.

In: fingerprints of new pictures, of all references and of the old output's pictures. Out: decisions on new pictures and near
pairs. Fails: BuildStopped where a new reference is near a picture of the old output.

A new picture near one of the old output is its duplicate, by the same rule with the same side turned (`find_beside`). If any
reference is new, the old output as sources against the references must come out empty, or the build stops.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.packed import DECISION, FATES, REASONS, Block
from skypairs.schemas.recipe import Recipe
from skypairs.transforms import parts
from skypairs.transforms.compared_rows import compared_rows, fingerprint_block
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.find_beside import IN_SHARD, Decided, FindBeside
from skypairs.transforms.find_duplicates import FindDuplicates
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.records_file import read_table

_LEAK = FATES.index("leak")
_NAMED = 3


@dataclass
class AddToOutput(beam.PTransform):
    """(new pictures, references, old pictures, all prepared parts) -> (decisions, near pairs, one `True`: no new reference is
    near an old one)."""

    recipe: Recipe
    staging: str
    second_look: ConfirmHits
    new_references: bool
    """Whether the recipe names references that the old output was not compared with."""

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self, inputs: tuple[PCollection[Block], PCollection[Block], PCollection[Block], PCollection[PreparedPart]]
    ) -> tuple[PCollection[Decided], PCollection[Block], PCollection[bool]]:
        new, references, old, prepared = inputs
        search = FindBeside(self.recipe.dedup, self.second_look)
        decided, pairs = (new, references, old, prepared) | "NewBesideOld" >> search
        return decided, pairs, self._checked(old, references, prepared)

    def _checked(
        self, old: PCollection[Block], references: PCollection[Block], prepared: PCollection[PreparedPart]
    ) -> PCollection[bool]:
        if not self.new_references:
            return old.pipeline | "NoNewReferences" >> beam.Create([True])
        search = FindDuplicates(self.recipe.dedup, second_look=self.second_look)
        found, _ = (old, references, prepared) | "OldAgainstReferences" >> search
        return (
            found
            | "NearNewReferences" >> beam.FlatMap(named_leaks, self.staging)
            | "NamedTogether" >> beam.combiners.ToList()
            | "StopOnNearReferences" >> beam.Map(stop_on_leaks)
        )


def old_pictures(prepared: PreparedPart, recipe: Recipe, staging: str) -> Iterator[Block]:
    """FINGERPRINT rows of a part of the old output. Raises BuildStopped where one of its pictures cannot be read."""
    if prepared.failed:
        raise BuildStopped(f"{prepared.failed} pictures of the output cannot be read: `skypairs verify` says more")
    table, _ = compared_rows(prepared.part, recipe, staging)
    if table.num_rows:
        yield fingerprint_block(prepared.part, table, recipe, staging)


def named_leaks(decided: Decided, staging: str) -> Iterator[str]:
    """Old pictures near a reference, each with it, in words."""
    part, block = decided
    ids = read_table(parts.records_uri(staging, part.hex()), ["id"])["id"]
    for row, keeper in zip(block.rows(DECISION), block.id_list(), strict=True):
        if row["fate"] == _LEAK:
            name = ids[int(row["row"])].as_py().removeprefix(IN_SHARD)
            why = f"{row['distance']} bits apart" if row["distance"] >= 0 else REASONS[row["reason"]]
            yield f"{name} and {keeper} ({why})"


def stop_on_leaks(found: list[str]) -> bool:
    """True, or BuildStopped."""
    if not found:
        return True
    found = sorted(found)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    raise BuildStopped(
        f"pictures that are in the output already are near a new reference, and its shards are not written again: "
        f"{'; '.join(found[:_NAMED])}{more}. Leave that reference out, or build anew"
    )
