"""Whole encoded pictures to the samples that they store; TIFF, which is read by segments, is in `tiff_pixels`.

JPEG to plain RGB is simplejpeg's (libjpeg-turbo: the pixels are Pillow's); 16-bit PNG and JPEG 2000 that Pillow would cut to 8
bits or refuses are imagecodecs'; all else is Pillow's.
"""

import io
import warnings
from typing import Any, cast

import imagecodecs
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

from skypairs.schemas.errors import PictureError
from skypairs.transforms.pictures.header import Header
from skypairs.transforms.pictures.samples import Stored

Array = npt.NDArray[Any]


def fast_jpeg(data: bytes) -> npt.NDArray[np.uint8]:
    """(H, W, 3) of a gray or RGB JPEG."""
    try:
        return cast(npt.NDArray[np.uint8], simplejpeg.decode_jpeg(data, "RGB"))
    except ValueError:  # strict about recoverable faults that Pillow, and so the trainer, reads past
        with Image.open(io.BytesIO(data)) as image:
            return np.ascontiguousarray(image.convert("RGB"))


def decode_samples(data: bytes, header: Header) -> tuple[Array, Stored]:
    """(H, W, bands) as stored, not turned, and what it means."""
    if header.format == "png" and header.sample_bytes == 2:
        return _described(imagecodecs.png_decode(data), header)
    if header.format == "jp2" and (header.sample_bytes > 1 or header.bands > 4):
        return _described(imagecodecs.jpeg2k_decode(data), header)
    return _pillow(data)


def _described(array: Array, header: Header) -> tuple[Array, Stored]:
    samples = array[:, :, None] if array.ndim == 2 else array
    if samples.ndim != 3 or (samples.shape[1], samples.shape[0]) != header.stored_size:
        raise PictureError("unreadable picture", f"{header.format} of shape {array.shape}")
    bands = samples.shape[2]
    alpha = bands - 1 if header.format == "png" and bands in (2, 4) else None
    return samples, Stored(bands, samples.dtype, "gray" if bands < 3 else "rgb", 8 * samples.dtype.itemsize, alpha)


def _pillow(data: bytes) -> tuple[Array, Stored]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of metadata it cannot read; the pixels are what counts
        with Image.open(io.BytesIO(data)) as image:
            if image.mode.startswith("I") or image.mode == "F":
                deep = np.asarray(image)[:, :, None]
                return deep, Stored(1, deep.dtype, "gray", 8 * deep.dtype.itemsize)
            transparent = image.mode in ("PA", "LA", "RGBA") or "transparency" in image.info
            if image.mode in ("1", "L", "LA") and not transparent:
                mode = "L"
            else:
                mode = "LA" if image.mode == "LA" else "RGBA" if transparent else "RGB"
            samples = np.asarray(image if image.mode == mode else image.convert(mode))
    if samples.ndim == 2:
        samples = samples[:, :, None]
    bands = samples.shape[2]
    return samples, Stored(bands, samples.dtype, "gray" if bands < 3 else "rgb", 8, bands - 1 if bands in (2, 4) else None)
