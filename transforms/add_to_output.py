"""AddToOutput: the search of an extension. Three kinds of picture meet: references, those of the old output, and new ones.

In: fingerprints of new pictures, of all references and of the old output's pictures. Out: decisions on new pictures and near
pairs. Fails: BuildStopped where a new reference is near a picture of the old output.

The old output is best-ranked: a new picture near one of its pictures is its duplicate, by the same rule with the same side
turned, and none of them is judged again. So it is what references are; FindDuplicates carries out both, one after the other:

    1. new pictures, references                    -> leaks; near pairs among new ones and with references
    2. new pictures that are no leaks, old output  -> duplicates of old ones, and of each other; near pairs with old ones
    3. old output, references, if any is new       -> nothing, or the build stops
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.packed import DECISION, FATES, FINGERPRINT, PAIR, REASONS, Block
from skypairs.schemas.recipe import Recipe
from skypairs.transforms import parts
from skypairs.transforms.compared_rows import compared_rows, fingerprint_block, group_hash
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.find_duplicates import FindDuplicates
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.records_file import read_table

Decided = tuple[bytes, Block]
MARK = "/"
"""Ids of the old output's pictures begin so within the search: an id of a source never does."""
_LEAK = FATES.index("leak")
_AS_DUPLICATE = {
    REASONS.index("near a reference"): REASONS.index("near duplicate"),
    REASONS.index("same pixels as a reference"): REASONS.index("same pixels"),
}
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
        dedup, look = self.recipe.dedup, self.second_look
        first, pairs = (new, references, prepared) | "AgainstReferences" >> FindDuplicates(dedup, second_look=look)
        leaks = first | "Leaks" >> beam.FlatMapTuple(only_leaks).with_output_types(Decided)
        left = (
            {"pictures": new | "NewByPart" >> beam.FlatMap(by_part).with_output_types(Decided), "leaks": leaks}
            | "WithLeaks" >> beam.CoGroupByKey()
            | "WithoutLeaks" >> beam.FlatMapTuple(without_leaks).with_output_types(Block)
        )
        apart = old | "NoScenes" >> beam.Map(without_groups).with_output_types(Block)
        rule = replace(dedup, reference_distance=dedup.distance, confirm=dedup.confirms)
        second, beside = (left, apart, prepared) | "AgainstOutput" >> FindDuplicates(rule, second_look=look)
        lost = second | "AsDuplicates" >> beam.MapTuple(as_duplicates).with_output_types(Decided)
        near = beside | "WithOld" >> beam.FlatMap(only_with_old).with_output_types(Block)
        decided = (leaks, lost) | "Decided" >> beam.Flatten()
        return decided, (pairs, near) | "Pairs" >> beam.Flatten(), self._checked(old, references, prepared)

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


def by_part(block: Block) -> Iterator[Decided]:
    """A block of one part, by its part."""
    rows = block.rows(FINGERPRINT)
    if len(rows):
        yield rows["part"][0].tobytes(), block


def only_leaks(part: bytes, block: Block) -> Iterator[Decided]:
    """The decisions of a block that are leaks."""
    rows, ids = block.rows(DECISION), block.id_list()
    chosen = rows["fate"] == _LEAK
    if chosen.any():
        yield part, Block.of(rows[chosen], [ids[row] for row in np.flatnonzero(chosen)])


def without_leaks(_: bytes, joined: Mapping[str, Iterable[Block]]) -> Iterator[Block]:
    """FINGERPRINT blocks of a part, less the rows that are leaks."""
    leaked = [block.rows(DECISION)["row"] for block in joined["leaks"]]
    lost = np.concatenate([np.empty(0, np.uint32), *leaked])
    for block in joined["pictures"]:
        rows, ids = block.rows(FINGERPRINT), block.id_list()
        left = np.flatnonzero(~np.isin(rows["row"], lost))
        if len(left):
            yield Block.of(rows[left], [ids[row] for row in left])


def without_groups(block: Block) -> Block:
    """The same pictures, each of a scene of its own: that of an old picture is no reason to drop a new one."""
    rows, ids = block.rows(FINGERPRINT).copy(), block.id_list()
    rows["group"] = [group_hash(f"?{name}") for name in ids]
    return Block.of(rows, ids)


def as_duplicates(part: bytes, block: Block) -> Decided:
    """Decisions in which a picture of the old output is the keeper, as duplicates of it."""
    rows, ids = block.rows(DECISION).copy(), block.id_list()
    old = np.array([name.startswith(MARK) for name in ids], bool)
    rows["fate"][old] = FATES.index("duplicate")
    rows["reason"][old] = [_AS_DUPLICATE[reason] for reason in rows["reason"][old].tolist()]
    rows["keeper_part"][old], rows["keeper_row"][old] = np.void(bytes(16)), 0  # its picture lies in a shard, in no part
    return part, Block.of(rows, [name.removeprefix(MARK) for name in ids])


def only_with_old(block: Block) -> Iterator[Block]:
    """The near pairs whose better end is of the old output."""
    rows, ids = block.rows(PAIR), block.id_list()
    chosen = [row for row in range(len(rows)) if ids[2 * row].startswith(MARK)]
    if chosen:
        yield Block.of(rows[chosen], [name for row in chosen for name in (ids[2 * row].removeprefix(MARK), ids[2 * row + 1])])


def named_leaks(decided: Decided, staging: str) -> Iterator[str]:
    """Old pictures near a reference, each with it, in words."""
    part, block = decided
    ids = read_table(parts.records_uri(staging, part.hex()), ["id"])["id"]
    for row, keeper in zip(block.rows(DECISION), block.id_list(), strict=True):
        if row["fate"] == _LEAK:
            name = ids[int(row["row"])].as_py().removeprefix(MARK)
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
