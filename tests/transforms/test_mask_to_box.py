"""Boxes of masks against an independent labelling of 8-connected components."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy import ndimage

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.records import Box, FileStamp, Lost, MaskClass, MaskRef
from skypairs.transforms.images import decode_mask
from skypairs.transforms.label_mask import LabelMask, read_labels
from skypairs.transforms.mask_to_box import follow_regions, mask_boxes

EIGHT = np.ones((3, 3))
FILE = FileStamp("mask.png", 0, "")
masks = st_numpy.arrays(np.uint16, st.tuples(st.integers(1, 14), st.integers(1, 14)), elements=st.integers(0, 2))


def semantic(labels, names=("a", "b", "c")):
    return LabelMask(np.asarray(labels, np.uint16), None, tuple(names))


def drawn(*rows, names=("a", "b", "c")):
    """A mask from text: "." is background, "a" the first class."""
    return semantic([[0 if mark == "." else names.index(mark) + 1 for mark in row] for row in rows], names)


def places(boxes):
    return [(box.label, box.x0, box.y0, box.x1, box.y1) for box in boxes]


def components(binary):
    """(x0, y0, x1, y1, pixels) of each component, sorted; scipy's labelling, not contours."""
    labelled, number = ndimage.label(binary, EIGHT)
    pixels = np.bincount(labelled.ravel(), minlength=number + 1)[1:]
    slices = ndimage.find_objects(labelled)
    return sorted(
        (columns.start, rows.start, columns.stop, rows.stop, int(size))
        for (rows, columns), size in zip(slices, pixels, strict=True)
    )


def expected(labels, window, number):
    """Like `components`, of a window, and whether each goes on outside it: by growing it one pixel in the full mask."""
    x0, y0, x1, y1 = window
    height, width = labels.shape
    labelled = ndimage.label(labels[y0:y1, x0:x1] == number, EIGHT)[0]
    outside = np.pad(labels == number, 1)
    outside[y0 + 1 : y1 + 1, x0 + 1 : x1 + 1] = False
    found = []
    for index, (rows, columns) in enumerate(ndimage.find_objects(labelled), 1):
        alone = np.zeros((height + 2, width + 2), bool)
        alone[y0 + 1 : y1 + 1, x0 + 1 : x1 + 1] = labelled == index
        cut = bool((ndimage.binary_dilation(alone, EIGHT) & outside).any())
        found.append((columns.start, rows.start, columns.stop, rows.stop, cut))
    return sorted(found)


def random_mask(rng, kind):
    """Speckle, blocks or sparse dots of up to three classes, 1 to 40 pixels a side."""
    shape = rng.integers(1, 41, 2)
    labels = rng.integers(0, 4, shape)
    if kind == 1:
        side = int(rng.integers(2, 6))
        labels = np.kron(labels, np.ones((side, side), int))[:40, :40]
    if kind == 2:
        labels = labels * (rng.random(shape) < rng.random())
    return labels.astype(np.uint16)


def test_thousand_random_masks_equal_connected_components():
    rng = np.random.default_rng(7)
    for turn in range(1000):
        labels = random_mask(rng, turn % 3)
        boxes, lost = mask_boxes(semantic(labels), None, 0, 0)
        assert lost == ()
        for number, name in enumerate("abc", 1):
            truth = components(labels == number)
            found = follow_regions((labels == number).view(np.uint8))
            assert sorted(tuple(region[:5]) for region in found) == truth
            assert sorted((b.x0, b.y0, b.x1, b.y1, b.area) for b in boxes if b.label == name) == truth


def test_cut_is_set_where_the_region_goes_on():
    rng = np.random.default_rng(8)
    for turn in range(300):
        labels = random_mask(rng, turn % 3)
        height, width = labels.shape
        x0, y0 = int(rng.integers(0, width)), int(rng.integers(0, height))
        window = (x0, y0, int(rng.integers(x0 + 1, width + 1)), int(rng.integers(y0 + 1, height + 1)))
        boxes, _ = mask_boxes(semantic(labels), window, 0, 0)
        for number, name in enumerate("abc", 1):
            found = sorted((b.x0, b.y0, b.x1, b.y1, b.cut) for b in boxes if b.label == name)
            assert found == expected(labels, window, number)


