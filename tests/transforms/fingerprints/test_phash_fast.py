"""The fast hash: its definition by Pillow's draft mode, how near it comes to `phash`, and what it does not decode."""

import io
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from skypairs.schemas.errors import PictureError
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.fingerprints.phash_fast import fingerprints, step_of
from skypairs.transforms.images import decode_rgb
from skypairs.transforms.lanczos import reduce_gray
from skypairs.transforms.thumbnail_hash import pixels_digest, turned_hashes
from tests.corpus import texture
from tests.real_crops import real_crops

Rgb = npt.NDArray[np.uint8]


def encoded(rgb: Rgb, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, kind, **({"quality": 90} | options if kind == "JPEG" else options))
    return out.getvalue()


def not_wanted() -> NoReturn:
    raise AssertionError("all pixels were asked for")


def apart(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


@pytest.mark.parametrize(
    ("width", "height", "step"),
    [
        (32, 5000, 1),
        (127, 127, 1),
        (255, 256, 1),
        (256, 256, 2),
        (511, 600, 2),
        (512, 512, 4),
        (1024, 1023, 4),
        (4000, 4000, 8),
    ],
)
def test_both_sides_keep_128_pixels(width: int, height: int, step: int) -> None:
    assert step_of(width, height) == step


@pytest.mark.parametrize(("width", "height"), [(513, 640), (256, 300), (100, 90), (1100, 1031)])
@pytest.mark.parametrize("options", [{}, {"subsampling": 0}, {"progressive": True}, {"mode": "L"}], ids=str)
def test_of_a_jpeg_the_luma_is_decoded_at_reduced_size(width: int, height: int, options: dict[str, object]) -> None:
    rgb = texture(width, width, height)
    picture = Image.fromarray(rgb).convert(str(options.get("mode", "RGB")))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, **{name: value for name, value in options.items() if name != "mode"})
    with Image.open(out) as image:
        image.draft("L", (128, 128))
        expected = turned_hashes(reduce_gray(image.convert("L")))
    found = fingerprints(out.getvalue(), not_wanted)
    assert found.phash == expected
    assert (found.flat, found.pixels_sha256) == (False, None)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_anything_else_squares_are_averaged(kind: str) -> None:
    rgb = texture(5, 600, 520)
    data = encoded(rgb, kind, **({"lossless": True} if kind == "WEBP" else {}))
    expected = turned_hashes(reduce_gray(Image.fromarray(rgb).convert("L").reduce(4)))
    assert fingerprints(data, lambda: rgb).phash == expected


def test_flat_pictures_are_decoded_whole_for_their_digest() -> None:
    rgb = texture(1, 300, 280) // 64 + 90
    data = encoded(rgb)
    found = fingerprints(data, lambda: decode_rgb(data))
    assert found.flat
    assert found.pixels_sha256 == pixels_digest(decode_rgb(data))


def test_uniform_pictures_hash_as_by_phash() -> None:
    for value in (0, 31, 127, 128, 255):
        rgb = np.full((300, 300, 3), value, np.uint8)
        for kind in ("JPEG", "PNG"):
            data = encoded(rgb, kind)
            assert fingerprints(data, lambda: rgb) == FINGERPRINTS["phash"](data, lambda: rgb)  # noqa: B023 - called at once


def test_a_truncated_picture_is_the_error_of_decoding_it() -> None:
    data = encoded(texture(3, 400, 400))[:9000]
    with pytest.raises(PictureError, match="truncated picture"):
        fingerprints(data, lambda: decode_rgb(data))


def test_a_fault_that_pillow_reads_past_is_read_past() -> None:
    data = encoded(texture(4, 400, 400))
    faulty = data[:-2] + b"\0\0\0" + data[-2:]
    with Image.open(io.BytesIO(faulty)) as image:
        image.draft("L", (128, 128))
        expected = turned_hashes(reduce_gray(image.convert("L")))
    assert fingerprints(faulty, not_wanted).phash == expected


def test_real_crops_hash_nearly_as_by_phash(samples: Path) -> None:
    found = []
    for crop in real_crops(samples):
        data = encoded(crop)
        pixels = decode_rgb(data)
        exact, fast = (FINGERPRINTS[name](data, lambda: pixels) for name in ("phash", "phash-fast"))  # noqa: B023 - called at once
        if not exact.flat:
            found.append(apart(exact.phash[0], fast.phash[0]))
    assert len(found) >= 500
    assert np.mean(np.array(found) <= 2) >= 0.985
