"""The records of a part as an Arrow file: one row a scene, its tiles after it. Written and read here only."""

import io
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from skypairs.schemas.identity import Window, sample_id
from skypairs.schemas.records import THUMBNAIL_BYTES, Box, Lost, Rendering, Sample
from skypairs.transforms import storage
from skypairs.transforms.prepare_scene import NO_CAPTION, PreparedScene

_ROWS = 256


def scene_rows(prepared: PreparedScene, relative: str, pack: IO[bytes], thumbnails: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The rows of one scene. Pictures that exist nowhere else are appended to the pack, a thumbnail a row to the thumbnails."""
    scene = prepared.scene
    whole = {
        "id": scene.id,
        "scene": scene.key,
        "uri": scene.picture.uri if scene.picture else None,
        "relative": relative,
        "focus": None,
        "group": scene.group,
        "fate": prepared.fate,
        "reason": prepared.reason,
    }
    if prepared.fate:
        thumbnails.write(bytes(THUMBNAIL_BYTES))
        yield whole
    offset = pack.tell()
    if prepared.spilled:
        with open(prepared.spilled, "rb") as spilled:
            shutil.copyfileobj(spilled, pack)
        Path(prepared.spilled).unlink()
    for sample in prepared.samples:
        thumbnails.write(sample.fingerprints.thumbnail)
        if sample.untouched:
            yield whole | _sample_row(sample, -1)
            continue
        if not prepared.spilled:
            pack.write(sample.data)
        yield whole | _sample_row(sample, offset)
        offset += sample.length
    for window in prepared.empty:
        identifier = sample_id(scene.source, scene.key, window)
        thumbnails.write(bytes(THUMBNAIL_BYTES))
        yield whole | {"id": identifier, "window": window, "fate": "filtered", "reason": NO_CAPTION, "parent": scene.id}


def _sample_row(sample: Sample, offset: int) -> dict[str, Any]:
    return {
        "id": sample.id,
        "window": sample.window,
        "parent": sample.parent or None,
        "focus": sample.focus,
        "region": None if sample.focus is None else sample.boxes[sample.focus].label,
        "fate": "",
        "reason": "",
        "width": sample.width,
        "height": sample.height,
        "format": sample.format,
        "offset": offset,
        "length": sample.length,
        "source_pixels": sample.source_pixels,
        "sha256": sample.sha256,
        "phash": b"".join(sample.fingerprints.phash),
        "flat": sample.fingerprints.flat,
        "pixels_sha256": sample.fingerprints.pixels_sha256,
        "gsd": sample.gsd,
        "boxes": [_box_row(box) for box in sample.boxes],
        "captions": sample.captions,
        "lost": [{"label": lost.label, "reason": lost.reason, "count": lost.count} for lost in sample.lost],
        "rendering": sample.rendering and _rendering_row(sample.rendering),
        "scene_class": sample.scene_class and {"native": sample.scene_class.native, "label": sample.scene_class.label},
    }


def _rendering_row(rendering: Rendering) -> dict[str, Any]:
    return {name: getattr(rendering, name) for name in Rendering.__dataclass_fields__}


def _box_row(box: Box) -> dict[str, Any]:
    return {name: getattr(box, name) for name in Box.__dataclass_fields__}


def box_of(row: dict[str, Any]) -> Box:
    """A box as it went in."""
    return Box(**{**row, "polygon": tuple(row["polygon"])})


def lost_of(row: dict[str, Any]) -> Lost:
    return Lost(**row)


def window_of(row: dict[str, Any]) -> Window | None:
    """A row's window as a tuple."""
    window = row["window"]
    return None if window is None else (window[0], window[1], window[2], window[3])


def write_rows(rows: Iterable[dict[str, Any]], schema: pa.Schema, path: Path) -> None:
    """Writes rows as an Arrow file."""
    with closing(RowsFile(schema, path)) as file:
        for row in rows:
            file.add(row)


class RowsFile:
    """An Arrow file that rows are added to; they are written a few hundred at a time."""

    def __init__(self, schema: pa.Schema, path: Path) -> None:
        self._schema, self._batch = schema, list[dict[str, Any]]()
        self._sink = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_file(self._sink, schema)

    def add(self, row: dict[str, Any]) -> None:
        self._batch.append(row)
        if len(self._batch) == _ROWS:
            self._flush()

    def close(self) -> None:
        """Whole only after this."""
        if self._batch:
            self._flush()
        self._writer.close()
        self._sink.close()

    def _flush(self) -> None:
        self._writer.write_batch(pa.RecordBatch.from_pylist(self._batch, schema=self._schema))
        self._batch = []


def read_table(uri: str, columns: list[str] | None = None) -> pa.Table:
    """An Arrow file of the staging, whole or some of its columns."""
    with pa.ipc.open_file(io.BytesIO(storage.read(uri))) as reader:
        table = reader.read_all()
    return table if columns is None else table.select(columns)
