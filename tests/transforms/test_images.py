"""Pictures by content, against Pillow as the independent decoder."""

import io

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image

from skypairs.schemas.errors import PictureError
from skypairs.transforms import images

NOISE = np.random.default_rng(7).integers(0, 256, (48, 64, 3), np.uint8)
SMOOTH = np.asarray(Image.fromarray(NOISE[:12, :16]).resize((64, 48), Image.Resampling.BICUBIC))


def encoded(array: npt.NDArray[np.uint8], kind: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(array).convert(mode).save(out, kind, **options)
    return out.getvalue()


def tiff(array: npt.NDArray[np.generic], **options: object) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, array, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "passes", "options"),
    [
        ("JPEG", "RGB", True, {"quality": 90}),
        ("JPEG", "L", True, {"quality": 90}),
        ("JPEG", "RGB", True, {"quality": 95, "subsampling": 0, "progressive": True}),
        ("JPEG", "CMYK", False, {"quality": 95}),  # a trainer's reader may invert it
        ("PNG", "RGB", True, {}),
        ("PNG", "L", True, {}),
        ("PNG", "P", True, {}),
        ("PNG", "RGBA", False, {}),
        ("PNG", "LA", False, {}),
        ("PNG", "1", False, {}),
        ("WEBP", "RGB", True, {"quality": 80}),
        ("WEBP", "RGB", True, {"lossless": True}),
        ("BMP", "RGB", False, {}),
        ("TIFF", "RGB", False, {}),
        ("TIFF", "RGB", False, {"compression": "tiff_lzw"}),
        ("TIFF", "L", False, {"compression": "tiff_adobe_deflate"}),
        ("TIFF", "P", False, {}),
        ("JPEG2000", "RGB", False, {"irreversible": False}),
    ],
)
def test_pixels_are_those_of_pillow(kind: str, mode: str, passes: bool, options: dict[str, object]) -> None:
    data = encoded(SMOOTH, kind, mode, **options)
    header = images.read_header(data)
    assert (header.width, header.height, header.passes) == (64, 48, passes)
    decoded = images.decode_rgb(data)
    assert decoded.dtype == np.uint8
    assert np.array_equal(decoded, np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_turns_are_undone_and_do_not_pass(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    data = encoded(SMOOTH, "JPEG", quality=95, exif=exif)
    assert images.read_header(data).passes == (turn == 1)
    from PIL import ImageOps

    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert np.array_equal(images.decode_rgb(data), upright)


def test_deep_pictures_are_stretched_band_by_band() -> None:
    deep = np.zeros((50, 40, 4), np.uint16)
    deep[..., 0] = np.linspace(1000, 3000, 40)
    deep[..., 1] = np.linspace(0, 65535, 50)[:, None]
    deep[..., 2] = 777  # a band without contrast is black, not noise
    rgb = images.decode_rgb(tiff(deep, photometric="minisblack", planarconfig="contig"))
    assert rgb.shape == (50, 40, 3)
    assert rgb[0, 0, 0] == 0
    assert rgb[0, -1, 0] == 255
    assert (np.diff(rgb[0, :, 0].astype(int)) >= 0).all()
    assert (rgb[..., 2] == 0).all()
    planar = images.decode_rgb(tiff(deep.transpose(2, 0, 1), photometric="minisblack", planarconfig="separate"))
    assert np.array_equal(planar, rgb)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty picture"),
        (b"<html>not found</html>", "not a picture"),
        (encoded(NOISE, "JPEG", quality=95)[:1500], "truncated picture"),
        (encoded(NOISE, "PNG")[:3000], "truncated picture"),
        (encoded(NOISE, "PNG")[:20], "truncated picture"),
        (encoded(NOISE, "WEBP", lossless=True)[:900], "unreadable picture"),
        (tiff(NOISE)[:500], "truncated picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "unreadable picture"),
        (b"II*\0\xff\xff\xff\x7f", "unreadable picture"),
        (b"II*\0", "unreadable picture"),
    ],
)
def test_bad_pictures_are_data_errors(data: bytes, code: str) -> None:
    with pytest.raises(PictureError) as caught:
        images.check_size(images.read_header(data), 10**9)
        images.decode_rgb(data)
    assert caught.value.code == code


def test_a_suffix_means_nothing() -> None:
    assert images.sniff(encoded(NOISE, "BMP")) == "bmp"  # as under a .png name in a well-known release of iSAID
    assert images.sniff(encoded(NOISE, "PNG")) == "png"


def test_too_many_pixels_are_refused_by_the_header() -> None:
    header = images.read_header(encoded(NOISE, "PNG"))
    images.check_size(header, 48 * 64)
    with pytest.raises(PictureError, match="over max_pixels: 64x48"):
        images.check_size(header, 48 * 64 - 1)


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA", "1"])
def test_masks_keep_their_values(mode: str) -> None:
    labels = np.random.default_rng(1).integers(0, 2, (20, 30), np.uint8)
    image = Image.fromarray(labels)
    if mode == "P":
        image.putpalette([10, 20, 30, 200, 100, 50])
    elif mode == "1":
        image = Image.fromarray(labels.astype(bool))
    elif mode != "L":
        image = Image.fromarray(np.dstack([labels * 7] * len(mode))).convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG")
    mask = images.decode_mask(out.getvalue())
    expected = labels if mode in "LP1" else np.dstack([labels * 7] * 3)
    assert np.array_equal(mask.astype(int), expected)


def test_encoding_repeats() -> None:
    assert images.encode_jpeg(SMOOTH, 92) == images.encode_jpeg(SMOOTH[:, ::-1][:, ::-1], 92)
    assert images.reduce(SMOOTH, 32, 24).shape == (24, 32, 3)