@pytest.mark.parametrize(
    ("rows", "boxes"),
    [
        (["."], []),
        (["a"], [("a", 0, 0, 1, 1)]),  # one pixel
        (["a.", ".a"], [("a", 0, 0, 2, 2)]),  # a corner connects
        (["a.a"], [("a", 0, 0, 1, 1), ("a", 2, 0, 3, 1)]),
        (["aaaaa", "a...a", "a.a.a", "a...a", "aaaaa"], [("a", 0, 0, 5, 5), ("a", 2, 2, 3, 3)]),  # island in a ring
        (["aaaaa", "a...a", "a.b.a", "a...a", "aaaaa"], [("a", 0, 0, 5, 5), ("b", 2, 2, 3, 3)]),  # another class in it
        (["aaa", "a.a", "aaa"], [("a", 0, 0, 3, 3)]),  # a hole is no object
        (["ab", "ba"], [("a", 0, 0, 2, 2), ("b", 0, 0, 2, 2)]),  # checkerboard: both cross at the corner
        (["aabb"], [("a", 0, 0, 2, 1), ("b", 2, 0, 4, 1)]),  # other classes are background
        (["...b", "a...", "...."], [("b", 3, 0, 4, 1), ("a", 0, 1, 1, 2)]),  # by y0 first, then x0
    ],
)
def test_drawn_masks(rows, boxes):
    found, lost = mask_boxes(drawn(*rows), None, 0, 0)
    assert places(found) == boxes
    assert lost == ()
    assert all(box.kind == "region" and box.native == box.label and not box.cut for box in found)


def test_rings_in_rings():
    """Each ring is a component of its own; none of the gaps is."""
    grid = np.maximum.outer(abs(np.arange(21) - 10), abs(np.arange(21) - 10))
    regions = follow_regions((grid % 2 == 0).astype(np.uint8))
    assert sorted((region.x1 - region.x0, region.pixels) for region in regions) == [
        (1, 1),
        *((2 * radius + 1, 8 * radius) for radius in (2, 4, 6, 8, 10)),
    ]


def test_area_counts_pixels_and_neither_holes_nor_islands():
    ring = drawn("aaaaa", "a...a", "a.a.a", "a...a", "aaaaa")
    whole = Box("a", "a", 0, 0, 5, 5, "region", area=16)
    assert mask_boxes(ring, None, 16, 0) == ((whole,), (Lost("a", "under min_area", 1),))
    assert mask_boxes(ring, None, 17, 0) == ((), (Lost("a", "under min_area", 2),))


def test_nothing_is_cut_at_the_border_of_the_picture():
    boxes, _ = mask_boxes(drawn("aaa", "aaa"), (0, 0, 3, 1), 0, 0)
    assert [box.cut for box in boxes] == [True]  # it goes on below
    boxes, _ = mask_boxes(drawn("aaa", "bbb"), (0, 0, 3, 1), 0, 0)
    assert [box.cut for box in boxes] == [False]
    boxes, _ = mask_boxes(drawn("a..", ".aa"), (0, 0, 3, 1), 0, 0)
    assert [box.cut for box in boxes] == [True]  # by its corner


def test_window_outside_the_mask_is_a_bug():
    with pytest.raises(ValueError, match="window"):
        mask_boxes(drawn("a"), (0, 0, 2, 1), 0, 0)


@settings(deadline=None)
@given(masks)
def test_boxes_enclose_every_pixel_and_are_tight(labels):
    boxes, _ = mask_boxes(semantic(labels, "ab"), None, 0, 0)
    for number, name in enumerate("ab", 1):
        here = labels == number
        covered = np.zeros(labels.shape, bool)
        for box in (box for box in boxes if box.label == name):
            rows, columns = slice(int(box.y0), int(box.y1)), slice(int(box.x0), int(box.x1))
            part = here[rows, columns]
            assert part[0].any() and part[-1].any() and part[:, 0].any() and part[:, -1].any()
            covered[rows, columns] = True
        assert not (here & ~covered).any()


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 4)] * 4, st.integers(0, 1)), max_size=12))
def test_boxes_drawn_as_a_mask_come_back(cells):
    """Rectangles in cells of 8 pixels, one a cell so that none touch."""
    wanted, labels, taken = set(), np.zeros((40, 40), np.uint16), set()
    for column, row, width, height, kind in cells:
        if (column, row) not in taken:
            taken.add((column, row))
            x, y = 8 * column, 8 * row
            labels[y : y + height + 1, x : x + width + 1] = kind + 1
            wanted.add(("ab"[kind], x, y, x + width + 1, y + height + 1))
    boxes, _ = mask_boxes(semantic(labels, "ab"), None, 0, 0)
    assert set(places(boxes)) == wanted and len(boxes) == len(wanted)


