"""The first page of a TIFF, segment by segment: only the strips or tiles that a window touches are read and decoded.

Parsing and codecs are tifffile's and imagecodecs'. What a header claims is checked against the file and against itself before
memory is taken for it; a segment that is a picture of its own (JPEG, PNG, WebP, JPEG 2000) must be as large as its tile.
Uncompressed strips, however long, are read by runs of rows.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tifffile

from skypairs.schemas.errors import PictureError
from skypairs.transforms.pictures.inner_size import inner_size
from skypairs.transforms.pictures.samples import Meaning, Stored, take_bands
from skypairs.transforms.ranges import BlockStream, ByteRanges

Array = npt.NDArray[Any]

_JPEG = (6, 7)
_PICTURES = (*_JPEG, 33003, 33004, 33005, 34712, 34927, 34933, 50001)
"""Compressions whose segments are pictures with a size of their own."""
_COMPRESSIONS = (1, 2, 3, 4, 5, 8, 32773, 32946, 34925, 34926, 50000, *_PICTURES)
"""None, CCITT, LZW, deflate, PackBits, LZMA, zstd, and pictures."""
_NO_DATA, _ORIENTATION, _ON_GROUND = 42113, 274, (33550, 33922, 34264)
_RUN_ROWS = 256
_GAP = 1 << 16
_FETCH = 16 << 20
logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what it warns of is a row of the ledger, or of no account


class Part(NamedTuple):
    """A rectangle of the picture that is decoded at once."""

    x0: int
    y0: int
    x1: int
    y1: int


@contextmanager
def _tifffile() -> Iterator[None]:
    """Around tifffile alone: tags of a kind or number that it does not expect end in errors of many kinds."""
    try:
        yield
    except (TypeError, AttributeError) as error:
        raise PictureError("unreadable picture", f"tiff tags, {type(error).__name__}") from error


class TiffPixels:
    """Open by `with`, or at once. Raises PictureError, and what tifffile raises on bad data."""

    def __init__(self, ranges: ByteRanges) -> None:
        self._ranges = ranges
        with _tifffile():
            self._parse(ranges)

    def _parse(self, ranges: ByteRanges) -> None:
        self._file = tifffile.TiffFile(BlockStream(ranges))
        page = self._page = self._file.pages.first
        self.width, self.height = int(page.imagewidth), int(page.imagelength)
        if self.width < 1 or self.height < 1:
            raise PictureError("unreadable picture", f"{self.width}x{self.height} pixels")
        if page.compression not in _COMPRESSIONS:
            raise PictureError("unreadable picture", f"tiff compression {int(page.compression)}")
        if page.imagedepth != 1 or page.dtype is None or page.dtype.kind not in "buif":
            raise PictureError("unreadable picture", "tiff of an unknown kind of samples")
        self.stored = _stored(page)
        self.turn = _turn(page)
        self._planar = page.planarconfig == 2 and page.samplesperpixel > 1
        self.whole_only = page.photometric > 6 or (page.compression != 7 and page.is_subsampled)
        """Colours that tifffile does not know (Lab, reduced chroma outside JPEG): Pillow reads such a picture as a whole."""
        self._tile = (int(page.tilewidth), int(page.tilelength)) if page.is_tiled else (self.width, 0)
        strip = min(max(1, int(page.rowsperstrip)), self.height) if not page.is_tiled else self._tile[1]
        self._strip = strip
        self._by_rows = not page.is_tiled and page.compression == 1 and self.stored.bits % 8 == 0 and strip > _RUN_ROWS
        self._by_rows = self._by_rows and page.fillorder == 1 and page.predictor == 1
        if self._tile[0] < 1 or strip < 1:
            raise PictureError("unreadable picture", "tiff segments without pixels")
        self.columns = math.ceil(self.width / self._tile[0])
        self.strips = math.ceil(self.height / strip)

    def __enter__(self) -> "TiffPixels":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def held(self) -> int:
        """Bytes of samples that reading one row of segments takes; of the whole picture where it cannot be read so."""
        samples = self.stored.bands * self.stored.dtype.itemsize
        rows = self.height if self.whole_only else min(self._strip, _RUN_ROWS) if self._by_rows else self._strip
        return self.columns * self._tile[0] * rows * samples

    def check_extents(self) -> None:
        """Refuses a file that is shorter than its header says. Raises PictureError."""
        page = self._page
        with _tifffile():
            offsets, counts = (np.asarray(values, np.int64) for values in (page.dataoffsets, page.databytecounts))
        needed = self.columns * self.strips * (self.stored.bands if self._planar else 1)
        if len(offsets) < needed or len(counts) < needed:
            raise PictureError("truncated picture", f"{min(len(offsets), len(counts))} of {needed} tiff segments")
        if ((offsets < 0) | (counts < 0) | (offsets + counts > self._ranges.size))[:needed].any():
            raise PictureError("truncated picture", "tiff segments beyond the end of the file")

    def parts(self) -> Iterator[list[Part]]:
        """Every part of the picture, in the order of the file, by rows of parts."""
        for top, bottom in self._spans(0, self.height):
            yield [Part(left, top, right, bottom) for left, right in self._columns(0, self.width)]

    def touching(self, x0: int, y0: int, x1: int, y1: int) -> list[Part]:
        """The parts that a window needs."""
        return [Part(left, top, right, bottom) for top, bottom in self._spans(y0, y1) for left, right in self._columns(x0, x1)]

    def read(self, parts: Sequence[Part], bands: tuple[int, ...]) -> Iterator[tuple[Part, Array]]:
        """Each part with its samples (h, w, bands); neighbours in the file are fetched together."""
        planes = bands if self._planar else (0,)
        wanted = [(part, plane) for part in parts for plane in planes]
        done: dict[Part, list[Array]] = {}
        for (part, _), data in zip(wanted, self._fetched([self._range(*item) for item in wanted]), strict=True):
            plane = planes[len(done.get(part, ()))]
            done.setdefault(part, []).append(self._decoded(part, plane, data))
            if len(done[part]) == len(planes):
                samples = done.pop(part)
                if self._planar:
                    yield part, np.concatenate(samples, axis=2)
                else:
                    yield part, take_bands(samples[0], bands)

    def _spans(self, y0: int, y1: int) -> Iterator[tuple[int, int]]:
        for strip in range(y0 // self._strip, math.ceil(y1 / self._strip)):
            top, bottom = strip * self._strip, min((strip + 1) * self._strip, self.height)
            if not self._by_rows:
                yield top, bottom
                continue
            for start in range(top, bottom, _RUN_ROWS):
                if start < y1 and start + _RUN_ROWS > y0:
                    yield start, min(start + _RUN_ROWS, bottom)

    def _columns(self, x0: int, x1: int) -> Iterator[tuple[int, int]]:
        wide = self._tile[0]
        for column in range(x0 // wide, math.ceil(x1 / wide)):
            yield column * wide, min((column + 1) * wide, self.width)

    def _segment(self, part: Part, plane: int) -> int:
        return (plane * self.strips + part.y0 // self._strip) * self.columns + part.x0 // self._tile[0]

    def _range(self, part: Part, plane: int) -> tuple[int, int]:
        """Offset and length in the file."""
        number = self._segment(part, plane)
        offset, count = int(self._page.dataoffsets[number]), int(self._page.databytecounts[number])
        if self._by_rows and count:
            row = self.width * self.stored.dtype.itemsize * (1 if self._planar else self.stored.bands)
            skipped = (part.y0 - part.y0 // self._strip * self._strip) * row
            count = min((part.y1 - part.y0) * row, count - skipped)
            offset += skipped
        return offset, max(0, count)

    def _fetched(self, ranges: list[tuple[int, int]]) -> Iterator[bytes]:
        """The bytes of each range, those that lie close behind one another by one request."""
        at = 0
        while at < len(ranges):
            start, end = ranges[at][0], sum(ranges[at])
            last = at + 1
            while last < len(ranges) and end <= ranges[last][0] <= end + _GAP and sum(ranges[last]) - start <= _FETCH:
                end = sum(ranges[last])
                last += 1
            data = self._ranges.read(start, end - start)
            for offset, count in ranges[at:last]:
                yield data[offset - start : offset - start + count]
            at = last

    def _decoded(self, part: Part, plane: int, data: bytes) -> Array:
        """(h, w, samples) of a segment, cut to the picture; zeros, or no-data, where a file leaves a segment out."""
        page = self._page
        high, wide = part.y1 - part.y0, part.x1 - part.x0
        if not data:
            return np.full((high, wide, 1 if self._planar else self.stored.bands), self._fill(), self.stored.dtype)
        if self._by_rows:
            flat = np.frombuffer(data, self.stored.dtype.newbyteorder(page.parent.byteorder))
            return flat.astype(self.stored.dtype, copy=False).reshape(high, wide, -1)
        if page.compression in _PICTURES:
            size = inner_size(data)
            limit = (self._tile[0], self._strip)
            if size and (size[0] > limit[0] or size[1] > limit[1]):
                raise PictureError("unreadable picture", f"tiff segment of {limit[0]}x{limit[1]} holds {size[0]}x{size[1]}")
        tables = {"jpegtables": page.jpegtables, "jpegheader": page.jpegheader} if page.compression in _JPEG else {}
        with _tifffile():
            samples, _, _ = page.decode(data, self._segment(part, plane), **tables)
        if samples is None:
            raise PictureError("unreadable picture", "tiff segment without data")
        return np.asarray(samples[0, :high, :wide])

    def _fill(self) -> float:
        """What stands in a segment that is left out: no-data, if samples can hold it."""
        value, kind = self.stored.no_data, self.stored.dtype
        if value is None or kind == np.bool_:
            return 0
        if kind.kind == "f":
            return value
        return value if value.is_integer() and np.iinfo(kind).min <= value <= np.iinfo(kind).max else 0


def _stored(page: tifffile.TiffPage) -> Stored:
    photometric, bands = int(page.photometric), int(page.samplesperpixel)
    meanings: dict[int, Meaning] = {0: "gray", 1: "gray", 2: "rgb", 3: "palette", 5: "cmyk", 6: "rgb"}
    meaning: Meaning = "ycbcr" if photometric == 6 and page.compression != 7 else meanings.get(photometric, "bands")
    if meaning == "palette" and (page.colormap is None or bands != 1):
        raise PictureError("unreadable picture", "tiff palette without colours")
    if bands < {"cmyk": 4, "ycbcr": 3}.get(meaning, 1):
        raise PictureError("unreadable picture", f"tiff of {bands} bands for {meaning}")
    extras = [int(kind) for kind in page.extrasamples]
    alpha = next((bands - len(extras) + at for at, kind in enumerate(extras) if kind in (1, 2)), None)
    palette = None
    if meaning == "palette":
        table = np.asarray(page.colormap)
        palette = (table >> 8 if table.max(initial=0) > 255 else table).astype(np.uint8).T  # some writers use 8 of the 16 bits
    return Stored(
        bands=bands,
        dtype=np.dtype(page.dtype),
        meaning=meaning,
        bits=int(np.max(page.bitspersample)),
        alpha=alpha,
        associated=alpha is not None and 1 in extras,
        white_is_zero=photometric == 0,
        palette=palette,
        no_data=_no_data(page),
    )


def _no_data(page: tifffile.TiffPage) -> float | None:
    tag = page.tags.get(_NO_DATA)
    try:
        return None if tag is None else float(str(tag.value).strip("\0 "))
    except ValueError:
        return None


def _turn(page: tifffile.TiffPage) -> int:
    """Orientation, which a picture with a place on the ground does not have: its coordinates mean stored pixels."""
    tag = page.tags.get(_ORIENTATION)
    if tag is None or any(code in page.tags for code in _ON_GROUND):
        return 1
    return int(tag.value) if tag.value in range(2, 9) else 1
