"""Pairs of masks: iSAID's in both layouts, and any in folders of their own."""

import json

import numpy as np
import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from tests.fakes import isaid

SPEC = load()["isaid"]
READER = SPEC.reader


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def scenes(root, split="train", **keys):
    return {scene.key: scene for scene in READER.scenes(Source("isaid", str(root), "i", split, **keys), "dota")}


def names(scene):
    return [file.uri.rpartition("/")[2] for file in scene.annotations]


def test_both_layouts_read_alike(tmp_path):
    def annotations(root, distributed):
        isaid.write(root, np.random.default_rng(7), 3, distributed)
        found = scenes(root)
        return {
            key: (scene.group, scene.annotated, scene.problem, names(scene), READER.annotation(scene).masks[0].encoding)
            for key, scene in found.items()
            if scene.annotated
        }

    beside, apart = annotations(tmp_path / "devkit", False), annotations(tmp_path / "distributed", True)
    assert beside == apart and len(beside) == 7


def test_masks_are_no_pictures(tmp_path):
    touch(tmp_path, *(f"train/images/P1{mark}.png" for mark in ("", "_instance_id_RGB", "_instance_color_RGB", "_instance_x")))
    found = scenes(tmp_path)
    assert list(found) == ["P1"]
    assert names(found["P1"]) == ["P1_instance_id_RGB.png", "P1_instance_color_RGB.png"]
    assert READER.look(Source("isaid", str(tmp_path), "i", "train")).pictures == 1


def test_the_pair_becomes_one_mask_of_objects(tmp_path):
    touch(tmp_path, *(f"train/images/P1{mark}.png" for mark in ("", "_instance_id_RGB", "_instance_color_RGB")))
    (ref,) = READER.annotation(scenes(tmp_path)["P1"]).masks
    assert ref.encoding == "instance" and ref.file.uri.endswith("_id_RGB.png")
    assert ref.classes_file is not None and ref.classes_file.uri.endswith("_color_RGB.png")
    assert ref.classes == READER.classes


def test_class_masks_alone_are_regions(tmp_path):
    touch(tmp_path, "val/images/P1.png", "val/Semantic_masks/images/P1_instance_color_RGB.png")
    (ref,) = READER.annotation(scenes(tmp_path, "val")["P1"]).masks
    assert (ref.encoding, ref.classes_file) == ("palette", None)


def test_objects_without_classes_are_a_data_error(tmp_path):
    touch(tmp_path, "train/images/P1.png", "train/Instance_masks/images/P1_instance_id_RGB.png")
    with pytest.raises(AnnotationError, match="incomplete annotation"):
        READER.annotation(scenes(tmp_path)["P1"])


def test_a_folder_of_masks_alone_is_the_users_error(tmp_path):
    touch(tmp_path, "train/images/P1_instance_id_RGB.png")
    with pytest.raises(LayoutError, match="no pictures in"):
        scenes(tmp_path)


def test_the_devkits_sample_is_accounted_for(samples):
    root = samples / "iSAID_Devkit" / "preprocess" / "dataset" / "iSAID"
    if not root.is_dir():
        pytest.skip("no iSAID sample")
    for split in ("train", "val", "test"):
        on_disk = sorted(path.name for path in (root / split / "images").iterdir())
        found = scenes(root, split)
        listed = [name for scene in found.values() for name in names(scene)]
        listed += [scene.picture.uri.rpartition("/")[2] for scene in found.values() if scene.picture]
        assert sorted(listed) == on_disk
    train, test = scenes(root, "train"), scenes(root, "test")
    assert {key: scene.problem for key, scene in train.items()} == {"P0002": "annotation without picture", "P0005": ""}
    assert (test["P0006"].annotated, test["P0006"].problem) == (False, "")
    assert train["P0005"].group == "dota/P0005"


def test_colours_of_the_devkits_sample_are_those_of_the_entry(samples):
    root = samples / "iSAID_Devkit" / "preprocess" / "dataset" / "iSAID"
    if not root.is_dir():
        pytest.skip("no iSAID sample")
    known = {item.value for item in READER.classes} | {(0, 0, 0)}
    for scene in scenes(root, "val").values():
        (ref,) = READER.annotation(scene).masks
        red, green, blue = np.moveaxis(np.array(Image.open(ref.classes_file.uri).convert("RGB")).astype(np.int64), 2, 0)
        colours = np.flatnonzero(np.bincount((red << 16 | green << 8 | blue).ravel())).tolist()
        assert {(colour >> 16, colour >> 8 & 255, colour & 255) for colour in colours} <= known


ANY = load()["instance-masks"].reader
NUMBERS = {"background": 0, "building": 1, "road": 2}


def any_scenes(root, split="", table=NUMBERS):
    (root / "classes.json").write_text(json.dumps(table))
    return {scene.key: scene for scene in ANY.scenes(Source("instance-masks", str(root), "i", split), "i")}


@pytest.mark.parametrize(
    ("split", "folders"),
    [
        ("", ("images", "instances", "classes")),
        ("train", ("train/images", "train/instances", "train/classes")),
        ("train", ("images/train", "instances/train", "classes/train")),
    ],
)
@pytest.mark.parametrize(("table", "values"), [(NUMBERS, [(1,), (2,)]), ({"road": [9, 8, 7]}, [(9, 8, 7)])])
def test_folders_tell_the_masks_apart(tmp_path, split, folders, table, values):
    touch(tmp_path, *(f"{folder}/a/P1.png" for folder in folders))
    (scene,) = any_scenes(tmp_path, split, table).values()
    (ref,) = ANY.annotation(scene).masks
    assert (scene.key, ref.encoding, [item.value for item in ref.classes]) == ("a/P1", "instance", values)
    assert ref.file.uri == f"{tmp_path}/{folders[1]}/a/P1.png"
    assert ref.classes_file is not None and ref.classes_file.uri == f"{tmp_path}/{folders[2]}/a/P1.png"


def test_one_mask_of_two(tmp_path):
    touch(tmp_path, "images/P1.png", "images/P2.png", "images/P3.png", "instances/P1.png", "classes/P2.png")
    found = any_scenes(tmp_path)
    with pytest.raises(AnnotationError, match="incomplete annotation"):
        ANY.annotation(found["P1"])
    (ref,) = ANY.annotation(found["P2"]).masks
    assert (ref.encoding, ref.classes_file) == ("index", None)
    assert not found["P3"].annotated


def test_jpeg_masks_are_refused(tmp_path):
    touch(tmp_path, "images/P1.jpg", "instances/P1.png", "classes/P1.jpg")
    with pytest.raises(AnnotationError, match="lossy mask"):
        ANY.annotation(any_scenes(tmp_path)["P1"])


@pytest.mark.parametrize(
    "there", [("images/P1.png", "instances/P1.png"), ("images/P1.png", "instances/P1.png", "masks/P1.png")]
)
def test_instance_masks_without_class_masks_are_the_users_error(tmp_path, there):
    touch(tmp_path, *there)
    with pytest.raises(LayoutError, match="no class masks"):
        ANY.look(Source("instance-masks", str(tmp_path)))
