import io

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to
from PIL import Image

from skypairs.schemas.errors import PictureError
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.steps import Fingerprint, _fingerprint


def picture(seed: int) -> tuple[bytes, np.ndarray]:
    pixels = np.random.default_rng(seed).integers(256, size=(40, 50, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue(), pixels


def test_pictures_in_fingerprints_out() -> None:
    made = {f"s/{seed}": picture(seed) for seed in range(3)}
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        found = pipeline | beam.Create([(name, data) for name, (data, _) in made.items()]) | Fingerprint()
        assert_that(
            found,
            equal_to(
                [(name, FINGERPRINTS["phash"](data, lambda pixels=pixels: pixels)) for name, (data, pixels) in made.items()]
            ),
        )


def test_a_broken_picture_is_an_error_of_its_own() -> None:
    with pytest.raises(PictureError):
        _fingerprint(("s/1", picture(1)[0][:60]), "phash")


def test_an_unknown_hash_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no hash 'dhash': phash"):
        Fingerprint("dhash")
