"""The public stages give what the functions behind them give."""

import io

import apache_beam as beam
import numpy as np
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to
from PIL import Image

from skypairs.schemas.recipe import Boxes, Captions, Pictures
from skypairs.schemas.records import Box, FileStamp, MaskClass, MaskRef
from skypairs.schemas.vocabulary import Vocabulary, named
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.steps import BoxToCaption, CutTiles, EncodedMask, MaskToBox

ROADS = MaskRef(FileStamp("mask.png", 0, ""), "index", (MaskClass((2,), "road"),))


def palette_mask() -> bytes:
    image = Image.new("P", (3, 2))
    image.putpalette([0, 0, 0, 9, 9, 9, 200, 0, 0])
    image.putdata([0, 2, 2, 2, 0, 0])
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_mask_to_box():
    """The indices count, not the colours of the palette."""
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        found = pipeline | beam.Create([("x", EncodedMask(palette_mask(), ROADS))]) | MaskToBox(Boxes(min_area=0))
        assert_that(found, equal_to([("x", (Box("road", "road", 0, 0, 3, 2, "region", area=3),))]))


def test_box_to_caption():
    boxes = (Box("oiltank", "oiltank", 1, 1, 2, 2),)
    classes = (named("oiltank", "oil tank"),)
    expected = write_captions("x", 9, 9, boxes, (), 5, Captions(), Vocabulary(classes))
    assert len(expected) == 5
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        found = pipeline | beam.Create([("x", (9, 9, boxes))]) | BoxToCaption(seed=5, classes=classes)
        assert_that(found, equal_to([("x", expected)]))


def test_cut_tiles():
    """Windows become JPEG tiles by id; what needs nothing passes byte for byte."""
    pixels = np.random.default_rng(3).integers(0, 256, (60, 150, 3), np.uint8)
    made = {}
    for name, array in {"wide": pixels, "small": pixels[:, :60]}.items():
        file = io.BytesIO()
        Image.fromarray(array).save(file, "PNG")
        made[name] = file.getvalue()
    options = Pictures(whole=64, tile=60, overlap=10, max_side=32)
    expected = {"wide/0_0_60_60": (32, 32), "wide/45_0_105_60": (32, 32), "wide/90_0_150_60": (32, 32), "small": (32, 32)}
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        tiles = pipeline | beam.Create(sorted(made.items())) | CutTiles(options)
        sizes = tiles | beam.MapTuple(lambda name, tile: (name, Image.open(io.BytesIO(tile.data)).size))
        assert_that(sizes, equal_to(list(expected.items())), label="tiles")
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        whole = pipeline | beam.Create(sorted(made.items())) | CutTiles(Pictures(max_aspect=16))
        assert_that(whole | beam.MapTuple(lambda name, tile: (name, tile.data)), equal_to(list(made.items())), label="whole")
