"""Encoded pictures to RGB arrays and back: by content, never by suffix.

JPEG is decoded by simplejpeg (libjpeg-turbo: the pixels are Pillow's), TIFF by tifffile and imagecodecs, the rest by Pillow.
Every picture becomes 8-bit RGB by one policy: grey is repeated, alpha and bands beyond the third are left out, deeper than
8 bits is stretched between its 2nd and 98th percentile over the whole picture, band by band.
"""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Any, Literal, cast

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
import tifffile
from PIL import Image

from skypairs.schemas.errors import PictureError

RGB = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, C-contiguous."""

Format = Literal["jpg", "png", "webp", "bmp", "tiff", "jp2"]
_EXIF_ORIENTATION = 0x0112
_JPEG_HEAD = 1 << 17
_PASSABLE = ("jpg", "png", "webp")
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
Image.MAX_IMAGE_PIXELS = None  # every size is checked against the recipe's `max_pixels` from the header
cv2.setNumThreads(1)  # the pool brings the parallelism


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a picture before its pixels are decoded."""

    format: Format
    width: int
    height: int
    passes: bool
    """A trainer reads it as it stands: JPEG, PNG or WebP, 8-bit grey or RGB, one frame, not turned by EXIF."""


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
    """Format, size and whether it passes untouched; no pixel is decoded. Raises PictureError."""
    kind = sniff(data)
    try:
        if kind == "tiff":
            with tifffile.TiffFile(io.BytesIO(data)) as tiff:
                page = tiff.pages.first
                return Header(kind, page.imagewidth, page.imagelength, False)
        if kind == "jpg":
            height, width, colour, _ = simplejpeg.decode_jpeg_header(data)
            plain = colour in ("Gray", "GRAY", "YCbCr", "YCBCR", "RGB")
            return Header(kind, width, height, plain and _upright(data))
        with Image.open(io.BytesIO(data)) as image:
            plain = image.mode in ("L", "RGB") or (image.mode == "P" and "transparency" not in image.info)
            still = getattr(image, "n_frames", 1) == 1
            return Header(kind, image.width, image.height, kind in _PASSABLE and plain and still and _upright(data))
    except _DECODER_ERRORS as error:
        raise PictureError("unreadable picture", f"{kind} header, {type(error).__name__}") from error


def check_size(header: Header, max_pixels: int) -> None:
    """Refuses by the header alone what would take too much memory. Raises PictureError."""
    if header.width < 1 or header.height < 1:
        raise PictureError("unreadable picture", f"{header.width}x{header.height} pixels")
    if header.width * header.height > max_pixels:
        raise PictureError("over max_pixels", f"{header.width}x{header.height}")


def decode_rgb(data: bytes, header: Header | None = None) -> RGB:
    """All pixels of a picture as RGB, turned upright by EXIF. Raises PictureError. `header`: what is known of it already."""
    kind = sniff(data)
    try:
        if kind == "jpg" and (header or read_header(data)).passes:
            try:
                return cast(RGB, simplejpeg.decode_jpeg(data, "RGB"))
            except ValueError:  # strict about recoverable faults that Pillow, and so the trainer, reads past
                return _pillow_rgb(data)
        if kind == "tiff":
            return _to_rgb(_read_tiff(data))
        return _pillow_rgb(data)
    except PictureError:
        raise
    except _DECODER_ERRORS as error:
        text = str(error).lower()
        code = "truncated picture" if "truncated" in text or "premature" in text else "unreadable picture"
        raise PictureError(code, f"{kind}, {type(error).__name__}") from error


