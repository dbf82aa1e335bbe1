"""Small pictures for the report: some of those that were dropped, and what they lost to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from skypairs.schemas.arrow import THUMBNAILS
from skypairs.schemas.files import WrittenFile
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import DECISION, FATES, Block
from skypairs.transforms import images, parts, storage
from skypairs.transforms.cards import decode_card
from skypairs.transforms.cut_tiles import reduced_size
from skypairs.transforms.output_tables import publish_table
from skypairs.transforms.parts import PartRef
from skypairs.transforms.records_file import read_table

SIDE = 160
EACH = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dropped picture that the report may show, and where it and its keeper lie."""

    draw: bytes
    """Decides which candidates are shown."""
    id: str
    look: str
    row: int
    keeper: str
    keeper_part: bytes
    """16 bytes; zeros: the keeper's picture is not at hand (a published fingerprint)."""
    keeper_row: int
    leak: bool


def candidates(part: PartRef, rows: list[dict[str, Any]], decisions: Iterable[Block]) -> Iterator[Candidate]:
    """At most `EACH` of a part's duplicates and leaks, those with the smallest draw."""
    found = []
    for block in decisions:
        for decision, keeper in zip(block.rows(DECISION), block.id_list(), strict=True):
            fate = FATES[decision["fate"]]
            if fate in ("duplicate", "leak"):
                name, row = rows[int(decision["row"])]["id"], int(decision["row"])
                place = decision["keeper_part"].tobytes(), int(decision["keeper_row"])
                found.append(Candidate(stable_hash("thumbnail", name), name, part.look, row, keeper, *place, fate == "leak"))
    yield from sorted(found, key=lambda item: item.draw)[:EACH]


def write_thumbnails(chosen: list[Candidate], out: str, staging: str, ending: str = "") -> WrittenFile:
    """`report/thumbnails.parquet`: reduced pictures by id, in order of id. `ending`: see `write_ledger`."""
    jpegs: dict[str, bytes] = {}
    for item in sorted(chosen, key=lambda item: item.draw):
        jpegs[item.id] = _thumbnail(item.look, item.row, staging)
        if any(item.keeper_part):
            look = item.keeper_part.hex() if item.leak else _look_of(item.keeper_part.hex(), staging)
            jpegs[item.keeper] = _thumbnail(look, item.keeper_row, staging)
    rows = [{"id": name, "jpeg": jpegs[name]} for name in sorted(jpegs)]
    return publish_table(pa.Table.from_pylist(rows, schema=THUMBNAILS), THUMBNAILS, out, f"report/thumbnails{ending}.parquet")


def _look_of(cards: str, staging: str) -> str:
    index = read_table(parts.card_index_uri(staging, cards), ["offset", "length"]).to_pylist()
    first = next(row for row in index if row["offset"] >= 0)
    return decode_card(storage.read(parts.cards_uri(staging, cards), first["offset"], first["length"])).look


def _thumbnail(look: str, row: int, staging: str) -> bytes:
    [record] = read_table(parts.records_uri(staging, look), ["uri", "offset", "length"]).slice(row, 1).to_pylist()
    packed = record["offset"] >= 0
    uri = parts.pack_uri(staging, look) if packed else record["uri"]
    return small_jpeg(images.decode_rgb(storage.read(uri, max(record["offset"], 0), record["length"])))


def small_jpeg(rgb: images.RGB, side: int = SIDE) -> bytes:
    """Pixels reduced to at most `side`."""
    width, height = reduced_size(rgb.shape[1], rgb.shape[0], side)
    return images.encode_jpeg(images.reduce(rgb, width, height), 80)
