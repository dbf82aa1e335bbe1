"""Which files belong together, what they are called, and what is said where nothing fits."""

import os
import sys
import unicodedata

import pytest

from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.transforms.readers import files, layout
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.voc import Voc

PLACES = (Place("{split}/images", "{split}/labels"), Place("images", "labels"))
READER = Voc(places=PLACES)


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<annotation/>")
    return str(root)


def scenes(root, reader=READER, **keys):
    source = Source("voc", str(root), "s", **keys)
    return {scene.key: scene for scene in reader.scenes(source, "s")}


def test_every_picture_and_every_annotation_is_one_scene(tmp_path):
    touch(tmp_path, "images/a.jpg", "labels/a.xml", "images/b.PNG", "labels/c.xml", "images/notes.txt", "images/Thumbs.db")
    found = scenes(tmp_path)
    assert list(found) == ["a", "b", "c"]
    assert (found["a"].annotated, found["a"].problem) == (True, "")
    assert (found["b"].annotated, found["b"].problem) == (False, "")
    assert (found["c"].annotated, found["c"].problem, found["c"].picture) == (True, "annotation without picture", None)
    assert [file.uri for file in found["a"].annotations] == [str(tmp_path / "labels" / "a.xml")]


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".Png", ".bmp", ".tif", ".TIFF", ".webp", ".jp2"])
def test_suffixes_of_pictures(tmp_path, suffix):
    touch(tmp_path, f"images/a.b{suffix}")
    assert list(scenes(tmp_path)) == ["a.b"]  # only the last suffix is one


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("x/y/a.jpg", "x/y/a"),  # folders below the pictures' are part of the name
        ("T junction 1.jpg", "T junction 1"),
        (unicodedata.normalize("NFD", "île") + ".jpg", unicodedata.normalize("NFC", "île")),
        ("a\nb.jpg", "a%0Ab"),
        ("a\x7f.jpg", "a%7F"),
        ("港.jpg", "港"),
    ],
)
def test_keys(tmp_path, name, key):
    touch(tmp_path, f"images/{name}", f"labels/{name[:-4]}.xml")
    (found,) = scenes(tmp_path).values()
    assert (found.key, found.annotated, found.group) == (key, True, f"s/{key}")


def test_hidden_files_are_no_pictures(tmp_path):
    touch(tmp_path, "images/a.jpg", "images/._a.jpg", "images/.trash.jpg", "labels/._b.xml")
    assert list(scenes(tmp_path)) == ["a"]


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system refuses such names")
def test_a_name_that_is_no_text_fails_alone(tmp_path):
    touch(tmp_path, "images/a.jpg")
    with open(os.fsencode(tmp_path) + b"/images/caf\xe9.jpg", "wb"):
        pass
    found = scenes(tmp_path)
    assert [scene.problem for scene in found.values()] == ["", "file name is not UTF-8"]
    for scene in found.values():
        scene.id.encode()
        assert scene.picture is None or scene.picture.uri.encode()


@pytest.mark.parametrize(
    "names",
    [
        ("images/a.jpg", "images/a.png"),
        ("images/a.jpg", "images/a.JPG"),
        ("images/a.jpg", "labels/a.xml", "labels/a.XML"),
        ("images/a\n.jpg", "images/a%0A.jpg"),  # alike only as keys
    ],
)
def test_two_files_of_one_name_are_shown_both(tmp_path, names):
    touch(tmp_path, *names)
    with pytest.raises(LayoutError) as caught:
        scenes(tmp_path)
    for name in names[-2:]:
        assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (("train/images/a.jpg", "train/labels/a.xml"), {"split": "train"}),
        (("Train/Images/a.jpg", "Train/Labels/a.xml"), {"split": "train"}),  # case does not count
        (("images/a.jpg", "labels/a.xml"), {}),
        (("pics/a.jpg", "xml/a.xml"), {"images": "pics", "annotations": "xml"}),
        (("pics/a.jpg", "labels/a.xml"), {"images": "pics"}),
        (("images/a.jpg", "deep/down/a.xml"), {"annotations": "deep/down/"}),
        (("pics/a.jpg", "xml/a.xml"), {"split": "train", "images": "pics", "annotations": "xml"}),
        (("a.jpg", "a.xml"), {"images": ".", "annotations": "."}),
    ],
)
def test_places(tmp_path, names, keys):
    touch(tmp_path, *names)
    (found,) = scenes(f"{tmp_path}/", **keys).values()
    assert (found.key, found.annotated) == ("a", True)


