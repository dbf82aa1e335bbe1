"""SAT-MTB: which file of a frame counts, and what may stand in it."""

import json
import zipfile

import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Lost
from skypairs.transforms.readers import workbook
from skypairs.transforms.readers.sat_mtb_frames import read_boxes
from tests.fakes.pictures import save, save_text
from tests.fakes.sat_mtb import save_workbook

MOVING = Lost("car", "labelled only while moving", 1)


def read(root, split=""):
    """(scene, annotation) by key; the annotation is None where the scene has a problem."""
    reader = load()["sat-mtb"].reader
    scenes = list(reader.scenes(Source("sat-mtb", str(root), "sat-mtb", split), "sat-mtb"))
    return {scene.key: (scene, None if scene.problem else reader.annotation(scene)) for scene in scenes}


def blank(path):
    save(Image.new("RGB", (40, 30)), path)


@pytest.mark.parametrize("name", ["01", "01.txt"])
def test_tracks_of_sat_mtb_where_there_is_no_detection(tmp_path, name):
    for number in (1, 2):
        blank(tmp_path / "car" / "11" / "img" / f"{number:06d}.png")
    save_text(tmp_path / "car" / "11" / "mot" / name, "1,7,2.5,3,10,5,1,0\n1,8,2,3,10,5,1,9\n")
    found = read(tmp_path)
    first, second = (found[f"car/11/frame_00000{number}"][1] for number in (1, 2))
    assert [(box.native, tuple(box.rect)) for box in first.boxes] == [("car", (2.5, 3, 12.5, 8))]
    assert first.lost == (MOVING, Lost("class 9", "unknown class", 1))
    assert (second.boxes, second.lost) == ((), (MOVING,))


@pytest.mark.parametrize(
    ("kind", "rows", "lost"),
    [
        ("car", "", ((MOVING,), (MOVING,))),
        ("ship", "1,7,2,3,10,5,1,2\n", ((), ())),
        ("ship", "1,7,2,3,10,5,1,2\n2,8,2,3,10,5,1,0\n", ((MOVING,), (MOVING,))),  # one car makes all frames doubtful
        ("car", "1,7,2,3,0,5,1,0\n", ((Lost("car", "labelled only while moving", 1), Lost("car", "no area", 1)), (MOVING,))),
    ],
)
def test_cars_of_tracks_may_be_more_in_every_frame(tmp_path, kind, rows, lost):
    for number in (1, 2):
        blank(tmp_path / kind / "11" / "img" / f"{number:06d}.png")
    save_text(tmp_path / kind / "11" / "mot" / "11", rows)
    assert tuple(annotation.lost for _, annotation in read(tmp_path).values()) == lost


OBB = (
    "<annotation><object><name>WA</name><robndbox><x0>5</x0><y0>1</y0><x1>9.5</x1><y1>5</y1>"
    "<x2>5</x2><y2>9</y2><x3>1</x3><y3>5</y3></robndbox></object></annotation>"
)
HBB = (
    "<annotation><object><name>CA</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>8</xmax><ymax>9</ymax></bndbox></object>"
    "</annotation>"
)
DIAMOND = (5, 1, 9.5, 5, 5, 9, 1, 5)
TRIANGLE = [2, 2, 12, 2, 2, 8]


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ("<name>WA</name>", "WA"),
        ("<name>airplane</name><subname>WA</subname>", "WA"),  # as others tell of it
        ("<name>airplane</name><subname></subname>", "airplane"),
    ],
)
def test_the_fine_class_of_a_box_counts(names, label):
    box = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>8</xmax><ymax>9</ymax></bndbox>"
    [found] = read_boxes(f"<annotation><object>{names}{box}</object></annotation>".encode()).boxes
    assert found.native == label


def outlines(*objects):
    category = {"id": 3, "name": "FA", "supercategory": "airplane"}
    coarse = {"id": 4, "name": "", "supercategory": "ship"}
    return json.dumps({"images": [{"width": 40, "height": 30}], "annotations": list(objects), "categories": [category, coarse]})


def airplane(root, number, **files):
    """A frame and what annotates it, by task."""
    clip = root / "airplane" / "01"
    blank(clip / "img" / f"{number:06d}.png")
    for task, text in files.items():
        folder, suffix = (clip / "seg", "json") if task == "seg" else (clip / "det" / task, "xml")
        save_text(folder / f"{number:06d}.{suffix}", text)


def test_the_richest_file_of_a_frame_of_sat_mtb_counts_alone(tmp_path):
    seg = outlines({"id": 0, "category_id": 3, "segmentation": [TRIANGLE], "bbox": [2, 2, 12, 8]})
    airplane(tmp_path, 1, seg=seg, OBB=OBB, HBB=HBB)
    airplane(tmp_path, 2, OBB=OBB, HBB=HBB)
    airplane(tmp_path, 3, HBB=HBB)
    airplane(tmp_path, 4)
    save_text(tmp_path / "airplane" / "01" / "mot" / "01.txt", "".join(f"{at},7,2,3,10,5,1,1\n" for at in range(1, 6)))
    found = read(tmp_path)
    assert [[(box.native, tuple(box.rect), box.polygon) for box in annotation.boxes] for _, annotation in found.values()] == [
        [("FA", (2, 2, 12, 8), tuple(TRIANGLE))],
        [("WA", (1, 1, 9.5, 9), DIAMOND)],
        [("CA", (1, 2, 8, 9), ())],
        [],  # the sequence has such files: no file, no object, whatever the tracks say
    ]
    assert all(scene.annotated and not annotation.lost for scene, annotation in found.values())
    assert found["airplane/01/frame_000001"][1].size == (40, 30)


