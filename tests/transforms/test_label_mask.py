"""Masks that are not exact: by threshold, and by the nearest colour of a palette."""

import io

import numpy as np
import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.records import FileStamp, MaskClass, MaskRef
from skypairs.transforms import label_mask
from skypairs.transforms.images import decode_mask
from skypairs.transforms.label_mask import OFF_COLOUR, read_labels
from skypairs.transforms.mask_to_box import mask_boxes

FILE = FileStamp("mask", 1, "1")
ROAD = MaskRef(FILE, "threshold", (MaskClass((128,), "road"),))
SOME = MaskRef(FILE, "threshold", (MaskClass((1,), "building"),))


def palette(colours, tolerance):
    return MaskRef(FILE, "palette", tuple(MaskClass(value, name) for name, value in colours.items()), tolerance=tolerance)


@pytest.mark.parametrize(
    ("array", "ref", "labels"),
    [
        (np.array([[0, 127, 128, 255]], np.uint8), ROAD, [[0, 0, 1, 1]]),
        (np.array([[[0, 0, 0], [127, 127, 127], [0, 128, 0], [1, 2, 255]]], np.uint8), ROAD, [[0, 0, 1, 1]]),
        (np.array([[[0, 0, 0], [1, 0, 0], [255, 0, 0]]], np.uint8), SOME, [[0, 1, 1]]),
        (np.array([[False, True]]), ROAD, [[0, 1]]),  # one bit a pixel
        (np.array([[0, 127, 40000]], np.uint16), ROAD, [[0, 0, 1]]),
    ],
)
def test_threshold(array, ref, labels):
    mask = read_labels(array, ref)
    assert mask.labels.tolist() == labels and mask.labels.dtype == np.uint16
    assert mask.names == (ref.classes[0].native,)


@pytest.mark.parametrize(
    ("array", "ref"),
    [
        (np.zeros((1, 1), np.float32), ROAD),
        (np.zeros((1, 1), np.uint8), MaskRef(FILE, "threshold", (*ROAD.classes, *SOME.classes))),
        (np.zeros((1, 1, 3), np.uint16), palette({"tree": (0, 255, 0)}, 9)),
    ],
)
def test_masks_at_odds_with_their_encoding(array, ref):
    with pytest.raises(AnnotationError, match="mask of an unknown kind"):
        read_labels(array, ref)


@pytest.mark.parametrize("quality", [95, 75, 50])
def test_jpeg_does_not_move_the_border_of_a_threshold(quality):
    drawn = np.zeros((64, 96), np.uint8)
    drawn[8:30, 10:50] = drawn[35:60, 60:61] = 255
    data = io.BytesIO()
    Image.fromarray(drawn).convert("RGB").save(data, "JPEG", quality=quality)
    assert (read_labels(decode_mask(data.getvalue()), ROAD).labels == (drawn > 0)).all()


def test_each_channel_of_land_cover_is_taken_at_128():
    """Equal to rounding each channel to 0 or 255 and looking the colour up, for every kind of colour."""
    reader = load()["deepglobe-landcover"].reader
    ref = MaskRef(FILE, "palette", reader.classes, tolerance=reader.tolerance)
    pixels = np.random.default_rng(4).integers(0, 256, (90, 100, 3)).astype(np.uint8)
    pixels[0, :4] = ((127, 128, 128), (128, 127, 0), (127, 127, 127), (128, 128, 128))
    named = {item.value: item.native for item in reader.classes} | {(0, 0, 0): ""}
    expected = [
        named.get(tuple(255 * (value >= 128) for value in pixel), OFF_COLOUR) for pixel in pixels.reshape(-1, 3).tolist()
    ]
    mask = read_labels(pixels, ref)
    assert [("", *mask.names)[label] for label in mask.labels.ravel().tolist()] == expected
    assert expected.count(OFF_COLOUR) > 500