@pytest.mark.parametrize(
    ("names", "keys", "said"),
    [
        (("train/images/a.jpg",), {}, "or name a split"),
        (("images/a.jpg",), {"split": "train"}, "no split 'train'.*expected there: train/images with train/labels"),
        (("photos/a.jpg", "readme.txt"), {}, "expected there: images with labels.*holds photos/, readme.txt"),
        (("images/a.jpg",), {"annotations": "xml"}, "images with xml"),
        (("labels/a.xml",), {}, "holds labels/"),
        (("images/notes.txt",), {}, "no pictures in .*images.*holds notes.txt"),
        ((), {}, "is empty"),
        (tuple(f"{number}.txt" for number in range(9)), {}, "and 3 more"),
    ],
)
def test_what_is_said_where_nothing_fits(tmp_path, names, keys, said):
    touch(tmp_path, *names)
    for method in (lambda source: READER.look(source), lambda source: list(READER.scenes(source, "s"))):
        with pytest.raises(LayoutError, match=said) as caught:
            method(Source("voc", str(tmp_path), "s", **keys))
        assert str(tmp_path) in str(caught.value) and str(caught.value).startswith("voc: ")


def test_a_place_with_annotations_goes_before_one_without(tmp_path):
    touch(tmp_path, "images/a.jpg", "pics/b.jpg", "xml/b.xml")
    reader = Voc(places=(Place("images", "labels"), Place("pics", "xml")))
    assert list(scenes(tmp_path, reader)) == ["b"]


def test_a_place_may_hold_a_split_that_its_folders_do_not_name(tmp_path):
    reader = Voc(places=(Place("{split}/images", "{split}/labels"), Place("images", "labels", holds="train")))
    touch(tmp_path, "images/a.jpg", "labels/a.xml")
    assert list(scenes(tmp_path, reader, split="train")) == ["a"]
    with pytest.raises(LayoutError):
        scenes(tmp_path, reader, split="test")  # the same pictures would be their own leaks
    touch(tmp_path, "train/images/b.jpg", "train/labels/b.xml")
    assert list(scenes(tmp_path, reader, split="train")) == ["b"]


def test_a_star_stands_for_any_one_folder(tmp_path):
    touch(tmp_path, "Urban/images/1.png", "Rural/images/2.png", "Urban/labels/1.xml", "Rural/deep/images/3.png", "images/4.png")
    found = scenes(tmp_path, Voc(places=(Place("*/images", "*/labels"),)))
    assert {key: scene.annotated for key, scene in found.items()} == {"Rural/2": False, "Urban/1": True}


def test_find_files_prefers_the_exact_name_and_else_ignores_case(tmp_path):
    root = touch(tmp_path, "dataset_RSITMD.json", "dataset.json")
    assert [layout.name_of(file.uri) for file in layout.find_files(root, "dataset_rsitmd.json", "")] == ["dataset_RSITMD.json"]
    assert len(layout.find_files(root, "dataset*.json", "")) == 2
    assert layout.find_files(root, "other.json", "") == []
    assert layout.find_files(root, "datasetXjson", "") == []  # a dot is a dot


def test_groups_follow_a_pattern(tmp_path):
    touch(tmp_path, "images/city_01.jpg", "images/sea.jpg")
    found = scenes(tmp_path, Voc(places=PLACES, parent=r"(\w+)_\d+"))
    assert {key: scene.group for key, scene in found.items()} == {"city_01": "s/city", "sea": "s/sea"}


def test_keys_are_the_same_for_a_root_with_and_without_a_slash(tmp_path):
    touch(tmp_path, "images/a.jpg", "labels/a.xml")
    assert scenes(tmp_path) == scenes(f"{tmp_path}/")


def test_clean_key_leaves_ordinary_names_alone():
    assert files.clean_key("port/P0001__1__0___0") == "port/P0001__1__0___0"
