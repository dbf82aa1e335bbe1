"""VOC XML with oriented boxes, and the folders of DIOR and RSOD."""

import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Lost, Scene
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.oriented_voc import OrientedVoc

READER = OrientedVoc((Place("*", "Annotations"),), lower=True)
CORNERS = ("left_top", "right_top", "right_bottom", "left_bottom")
UPRIGHT = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>"


def turned(*values):
    pairs = zip(CORNERS, values[0::2], values[1::2], strict=True)
    return "<robndbox>" + "".join(f"<x_{at}>{x}</x_{at}><y_{at}>{y}</y_{at}>" for at, x, y in pairs) + "</robndbox>"


def parse(tmp_path, *things, reader=READER):
    objects = "".join(f"<object>{thing}</object>" for thing in things)
    return read(tmp_path, f"<annotation>{objects}</annotation>", reader)


def read(tmp_path, text, reader=READER):
    path = tmp_path / "a.xml"
    path.write_text(text)
    return reader.annotation(Scene("s", "a", "s/a", None, (FileStamp(str(path), path.stat().st_size, "1"),)))


@pytest.mark.parametrize(
    ("inner", "label", "rect", "polygon"),
    [
        (UPRIGHT, "ship", (10, 20, 30, 40), ()),
        (turned(20, 10, 30, 20, 20, 30, 10, 20), "ship", (10, 10, 30, 30), (20, 10, 30, 20, 20, 30, 10, 20)),
        (turned(-2, 1, 9, 1, 9, 5, -2, 5), "ship", (-2, 1, 9, 5), (-2, 1, 9, 1, 9, 5, -2, 5)),
    ],
)
def test_boxes(tmp_path, inner, label, rect, polygon):
    (found,) = parse(tmp_path, f"<name>Ship</name>{inner}").boxes
    assert (found.native, tuple(found.rect), found.polygon) == (label, rect, polygon)


def test_names_in_mixed_case(tmp_path):
    text = f"<name>Expressway-Service-area</name>{UPRIGHT}"
    assert parse(tmp_path, text).boxes[0].native == "expressway-service-area"
    assert parse(tmp_path, text, reader=OrientedVoc(READER.places)).boxes[0].native == "Expressway-Service-area"


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        (turned(1, 2, 3, "four", 5, 6, 7, 8), "not a number"),
        ("<robndbox><x_left_top>1</x_left_top></robndbox>", "not a number"),
        (turned(5, 5, 5, 5, 5, 5, 5, 5), "no area"),
        ("", "no box"),
    ],
)
def test_one_bad_object_is_counted_and_the_others_stay(tmp_path, inner, reason):
    found = parse(tmp_path, f"<name>Dam</name>{inner}", f"<name>ship</name>{UPRIGHT}")
    assert [box.native for box in found.boxes] == ["ship"]
    assert found.lost == (Lost("dam", reason, 1),)


@pytest.mark.parametrize("text", ["", "<HRSC_Image/>", "<annotation><object>"])
def test_what_cannot_be_parsed_is_a_data_error(tmp_path, text):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        read(tmp_path, text)


def test_dior_takes_the_pictures_of_a_list_from_both_folders(tmp_path):
    kind = "Annotations/Horizontal Bounding Boxes"
    for folder, names in (("JPEGImages-trainval", "12"), ("JPEGImages-test", "3"), (kind, "123")):
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            suffix = "xml" if folder == kind else "jpg"
            (tmp_path / folder / f"{name}.{suffix}").write_text("<annotation/>")
    (tmp_path / "Main").mkdir()
    for split, names in (("train", "1"), ("val", "2"), ("test", "3")):
        (tmp_path / "Main" / f"{split}.txt").write_text(f"{names}\n")
    reader = load()["dior"].reader
    for split, key, folder in (("train", "1", "trainval"), ("val", "2", "trainval"), ("test", "3", "test")):
        (scene,) = reader.scenes(Source("dior", str(tmp_path), "d", split), "dior")
        assert (scene.key, scene.problem, scene.group) == (key, "", f"dior/{key}")
        assert scene.picture.uri == f"{tmp_path}/JPEGImages-{folder}/{key}.jpg"
    assert [scene.key for scene in reader.scenes(Source("dior", str(tmp_path), "d"), "dior")] == ["1", "2", "3"]


def test_the_real_annotation(samples):
    path = samples / "mmrotate/tests/data/dior/Annotations/Oriented Bounding Boxes/00001.xml"
    if not path.is_file():
        pytest.skip("no DIOR sample")
    found = READER.annotation(Scene("s", "a", "s", None, (FileStamp(str(path), 1, "1"),)))
    assert [(box.native, tuple(box.rect)) for box in found.boxes][:1] == [("golffield", (133, 237, 684, 672))]
    assert found.size == (800, 800)
    assert len(found.boxes) == path.read_text().count("<robndbox>")
