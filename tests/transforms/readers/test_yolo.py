"""YOLO text: boxes, outlines, oriented boxes, names of classes, and lines that cannot be used."""

import numpy as np
import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError, LayoutError, PictureError
from skypairs.schemas.recipe import Source

READER = load()["yolo"].reader


def put(root, text, names="names: [ship, plane]\n", picture="a.jpg", list_name="data.yaml"):
    for folder in ("images", "labels"):
        (root / folder).mkdir(exist_ok=True)
    Image.fromarray(np.zeros((50, 100, 3), np.uint8)).save(root / "images" / picture)
    (root / "labels" / "a.txt").write_text(text)
    if names is not None:
        (root / list_name).write_text(names)
    return Source("yolo", str(root), "s")


def annotation(source):
    [scene] = READER.scenes(source, "f")
    return READER.annotation(scene)


def boxes(source):
    return [(box.native, *box.rect, len(box.polygon)) for box in annotation(source).boxes]


def lost(source):
    return [(item.label, item.reason, item.count) for item in annotation(source).lost]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1 0.5 0.5 0.2 0.4", ("plane", 40, 15, 60, 35, 0)),
        ("1.0 0.5 0.5 0.2 0.4 0.93", ("plane", 40, 15, 60, 35, 0)),  # with a confidence
        ("0 0.25 0.2 0.75 0.2 0.5 0.8", ("ship", 25, 10, 75, 40, 6)),  # an outline
        ("0 0.25 0.2 0.75 0.2 0.75 0.8 0.25 0.8", ("ship", 25, 10, 75, 40, 8)),  # an oriented box
    ],
)
def test_lines_in_pixels_of_the_picture(tmp_path, line, found):
    [(name, *numbers, points)] = boxes(put(tmp_path, f"{line}\n\n"))
    assert (name, points) == (found[0], found[-1]) and numbers == pytest.approx(found[1:-1])


@pytest.mark.parametrize("picture", ["a.jpg", "a.png", "a.tif", "a.bmp", "a.webp"])
def test_the_size_is_that_of_the_header(tmp_path, picture):
    [(_, *numbers, _)] = boxes(put(tmp_path, "0 0.5 0.5 1 1\n", picture=picture))
    assert numbers == [0, 0, 100, 50]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.yaml", "names: [ship, plane]"),
        ("data.yaml", "names:\n  0: ship\n  1: plane\n"),
        ("dataset.yaml", "nc: 2\nnames: {'1': plane, '0': ship}\n"),
        ("mine.yaml", "names: [ship, plane]"),
        ("classes.txt", "ship\nplane\n"),
    ],
)
def test_names_as_a_list_or_by_number(tmp_path, name, text):
    assert [box[0] for box in boxes(put(tmp_path, "1 .5 .5 .1 .1\n0 .5 .5 .1 .1\n", text, list_name=name))] == ["plane", "ship"]


def test_an_empty_file_is_a_picture_without_objects(tmp_path):
    source = put(tmp_path, "")
    (tmp_path / "images" / "a.jpg").write_bytes(b"")  # its size is not needed
    assert annotation(source).boxes == annotation(source).lost == ()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("7 .5 .5 .1 .1", ("class 7", "unknown class", 1)),
        ("1 .5 half .1 .1", ("plane", "not a number", 1)),
        ("1 320 200 40 40", ("plane", "not normalised", 1)),
        ("1 .5 .5", ("plane", "no box", 1)),
        ("1 .5 .5 0 .1", ("plane", "no area", 1)),
        ("-1 .5 .5 .1 .1", ("", "not a number", 1)),
    ],
)
def test_lines_that_cannot_be_used_are_counted(tmp_path, line, found):
    source = put(tmp_path, f"0 .5 .5 .1 .1\n{line}\n")
    assert len(boxes(source)) == 1 and lost(source) == [found]


def test_dota_text_under_the_name_of_yolo_is_an_error_of_the_picture(tmp_path):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        annotation(put(tmp_path, "10.0 10.0 40.0 10.0 40.0 30.0 10.0 30.0 ship 0\n"))


def test_an_unreadable_picture_is_an_error_of_the_picture(tmp_path):
    source = put(tmp_path, "0 .5 .5 .1 .1\n")
    (tmp_path / "images" / "a.jpg").write_bytes(b"no picture at all")
    with pytest.raises(PictureError, match="not a picture"):
        annotation(source)


@pytest.mark.parametrize(
    ("names", "words"),
    [(None, "no names of classes"), ("nc: 2\n", "no names of classes"), ("names: [", "cannot be parsed as YAML")],
)
def test_classes_without_names_are_refused(tmp_path, names, words):
    with pytest.raises(LayoutError, match=words):
        READER.look(put(tmp_path, "0 .5 .5 .1 .1\n", names))


def test_pictures_without_any_labels_are_another_layout(tmp_path):
    source = put(tmp_path, "")
    (tmp_path / "labels" / "a.txt").unlink()
    with pytest.raises(LayoutError, match="no labels"):
        READER.look(source)
