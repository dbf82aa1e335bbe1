"""Class masks: pairing, class tables, and what is refused."""

import json
import re

import pytest

from skypairs.pipelines.catalog import load
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


SETS = load()


def keyed(dataset, root, split=""):
    """Scenes of a dataset of the catalogue by key, as (name of the mask or "", problem)."""
    found = SETS[dataset].reader.scenes(Source(dataset, str(root), "m", split), "m")
    return {
        scene.key: (scene.annotations[0].uri.rpartition("/")[2] if scene.annotations else "", scene.problem) for scene in found
    }


@pytest.mark.parametrize("pictures", ["2_Ortho_RGB/top_potsdam_{}_RGB.tif", "4_Ortho_RGBIR/top_potsdam_{}_RGBIR.tif"])
@pytest.mark.parametrize(
    ("labels", "mask"),
    [("5_Labels_all", "top_potsdam_{}_label.tif"), ("5_Labels_all_noBoundary", "top_potsdam_{}_label_noBoundary.tif")],
)
def test_tiles_of_potsdam(tmp_path, pictures, labels, mask):
    for tile in ("2_10", "6_7", "2_13", "9_9"):
        fill(tmp_path, pictures.format(tile), pictures.format(tile).replace(".tif", ".tfw"), f"{labels}/{mask.format(tile)}")
    train = {f"top_potsdam_{tile}": (mask.format(tile), "") for tile in ("2_10", "6_7")}
    assert keyed("potsdam", tmp_path, "train") == train
    assert set(keyed("potsdam", tmp_path, "test")) == {"top_potsdam_2_13"}
    assert len(keyed("potsdam", tmp_path)) == 4


def test_whole_labels_of_potsdam_are_preferred(tmp_path):
    fill(tmp_path, "2_Ortho_RGB/top_potsdam_2_10_RGB.tif", "5_Labels_all_noBoundary/top_potsdam_2_10_label_noBoundary.tif")
    fill(tmp_path, "5_Labels_all/top_potsdam_2_10_label.tif")
    assert keyed("potsdam", tmp_path, "train") == {"top_potsdam_2_10": ("top_potsdam_2_10_label.tif", "")}


def test_splits_of_the_contests_are_whole():
    for dataset, pattern, sizes in (
        ("potsdam", "top_potsdam_{}_{}", (24, 14)),
        ("vaihingen", "top_mosaic_09cm_area{1}", (16, 17)),
    ):
        names = {pattern.format(a, b) for a in range(1, 9) for b in range(1, 40)}
        members = dict(SETS[dataset].reader.members)
        found = [{name for name in names if re.fullmatch(members[split], name)} for split in ("train", "test")]
        assert tuple(map(len, found)) == sizes
        assert not found[0] & found[1]


@pytest.mark.parametrize(
    "mask", ["ISPRS_semantic_labeling_Vaihingen_ground_truth_COMPLETE/{}.tif", "gts_for_participants/{}.tif", "{}.tif"]
)
def test_area9_of_vaihingen_is_skipped(tmp_path, mask):
    for area in (1, 9, 2, 29):
        fill(tmp_path, f"top/top_mosaic_09cm_area{area}.tif", mask.format(f"top_mosaic_09cm_area{area}"))
    names = {area: f"top_mosaic_09cm_area{area}" for area in (1, 2, 29)}
    assert keyed("vaihingen", tmp_path, "train") == {names[1]: (f"{names[1]}.tif", "")}
    assert keyed("vaihingen", tmp_path) == {name: (f"{name}.tif", "") for name in names.values()}


def test_eroded_labels_of_vaihingen(tmp_path):
    folder = "ISPRS_semantic_labeling_Vaihingen_ground_truth_eroded_COMPLETE"
    fill(tmp_path, "top/top_mosaic_09cm_area1.tif", f"{folder}/top_mosaic_09cm_area1_noBoundary.tif")
    assert keyed("vaihingen", tmp_path) == {"top_mosaic_09cm_area1": ("top_mosaic_09cm_area1_noBoundary.tif", "")}


@pytest.mark.parametrize("listed", ["aachen_1.tif\naachen_2.tif\nxbd_7.tif\n", "aachen_1\r\naachen_2\r\nxbd_7"])
def test_labels_of_openearthmap_without_pictures_are_no_failures(tmp_path, listed):
    fill(
        tmp_path,
        *(
            f"{name[:-2]}/{folder}/{name}.tif"
            for name in ("aachen_1", "aachen_2", "aachen_3")
            for folder in ("images", "labels")
        ),
    )
    fill(tmp_path, "xbd/labels/xbd_7.tif", "xbd/images/readme.txt")
    (tmp_path / "train.txt").write_bytes(listed.encode())
    assert keyed("openearthmap", tmp_path, "train") == {name: (f"{name}.tif", "") for name in ("aachen_1", "aachen_2")}
    assert set(keyed("openearthmap", tmp_path)) == {"aachen_1", "aachen_2", "aachen_3"}
    assert SETS["openearthmap"].reader.look(Source("openearthmap", str(tmp_path), split="train")).annotations == 2


