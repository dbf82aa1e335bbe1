"""Caption tables: CSV, TSV, JSON Lines or Parquet, one row a picture and caption, in the columns that people give them.

The picture stands in a column called filepath, filename, file_name, image, ...; captions in title, caption, text, ..., or in
several numbered ones (caption_0 ... caption_4). Rows of one picture are gathered, so that it has several captions. Text
is UTF-8, with or without a byte order mark, or GB18030; fields may hold quotes and line breaks (RFC 4180).
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import files, objects, one_file
from skypairs.transforms.readers.caption_text import captions_of
from skypairs.transforms.readers.layout import Place

FILE_COLUMNS = ("filepath", "filename", "file_name", "file", "image_path", "image", "img_path", "img", "path")
_CAPTION_COLUMN = re.compile(r"(title|captions?|text|sentences?|raw)(?:[_ ]?([0-9]{1,2}))?")
_DELIMITERS = (",", "\t", ";")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaptionTable:
    """Reader of caption tables. The split is in the name of the file or folder, or in a column `split`."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        shared, entries, pictures = self._list(source)
        return one_file.look_of(source, entries, pictures, shared)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        shared, entries, pictures = self._list(source)
        return one_file.scenes_of(source, family, entries, pictures, shared)

    def annotation(self, scene: Scene) -> Annotation:
        return Annotation(captions=tuple(json.loads(scene.inline))) if scene.annotated else Annotation()

    def _list(self, source: Source) -> tuple[bool, list[one_file.Entry], dict[str, FileStamp]]:
        by_column = False
        try:
            spot = one_file.settle(source, self.places)
        except LayoutError:
            if not source.split:
                raise
            spot, by_column = one_file.settle(replace(source, split=""), self.places), True
        rows = _rows(source, spot.file.uri)
        if by_column and not any(_split(row) == source.split for row in rows):
            raise one_file.no_such_split(source, spot.file, {_split(row) for row in rows} - {""}, "no column `split`")
        entries = _entries(rows, source.split if by_column else "")
        return spot.shared or by_column, entries, files.list_pictures(source, spot.folders)


def _rows(source: Source, uri: str) -> list[Row]:
    """Rows with lower-case column names. Raises LayoutError where it cannot be parsed or lacks a column."""
    try:
        data = storage.read(uri)
        if uri.lower().endswith(".parquet"):
            rows = pq.read_table(io.BytesIO(data)).to_pylist()
        elif uri.lower().endswith((".jsonl", ".ndjson")):
            rows = _json_lines(objects.decode(data))
        else:
            rows = _separated(objects.decode(data))
    except (ValueError, csv.Error, RecursionError, pa.ArrowException) as error:
        raise LayoutError(f"{source.dataset}: {uri} cannot be parsed as a table: {error}") from None
    rows = [{str(name).strip().lower(): value for name, value in row.items() if name is not None} for row in rows]
    columns = {name for row in rows for name in row}
    if not columns & set(FILE_COLUMNS) or not any(map(_CAPTION_COLUMN.fullmatch, columns)):
        held = ", ".join(sorted(columns)) or "nothing"
        raise LayoutError(
            f"{source.dataset}: {uri} is no caption table: it needs a column filepath or filename and a column title or "
            f"caption, and has {held}"
        )
    return rows


def _separated(text: str) -> list[Row]:
    """Rows of a CSV or TSV file. The delimiter is the one under which the first line has the columns that are needed."""
    head = next(iter(text.lstrip().splitlines()), "")
    for delimiter in _DELIMITERS:
        names = {name.strip().lower() for name in next(csv.reader([head], delimiter=delimiter), [])}
        if names & set(FILE_COLUMNS) and any(map(_CAPTION_COLUMN.fullmatch, names)):
            break
    else:
        delimiter = ","
    return list(csv.DictReader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter))


def _json_lines(text: str) -> list[Row]:
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError(f"line {number} is no object")
            rows.append(row)
    return rows


def _split(row: Row) -> str:
    return str(row.get("split") or "").strip()


def _entries(rows: list[Row], split: str) -> list[one_file.Entry]:
    """One entry a picture, in order of first mention, with the captions of all its rows in theirs."""
    captions: dict[tuple[str, str], list[str]] = {}
    wanted: dict[tuple[str, str], bool] = {}
    for number, row in enumerate(rows, 1):
        name = next((str(row[column]).strip() for column in FILE_COLUMNS if row.get(column)), "")
        entry = (name, "") if name else ("", f"row {number}")
        columns = sorted((int(match[2] or -1), column) for column in row if (match := _CAPTION_COLUMN.fullmatch(column)))
        captions.setdefault(entry, []).extend(text for _, column in columns for text in captions_of(row[column]))
        wanted[entry] = wanted.get(entry, False) or not split or _split(row) == split
    return [
        one_file.Entry(name, title or name, objects.dump_inline(texts), wanted[name, title])
        for (name, title), texts in captions.items()
    ]
