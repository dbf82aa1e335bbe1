"""Small pictures of every format, and ways to damage them, all from a seed."""

import io
import struct
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

_NOISE = np.random.default_rng(3).integers(0, 256, (12, 16, 3), np.uint8)
SMOOTH = np.asarray(Image.fromarray(_NOISE).resize((80, 60), Image.Resampling.BICUBIC))
_DEEP = SMOOTH.astype(np.uint16) * 257


def _pillow(kind: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(SMOOTH).convert(mode).save(out, kind, **options)
    return out.getvalue()


def _deep_png() -> bytes:
    out = io.BytesIO()
    Image.fromarray(_DEEP[:, :, 0]).save(out, "PNG")
    return out.getvalue()


def _tiff(array: npt.NDArray[np.generic], **options: object) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, array, **options)
    return out.getvalue()


@cache
def originals() -> dict[str, bytes]:
    """Name -> encoded picture."""
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb = {"photometric": "rgb"}
    bands = {"photometric": "minisblack", "planarconfig": "separate"}
    return {
        "jpg": _pillow("JPEG", quality=90),
        "jpg progressive": _pillow("JPEG", quality=80, progressive=True),
        "jpg gray": _pillow("JPEG", "L", quality=90),
        "jpg cmyk": _pillow("JPEG", "CMYK", quality=90),
        "jpg turned": _pillow("JPEG", quality=90, exif=exif),
        "png": _pillow("PNG"),
        "png palette": _pillow("PNG", "P"),
        "png alpha": _pillow("PNG", "RGBA"),
        "png 16": _deep_png(),
        "webp": _pillow("WEBP", quality=80),
        "webp lossless": _pillow("WEBP", "RGBA", lossless=True),
        "bmp": _pillow("BMP"),
        "bmp palette": _pillow("BMP", "P"),
        "jp2": _pillow("JPEG2000", irreversible=False),
        "tiff": _tiff(SMOOTH, **rgb),
        "tiff 16 bands": _tiff(np.moveaxis(np.dstack([_DEEP, _DEEP[:, :, :1]]), 2, 0), **bands),
        "tiff tiled lzw": _tiff(SMOOTH, tile=(32, 32), compression="lzw", predictor=True, **rgb),
        "tiff deflate": _tiff(SMOOTH, compression="zlib", rowsperstrip=7, **rgb),
        "tiff jpeg": _tiff(SMOOTH, tile=(32, 32), compression="jpeg", **rgb),
        "tiff zstd big": _tiff(SMOOTH, compression="zstd", bigtiff=True, **rgb),
        "tiff float": _tiff(SMOOTH.astype(np.float32) / 7, **rgb),
        "tiff palette": _pillow("TIFF", "P"),
    }


def flip_bits(data: bytes, draw: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(int(draw.integers(1, 12))):
        changed[int(draw.integers(len(changed)))] ^= 1 << int(draw.integers(8))
    return bytes(changed)


def truncate(data: bytes, draw: np.random.Generator) -> bytes:
    return data[: int(draw.integers(len(data)))]


def change_header(data: bytes, draw: np.random.Generator) -> bytes:
    """A few bytes among the first hundred, where sizes, depths and tables are declared."""
    changed = bytearray(data)
    for _ in range(int(draw.integers(1, 5))):
        changed[int(draw.integers(min(100, len(changed))))] = int(draw.integers(256))
    return bytes(changed)


def splice(data: bytes, draw: np.random.Generator) -> bytes:
    """A piece left out, doubled, or taken from a picture of another format."""
    first, last = sorted(int(place) for place in draw.integers(len(data), size=2))
    other = list(originals().values())[int(draw.integers(len(originals())))]
    start = int(draw.integers(len(other)))
    piece = (b"", data[first:last] * 2, other[start : start + last - first])[int(draw.integers(3))]
    return data[:first] + piece + data[last:]


def lie_about_sizes(data: bytes, draw: np.random.Generator) -> bytes:
    """Somewhere in the first kilobyte or the last, a number of 2, 4 or 8 bytes becomes a large or an odd one."""
    form = ("<H", ">H", "<I", ">I", "<Q", ">Q")[int(draw.integers(6))]
    size = struct.calcsize(form)
    values = (0, 1, 3, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**40, 2**63 - 1, 2**64 - 1)
    value = values[int(draw.integers(len(values)))] & (1 << 8 * size) - 1
    reach = min(1024, len(data) - size)
    place = int(draw.integers(reach)) if draw.random() < 0.7 else len(data) - size - int(draw.integers(reach))
    return data[:place] + struct.pack(form, value) + data[place + size :]


MUTATIONS: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    flip_bits,
    truncate,
    change_header,
    splice,
    lie_about_sizes,
)


def damaged(number: int) -> tuple[str, bytes]:
    """(what was done to what, the bytes) of the picture of this number: one or two mutations of an original."""
    draw = np.random.default_rng([11, number])
    name = list(originals())[number % len(originals())]
    data, said = originals()[name], name
    for _ in range(int(draw.integers(1, 3))):
        mutation = MUTATIONS[int(draw.integers(len(MUTATIONS)))]
        if len(data) > 16:
            data, said = mutation(data, draw), f"{said}, {mutation.__name__}"
    return said, data
