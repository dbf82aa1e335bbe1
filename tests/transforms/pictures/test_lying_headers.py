"""Headers that claim what is not there: refused by the header, before memory is taken."""

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from skypairs.schemas.errors import PictureError
from skypairs.transforms import images

MAX_PIXELS = 400_000_000
ROOM = 4 << 20
"""Bytes that refusing may take: tables of the decoders, never pixels."""


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def bmp(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "BMP")
    data = bytearray(out.getvalue())
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG")
    data = out.getvalue()
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def tiff(**tags: tuple[int, ...]) -> bytes:
    """A TIFF of 64 x 64 in tiles of 16 x 16, deflate, with some of its tags overwritten by number (t256: width)."""
    out = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    tifffile.imwrite(out, pixels, tile=(16, 16), compression="zlib", photometric="minisblack")
    data = bytearray(out.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        known = {tag.code: (tag.offset, tag.valueoffset, tag.dtype, tag.count) for tag in file.pages.first.tags.values()}
    for name, values in tags.items():
        entry, place, kind, _ = known[int(name[1:])]
        if len(values) == 1 and name != "t324":
            struct.pack_into("<HHII", data, entry, int(name[1:]), 4, 1, values[0])  # one long, in place
        else:
            struct.pack_into(f"<{len(values)}{'I' if kind == 4 else 'H'}", data, place, *values)
    return bytes(data)


def claims(name: str) -> bytes:
    return {
        "png bomb": png(60_000, 60_000),
        "png of few bytes": png(19_000, 19_000),
        "png deep bomb": png(19_000, 19_000, 16, 6),
        "bmp bomb": bmp(60_000, 60_000),
        "bmp of few bytes": bmp(15_000, 15_000),
        "jp2 bomb": b"\xff\x4f\xff\x51"
        + struct.pack(">HHIIIIIIIIH", 41, 0, 2**31, 2**31, 0, 0, 1024, 1024, 0, 0, 1)
        + b"\7\1\1",
        "jpeg bomb": jpeg(65_500, 65_500),
        "tiff of 2^31 tiles": tiff(t322=(2**31 - 16,), t323=(2**31 - 16,)),
        "tiff wide": tiff(t256=(2**31 - 1,)),
        "tiff without its segments": tiff(t256=(16_000,), t257=(16_000,)),
        "tiff segments beyond the end": tiff(t324=(2**31 - 1,) * 16),
    }[name]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("png bomb", {"over max_pixels"}),
        ("png of few bytes", {"truncated picture"}),
        ("png deep bomb", {"over max_pixels"}),
        ("bmp bomb", {"over max_pixels"}),
        ("bmp of few bytes", {"truncated picture"}),
        ("jp2 bomb", {"over max_pixels"}),
        ("jpeg bomb", {"over max_pixels"}),
        ("tiff of 2^31 tiles", {"over max_pixels", "truncated picture"}),
        ("tiff wide", {"over max_pixels"}),
        ("tiff without its segments", {"truncated picture"}),
        ("tiff segments beyond the end", {"truncated picture"}),
    ],
)
def test_lies_are_refused_before_memory_is_taken(name: str, codes: set[str]) -> None:
    data = claims(name)
    tracemalloc.start()
    try:
        with pytest.raises(PictureError) as caught:
            header = images.read_header(data)
            images.check_size(header, MAX_PIXELS)
            images.open_picture(data, header)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code in codes
    assert peak < ROOM


def test_memory_is_bands_times_bytes() -> None:
    out = io.BytesIO()
    tifffile.imwrite(
        out, np.zeros((100, 100, 30), np.float64), photometric="minisblack", planarconfig="contig", rowsperstrip=100
    )
    header = images.read_header(out.getvalue())
    assert header.held == 100 * 100 * 30 * 8
    with pytest.raises(PictureError, match="over max_pixels: 100x100, 30 bands of 8 bytes: 2,400,000 bytes at once"):
        images.check_size(header, 10_000)
    images.check_size(header, 600_000)


def test_bands_that_are_not_there_are_a_fault() -> None:
    with pytest.raises(PictureError):
        images.decode_rgb(tiff(t277=(65_535,)))


def test_a_long_picture_in_small_segments_is_held_by_segments() -> None:
    out = io.BytesIO()
    tifffile.imwrite(out, np.zeros((640, 64, 3), np.uint16), tile=(32, 32), photometric="rgb", compression="zlib")
    assert images.read_header(out.getvalue()).held == 64 * 32 * 3 * 2
    out = io.BytesIO()
    tifffile.imwrite(out, np.zeros((6400, 64), np.uint8), photometric="minisblack")  # one strip, not compressed: by rows
    assert images.read_header(out.getvalue()).held == 64 * 256


def test_a_segment_that_holds_a_larger_picture_is_refused() -> None:
    out = io.BytesIO()
    tifffile.imwrite(out, np.zeros((64, 64), np.uint8), tile=(64, 64), photometric="minisblack", compression="jpeg")
    data = out.getvalue()
    at = data.index(b"\xff\xc0")  # start of frame: length, depth, height, width
    lying = data[: at + 5] + struct.pack(">HH", 65500, 65500) + data[at + 9 :]
    with pytest.raises(PictureError, match="holds 65500x65500"):
        images.decode_rgb(lying)


@pytest.mark.parametrize("kind", ["zlib", "jpeg", "lzw", None])
def test_broken_bytes_are_rows_not_bugs(kind: str | None) -> None:
    out = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    tifffile.imwrite(out, pixels, tile=(32, 32), photometric="rgb", compression=kind)
    data = out.getvalue()
    draw = np.random.default_rng(1)
    for _ in range(60):
        broken = bytearray(data)
        for at in draw.integers(0, min(len(data), 700), 3):
            broken[at] = draw.integers(0, 256)
        try:
            header = images.read_header(bytes(broken))
            images.check_size(header, 1 << 20)
            images.decode_rgb(bytes(broken), header)
        except PictureError:
            pass
