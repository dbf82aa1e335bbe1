"""Encoded pictures to RGB arrays and back: by content, never by suffix. How each kind is opened is in `pictures/`.

Every picture becomes 8-bit RGB by one policy a source (`schemas.recipe.Bands`). By default gray is repeated, alpha and bands
beyond the third are left out, and what is deeper than 8 bits is stretched between its 2nd and 98th percentile over the whole
picture, band by band.
"""

import io
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

from skypairs.schemas.recipe import Bands
from skypairs.transforms.pictures.header import Format, Header, check_size, decoding, exif_turn, read_header, sniff
from skypairs.transforms.pictures.opened import PLAIN, OpenPicture, from_pixels, open_encoded, open_tiff
from skypairs.transforms.pictures.render import RGB
from skypairs.transforms.pictures.tiff_pixels import TiffPixels
from skypairs.transforms.pictures.turns import turn_array
from skypairs.transforms.ranges import InMemory

__all__ = [
    "RGB",
    "Format",
    "Header",
    "OpenPicture",
    "check_size",
    "decode_mask",
    "decode_rgb",
    "encode_jpeg",
    "from_pixels",
    "open_picture",
    "read_header",
    "reduce",
    "sniff",
]
cv2.setNumThreads(1)  # the pool brings the parallelism


def open_picture(data: bytes, header: Header, policy: Bands = PLAIN) -> OpenPicture:
    """A picture that is in memory as encoded. Raises PictureError."""
    if header.format != "tiff":
        return open_encoded(data, header, policy)
    with decoding("tiff"):
        ranges = InMemory(data)
        return open_tiff(ranges, TiffPixels(ranges), policy)


def decode_rgb(data: bytes, header: Header | None = None) -> RGB:
    """All pixels of a picture as RGB, turned upright by EXIF. Raises PictureError. `header`: what is known of it already."""
    return open_picture(data, header or read_header(data)).pixels()


def decode_mask(data: bytes, colours: bool = False) -> npt.NDArray[Any]:
    """Pixels of a label mask as they are stored: (H, W) indices of palette or gray masks, or (H, W, 3). Raises PictureError.

    `colours`: a picture with a colour table is read as the colours that its indices stand for, (H, W, 3). Turned upright.
    """
    kind = sniff(data)
    with decoding(kind, "unreadable mask"):
        if kind == "tiff":
            array, turn = _tiff_mask(data, colours)
        else:
            turn = exif_turn(data)
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                modes = ("RGBA", "CMYK", "YCbCr", *(("P", "PA") if colours else ()))
                array = np.asarray(image.convert("RGB") if image.mode in modes else image)
    if array.ndim == 3:
        array = array[:, :, 0] if array.shape[2] < 3 else array[:, :, :3]
    return np.ascontiguousarray(turn_array(array, turn))


def _tiff_mask(data: bytes, colours: bool) -> tuple[npt.NDArray[Any], int]:
    with TiffPixels(InMemory(data)) as tiff:
        tiff.check_extents()
        stored = tiff.stored
        bands = tuple(range(min(stored.bands, 3)))
        array = np.empty((tiff.height, tiff.width, len(bands)), stored.dtype)
        for row in tiff.parts():
            for part, samples in tiff.read(row, bands):
                array[part.y0 : part.y1, part.x0 : part.x1] = samples
    if stored.white_is_zero and array.dtype.kind == "u":
        array = np.iinfo(array.dtype).max - array
    if colours and stored.palette is not None:
        array = stored.palette[np.minimum(array[..., 0], len(stored.palette) - 1)]
    return array, tiff.turn


def encode_jpeg(rgb: RGB, quality: int) -> bytes:
    """Baseline JPEG, 4:2:0, without metadata: the same bytes for the same pixels."""
    return cast(bytes, simplejpeg.encode_jpeg(np.ascontiguousarray(rgb), quality, "RGB", "420"))


def reduce(rgb: RGB, width: int, height: int) -> RGB:
    """Resized to a smaller size by area averaging, which does not alias."""
    return cast(RGB, cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA))