COLOURS = {"building": (0, 0, 255), "tree": (0, 255, 0), "car": (255, 255, 0)}


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((0, 0, 255), "building"),
        ((10, 3, 245), "building"),
        ((11, 3, 245), OFF_COLOUR),
        ((0, 0, 0), ""),  # black is background
        ((10, 10, 10), ""),
        ((10, 11, 10), OFF_COLOUR),
        ((255, 0, 0), OFF_COLOUR),
    ],
)
def test_near_colours(colour, name):
    mask = read_labels(np.array([[colour]], np.uint8), palette(COLOURS, 10))
    assert ("", *mask.names)[mask.labels[0, 0]] == name
    assert (OFF_COLOUR in mask.names) == (name == OFF_COLOUR)


def test_a_class_may_be_black_and_the_nearest_counts():
    mask = read_labels(
        np.array([[[0, 0, 0], [30, 0, 0], [34, 0, 0]]], np.uint8), palette({"road": (0, 0, 0), "car": (64, 0, 0)}, 40)
    )
    assert [mask.names[label - 1] for label in mask.labels[0].tolist()] == ["road", "road", "car"]


def test_exact_masks_read_alike_with_and_without_tolerance():
    colours = np.array([(0, 0, 0), *COLOURS.values()], np.uint8)
    pixels = colours[np.random.default_rng(1).integers(0, 4, (40, 30))]
    one, other = read_labels(pixels, palette(COLOURS, 0)), read_labels(pixels, palette(COLOURS, 60))
    assert one.names == other.names and (one.labels == other.labels).all()


def test_strips_make_no_difference(monkeypatch):
    pixels = np.random.default_rng(2).integers(0, 256, (40, 30, 3)).astype(np.uint8)
    refs = (palette(COLOURS, 90), ROAD)
    whole = [read_labels(pixels, ref).labels for ref in refs]
    monkeypatch.setattr(label_mask, "_STRIP", 64)
    for ref, labels in zip(refs, whole, strict=True):
        assert (read_labels(pixels, ref).labels == labels).all()


def test_misses_are_regions_of_their_own():
    """One class, which the entries of the catalogue leave out of captions and count."""
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[2:8, 2:9] = COLOURS["tree"]
    pixels[10:15, 2:9] = pixels[10:15, 20:25] = (200, 20, 200)
    boxes, _ = mask_boxes(read_labels(pixels, palette(COLOURS, 60)), None, 0, 0)
    assert [(box.native, *box.rect) for box in boxes] == [
        ("tree", 2, 2, 9, 8),
        (OFF_COLOUR, 2, 10, 9, 15),
        (OFF_COLOUR, 20, 10, 25, 15),
    ]
    for name in ("potsdam", "vaihingen", "deepglobe-landcover"):
        assert [item.singular for item in load()[name].classes if item.native == OFF_COLOUR] == [""]


@pytest.mark.parametrize(
    ("array", "ref", "labels"),
    [
        (np.array([[0, 1, 1]], np.uint8), ROAD, [[0, 1, 1]]),  # binary, stored as 0 and 1
        (np.array([[[0, 0, 0], [1, 1, 1]]], np.uint8), ROAD, [[0, 1]]),
        (np.array([[0, 0, 0]], np.uint8), ROAD, [[0, 0, 0]]),
        (np.array([[0, 1, 2]], np.uint8), ROAD, [[0, 0, 0]]),
        (np.array([[0, 1, 255]], np.uint8), ROAD, [[0, 0, 1]]),
        (np.zeros((0, 3), np.uint8), ROAD, []),
    ],
)
def test_binary_masks_of_ones(array, ref, labels):
    assert read_labels(array, ref).labels.tolist() == labels


@pytest.mark.parametrize("tolerance", [0, 10])
@pytest.mark.parametrize("suffix", ["PNG", "BMP"])
def test_colour_masks_stored_with_a_colour_table(suffix, tolerance):
    indices = np.array([[0, 1, 2, 3], [3, 2, 1, 0]], np.uint8)
    image = Image.fromarray(indices)
    image.putpalette([value for colour in ((0, 255, 0), (0, 0, 0), (255, 255, 0), (0, 0, 255)) for value in colour])
    data = io.BytesIO()
    image.save(data, suffix)
    ref = palette(COLOURS, tolerance)
    mask = read_labels(decode_mask(data.getvalue(), ref.encoding == "palette"), ref)
    assert [("", *mask.names)[label] for label in mask.labels[0].tolist()] == ["tree", "", "car", "building"]
    assert decode_mask(data.getvalue()).tolist() == indices.tolist()
