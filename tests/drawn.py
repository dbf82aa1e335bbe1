"""Pictures drawn from a seed whose boxes are known, as a COCO folder: every caption that a rule writes of them is true.

A class is a colour and a shape. What a picture shows is drawn from few possibilities (classes, numbers, places), so that a
small model can learn it in seconds; its background is smooth noise, so that no two pictures are near-duplicates.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Rect = tuple[int, int, int, int]

SIDE = 64
CLASSES: dict[str, tuple[tuple[int, int, int], str]] = {
    "ship": ((235, 235, 235), "bar"),
    "tennis court": ((40, 160, 60), "block"),
    "storage tank": ((230, 200, 40), "disc"),
    "airplane": ((220, 40, 40), "cross"),
    "swimming pool": ((40, 90, 230), "block"),
    "basketball court": ((220, 120, 30), "block"),
    "roundabout": ((150, 40, 170), "disc"),
    "bridge": ((20, 20, 20), "bar"),
    "helicopter": ((30, 200, 210), "cross"),
    "greenhouse": ((250, 170, 200), "block"),
}
_CELL = 16
_NAMES = tuple(CLASSES)


@dataclass(frozen=True)
class Drawn:
    """One picture and what it shows."""

    pixels: npt.NDArray[np.uint8]
    """(64, 64, 3)"""
    boxes: tuple[tuple[str, Rect], ...]
    """Class and x0, y0, x1, y1, half-open."""


def draw(seed: int) -> Drawn:
    """The picture of a seed: one to three classes, one to four objects of each, in cells of a 4 x 4 grid."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(60, 150, (6, 6, 3), dtype=np.uint8)
    pixels = np.array(Image.fromarray(noise).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    cells = [(x, y) for y in range(4) for x in range(4)]
    order = list(rng.permutation(len(cells)))
    boxes = []
    for kind in rng.permutation(len(_NAMES))[: rng.integers(1, 4)]:
        for _ in range(int(rng.integers(1, 5))):
            x, y = (_CELL * at + 2 + int(rng.integers(0, 2)) for at in cells[order.pop()])
            boxes.append((_NAMES[kind], _paint(pixels, x, y, *CLASSES[_NAMES[kind]])))
    return Drawn(pixels, tuple(boxes))


def _paint(pixels: npt.NDArray[np.uint8], x: int, y: int, colour: tuple[int, int, int], shape: str) -> Rect:
    side = 12
    down, across = np.mgrid[0:side, 0:side]
    if shape == "disc":
        mask = (down - 5.5) ** 2 + (across - 5.5) ** 2 <= 36
    elif shape == "cross":
        mask = (abs(down - 5.5) < 2) | (abs(across - 5.5) < 2)
    elif shape == "bar":
        mask = abs(down - 5.5) < 3
    else:
        mask = np.ones((side, side), bool)
    pixels[y : y + side, x : x + side][mask] = colour
    rows = np.flatnonzero(mask.any(1))
    return x, y + int(rows[0]), x + side, y + int(rows[-1]) + 1


def write_coco(root: Path, seeds: range) -> Path:
    """A folder `images/` and its `annotations.json`."""
    (root / "images").mkdir(parents=True)
    images, annotations = [], []
    for seed in seeds:
        drawn = draw(seed)
        Image.fromarray(drawn.pixels).save(root / "images" / f"{seed}.jpg", quality=95, subsampling=0)
        images.append({"id": seed, "file_name": f"{seed}.jpg", "width": SIDE, "height": SIDE})
        for name, (x0, y0, x1, y1) in drawn.boxes:
            box = [x0, y0, x1 - x0, y1 - y0]
            annotations.append({"id": len(annotations), "image_id": seed, "category_id": _NAMES.index(name), "bbox": box})
    categories = [{"id": at, "name": name} for at, name in enumerate(_NAMES)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (root / "annotations.json").write_text(json.dumps(content))
    return root