def objects(numbers, labels, names=("a", "b")):
    return LabelMask(np.asarray(labels, np.uint16), np.asarray(numbers, np.uint32), names)


def test_an_instance_is_one_object_however_many_parts_it_has():
    mask = objects([[1, 0, 1, 2]], [[1, 0, 1, 2]])
    boxes, lost = mask_boxes(mask, None, 0, 0)
    assert places(boxes) == [("a", 0, 0, 3, 1), ("b", 3, 0, 4, 1)]
    assert [box.kind for box in boxes] == ["instance"] * 2 and lost == ()


def test_an_instance_has_the_class_of_most_of_its_pixels():
    boxes, lost = mask_boxes(objects([[1, 1, 1, 2, 2, 3]], [[1, 2, 2, 2, 1, 0]]), None, 0, 0)
    assert [box.label for box in boxes] == ["b", "a"]  # the lower number of equals
    assert lost == (Lost("unlabelled", "no class", 1),)


@pytest.mark.parametrize(
    ("window", "boxes", "lost"),
    [
        ((0, 0, 10, 1), [(0, 10, False)], ()),
        ((0, 0, 3, 1), [(0, 3, True)], ()),  # three of ten pixels: just visible
        ((8, 0, 10, 1), [], (Lost("a", "under min_visible", 1),)),
        ((10, 0, 12, 1), [], ()),  # not in the window at all
    ],
)
def test_instances_in_windows(window, boxes, lost):
    mask = objects([[1] * 10 + [0] * 2], [[1] * 10 + [0] * 2])
    found, missing = mask_boxes(mask, window, 0, 0.3)
    assert ([(box.x0, box.x1, box.cut) for box in found], missing) == (boxes, lost)


def test_min_area_of_an_instance_is_that_of_the_whole_object():
    mask = objects([[1] * 10], [[1] * 10])
    assert len(mask_boxes(mask, (0, 0, 5, 1), 10, 0)[0]) == 1
    assert mask_boxes(mask, (0, 0, 5, 1), 11, 0) == ((), (Lost("a", "under min_area", 1),))


@settings(deadline=None)
@given(masks, st.integers(0, 3))
def test_instances_equal_the_bounds_of_their_pixels(numbers, x0):
    width = numbers.shape[1]
    window = (min(x0, width - 1), 0, width, numbers.shape[0])
    boxes, _ = mask_boxes(objects(numbers, numbers > 0), window, 0, 0)
    wanted = []
    for number in (1, 2):
        rows, columns = np.nonzero(numbers[:, window[0] :] == number)
        if rows.size:
            outside = bool((numbers[:, : window[0]] == number).any())
            wanted.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, outside, rows.size))
    assert sorted((b.x0, b.y0, b.x1, b.y1, b.cut, b.area) for b in boxes) == sorted(wanted)


INDEX = MaskRef(FILE, "index", (MaskClass((2,), "road"), MaskClass((255,), "tree")))
PALETTE = MaskRef(FILE, "palette", (MaskClass((255, 0, 0), "road"), MaskClass((9, 9, 9), "tree")))
INSTANCE = MaskRef(FILE, "instance", PALETTE.classes, FILE)
COLOURS = np.array([[[255, 0, 0], [9, 9, 9], [0, 0, 255], [254, 0, 0]]], np.uint8)  # the last two are in no class


