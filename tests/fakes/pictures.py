"""Small pictures that are far apart from each other in p-Hash, and objects on a grid, so that none touches another."""

from pathlib import Path

import numpy as np
from PIL import Image

from tests.fakes.truth import TrueBox

_CELL = 16


def paint(rng, width, height, mode="RGB"):
    """Smooth noise: few low frequencies, much contrast."""
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    return coarse.resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def save(image, path):
    """Writes a picture in the format of its suffix."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **({"quality": 90} if path.suffix in (".jpg", ".jpeg") else {}))


def save_text(path, text, encoding="utf-8"):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


def cut_off(path):
    """Leaves the first half of a file, as a download that broke off does."""
    data = Path(path).read_bytes()
    Path(path).write_bytes(data[: len(data) // 2])


def size(rng):
    """Width and height, 48 to 96 pixels, of an aspect of at most 4:3."""
    width = int(rng.integers(56, 97))
    return width, int(rng.integers(max(48, width * 3 // 4 + 1), width + 1))


def scatter(rng, width, height, labels, count):
    """Objects at whole pixels, each within a cell of a grid, at least two pixels apart."""
    cells = [(x, y) for y in range(0, height - _CELL + 1, _CELL) for x in range(0, width - _CELL + 1, _CELL)]
    boxes = []
    for at in sorted(rng.choice(len(cells), min(count, len(cells)), replace=False).tolist()):
        x, y = cells[at]
        x0, y0 = x + int(rng.integers(1, 4)), y + int(rng.integers(1, 4))
        x1, y1 = x + int(rng.integers(9, 15)), y + int(rng.integers(9, 15))
        boxes.append(TrueBox(str(rng.choice(labels)), float(x0), float(y0), float(x1), float(y1)))
    return tuple(boxes)
