"""What `leaks` found, as files: a table for programs, and a page with pictures for people."""

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.api.find_leaks import Leak, Leaks
from skypairs.schemas import arrow
from skypairs.schemas.errors import DataError, UserError
from skypairs.schemas.identity import Window
from skypairs.transforms import images, storage
from skypairs.transforms.report.choose import Pair
from skypairs.transforms.report.leaks_page import leaks_page
from skypairs.transforms.thumbnails import small_jpeg

LEAKS = pa.schema(
    [
        ("tar", pa.string()),
        ("sample", pa.string()),
        ("window", arrow.WINDOW),
        ("fate", pa.string()),  # leak, or unread: it was not compared
        ("reason", pa.string()),
        ("reference", pa.string()),
        ("source", pa.string()),
        ("reference_window", arrow.WINDOW),
        ("distance", pa.int8()),
        ("orientation", pa.int8()),
        ("correlation", pa.float64()),
    ]
)
SHOWN = 120
"""Pairs with pictures on the page: the nearest."""
_SIDE = 320


def rows(found: Leaks) -> Iterator[dict[str, Any]]:
    """Leaks, then what could not be read, by column of `LEAKS`."""
    for leak in found.leaks:
        yield {name: getattr(leak, name) for name in LEAKS.names if name != "fate"} | {"fate": "leak"}
    for item in found.unread:
        blank = dict.fromkeys(LEAKS.names)
        yield blank | {"tar": item.tar, "sample": item.sample or None, "fate": "unread", "reason": item.reason}


def table_rows(found: Leaks) -> list[list[str]]:
    """The same as text, headers first; windows as x0_y0_x1_y1."""
    return [list(LEAKS.names), *([_cell(row[name]) for name in LEAKS.names] for row in rows(found))]


def check_table(uri: str) -> None:
    """Raises UserError where `write_table` would not know what to write."""
    if not uri.endswith((".tsv", ".parquet")):
        raise UserError(f"{uri}: a table is written as .tsv or .parquet")


def write_table(found: Leaks, uri: str) -> None:
    """`uri` ends in .tsv or .parquet."""
    check_table(uri)
    if uri.endswith(".tsv"):
        text = io.StringIO()
        csv.writer(text, "excel-tab", lineterminator="\n").writerows(table_rows(found))
        storage.publish_bytes(text.getvalue().encode(), uri)
        return
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        local = Path(folder, "table")
        pq.write_table(pa.Table.from_pylist(list(rows(found)), schema=LEAKS), local, compression="zstd")
        storage.publish(local, uri)


def write_page(found: Leaks, uri: str) -> None:
    """One file, no network. Pictures of the nearest `SHOWN` pairs; of a reference known by its fingerprint alone, its id."""
    nearest = sorted(found.leaks, key=_order)[:SHOWN]
    unread = [(item.tar.rpartition("/")[2], item.sample, item.reason) for item in (*found.unread, *found.unread_references)]
    counts = {
        "samples": found.samples,
        "pictures": found.pictures,
        "tars": found.tars,
        "references": found.references,
        "leaked": found.leaked,
    }
    rule = f"at most {found.distance} of 64 hash bits" + (" in one of eight orientations" if found.orientations == 8 else "")
    rule += " and agree in their thumbnails" if found.confirm else ""
    page = leaks_page([_pair(leak) for leak in nearest], len(found.leaks), counts, rule, unread, found.warnings)
    storage.publish_bytes(page.encode(), uri)


def _order(leak: Leak) -> tuple[Any, ...]:
    return leak.distance or 0, -(leak.correlation or 0), leak.tar, leak.sample, leak.window or ()


def _pair(leak: Leak) -> Pair:
    name = f"{leak.tar.rpartition('/')[2]}: {leak.sample}" + _in_words(leak.window)
    reference = leak.reference + _in_words(leak.reference_window)
    pictures = _small(leak.place, leak.window), _small(leak.reference_place, leak.reference_window)
    return Pair(name, reference, "leak", leak.reason, leak.distance, leak.orientation, *pictures, leak.correlation)


def _small(place: str, window: Window | None) -> bytes:
    if not place:
        return b""
    try:
        rgb = images.decode_rgb(storage.read(place))
    except (DataError, OSError, EOFError):  # it was there a moment ago; the row stands all the same
        return b""
    x0, y0, x1, y1 = window or (0, 0, rgb.shape[1], rgb.shape[0])
    return small_jpeg(rgb[y0:y1, x0:x1], _SIDE)


def _in_words(window: Window | None) -> str:
    return f", window {', '.join(map(str, window))}" if window else ""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return "_".join(map(str, value)) if isinstance(value, tuple) else str(value)