def test_an_empty_folder_of_boxes_does_not_hide_the_tracks(tmp_path):
    airplane(tmp_path, 1)
    (tmp_path / "airplane" / "01" / "det" / "HBB").mkdir(parents=True)
    save_text(tmp_path / "airplane" / "01" / "mot" / "01.txt", "1,7,2,3,10,5,1,1\n")
    ((_, annotation),) = read(tmp_path).values()
    assert [box.native for box in annotation.boxes] == ["airplane"]


@pytest.mark.parametrize(
    ("item", "boxes", "lost"),
    [
        ({"segmentation": [TRIANGLE]}, [("FA", (2, 2, 12, 8), tuple(TRIANGLE))], ()),
        ({"segmentation": TRIANGLE}, [("FA", (2, 2, 12, 8), tuple(TRIANGLE))], ()),  # one flat list
        ({"segmentation": [TRIANGLE], "bbox": [0, 0, 30, 30]}, [("FA", (2, 2, 12, 8), tuple(TRIANGLE))], ()),
        ({"segmentation": [TRIANGLE, [20, 20, 22, 20, 22, 25]]}, [("FA", (2, 2, 22, 25), ())], ()),  # two pieces
        ({"segmentation": [[30, 3, 31, 3], TRIANGLE]}, [("FA", (2, 2, 12, 8), tuple(TRIANGLE))], ()),  # and a speck
        ({"segmentation": [[2, 2, 12, 8]], "bbox": [2, 3, 12, 8]}, [("FA", (2, 3, 12, 8), ())], ()),  # nothing but specks
        ({"segmentation": [], "bbox": [20, 3, 22.5, 8]}, [("FA", (20, 3, 22.5, 8), ())], ()),  # corners, not width and height
        ({"category_id": 4, "bbox": [2, 3, 12, 8]}, [("ship", (2, 3, 12, 8), ())], ()),
        ({"category_id": 9, "bbox": [2, 3, 12, 8]}, [], (Lost("category 9", "unknown class", 1),)),
        ({"segmentation": [[2, 2, "x", 2, 2, 8]]}, [], (Lost("FA", "not a number", 1),)),
        ({"bbox": [2, 3, None, 8]}, [], (Lost("FA", "not a number", 1),)),
        ({"bbox": [2, 3, 2, 8]}, [], (Lost("FA", "no area", 1),)),
        ({}, [], (Lost("FA", "no box", 1),)),
        (None, [], (Lost("category None", "unknown class", 1),)),
    ],
)
def test_outlines_of_sat_mtb(tmp_path, item, boxes, lost):
    sound = {"category_id": 3, "segmentation": [[30, 20, 35, 20, 35, 25]]}
    airplane(tmp_path, 1, seg=outlines(sound, None if item is None else {"category_id": 3, **item}))
    ((_, annotation),) = read(tmp_path).values()
    assert [(box.native, tuple(box.rect), box.polygon) for box in annotation.boxes[1:]] == boxes
    assert (len(annotation.boxes), annotation.lost) == (len(boxes) + 1, lost)


def test_outlines_of_no_object(tmp_path):
    airplane(tmp_path, 1, seg=outlines())
    ((scene, annotation),) = read(tmp_path).values()
    assert (scene.annotated, annotation.boxes, annotation.lost) == (True, (), ())


@pytest.mark.parametrize(
    "files",
    [
        {"seg": "{"},
        {"seg": "[]"},
        {"seg": '{"images": [], "categories": []}'},
        {"seg": '{"annotations": [], "categories": 3}'},
        {"seg": "[" * 100_000},
        {"OBB": "<objects/>"},
        {"OBB": OBB.replace("<x1>9.5</x1>", "")},
        {"HBB": "<annotation><object><name>WA</name></object></annotation>"},
        {"HBB": HBB[:40]},
    ],
)
def test_a_frame_of_sat_mtb_of_which_nothing_can_be_read(tmp_path, files):
    airplane(tmp_path, 1, **files)
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        read(tmp_path)


def test_splits_of_sat_mtb_are_filled_down_and_the_first_sheet_counts(tmp_path):
    for number in range(1, 6):
        blank(tmp_path / "ship" / f"{number:02d}" / "img" / "000001.png")
        save_text(tmp_path / "ship" / f"{number:02d}" / "det" / "HBB" / "000001.xml", "<annotation/>")
    with pytest.raises(LayoutError, match=r"data_split\.xlsx is not there"):
        read(tmp_path, "train")
    detection = [["", "airplane", "ship"], ["train", "01", "01"], ["", "", "2"], ["test", "", "03"]]
    save_workbook(tmp_path / "data_split.xlsx", {"det_HBB": detection, "mot": [["", "ship"], ["train", "03"], ["test", "04"]]})
    sequences = {split: [key[5:7] for key in read(tmp_path, split)] for split in ("train", "test", "")}
    assert sequences == {"train": ["01", "02"], "test": ["03", "04"], "": ["01", "02", "03", "04", "05"]}
    save_text(tmp_path / "data_split.xlsx", "<html>")
    with pytest.raises(LayoutError, match="not a workbook"):
        read(tmp_path, "train")


def test_cells_of_a_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    save_workbook(path, {"one": [["", "x", ""], [], ["a", "", "x"]], "two": [[]]})
    assert workbook.read_workbook(path.read_bytes()) == {"one": [["", "x"], [], ["a", "", "x"]], "two": [[]]}
    assert [workbook._column(name) for name in ("A", "Z", "AA", "BC")] == [0, 25, 26, 54]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    for data in (path.read_bytes(), b"", b"PK\x03\x04"):
        with pytest.raises(AnnotationError, match="not a workbook"):
            workbook.read_workbook(data)
