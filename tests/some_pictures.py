"""Pictures made up from a seed: boxes of all sorts and in all arrangements, without pixels. For tests of captions."""

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from skypairs.schemas.records import Box, Lost
from skypairs.schemas.vocabulary import is_mass, named
from skypairs.transforms.truth.picture import Picture

NATIVE = ("ship", "small-vehicle", "airplane", "harbor", "person", "storage tank", "bridge", "water", "forest", "river")
CLASSES = tuple(map(named, NATIVE))
WORDS = tuple((item.singular, item.plural) for item in CLASSES)
SIZES = ((512, 512), (512, 384), (300, 512), (224, 224), (97, 61))

T = TypeVar("T")


class Chance:
    """Draws from a seed."""

    def __init__(self, *seed: int) -> None:
        self._draw = np.random.default_rng(seed)

    def random(self) -> float:
        return float(self._draw.random())

    def uniform(self, low: float, high: float) -> float:
        return float(self._draw.uniform(low, high))

    def gauss(self, mean: float, deviation: float) -> float:
        return float(self._draw.normal(mean, deviation))

    def choice(self, items: Sequence[T]) -> T:
        return items[int(self._draw.integers(len(items)))]

    def sample(self, items: Sequence[T], number: int) -> list[T]:
        return [items[int(at)] for at in self._draw.permutation(len(items))[:number]]


def picture(seed: int) -> Picture:
    """A picture with 0 to about 60 boxes of 1 to 5 classes; one in three has faults (cut, crowd, difficult, lost)."""
    chance = Chance(7, seed)
    width, height = chance.choice(SIZES)
    labels = chance.sample([item.singular for item in CLASSES], chance.choice(range(1, 6)))
    faults = chance.random() < 0.33
    masks = chance.random() < 0.25
    boxes: list[Box] = []
    for label in labels:
        number = chance.choice((1, 1, 1, 2, 2, 3, 4, 5, 7, 10, 12, 30)) if len(labels) < 4 else chance.choice(range(1, 5))
        boxes += _group(chance, label, number, width, height, masks or is_mass(label), faults)
    boxes = chance.sample(boxes, len(boxes))
    lost = (Lost(chance.choice(labels), "under min_area", 2),) if faults and chance.random() < 0.5 else ()
    gsd = chance.choice((None, None, 0.1, 0.5, 3.0))
    return Picture(tuple(boxes), width, height, gsd, lost, WORDS)


def _group(chance: Chance, label: str, number: int, width: int, height: int, regions: bool, faults: bool) -> list[Box]:
    """Boxes of one class: anywhere, in a cluster, in a row, in the corners, in a grid or along the border."""
    layout = chance.choice(("anywhere", "anywhere", "cluster", "row", "corners", "grid", "border", "center", "side"))
    side = math.exp(chance.uniform(math.log(0.012), math.log(0.8))) * max(width, height)
    spread = chance.choice((1.0, 1.05, 1.6, 3.5))
    x0, y0 = chance.uniform(0.1, 0.9) * width, chance.uniform(0.1, 0.9) * height
    angle = chance.uniform(0, math.pi)
    found = []
    for index in range(number):
        own = side * chance.uniform(1, spread) / math.sqrt(spread)
        aspect = math.exp(chance.uniform(-0.7, 0.7))
        w, h = own * aspect, own / aspect
        if layout == "cluster":
            x, y = x0 + chance.gauss(0, 0.05) * width, y0 + chance.gauss(0, 0.05) * height
        elif layout == "row":
            step = (index - number / 2) * 1.2 * own
            x, y = width / 2 + step * math.cos(angle), height / 2 + step * math.sin(angle)
        elif layout == "corners":
            x, y = chance.choice((0.08, 0.92)) * width, chance.choice((0.08, 0.92)) * height
        elif layout == "grid":
            x, y = x0 + (index % 4) * own * 1.1, y0 + (index // 4) * own * 1.1
        elif layout == "border":
            x, y = chance.choice((w / 2, width - w / 2)), chance.uniform(0, height)
        elif layout == "center":
            x, y = width / 2 + chance.gauss(0, 0.03) * width, height / 2 + chance.gauss(0, 0.03) * height
        elif layout == "side":
            x, y = x0 + index * own * 1.3, y0
        else:
            x, y = chance.uniform(0, width), chance.uniform(0, height)
        if regions and chance.random() < 0.15:
            x, w = width / 2, 1.2 * width  # from side to side
        corners = max(0.0, x - w / 2), max(0.0, y - h / 2), min(float(width), x + w / 2), min(float(height), y + h / 2)
        if corners[2] - corners[0] < 1 or corners[3] - corners[1] < 1:
            continue
        cut = corners != (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        found.append(_box(chance, label, corners, regions, cut and (faults or chance.random() < 0.3), faults))
    return found


def _box(chance: Chance, label: str, corners: tuple[float, float, float, float], region: bool, cut: bool, faults: bool) -> Box:
    x0, y0, x1, y1 = corners
    outline: tuple[float, ...] = ()
    if not region and chance.random() < 0.4:  # a quad, turned
        part = chance.uniform(0.2, 0.8)
        x, y = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
        outline = (x, y0, x1, y, x1 + x0 - x, y1, x0, y1 + y0 - y)
    difficult, crowd = faults and chance.random() < 0.1, faults and chance.random() < 0.05
    area = (x1 - x0) * (y1 - y0) * chance.uniform(0.3, 1) if region and chance.random() < 0.7 else None
    return Box(label, label, x0, y0, x1, y1, "region" if region else "instance", outline, difficult, crowd, cut, area)
