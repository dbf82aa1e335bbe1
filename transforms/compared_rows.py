"""The rows of a part that are compared, and their fingerprints as packed rows: the pure half of SelectPictures."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import FINGERPRINT, Block, Rows, rank_high
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.records import THUMBNAIL_BYTES
from skypairs.transforms import parts, storage
from skypairs.transforms.parts import PartRef
from skypairs.transforms.records_file import read_table
from skypairs.transforms.reference_file import read_references


def compared_rows(part: PartRef, recipe: Recipe, staging: str) -> tuple[pa.Table, list[tuple[int, str, str]]]:
    """The rows of a part that take part, and (row, fate, reason) of captioned ones that the recipe drops unseen."""
    columns = ["id", "fate", "group", "source_pixels", "phash", "flat", "pixels_sha256", "focus"]
    table = read_table(parts.records_uri(staging, part.look), columns)
    alive = np.array([fate == "" for fate in table["fate"].to_pylist()], bool)
    human = np.zeros(len(alive), bool)
    if part.cards:
        index = read_table(parts.card_index_uri(staging, part.cards), ["length", "human"])
        alive &= index["length"].to_numpy() > 0
        human = np.array([len(hashes) > 0 for hashes in index["human"].to_pylist()], bool)
    dropped: list[tuple[int, str, str]] = []
    if recipe.pictures.flat == "drop" and not part.reference:
        flat = np.array(table["flat"].to_pylist(), object) == True  # noqa: E712 - null where there is no picture
        dropped = [(int(row), "flat", "flat") for row in np.flatnonzero(alive & flat)]
        alive &= ~flat
    rows = np.flatnonzero(alive)
    table = table.append_column("row", pa.array(np.arange(len(alive), dtype=np.uint32)))
    return table.append_column("human", pa.array(human)).take(pa.array(rows)), dropped


def fingerprint_block(part: PartRef, table: pa.Table, recipe: Recipe, staging: str) -> Block:
    """FINGERPRINT rows of a part's compared pictures."""
    rows: Rows = np.zeros(table.num_rows, FINGERPRINT)
    rows["part"] = np.void(part.key)
    rows["row"] = table["row"].to_numpy()
    hashes = b"".join(table["phash"].to_pylist())
    rows["phash"] = np.frombuffer(hashes, ">u8").reshape(-1, 8)
    pixels = table["source_pixels"].to_pylist()
    human = table["human"].to_pylist()
    rows["rank_high"] = [rank_high(has, size, part.order) for has, size in zip(human, pixels, strict=True)]
    if not recipe.dedup.confirms:
        return _block(rows, table, [b""] * len(rows))
    gray = memoryview(storage.read(parts.gray_uri(staging, part.look)))
    return _block(rows, table, [gray[THUMBNAIL_BYTES * row :][:THUMBNAIL_BYTES] for row in rows["row"].tolist()])


def published_block(numbered: tuple[int, str], confirm: bool) -> Block:
    """FINGERPRINT rows of a published file. Its pictures have no part, and in place of a rank, which no reference needs, the
    file's number (from 1), by which the thumbnail of a row is found."""
    number, uri = numbered
    table = read_references(uri)
    rows: Rows = np.zeros(table.num_rows, FINGERPRINT)
    rows["row"] = np.arange(table.num_rows)
    rows["rank_high"] = number
    for turn in range(8):
        rows["phash"][:, turn] = np.frombuffer(b"".join(table[f"phash_{turn}"].to_pylist()), ">u8")
    thumbnails = [item or b"" for item in table["thumbnail"].to_pylist()] if confirm else [b""] * len(rows)
    return _block(rows, table, thumbnails)


def _block(rows: Rows, table: pa.Table, thumbnails: Sequence[bytes | memoryview]) -> Block:
    """The columns that sources and published files share. A picture without a group stands alone.

    thumbnails: one a row; empty where unknown or not asked for.
    """
    ids = table["id"].to_pylist()
    rows["rank_low"] = [rank_low(name) for name in ids]
    rows["group"] = [group_hash(group or f"?{name}") for group, name in zip(table["group"].to_pylist(), ids, strict=True)]
    rows["flat"] = table["flat"].to_pylist()
    shown = [hashlib.sha256(thumbnail).digest() if thumbnail else bytes(32) for thumbnail in thumbnails]
    digests = zip(table["flat"].to_pylist(), table["pixels_sha256"].to_pylist(), shown, strict=True)
    rows["pixels"] = np.frombuffer(b"".join((pixels or bytes(32)) if flat else known for flat, pixels, known in digests), "V32")
    return Block.of(rows, ids)


def rank_low(identifier: str) -> int:
    """The second part of a picture's rank: a hash of its id."""
    return int.from_bytes(stable_hash("rank", identifier, size=8), "big")


def group_hash(group: str) -> int:
    """8 bytes by which groups are compared."""
    return int.from_bytes(stable_hash("group", group, size=8), "big")
