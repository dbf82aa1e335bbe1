"""What a picture says of itself before a pixel is decoded: by content, never by suffix."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import simplejpeg
import tifffile
from PIL import Image

from skypairs.schemas.errors import PictureError
from skypairs.transforms.pictures.tiff_pixels import TiffPixels
from skypairs.transforms.ranges import InMemory

Format = Literal["jpg", "png", "webp", "bmp", "tiff", "jp2"]
EXIF_ORIENTATION = 0x0112
HELD_A_PIXEL = 4
"""Bytes: a picture whose decoding would hold more than so many for each of `max_pixels` is refused."""
_JPEG_HEAD = 1 << 17
_PASSABLE = ("jpg", "png", "webp")
_DEFLATE_RATIO = 1032
"""No deflate stream grows by more (zlib, "maximum expansion factor")."""
_DECODER_ERRORS = (
    OSError,  # Pillow's unidentified and truncated pictures among them
    ValueError,
    SyntaxError,  # Pillow, of broken PNG and TIFF
    RuntimeError,  # imagecodecs
    LookupError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
    tifffile.TiffFileError,
)
"""What decoders raise on bad data; anything else is a bug."""
_TIFF_ERRORS = (*_DECODER_ERRORS, TypeError)
"""tifffile takes a tag for a number that a damaged file has several values for."""
Image.MAX_IMAGE_PIXELS = None  # every size is checked against the recipe's `max_pixels` from the header


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a picture before its pixels are decoded."""

    format: Format
    width: int
    height: int
    """Upright: as EXIF wants the picture to be shown."""
    passes: bool
    """A trainer reads it as it stands: JPEG, PNG or WebP, 8-bit gray or RGB, one frame, not turned by EXIF."""
    bands: int = 3
    sample_bytes: int = 1
    turn: int = 1
    """EXIF orientation, 1 to 8; 1: stored as it is shown."""
    held: int = 0
    """Bytes of samples that decoding holds at once: of one row of segments of a TIFF, else of the whole picture."""

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height before EXIF turns the picture."""
        return (self.height, self.width) if self.turn >= 5 else (self.width, self.height)


@contextmanager
def decoding(kind: str, code: str = "unreadable picture") -> Iterator[None]:
    """Whatever decoders raise on bad data, as PictureError."""
    errors = _TIFF_ERRORS if kind.startswith("tiff") else _DECODER_ERRORS
    try:
        yield
    except PictureError:
        raise
    except errors as error:
        text = str(error).lower()
        if code == "unreadable picture" and ("truncated" in text or "premature" in text):
            code = "truncated picture"
        raise PictureError(code, f"{kind}, {type(error).__name__}") from error


def sniff(data: bytes) -> Format:
    """The format by its first bytes. Raises PictureError."""
    if not data:
        raise PictureError("empty picture")
    if data[:3] == b"\xff\xd8\xff":
        return "jpg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if data[:2] == b"BM":
        return "bmp"
    if data[:12] == b"\0\0\0\x0cjP  \r\n\x87\n" or data[:4] == b"\xff\x4f\xff\x51":
        return "jp2"
    raise PictureError("not a picture", f"starts with {data[:8]!r}")


def read_header(data: bytes) -> Header:
    """Format, size and whether it passes untouched; no pixel is decoded. Raises PictureError.

    The first part of a file will often do; where it does not, PictureError is raised.
    """
    kind = sniff(data)
    with decoding(f"{kind} header"):
        if kind == "tiff":
            with TiffPixels(InMemory(data)) as tiff:
                return tiff_header(tiff)
        if kind == "jp2":
            return _jp2_header(data)
        turn = exif_turn(data)
        if kind == "jpg":
            height, width, colour, _ = simplejpeg.decode_jpeg_header(data)
            bands = {"Gray": 1, "GRAY": 1, "CMYK": 4, "YCCK": 4}.get(colour, 3)
            return _header(kind, width, height, colour in ("Gray", "GRAY", "YCbCr", "YCBCR", "RGB"), bands, 1, turn)
        with Image.open(io.BytesIO(data)) as image:
            deep = kind == "png" and data[24] == 16
            plain = image.mode in ("L", "RGB", "P") and "transparency" not in image.info and not deep
            still = getattr(image, "n_frames", 1) == 1
            bands = 4 if image.mode in ("P", "PA") else len(image.getbands())
            depth = {"I": 4, "F": 4}.get(image.mode, 2 if deep or image.mode.startswith("I;") else 1)
            passes = kind in _PASSABLE and plain and still
            return _header(kind, image.width, image.height, passes, bands, depth, turn)


def tiff_header(tiff: TiffPixels) -> Header:
    """The header of an open TIFF."""
    stored = tiff.stored
    width, height = (tiff.height, tiff.width) if tiff.turn >= 5 else (tiff.width, tiff.height)
    held = tiff.held if tiff.turn == 1 else max(tiff.held, tiff.width * tiff.height * 3)
    return Header("tiff", width, height, False, stored.bands, stored.dtype.itemsize, tiff.turn, held)


def check_size(header: Header, max_pixels: int) -> None:
    """Refuses by the header alone what would take too much memory. Raises PictureError.

    That is more than `max_pixels` pixels, or more than `HELD_A_PIXEL` * `max_pixels` bytes of samples at once.
    """
    if header.width < 1 or header.height < 1:
        raise PictureError("unreadable picture", f"{header.width}x{header.height} pixels")
    if header.width * header.height > max_pixels:
        raise PictureError("over max_pixels", f"{header.width}x{header.height}")
    if header.held > HELD_A_PIXEL * max_pixels:
        bands = f"{header.bands} bands of {header.sample_bytes} bytes"
        raise PictureError("over max_pixels", f"{header.width}x{header.height}, {bands}: {header.held:,} bytes at once")


def check_plausible(header: Header, data: bytes) -> None:
    """Refuses a PNG or BMP that claims more than its bytes can hold, before memory is taken for it. Raises PictureError."""
    need = header.width * header.height * (header.bands if header.bands != 4 else 1) * header.sample_bytes
    if header.format == "png":
        bits = {1: 1, 2: 2, 4: 4}.get(data[24], 8)
        if need * bits // 8 > _DEFLATE_RATIO * len(data):
            raise PictureError("truncated picture", f"{len(data)} bytes of PNG cannot hold {header.width}x{header.height}")
    elif header.format == "bmp" and data[30:34] == b"\0\0\0\0":  # not compressed
        bits = int.from_bytes(data[28:30], "little")
        if (header.width * bits + 7) // 8 * header.height > len(data):
            raise PictureError("truncated picture", f"{len(data)} bytes of BMP cannot hold {header.width}x{header.height}")


def _header(kind: Format, width: int, height: int, passes: bool, bands: int, depth: int, turn: int) -> Header:
    held = width * height * bands * depth
    if turn >= 5:
        width, height = height, width
    return Header(kind, width, height, passes and turn == 1, bands, depth, turn, held)


def _jp2_header(data: bytes) -> Header:
    """From the SIZ marker of the codestream (ISO/IEC 15444-1, A.5.1). Pillow takes memory for what the box `ihdr` says."""
    at = data.find(b"\xff\x4f\xff\x51")
    if at < 0:
        raise PictureError("unreadable picture", "jp2 without a codestream")
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
    box = data.find(b"ihdr", 0, at)
    if box >= 0 and struct.unpack_from(">2I", data, box + 4) != (bottom - top, right - left):
        raise PictureError("unreadable picture", "jp2 of two sizes")
    (bands,) = struct.unpack_from(">H", data, at + 40)
    depth = (max(data[at + 42 : at + 42 + 3 * bands : 3]) & 0x7F) + 1
    return _header("jp2", right - left, bottom - top, False, bands, 1 if depth <= 8 else 2 if depth <= 16 else 4, 1)


def exif_turn(data: bytes) -> int:
    """The orientation by EXIF. JPEG keeps EXIF in its first segments, PNG and WebP in a chunk anywhere."""
    if data[:3] == b"\xff\xd8\xff":
        if b"Exif" not in data[:_JPEG_HEAD]:
            return 1
    elif b"eXIf" not in data and b"EXIF" not in data:
        return 1
    with Image.open(io.BytesIO(data)) as image:
        turn = image.getexif().get(EXIF_ORIENTATION, 1)
    return turn if turn in range(2, 9) else 1
