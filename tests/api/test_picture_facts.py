"""Pillow and imagehash against the build's own decoders and hashes, which share no code with them."""

import os
from pathlib import Path

import numpy as np
import pytest

from skypairs.api.picture_facts import picture_facts, turn
from skypairs.transforms import orientations
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.images import decode_rgb
from tests import fakes_output as fakes

SAMPLES = Path(os.environ.get("SKYPAIRS_SAMPLES", Path(__file__).parents[3] / "shared" / "samples"))


def agree(data):
    for definition, fingerprints in FINGERPRINTS.items():
        facts, own = picture_facts(data, definition), fingerprints(data, lambda: decode_rgb(data))
        assert facts.phash == tuple(int.from_bytes(one, "big") for one in own.phash)
        assert (facts.flat, facts.pixels_sha256) == (own.flat, (own.pixels_sha256 or b"").hex())
    return facts


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("width", "height"), [(96, 72), (33, 32), (31, 200), (5, 3), (1, 1)])
def test_pictures_of_any_size_and_format(format, width, height):
    facts = agree(fakes.encode(fakes.pixels(width * height, width, height), format))
    assert (facts.width, facts.height) == (width, height)
    assert facts.format == {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[format]


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.zeros((64, 64, 3), np.uint8),  # black
        lambda: np.full((50, 70, 3), 255, np.uint8),  # white
        lambda: np.repeat(np.linspace(0, 255, 80, dtype=np.uint8)[None, :, None], 60, 0).repeat(3, 2),  # gradient
        lambda: np.concatenate([np.zeros((64, 32, 3), np.uint8), np.full((64, 32, 3), 200, np.uint8)], 1),  # half black
        lambda: fakes.plain(120),  # one colour
        lambda: (
            np.kron(np.indices((8, 8)).sum(0) % 2 * 255, np.ones((8, 8)))[:, :, None].repeat(3, 2).astype(np.uint8)
        ),  # chess
    ],
)
def test_degenerate_pictures_agree_in_every_bit(make):
    for format in ("PNG", "JPEG"):
        agree(fakes.encode(make(), format))


def test_grey_pictures_are_read_as_rgb():
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(fakes.pixels(3)[:, :, 0]).save(out, "JPEG")
    agree(out.getvalue())


def test_orientations_are_numbered_as_in_the_build():
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    for g in range(8):
        assert turn(array, g).tolist() == orientations.turn(array, g).tolist() == fakes.turned(array, g).tolist()


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"GIF89a", fakes.encode(fakes.pixels(1))[:900]])
def test_what_a_trainer_cannot_decode_is_an_error(data):
    with pytest.raises(ValueError):
        picture_facts(data)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs real samples: SKYPAIRS_SAMPLES")
def test_real_pictures_agree():
    found = sorted(
        path for path in SAMPLES.rglob("*") if path.suffix.lower() in (".jpg", ".png") and path.stat().st_size < 400_000
    )
    for path in found[:: max(1, len(found) // 20)]:
        data = path.read_bytes()
        if decode_rgb(data).size and path.suffix.lower() == ".jpg":
            agree(data)
