"""FindBeside: the search for pictures that come after others, which are kept already and stay so whatever comes.

In: fingerprints of new pictures, of references and of kept pictures. Out: decisions on new pictures, near pairs that name them.
Fails: as FindDuplicates. Cost: two searches.

Kept pictures are best-ranked and never judged again, which is what a reference is; so FindDuplicates carries out both rules:

    1. new pictures, references                   -> leaks; near pairs among new ones and with references
    2. new pictures that are no leaks, kept ones  -> duplicates of kept ones, and of each other; near pairs with kept ones
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import apache_beam as beam
import numpy as np
from apache_beam.pvalue import PCollection
from apache_beam.typehints.decorators import no_annotations

from skypairs.schemas.packed import DECISION, FATES, FINGERPRINT, PAIR, REASONS, Block
from skypairs.schemas.recipe import Dedup
from skypairs.transforms.compared_rows import group_hash
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.find_duplicates import FindDuplicates
from skypairs.transforms.prepare_part import PreparedPart

Decided = tuple[bytes, Block]
IN_SHARD = "/"
"""Ids of kept pictures that lie in a shard of an output begin so within the search: an id of a source never does."""
IN_PART = "//"
"""Ids of kept pictures that lie in a part do."""
_LEAK = FATES.index("leak")
_AS_DUPLICATE = {
    REASONS.index("near a reference"): REASONS.index("near duplicate"),
    REASONS.index("same pixels as a reference"): REASONS.index("same pixels"),
}


@dataclass
class FindBeside(beam.PTransform):
    """(new pictures, references, kept pictures, all prepared parts) -> (decisions by part, near pairs)."""

    dedup: Dedup
    second_look: ConfirmHits

    @no_annotations  # type: ignore[untyped-decorator]
    def expand(
        self, inputs: tuple[PCollection[Block], PCollection[Block], PCollection[Block], PCollection[PreparedPart]]
    ) -> tuple[PCollection[Decided], PCollection[Block]]:
        new, references, kept, prepared = inputs
        dedup, look = self.dedup, self.second_look
        first, pairs = (new, references, prepared) | "AgainstReferences" >> FindDuplicates(dedup, second_look=look)
        leaks = first | "Leaks" >> beam.FlatMapTuple(only_leaks).with_output_types(Decided)
        left = (
            {"pictures": new | "NewByPart" >> beam.FlatMap(by_part).with_output_types(Decided), "leaks": leaks}
            | "WithLeaks" >> beam.CoGroupByKey()
            | "WithoutLeaks" >> beam.FlatMapTuple(without_leaks).with_output_types(Block)
        )
        apart = kept | "NoScenes" >> beam.Map(without_groups).with_output_types(Block)
        rule = replace(dedup, reference_distance=dedup.distance, confirm=dedup.confirms)
        second, beside = (left, apart, prepared) | "AgainstKept" >> FindDuplicates(rule, second_look=look)
        lost = second | "AsDuplicates" >> beam.MapTuple(as_duplicates).with_output_types(Decided)
        near = beside | "WithKept" >> beam.FlatMap(only_with_kept).with_output_types(Block)
        decided = (leaks, lost) | "Decided" >> beam.Flatten()
        return decided, (pairs, near) | "Pairs" >> beam.Flatten()


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
    """The same pictures, each of a scene of its own: that of a kept picture is no reason to drop a new one."""
    rows, ids = block.rows(FINGERPRINT).copy(), block.id_list()
    rows["group"] = [group_hash(f"?{name}") for name in ids]
    return Block.of(rows, ids)


def as_duplicates(part: bytes, block: Block) -> Decided:
    """Decisions in which a kept picture is the keeper, as duplicates of it."""
    rows, ids = block.rows(DECISION).copy(), block.id_list()
    kept = np.array([name.startswith(IN_SHARD) for name in ids], bool)
    rows["fate"][kept] = FATES.index("duplicate")
    rows["reason"][kept] = [_AS_DUPLICATE[reason] for reason in rows["reason"][kept].tolist()]
    away = kept & ~np.array([name.startswith(IN_PART) for name in ids], bool)
    rows["keeper_part"][away], rows["keeper_row"][away] = np.void(bytes(16)), 0  # its picture lies in no part
    return part, Block.of(rows, [name.lstrip(IN_SHARD) for name in ids])


def only_with_kept(block: Block) -> Iterator[Block]:
    """The near pairs whose better end is a kept picture."""
    rows, ids = block.rows(PAIR), block.id_list()
    chosen = [row for row in range(len(rows)) if ids[2 * row].startswith(IN_SHARD)]
    if chosen:
        yield Block.of(rows[chosen], [name for row in chosen for name in (ids[2 * row].lstrip(IN_SHARD), ids[2 * row + 1])])
