"""HRSC2016 XML: which way the angle turns, and what may be missing."""

import math

import pytest

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Lost, Scene
from skypairs.transforms.readers.hrsc import Hrsc, corners_of
from skypairs.transforms.readers.layout import Place

READER = Hrsc(
    (Place("FullDataSet/AllImages", "FullDataSet/Annotations"), Place("{split}/AllImages", "{split}/Annotations")),
    lists=("ImageSets/{split}.txt",),
    complete=True,
    classes=((100000001, "ship"), (100000013, "Kuznetsov")),
)
BOX = "<box_xmin>1</box_xmin><box_ymin>2</box_ymin><box_xmax>30</box_xmax><box_ymax>40</box_ymax>"
TURNED = "<mbox_cx>10</mbox_cx><mbox_cy>20</mbox_cy><mbox_w>8</mbox_w><mbox_h>4</mbox_h><mbox_ang>0</mbox_ang>"


def parse(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(text)
    return READER.annotation(Scene("s", "a", "s/a", None, (FileStamp(str(path), path.stat().st_size, "1"),)))


def whole(*ships, head=""):
    objects = "".join(f"<HRSC_Object>{ship}</HRSC_Object>" for ship in ships)
    return f"<HRSC_Image>{head}<HRSC_Objects>{objects}</HRSC_Objects></HRSC_Image>"


def test_a_positive_angle_turns_clockwise_on_the_screen():
    # a long box along x, turned by 90 degrees: what was its right end lies below (y is down)
    x0, y0, x1, y1, x2, y2, x3, y3 = corners_of(100, 50, 40, 10, math.pi / 2)
    assert (x1 + x2) / 2 == pytest.approx(100) and (y1 + y2) / 2 == pytest.approx(70)
    assert (x0 + x3) / 2 == pytest.approx(100) and (y0 + y3) / 2 == pytest.approx(30)
    assert corners_of(100, 50, 40, 10, math.pi / 6)[3] > 45  # by 30 degrees, the upper right corner moves down


@pytest.mark.parametrize(
    ("inner", "label", "rect", "corners"),
    [
        (BOX + TURNED, "ship", (1, 2, 30, 40), (6, 18, 14, 18, 14, 22, 6, 22)),
        (BOX, "ship", (1, 2, 30, 40), ()),
        (TURNED, "ship", (6, 18, 14, 22), (6, 18, 14, 18, 14, 22, 6, 22)),  # the oriented box alone
        (BOX + TURNED.replace("0</mbox_ang>", "x</mbox_ang>"), "ship", (1, 2, 30, 40), ()),
        (BOX + TURNED.replace("8</mbox_w>", "0</mbox_w>"), "ship", (1, 2, 30, 40), ()),
        ("<Class_ID>100000013</Class_ID>" + BOX, "Kuznetsov", (1, 2, 30, 40), ()),
        ("<Class_ID>100000099</Class_ID>" + BOX, "ship", (1, 2, 30, 40), ()),  # an unknown number is a ship
    ],
)
def test_boxes(tmp_path, inner, label, rect, corners):
    (found,) = parse(tmp_path, whole(inner)).boxes
    assert (found.native, tuple(found.rect), found.polygon) == (label, rect, corners)


def test_flags_size_and_resolution(tmp_path):
    head = "<Img_SizeWidth>1172</Img_SizeWidth><Img_SizeHeight>816</Img_SizeHeight><Img_Resolution>1.07</Img_Resolution>"
    found = parse(tmp_path, whole(f"<difficult>1</difficult><truncated>1</truncated>{BOX}", head=head))
    assert (found.boxes[0].difficult, found.boxes[0].cut, found.size, found.gsd) == (True, True, (1172, 816), 1.07)


def test_one_bad_object_is_counted(tmp_path):
    found = parse(tmp_path, whole(BOX, "<box_xmin>one</box_xmin>", BOX.replace("30", "1")))
    assert len(found.boxes) == 1
    assert found.lost == (Lost("ship", "no area", 1), Lost("ship", "not a number", 1))


@pytest.mark.parametrize("text", ["<HRSC_Image/>", "<HRSC_Image><HRSC_Objects/></HRSC_Image>", whole()])
def test_no_objects_are_an_empty_picture(tmp_path, text):
    assert parse(tmp_path, text).boxes == ()


@pytest.mark.parametrize("text", ["", "<annotation/>", "<HRSC_Image><HRSC_Objects>", whole("<box_xmin>x</box_xmin>")])
def test_what_cannot_be_parsed_is_a_data_error(tmp_path, text):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        parse(tmp_path, text)


@pytest.mark.parametrize("release", ["FullDataSet", "Train"])
def test_both_releases_and_pictures_without_file(tmp_path, release):
    for folder, name in (("AllImages", "1.bmp"), ("AllImages", "2.bmp"), ("Annotations", "1.xml")):
        (tmp_path / release / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / release / folder / name).write_text(whole(BOX))
    if release == "FullDataSet":
        (tmp_path / "ImageSets").mkdir()
        (tmp_path / "ImageSets" / "train.txt").write_text("1\r\n2\r\n")
    scenes = {scene.key: scene for scene in READER.scenes(Source("hrsc2016", str(tmp_path), "s", "train"), "s")}
    assert {key: (scene.annotated, len(READER.annotation(scene).boxes)) for key, scene in scenes.items()} == {
        "1": (True, 1),
        "2": (True, 0),
    }


def test_the_real_annotation_has_the_ships_head_at_an_end_of_its_outline(samples):
    path = samples / "mmrotate/tests/data/hrsc/FullDataSet/Annotations/100000006.xml"
    if not path.is_file():
        pytest.skip("no HRSC sample")
    found = READER.annotation(Scene("s", "a", "s", None, (FileStamp(str(path), 1, "1"),)))
    (ship,) = found.boxes
    assert (ship.native, tuple(ship.rect), found.size) == ("Kuznetsov", (119, 75, 587, 789), (1172, 816))
    points = list(zip(ship.polygon[0::2], ship.polygon[1::2], strict=True))
    ends = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in ((points[0], points[3]), (points[1], points[2]))]
    assert min(math.dist(end, (143, 776)) for end in ends) < 40  # header_x, header_y
