"""Pictures of every kind that is opened, and the RGB that another decoder than the one under test makes of each.

What skypairs reads with tifffile is written and judged by GDAL (rasterio); what it reads with Pillow or simplejpeg is judged by
imagecodecs, GDAL or OpenCV; what it reads with imagecodecs is judged by GDAL. A stretch is numpy.percentile's.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import imagecodecs
import numpy as np
import numpy.typing as npt
import rasterio
import tifffile
from PIL import Image
from rasterio.io import MemoryFile

Array = npt.NDArray[Any]
HEIGHT, WIDTH = 150, 203


@dataclass(frozen=True)
class Kind:
    name: str
    data: Callable[[], bytes]
    judge: Callable[[bytes], Array]
    """(H, W, bands) or (H, W) samples, as another decoder sees them, turned upright."""
    off: int = 0
    """How far a pixel may be off: lossy decoders round in different places."""
    stretched: bool = False
    bands: int = 3
    sample_bytes: int = 1


def scene(bands: int, top: int = 255, seed: int = 3) -> Array:
    """(H, W, bands) float64 from 0 to `top`: smooth, with some noise, no band like another."""
    draw = np.random.default_rng(seed)
    coarse = draw.random((7, 9, bands))
    smooth = np.dstack([cv2.resize(coarse[..., band], (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) for band in range(bands)])
    noisy = smooth + draw.normal(0, 0.02, smooth.shape)
    low, high = noisy.min(axis=(0, 1)), noisy.max(axis=(0, 1))
    return (noisy - low) / (high - low) * top


def rgb8(bands: int = 3) -> Array:
    return scene(bands).astype(np.uint8)


def pillow(mode: str, kind: str, **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        out = io.BytesIO()
        if mode in ("LA", "RGBA"):
            image = Image.fromarray(rgb8(len(mode)), mode)
        else:
            image = Image.fromarray(rgb8()).convert(mode)
        image.save(out, kind, **options)
        return out.getvalue()

    return make


def turned(turn: int) -> Callable[[], bytes]:
    exif = Image.Exif()
    exif[0x0112] = turn
    return pillow("RGB", "JPEG", quality=95, exif=exif)


def gdal(array: Callable[[], Array], driver: str = "GTiff", **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        samples = array()
        samples = samples[..., None] if samples.ndim == 2 else samples
        high, wide, count = samples.shape
        extra = dict(options)
        palette = extra.pop("palette", None)
        with MemoryFile() as memory:
            with memory.open(driver=driver, width=wide, height=high, count=count, dtype=samples.dtype, **extra) as out:
                out.write(np.ascontiguousarray(samples.transpose(2, 0, 1)))
                if palette:
                    out.write_colormap(1, palette)
            return bytes(memory.read())

    return make


def by_gdal(data: bytes) -> Array:
    with MemoryFile(data) as memory, memory.open() as picture:
        samples = picture.read().transpose(1, 2, 0)
        if picture.count == 1 and picture.colorinterp[0] == rasterio.enums.ColorInterp.palette:
            table = np.zeros((256, 3), np.uint8)
            for index, colour in picture.colormap(1).items():
                table[index] = colour[:3]
            return table[samples[..., 0]]
        if picture.tags(1, ns="IMAGE_STRUCTURE").get("NBITS") in ("1", "4"):
            bits = int(picture.tags(1, ns="IMAGE_STRUCTURE")["NBITS"])
            samples = samples * (255 // (2**bits - 1))
        return samples


def by_inks(data: bytes) -> Array:
    """Inks without a profile: what each lets through, times what black does (in floating point, by the formula)."""
    inks = 255 - imagecodecs.jpeg8_decode(data, outcolorspace="CMYK").astype(float)  # stored inverted, as Adobe does
    return ((255 - inks[..., :3]) * (255 - inks[..., 3:]) / 255).round().astype(np.uint8)


def by_opencv(data: bytes) -> Array:
    array = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    return array if array.ndim == 2 else array[..., [2, 1, 0, 3][: array.shape[2]]]


def by_pillow(data: bytes) -> Array:
    """Of a TIFF: by libtiff and libjpeg (GDAL's own smoothes the chroma of JPEG tiles less)."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def by_turn(turn: int) -> Callable[[bytes], Array]:
    """By the words of the standard: where the first row and the first column of the stored picture are shown."""
    shown: dict[int, Callable[[Array], Array]] = {
        2: lambda a: np.fliplr(a),  # top, right
        3: lambda a: np.rot90(a, 2),  # bottom, right
        4: lambda a: np.flipud(a),  # bottom, left
        5: lambda a: a.transpose(1, 0, 2),  # left, top
        6: lambda a: np.rot90(a, -1),  # right, top
        7: lambda a: np.rot90(a.transpose(1, 0, 2), 2),  # right, bottom
        8: lambda a: np.rot90(a, 1),  # left, bottom
    }
    return lambda data: shown[turn](imagecodecs.jpeg8_decode(data))


def deep(dtype: str, bands: int, top: int) -> Callable[[], Array]:
    return lambda: scene(bands, top).astype(dtype)


def bits(count: int) -> Callable[[], Array]:
    return lambda: (scene(1) / 256 * 2**count).astype(np.uint8 if count <= 8 else np.uint16)


def tiff(array: Callable[[], Array], **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        out = io.BytesIO()
        tifffile.imwrite(out, array(), **options)
        return out.getvalue()

    return make


def planar(array: Callable[[], Array]) -> Callable[[], Array]:
    return lambda: np.ascontiguousarray(array().transpose(2, 0, 1))


def ycbcr() -> Array:
    return np.asarray(Image.fromarray(rgb8()).convert("YCbCr"))


TILED = {"tiled": True, "blockxsize": 64, "blockysize": 48}
PALETTE = {index: (index, 255 - index, index * 7 % 256, 255) for index in range(256)}
GRAY: dict[str, Any] = {"bands": 1}
DEEP: dict[str, Any] = {"sample_bytes": 2, "stretched": True}
DEEPER: dict[str, Any] = {"sample_bytes": 4, "stretched": True}

KINDS = [
    Kind("jpeg rgb 4:2:0", pillow("RGB", "JPEG", quality=90), imagecodecs.jpeg8_decode),
    Kind(
        "jpeg rgb progressive 4:4:4",
        pillow("RGB", "JPEG", quality=95, subsampling=0, progressive=True), imagecodecs.jpeg8_decode,
    ),
    Kind("jpeg gray", pillow("L", "JPEG", quality=90), imagecodecs.jpeg8_decode, **GRAY),
    Kind("jpeg cmyk", pillow("CMYK", "JPEG", quality=95), by_inks, off=1, bands=4),
    *[Kind(f"jpeg turned {turn}", turned(turn), by_turn(turn)) for turn in range(2, 9)],
    Kind("png rgb", pillow("RGB", "PNG"), imagecodecs.png_decode),
    Kind("png gray", pillow("L", "PNG"), imagecodecs.png_decode, **GRAY),
    Kind("png gray and alpha", pillow("LA", "PNG"), imagecodecs.png_decode, bands=2),
    Kind("png rgba", pillow("RGBA", "PNG"), imagecodecs.png_decode, bands=4),
    Kind("png palette", pillow("P", "PNG"), by_opencv, bands=4),
    Kind("png palette with transparency", pillow("P", "PNG", transparency=3), by_opencv, bands=4),
    Kind("png 1 bit", pillow("1", "PNG"), by_opencv, **GRAY),
    Kind("png 16 bits gray", gdal(deep("uint16", 1, 9000), "PNG"), by_gdal, **GRAY, **DEEP),
    Kind("png 16 bits rgb", gdal(deep("uint16", 3, 9000), "PNG"), by_gdal, **DEEP),
    Kind("png 16 bits rgba", gdal(deep("uint16", 4, 9000), "PNG"), by_gdal, bands=4, **DEEP),
    Kind("webp lossy", pillow("RGB", "WEBP", quality=80), imagecodecs.webp_decode),
    Kind("webp lossless", pillow("RGB", "WEBP", lossless=True), imagecodecs.webp_decode),
    Kind("webp alpha", pillow("RGBA", "WEBP", lossless=True, exact=True), imagecodecs.webp_decode, bands=4),
    Kind("bmp rgb", pillow("RGB", "BMP"), by_opencv),
    Kind("bmp palette", pillow("P", "BMP"), by_opencv, bands=4),
    Kind("bmp gray", pillow("L", "BMP"), by_opencv, **GRAY),
    Kind("jp2 rgb", pillow("RGB", "JPEG2000", irreversible=False), by_gdal),
    Kind("jp2 gray lossy", pillow("L", "JPEG2000", quality_layers=[20]), by_gdal, **GRAY, off=1),
    Kind(
        "jp2 16 bits gray",
        gdal(deep("uint16", 1, 9000), "JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES"), by_gdal, **GRAY, **DEEP,
    ),
    Kind("jp2 16 bits rgb", gdal(deep("uint16", 3, 9000), "JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES"), by_gdal, **DEEP),
    Kind("jp2 six bands", gdal(lambda: rgb8(6), "JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES"), by_gdal, bands=6),
    Kind("tiff rgb strips", gdal(rgb8, photometric="RGB", BLOCKYSIZE=7), by_gdal),
    Kind("tiff rgb one strip", tiff(rgb8, photometric="rgb"), by_gdal),
    Kind("tiff rgb lzw tiles", gdal(rgb8, compress="LZW", photometric="RGB", **TILED), by_gdal),
    Kind("tiff rgb lzw predictor strips", gdal(rgb8, compress="LZW", predictor=2, photometric="RGB"), by_gdal),
    Kind("tiff rgb deflate planar tiles", gdal(rgb8, compress="DEFLATE", interleave="BAND", **TILED), by_gdal),
    Kind("tiff rgb zstd", gdal(rgb8, compress="ZSTD", photometric="RGB", **TILED), by_gdal),
    Kind("tiff rgb packbits", gdal(rgb8, compress="PACKBITS", photometric="RGB"), by_gdal),
    Kind("tiff rgb lzma", gdal(rgb8, compress="LZMA", photometric="RGB"), by_gdal),
    Kind("tiff rgb jpeg ycbcr tiles", gdal(rgb8, compress="JPEG", photometric="YCBCR", JPEG_QUALITY=90, **TILED), by_pillow),
    Kind("tiff rgb jpeg strips", gdal(rgb8, compress="JPEG", photometric="RGB", JPEG_QUALITY=90), by_gdal, off=1),
    Kind("tiff gray jpeg", gdal(lambda: rgb8(1), compress="JPEG", **TILED), by_gdal, **GRAY, off=1),
    Kind("tiff rgb webp", gdal(rgb8, compress="WEBP", WEBP_LOSSLESS=True, **TILED), by_gdal),
    Kind("tiff ycbcr without jpeg", tiff(ycbcr, photometric="ycbcr"), by_gdal, off=1),
    Kind("tiff ycbcr deflate", tiff(ycbcr, photometric="ycbcr", compression="deflate"), by_gdal, off=1),
    Kind("tiff big", gdal(rgb8, BIGTIFF="YES", photometric="RGB", compress="DEFLATE"), by_gdal),
    Kind("tiff big end first", gdal(deep("uint16", 3, 4000), ENDIANNESS="BIG", compress="LZW", predictor=2), by_gdal, **DEEP),
    Kind("tiff big end first, raw", tiff(deep("uint16", 3, 4000), photometric="rgb", byteorder=">"), by_gdal, **DEEP),
    Kind("tiff rgba", gdal(lambda: rgb8(4), photometric="RGB", alpha="UNSPECIFIED", **TILED), by_gdal, bands=4),
    Kind("tiff gray and alpha", gdal(lambda: rgb8(2), ALPHA="YES"), by_gdal, bands=2),
    Kind("tiff cmyk", gdal(lambda: rgb8(4), photometric="CMYK", compress="LZW"), by_gdal, off=1, bands=4),
    Kind("tiff palette", gdal(lambda: rgb8(1), photometric="PALETTE", palette=PALETTE), by_gdal, **GRAY),
    Kind("tiff white is zero", tiff(lambda: rgb8(1)[..., 0], photometric="miniswhite"), lambda data: 255 - rgb8(1), **GRAY),
    Kind("tiff 1 bit", gdal(bits(1), NBITS=1, compress="CCITTFAX4"), by_gdal, **GRAY),
    Kind("tiff 4 bits", gdal(bits(4), NBITS=4), by_gdal, **GRAY),
    Kind("tiff 12 bits", gdal(bits(12), NBITS=12), by_gdal, **GRAY, **DEEP),
    Kind("tiff 16 bits rgb", gdal(deep("uint16", 3, 2900), compress="DEFLATE", predictor=2, **TILED), by_gdal, **DEEP),
    Kind(
        "tiff 16 bits eight bands planar",
        gdal(deep("uint16", 8, 2900), interleave="BAND", compress="LZW"), by_gdal, bands=8, **DEEP,
    ),
    Kind("tiff signed 16 bits", gdal(lambda: (scene(3, 4000) - 2000).astype(np.int16), **TILED), by_gdal, **DEEP),
    Kind("tiff 32 bits", gdal(deep("uint32", 1, 3 << 30)), by_gdal, bands=1, **DEEPER),
    Kind("tiff signed 32 bits", gdal(lambda: (scene(1, 1 << 30) - 2**29).astype(np.int32)), by_gdal, bands=1, **DEEPER),
    Kind(
        "tiff float",
        gdal(lambda: (scene(3, 1) - 0.3).astype(np.float32), compress="DEFLATE", predictor=3, **TILED), by_gdal, **DEEPER,
    ),
    Kind("tiff double", gdal(lambda: scene(1, 1), compress="LZW"), by_gdal, off=1, bands=1, sample_bytes=8, stretched=True),
    Kind("tiff thirteen bands", gdal(deep("uint16", 13, 2900), compress="ZSTD", **TILED), by_gdal, bands=13, **DEEP),
]  # fmt: skip


def expected(kind: Kind, data: bytes) -> npt.NDArray[np.uint8]:
    """RGB by the default policy, from what the judge sees."""
    samples = np.asarray(kind.judge(data))
    samples = samples[..., None] if samples.ndim == 2 else samples
    samples = samples[..., :3] if samples.shape[2] >= 3 else samples[..., :1]
    if kind.stretched:
        low, high = np.percentile(samples.reshape(-1, samples.shape[2]).astype(np.float64), (2, 98), axis=0)
        samples = np.clip((samples - low) * (255 / (high - low)), 0, 255).round()
    return np.broadcast_to(samples, (*samples.shape[:2], 3)).astype(np.uint8)
