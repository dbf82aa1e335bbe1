"""Whether the pictures of an output's sources are still those that it was made from."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skypairs.schemas import arrow
from skypairs.schemas.errors import BuildStopped
from skypairs.transforms import parts
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.previous_output import PreviousOutput
from skypairs.transforms.records_file import read_table
from skypairs.transforms.sinks.read_tables import each_table

_LEDGER = pa.schema([arrow.LEDGER.field(name) for name in ("id", "source", "parent", "sha256")])
_NAMED = 3


def check_unchanged(group: tuple[str, Iterable[PreparedPart]], previous: PreviousOutput, staging: str) -> bool:
    """True if every scene of a source that is still listed makes the pictures that the ledger states; else BuildStopped.

    Scenes that failed or were filtered stay so: nothing of them was emitted that could differ.
    """
    source, prepared = group
    made: dict[str, bytes | None] = {}
    for item in prepared:
        made |= zip(*_columns(read_table(parts.records_uri(staging, item.part.look), ["id", "sha256"])), strict=True)
    changed: list[str] = []
    for table in each_table(previous.out, previous.manifest, "ledger", _LEDGER):
        rows = table.filter(pc.and_(pc.equal(table["source"], source), pc.is_valid(table["sha256"])))
        for identifier, _, parent, sha256 in zip(*_columns(rows), strict=True):
            digest = made.get(identifier)
            if (parent or identifier) in made and (digest is None or digest.hex() != sha256):
                changed.append(identifier)
    if changed:
        more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        raise BuildStopped(
            f"{source}: {', '.join(sorted(changed)[:_NAMED])}{more} is not the picture any more that the output was made from: "
            "put it back, give the new one another name, or build anew"
        )
    return True


def _columns(table: pa.Table) -> list[list[Any]]:
    return [column.to_pylist() for column in table.columns]
