"""The names of skypairs.api: light to import, and each does what it says."""

import io
import subprocess
import sys

import imagehash
import numpy as np
import pytest
from PIL import Image

import skypairs.api
from skypairs.schemas.records import Box
from tests import fakes_output as fakes

HEAVY = ("apache_beam", "torch", "cv2", "open_clip", "pyarrow", "numpy", "PIL")


def modules_after(code):
    script = f"import sys\n{code}\nprint(*sorted(name for name in sys.modules if '.' not in name))"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_package_imports_nothing_heavy():
    assert not set(HEAVY) & set(modules_after("import skypairs.api; dir(skypairs.api)"))


def test_no_name_needs_beam_or_torch():
    assert not {"apache_beam", "torch"} & set(modules_after("from skypairs.api import *"))


def test_training_and_evaluating_need_torch_when_they_run():
    names = ("train", "train_stream", "evaluate", "retrieval", "zero_shot")
    code = "\n".join(f"import skypairs.api.{name}" for name in names)
    assert not {"apache_beam", "torch", "open_clip"} & set(modules_after(code))


def test_reading_and_verifying_need_no_opencv():
    assert "cv2" not in modules_after("from skypairs.api import read, verify")


def test_every_name_is_there_and_no_other():
    assert dir(skypairs.api) == sorted(skypairs.api.__all__)
    for name in skypairs.api.__all__:
        assert callable(getattr(skypairs.api, name))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        skypairs.api.nonsense  # noqa: B018


def test_boxes_of_a_mask_of_class_numbers():
    mask = np.zeros((20, 30), np.uint8)
    mask[2:8, 3:10], mask[10:19, 12:30], mask[0, 0] = 1, 2, 1
    found = skypairs.api.boxes(mask, {1: "Building", 2: "Small_Road"})
    assert [(box.label, box.native, box.x0, box.y0, box.x1, box.y1) for box in found] == [
        ("building", "Building", 3, 2, 10, 8),
        ("small road", "Small_Road", 12, 10, 30, 19),
    ]
    assert len(skypairs.api.boxes(mask, {1: "Building"}, min_area=1)) == 2


def test_boxes_of_colours_and_of_an_encoded_mask():
    mask = np.zeros((20, 30, 3), np.uint8)
    mask[2:8, 3:10] = (255, 0, 0)
    (box,) = skypairs.api.boxes(mask, {(255, 0, 0): "building"})
    assert (box.rect, box.kind) == ((3, 2, 10, 8), "region")
    assert skypairs.api.boxes(fakes.encode(mask, "PNG"), {(255, 0, 0): "building"}) == (box,)


def test_boxes_of_objects_that_touch():
    classes, objects = np.zeros((20, 30), np.uint8), np.zeros((20, 30), np.uint16)
    classes[2:8, 3:20] = 1
    objects[2:8, 3:10], objects[2:8, 10:20] = 1, 2
    found = skypairs.api.boxes(classes, {1: "ship"}, instances=objects)
    assert [(box.rect, box.kind) for box in found] == [((3, 2, 10, 8), "instance"), ((10, 2, 20, 8), "instance")]


def test_captions_of_boxes():
    found = [Box("ship", "ship", x, 10.0, x + 8.0, 20.0) for x in (2.0, 45.0, 80.0)]
    first = skypairs.api.captions(found, 100, 50, sample_id="a", human=("Three ships .",))
    assert [caption.kind for caption in first] == ["human", "rule", "rule", "rule", "rule"]
    assert all("ship" in caption.text.lower() for caption in first)
    assert skypairs.api.captions(found, 100, 50, sample_id="a", human=("Three ships .",)) == first


def test_phash_is_that_of_imagehash():
    data = fakes.encode(fakes.pixels(5))
    assert skypairs.api.phash(data).hex() == str(imagehash.phash(Image.open(io.BytesIO(data))))


def test_duplicates_are_all_pairs_within_the_distance():
    hashes = [bytes(8), b"\0" * 7 + b"\3", b"\xff" * 8, b"\0" * 7 + b"\7", bytes(8)]
    assert skypairs.api.duplicates(hashes) == [(0, 1, 2), (0, 4, 0), (1, 3, 1), (1, 4, 2)]
    assert skypairs.api.duplicates(hashes, 0) == [(0, 4, 0)]
    assert skypairs.api.duplicates([]) == []
    with pytest.raises(ValueError, match="8 bytes"):
        skypairs.api.duplicates([b"\0" * 7, b"\0" * 9])
