"""xBD's JSON: outlines with holes, damage, empty lists, and what cannot be read."""

import csv
import json
import re

import numpy as np
import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Scene
from skypairs.transforms.readers import objects, outlines
from skypairs.transforms.readers.wkt import parse_wkt

READER = load()["xbd"].reader
SQUARE = "POLYGON ((1.5 2, 9 2, 9 8.25, 1.5 8.25, 1.5 2), (3 3, 4 3, 4 4, 3 3))"


def read(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    file = FileStamp(str(path), 1, "1")
    return READER.annotation(Scene("s", "k", "g", file, (file,)))


def feature(wkt, subtype=None):
    return {"properties": {"feature_type": "building"} | ({"subtype": subtype} if subtype else {}), "wkt": wkt}


@pytest.mark.parametrize(
    ("wkt", "rect", "corners"),
    [
        (SQUARE, (1.5, 2, 9, 8.25), 4),  # a hole changes nothing
        ("POLYGON Z ((0 0 5, 4 0 5, 4 3 5, 0 0 5))", (0, 0, 4, 3), 3),
        ("POLYGON ((0 0 5, 4 0 5, 4 3 5, 0 0 5))", (0, 0, 4, 3), 3),  # heights, not announced
        ("MULTIPOLYGON (((0 0, 4 0, 4 3, 0 0)), ((6 6, 8 6, 8 9, 6 6)))", (0, 0, 8, 9), 0),  # one building
        ("POLYGON ((-3 -2, 4 0, 4 3, -3 -2))", (-3, -2, 4, 3), 3),  # clipped later, by the picture
    ],
)
def test_outlines(tmp_path, wkt, rect, corners):
    (box,) = read(tmp_path, {"features": {"xy": [feature(wkt)]}}).boxes
    assert (tuple(box.rect), len(box.polygon), box.kind) == (rect, 2 * corners, "instance")


def test_damage_is_the_class_after_a_disaster(tmp_path):
    kinds = ["no-damage", "minor-damage", "major-damage", "destroyed", "un-classified", None]
    found = read(tmp_path, {"features": {"xy": [feature(SQUARE, kind) for kind in kinds]}, "metadata": {"gsd": 2.5}})
    assert [box.native for box in found.boxes] == [*kinds[:-1], "building"]
    assert (found.gsd, found.size) == (2.5, None)


@pytest.mark.parametrize(
    ("wkt", "reason"),
    [
        ("POLYGON ((1 1, 2", "bad outline"),
        (None, "bad outline"),
        (7, "bad outline"),
        ("POLYGON ((1 1, 2 2))", "bad outline"),
        ("POLYGON EMPTY", "no area"),
        ("POLYGON ((1 1, 5 1, 9 1, 1 1))", "no area"),
        ("LINESTRING (1 1, 5 5)", "no area"),
        ("POINT (1 1)", "no box"),
        ("POLYGON ((nan 1, 2 2, 3 1, nan 1))", "bad outline"),
    ],
)
def test_what_has_no_outline_is_counted(tmp_path, wkt, reason):
    found = read(tmp_path, {"features": {"xy": [feature(SQUARE), feature(wkt)]}})
    assert len(found.boxes) == 1
    assert [(lost.label, lost.reason, lost.count) for lost in found.lost] == [("building", reason, 1)]


def test_an_empty_list_is_an_empty_picture(tmp_path):
    found = read(tmp_path, {"features": {"lng_lat": [], "xy": []}, "metadata": {"width": 1024, "height": 1024}})
    assert (found.boxes, found.lost, found.size) == ((), (), (1024, 1024))


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", {"features": []}, {"features": {"xy": {}}}, {"features": {"xy": [3]}}]
)
def test_files_that_are_no_such_json(tmp_path, content):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        read(tmp_path, content)


def test_before_and_after_share_a_group(tmp_path):
    for name in ("images/a-fire_00000001_pre_disaster.png", "images/a-fire_00000001_post_disaster.png", "images/thumb.png"):
        (tmp_path / "train" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "train" / name).write_text("x")
    scenes = list(READER.scenes(Source("xbd", str(tmp_path), "x", "train"), "x"))
    assert [(scene.key, scene.group) for scene in scenes] == [
        ("a-fire_00000001_post_disaster", "x/a-fire_00000001"),
        ("a-fire_00000001_pre_disaster", "x/a-fire_00000001"),
    ]


@pytest.mark.parametrize(("name", "count"), [("sample.csv", 151), ("SN2_sample_truth.csv", 172)])
def test_real_outlines_in_wkt(samples, name, count):
    """Bounds of each row by its numbers alone, as text."""
    with open(samples / "solaris/solaris/data" / name, newline="", encoding="utf-8") as file:
        texts = [row["PolygonWKT_Pix"] for row in csv.DictReader(file)]
    found, expected = objects.Objects(), []
    for text in texts:
        outlines.add_shape(found, "building", parse_wkt(text))
        if "EMPTY" not in text:
            first = text[text.index("((") + 2 :].split("),")[0]
            points = [[float(value) for value in re.findall(r"[-\d.]+", point)[:2]] for point in first.split(",")]
            (x0, x1), (y0, y1) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
            expected.append((x0, y0, x1, y1))
    annotation = found.annotation()
    assert len(texts) == count
    assert np.array([box.rect for box in annotation.boxes]) == pytest.approx(np.array(expected))
    assert len(annotation.boxes) + sum(lost.count for lost in annotation.lost) == count
