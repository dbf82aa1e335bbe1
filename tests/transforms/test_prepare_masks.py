"""Masks of colours through `prepare_scene`: exact colours, colours that are off, colour tables, and what is no class."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.schemas.dataset import Input
from skypairs.schemas.recipe import Boxes, Pictures, Source
from skypairs.transforms.prepare_scene import SceneOptions, prepare_scene

OPTIONS = SceneOptions(Pictures(), Boxes(min_area=0), "phash")
COLOURS = {
    "building": (0, 0, 255),
    "low vegetation": (0, 255, 255),
    "tree": (0, 255, 0),
    "car": (255, 255, 0),
    "clutter": (255, 0, 0),
}
PLACES = {name: (4 + 18 * at, 6, 16 + 18 * at, 20 + at) for at, name in enumerate(COLOURS)}


def mask(shift: int = 0) -> np.ndarray:
    """(48, 96, 3): a rectangle a class, on black; every channel of a colour off by `shift`."""
    pixels = np.zeros((48, 96, 3), np.uint8)
    for name, (x0, y0, x1, y1) in PLACES.items():
        pixels[y0:y1, x0:x1] = [abs(channel - shift) for channel in COLOURS[name]]
    return pixels


def prepared(root: Path, labels: Image.Image) -> tuple[dict[str, tuple[float, ...]], set[tuple[str, str, int]]]:
    """Boxes by the name that captions use, and what was lost, of one tile of Potsdam."""
    rng = np.random.default_rng(3)
    for folder in ("2_Ortho_RGB", "5_Labels_all"):
        (root / folder).mkdir()
    Image.fromarray(rng.integers(0, 256, (48, 96, 3), np.uint8)).save(root / "2_Ortho_RGB" / "top_potsdam_2_10_RGB.tif")
    labels.save(root / "5_Labels_all" / "top_potsdam_2_10_label.png")
    spec = load()["potsdam"]
    source = Input(Source("potsdam", str(root), "p", "train"), spec, 0, False)
    [scene] = spec.reader.scenes(source.source, "potsdam")
    found = prepare_scene(scene, source, SceneOptions(Pictures(whole=2048, max_aspect=2.0), OPTIONS.boxes, OPTIONS.hash))
    assert (found.fate, found.reason) == ("", "")
    [sample] = found.samples
    return {box.label: box.rect for box in sample.boxes}, {(item.label, item.reason, item.count) for item in sample.lost}


def table(pixels: np.ndarray) -> Image.Image:
    """The mask as numbers with a colour table, numbers in no order of the classes."""
    colours = sorted({tuple(colour) for colour in pixels.reshape(-1, 3).tolist()}, reverse=True)
    numbers = np.zeros(pixels.shape[:2], np.uint8)
    for number, colour in enumerate(colours):
        numbers[(pixels == colour).all(axis=2)] = number
    image = Image.fromarray(numbers, "P")
    image.putpalette([channel for colour in colours for channel in colour])
    return image


@pytest.mark.parametrize(
    "labels",
    [Image.fromarray(mask()), Image.fromarray(mask(40)), table(mask()), Image.fromarray(mask()).convert("RGBA")],
    ids=["exact", "off by 40", "colour table", "with alpha"],
)
def test_objects_of_a_mask_of_colours(tmp_path: Path, labels: Image.Image) -> None:
    boxes, lost = prepared(tmp_path, labels)
    assert boxes == {name: PLACES[name] for name in COLOURS if name != "clutter"}
    assert lost == {("clutter", "ignored class", 1)}


def test_a_colour_that_is_none_of_them_is_lost_and_no_neighbour_grows(tmp_path: Path) -> None:
    pixels = mask()
    pixels[30:40, 10:20] = (128, 128, 128)
    boxes, lost = prepared(tmp_path, Image.fromarray(pixels))
    assert boxes == {name: PLACES[name] for name in COLOURS if name != "clutter"}
    assert {(reason, count) for _, reason, count in lost} == {("ignored class", 1)} and len(lost) == 2