def decode_mask(data: bytes, colours: bool = False) -> npt.NDArray[Any]:
    """Pixels of a label mask as they are stored: (H, W) indices of palette or grey masks, or (H, W, 3). Raises PictureError.

    `colours`: a picture with a colour table is read as the colours that its indices stand for, (H, W, 3).
    """
    kind = sniff(data)
    try:
        if kind == "tiff":
            array = _read_tiff(data)
        else:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                modes = ("RGBA", "CMYK", "YCbCr", *(("P", "PA") if colours else ()))
                array = np.asarray(image.convert("RGB") if image.mode in modes else image)
    except _DECODER_ERRORS as error:
        raise PictureError("unreadable mask", f"{kind}, {type(error).__name__}") from error
    if array.ndim == 3:
        array = array[:, :, 0] if array.shape[2] < 3 else array[:, :, :3]
    return np.ascontiguousarray(array)


def encode_jpeg(rgb: RGB, quality: int) -> bytes:
    """Baseline JPEG, 4:2:0, without metadata: the same bytes for the same pixels."""
    return cast(bytes, simplejpeg.encode_jpeg(np.ascontiguousarray(rgb), quality, "RGB", "420"))


def reduce(rgb: RGB, width: int, height: int) -> RGB:
    """Resized to a smaller size by area averaging, which does not alias."""
    return cast(RGB, cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA))


def _upright(data: bytes) -> bool:
    """Whether EXIF leaves the picture as it is. JPEG keeps EXIF in its first segments, PNG and WebP in a chunk anywhere."""
    if data[:3] == b"\xff\xd8\xff":
        if b"Exif" not in data[:_JPEG_HEAD]:
            return True
    elif b"eXIf" not in data and b"EXIF" not in data:
        return True
    with Image.open(io.BytesIO(data)) as image:
        return image.getexif().get(_EXIF_ORIENTATION, 1) in (0, 1)


def _pillow_rgb(data: bytes) -> RGB:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of metadata it cannot read; the pixels are what counts
        with Image.open(io.BytesIO(data)) as image:
            turn = image.getexif().get(_EXIF_ORIENTATION, 1)
            if image.mode.startswith("I") or image.mode == "F":
                array = _to_rgb(np.asarray(image))
            else:
                array = np.asarray(image.convert("RGB"))
    if turn in (2, 3, 4, 5, 6, 7, 8):
        from PIL import ImageOps

        upright = Image.fromarray(array)
        upright.getexif()[_EXIF_ORIENTATION] = turn
        array = np.asarray(ImageOps.exif_transpose(upright))
    return np.ascontiguousarray(array)


def _read_tiff(data: bytes) -> npt.NDArray[Any]:
    """(H, W) or (H, W, bands) of the first page."""
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        page = tiff.pages.first
        array = page.asarray()
        photometric = page.photometric
        if photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None and array.ndim == 2:
            return np.ascontiguousarray((page.colormap[:, array] >> 8).astype(np.uint8).transpose(1, 2, 0))
        if array.ndim == 3 and page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
            array = array.transpose(1, 2, 0)
        if photometric == tifffile.PHOTOMETRIC.MINISWHITE:
            array = np.iinfo(array.dtype).max - array if array.dtype.kind == "u" else array
    if array.ndim not in (2, 3):
        raise PictureError("unreadable picture", f"tiff of {array.ndim} dimensions")
    return np.asarray(array)


def _to_rgb(array: npt.NDArray[Any]) -> RGB:
    bands = array[:, :, None] if array.ndim == 2 else array
    bands = bands[:, :, :3] if bands.shape[2] >= 3 else np.repeat(bands[:, :, :1], 3, axis=2)
    if bands.dtype == np.bool_:
        return np.ascontiguousarray(bands.astype(np.uint8) * 255)
    if bands.dtype == np.uint8:
        return np.ascontiguousarray(bands)
    stretched = [_stretch(bands[:, :, band]) for band in range(3)]
    return np.ascontiguousarray(np.dstack(stretched))


def _stretch(band: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    values = band.astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, (2, 98)) if finite.size else (0.0, 0.0)
    if high <= low:
        return np.zeros(band.shape, np.uint8)
    scaled = np.nan_to_num((values - low) * (255 / (high - low)), nan=0.0, posinf=255.0, neginf=0.0)
    return np.clip(scaled, 0, 255).round().astype(np.uint8)