@pytest.mark.parametrize(
    ("root", "folder"),
    [
        ("", "Satellite_dataset_\u2161_East_Asia/1.cropped"),
        ("", "Satellite dataset II (East Asia)/1. The cropped image data and raster labels"),
        ("Satellite dataset \u2161 (East Asia)", "1.cropped"),
    ],
)
def test_spellings_of_whu_satellite2(tmp_path, root, folder):
    place = tmp_path / root
    fill(place, f"{folder}/test/image/1.tif", f"{folder}/test/label/1.tif", f"{folder}/train/image/2.tif")
    assert keyed("whu-satellite2", place, "test") == {"1": ("1.tif", "")}
    assert keyed("whu-satellite2", place, "train") == {"2": ("", "")}


def test_folders_of_other_names_are_not_whu_satellite2(tmp_path):
    fill(tmp_path, "Aerial/parts/test/image/1.tif", "Aerial/parts/test/label/1.tif")
    with pytest.raises(LayoutError, match="named as those of the dataset"):
        keyed("whu-satellite2", tmp_path, "test")


def test_tiles_of_inria(tmp_path):
    names = ("austin1", "austin5", "austin6", "tyrol-w36", "vienna10")
    fill(tmp_path, *(f"train/{folder}/{name}.tif" for name in names for folder in ("images", "gt")), "test/images/sfo1.tif")
    assert set(keyed("inria", tmp_path, "val")) == {"austin1", "austin5"}
    assert set(keyed("inria", tmp_path, "train")) == {"austin6", "tyrol-w36", "vienna10"}
    assert keyed("inria", tmp_path, "test") == {"sfo1": ("", "")}


def test_suffixes_of_massachusetts_differ(tmp_path):
    fill(tmp_path, "valid/sat/10228690_15.tiff", "valid/map/10228690_15.tif", "valid/sat/10978720_15.tiff")
    assert keyed("massachusetts-roads", tmp_path, "valid") == {"10228690_15": ("10228690_15.tif", ""), "10978720_15": ("", "")}


def test_pictures_and_masks_of_deepglobe_lie_together(tmp_path):
    fill(tmp_path, "train/104_sat.jpg", "train/104_mask.png", "train/7_mask.png", "valid/8_sat.jpg", "train/notes.png")
    train = {"104": ("104_mask.png", ""), "7": ("7_mask.png", "annotation without picture")}
    assert keyed("deepglobe-road", tmp_path, "train") == train == keyed("deepglobe-landcover", tmp_path, "train")
    assert keyed("deepglobe-road", tmp_path, "valid") == {"8": ("", "")}


def test_frames_of_a_sequence_of_uavid_share_a_group(tmp_path):
    fill(
        tmp_path,
        "uavid_train/seq1/Images/000000.png",
        "uavid_train/seq1/Labels/000000.png",
        "uavid_train/seq1/Images/000100.png",
    )
    found = list(SETS["uavid"].reader.scenes(Source("uavid", str(tmp_path), "u", "train"), "u"))
    assert [(scene.key, scene.group, scene.annotated) for scene in found] == [
        ("seq1/000000", "u/seq1", True),
        ("seq1/000100", "u/seq1", False),
    ]


def test_jpeg_masks_of_two_levels_are_read(tmp_path):
    fill(tmp_path, "Images/water_body_1.jpg", "Masks/water_body_1.jpg", "Images/other.jpg")
    (scene,) = SETS["wbs-si"].reader.scenes(Source("wbs-si", str(tmp_path), "w"), "w")
    (ref,) = SETS["wbs-si"].reader.annotation(scene).masks
    assert (ref.encoding, ref.classes) == ("threshold", (MaskClass((128,), "water body"),))


def test_tolerance_goes_with_the_mask(tmp_path):
    fill(tmp_path, "train/1_sat.jpg", "train/1_mask.png")
    (scene,) = SETS["deepglobe-landcover"].reader.scenes(Source("deepglobe-landcover", str(tmp_path), "d", "train"), "d")
    (ref,) = SETS["deepglobe-landcover"].reader.annotation(scene).masks
    assert (ref.encoding, ref.tolerance, len(ref.classes)) == ("palette", 127, 6)