@pytest.mark.parametrize(
    ("array", "ref", "labels"),
    [
        (np.array([[0, 2, 3, 255]], np.uint8), INDEX, [[0, 1, 0, 2]]),
        (np.array([[0, 2, 300, 255]], np.uint16), INDEX, [[0, 1, 0, 2]]),
        (np.array([[-1, 2, 3, 255]], np.int32), INDEX, [[0, 1, 0, 2]]),
        (np.array([[[2, 2, 2], [0, 0, 0]]], np.uint8), INDEX, [[1, 0]]),  # a grey mask saved as RGB
        (np.array([[True, False]]), MaskRef(FILE, "index", (MaskClass((1,), "road"),)), [[1, 0]]),
        (COLOURS, PALETTE, [[1, 2, 0, 0]]),
        (np.array([[9, 255]], np.uint8), PALETTE, [[2, 0]]),  # grey stands for equal bands
    ],
)
def test_read_labels(array, ref, labels):
    mask = read_labels(array, ref)
    assert mask.names == ("road", "tree")[: len(ref.classes)]
    assert mask.labels.dtype == np.uint16 and mask.labels.tolist() == labels and mask.instances is None


@pytest.mark.parametrize(
    "ids",
    [
        np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]], np.uint8),  # 1, 256, 65536
        np.array([[7, 300, 65535, 0]], np.uint16),
        np.array([[7, 300, 1 << 30, 0]], np.uint32),
    ],
)
def test_read_instances(ids):
    mask = read_labels(ids, INSTANCE, COLOURS)
    assert mask.instances.tolist() == [[1, 2, 3, 0]]
    assert mask.labels.tolist() == [[1, 2, 0, 0]]


def test_two_values_of_one_class_are_one_class():
    ref = MaskRef(FILE, "index", (MaskClass((1,), "car"), MaskClass((2,), "tree"), MaskClass((3,), "car")))
    assert read_labels(np.array([[1, 2, 3]], np.uint8), ref).labels.tolist() == [[1, 2, 1]]


@pytest.mark.parametrize(
    ("array", "ref", "classes", "code"),
    [
        (COLOURS, INDEX, None, "mask of an unknown kind"),
        (np.zeros((1, 1), np.float32), INDEX, None, "mask of an unknown kind"),
        (COLOURS.astype(np.uint16), PALETTE, None, "mask of an unknown kind"),
        (np.array([[-1]], np.int32), INSTANCE, np.zeros((1, 1, 3), np.uint8), "mask of an unknown kind"),
        (COLOURS, INSTANCE, None, "mask without its class mask"),
        (COLOURS, INSTANCE, COLOURS[:, :2], "mask of another size"),
    ],
)
def test_masks_at_odds_with_their_encoding(array, ref, classes, code):
    with pytest.raises(AnnotationError) as error:
        read_labels(array, ref, classes)
    assert error.value.code == code


def test_strips_make_no_difference(monkeypatch):
    rng = np.random.default_rng(9)
    ids = rng.integers(0, 3, (30, 20, 3)).astype(np.uint8)
    colours = COLOURS[0][rng.integers(0, 4, (30, 20))]
    whole = mask_boxes(read_labels(ids, INSTANCE, colours), (3, 2, 19, 28), 0, 0.2)
    monkeypatch.setattr("skypairs.transforms.label_mask._STRIP", 50)
    assert mask_boxes(read_labels(ids, INSTANCE, colours), (3, 2, 19, 28), 0, 0.2) == whole


def test_objects_of_real_instance_masks_have_one_class_each(samples):
    files = sorted((samples / "iSAID_Devkit").rglob("*_instance_id_RGB.png"))
    if not files:
        pytest.skip("no instance masks among the samples")
    small, large = MaskClass((0, 0, 127), "Small_Vehicle"), MaskClass((0, 127, 127), "Large_Vehicle")
    for file in files:
        ids = decode_mask(file.read_bytes())
        colours = decode_mask(file.with_name(file.name.replace("_id_", "_color_")).read_bytes())
        mask = read_labels(ids, MaskRef(FILE, "instance", (small, large, MaskClass((0, 63, 63), "tank")), FILE), colours)
        boxes, lost = mask_boxes(mask, None, 0, 0)
        assert lost == ()
        assert len(boxes) == len(np.unique(ids.astype(int) @ [1, 256, 65536])) - 1
        assert set(Counter(box.label for box in boxes)) >= {"Small_Vehicle", "Large_Vehicle"}
