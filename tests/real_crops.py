"""Crops of real aerial pictures in the folder of samples, the same every time."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

SIDES = (128, 224, 256, 500, 512, 800)
EACH = 6
PICTURES = 90


def real_crops(samples: Path) -> Iterator[npt.NDArray[np.uint8]]:
    """(side, side, 3) uint8, six of a picture; a picture too small for a side gives what it has."""
    draw = np.random.default_rng(2)
    found = sorted(path for path in samples.rglob("*") if path.suffix in (".jpg", ".png") and "instance" not in path.name)
    for path in found[:: max(1, len(found) // PICTURES)]:
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            rgb = np.asarray(picture.convert("RGB"))
        for _ in range(EACH):
            side = min(*rgb.shape[:2], int(draw.choice(SIDES)))
            top, left = (int(draw.integers(size - side + 1)) for size in rgb.shape[:2])
            yield np.ascontiguousarray(rgb[top : top + side, left : left + side])
