"""Class masks: pairing, class tables, and what is refused."""

import json

import pytest

from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, MaskClass
from skypairs.transforms.readers.class_table import read_classes
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

READER = Masks(places=(Place("images", "masks"),))


def table(tmp_path, content, name="classes.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_classes(FileStamp(str(path), 1, "1"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"road": 2, "building": 1}, ("index", ((1, "building"), (2, "road")))),
        ({"building": 255}, ("index", ((255, "building"),))),  # binary, 0 and 255
        ({"background": 0, "building": 1, "no-data": 255}, ("index", ((1, "building"),))),
        (["background", "building", "road"], ("index", ((1, "building"), (2, "road")))),
        ({"1": "building", "2": "road"}, ("index", ((1, "building"), (2, "road")))),
        ({"water": [0, 0, 255], "Background": [0, 0, 0]}, ("palette", ((0, 0, 255, "water"),))),
        ({"large": 65535}, ("index", ((65535, "large"),))),
    ],
)
def test_class_tables(tmp_path, content, expected):
    encoding, classes = table(tmp_path, content)
    assert (encoding, tuple((*item.value, item.native) for item in classes)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,value\nbuilding,1\nroad,2\n", ("index", ((1, "building"), (2, "road")))),
        ("\ufeffValue, Name\r\n1, tree crown\r\n\r\n", ("index", ((1, "tree crown"),))),
        ("name,r,g,b\nwater,0,0,255\n", ("palette", ((0, 0, 255, "water"),))),
    ],
)
def test_class_tables_as_csv(tmp_path, text, expected):
    encoding, classes = table(tmp_path, text, "classes.csv")
    assert (encoding, tuple((*item.value, item.native) for item in classes)) == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("classes.json", "{"),
        ("classes.json", "[]"),
        ("classes.json", "{}"),
        ("classes.json", '{"a": 1, "b": 1}'),  # one value, two classes
        ("classes.json", '{"a": 1, "b": [0, 0, 1]}'),  # numbers and colours
        ("classes.json", '{"a": [0, 1]}'),
        ("classes.json", '{"a": -1}'),
        ("classes.json", '{"a": 70000}'),
        ("classes.json", '{"a": [0, 0, 256]}'),
        ("classes.json", '{"a": true}'),
        ("classes.json", '{"a": "one"}'),
        ("classes.json", '{"background": 0}'),  # nothing to find
        ("classes.json", '"a"'),
        ("classes.csv", ""),
        ("classes.csv", "a,b\n1,2\n"),
        ("classes.csv", "name,value\nbuilding\n"),
        ("classes.csv", "name,value\nbuilding,one\n"),
    ],
)
def test_tables_that_make_no_sense_are_the_users_error(tmp_path, name, content):
    with pytest.raises(LayoutError, match=name):
        table(tmp_path, content, name)


def fill(root, *names, classes=None):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    if classes is not None:
        (root / "classes.json").write_text(json.dumps(classes))


def scenes(root, reader=READER, **keys):
    return {scene.key: scene for scene in reader.scenes(Source("masks", str(root), "m", **keys), "m")}


@pytest.mark.parametrize("mask", ["a.png", "a.tif", "a_mask.png", "a_label.PNG", "a_gt.bmp"])
def test_masks_are_found_by_name(tmp_path, mask):
    fill(tmp_path, "images/a.jpg", f"masks/{mask}", classes={"road": 1})
    found = scenes(tmp_path)
    assert [(scene.key, scene.annotated) for scene in found.values()] == [("a", True)]
    (ref,) = READER.annotation(found["a"]).masks
    assert (ref.encoding, ref.classes, ref.classes_file) == ("index", (MaskClass((1,), "road"),), None)
    assert ref.file == found["a"].annotations[0]


def test_a_picture_may_be_called_like_a_mask(tmp_path):
    fill(tmp_path, "images/a.jpg", "images/a_mask.jpg", "masks/a.png", "masks/a_mask.png", classes={"road": 1})
    found = scenes(tmp_path)
    assert {key: scene.annotations[0].uri.rpartition("/")[2] for key, scene in found.items()} == {
        "a": "a.png",
        "a_mask": "a_mask.png",
    }


def test_two_masks_of_one_picture_are_the_users_error(tmp_path):
    fill(tmp_path, "images/a.jpg", "masks/a.png", "masks/a_mask.png", classes={"road": 1})
    with pytest.raises(LayoutError, match=r"a\.png.*a_mask\.png"):
        scenes(tmp_path)


def test_pictures_and_masks_in_one_folder(tmp_path):
    fill(tmp_path, "all/a.jpg", "all/a_mask.png", "all/b.jpg", "all/c_mask.png", classes={"road": 1})
    found = scenes(tmp_path, images="all", annotations="all")
    assert {key: (scene.annotated, scene.problem) for key, scene in found.items()} == {
        "a": (True, ""),
        "b": (False, ""),
        "c_mask": (True, "annotation without picture"),
    }


@pytest.mark.parametrize("where", ["classes.json", "masks/classes.json", "sub/classes.json"])
def test_the_table_lies_beside_the_masks_or_above(tmp_path, where):
    folder = "sub/masks" if where.startswith("sub") else "masks"
    fill(tmp_path, "images/a.jpg", f"{folder}/a.png")
    (tmp_path / where).write_text('{"road": 1}')
    assert scenes(tmp_path, annotations=folder)["a"].inline


def test_without_a_table_the_user_is_told_what_to_write(tmp_path):
    fill(tmp_path, "images/a.jpg", "masks/a.png")
    with pytest.raises(LayoutError, match=r"classes\.json such as"):
        scenes(tmp_path)


def test_pictures_without_masks_need_no_table(tmp_path):
    fill(tmp_path, "images/a.jpg")
    assert not scenes(tmp_path)["a"].annotated


def test_a_change_of_the_table_changes_the_scene(tmp_path):
    fill(tmp_path, "images/a.jpg", "masks/a.png", classes={"road": 1})
    before = scenes(tmp_path)["a"].inline
    fill(tmp_path, classes={"street": 1})
    assert scenes(tmp_path)["a"].inline != before


@pytest.mark.parametrize("mask", ["a.jpg", "a.JPEG"])
def test_lossy_masks_are_refused(tmp_path, mask):
    fill(tmp_path, "images/a.png", f"masks/{mask}", classes={"road": 1})
    with pytest.raises(AnnotationError, match="lossy mask"):
        READER.annotation(scenes(tmp_path)["a"])


def test_classes_of_the_entry_need_no_table(tmp_path):
    reader = Masks(READER.places, "palette", (MaskClass((0, 0, 255), "water"),))
    fill(tmp_path, "images/a.jpg", "masks/a.png")
    scene = scenes(tmp_path, reader)["a"]
    assert scene.inline == ""
    (ref,) = reader.annotation(scene).masks
    assert (ref.encoding, ref.classes) == ("palette", reader.classes)
