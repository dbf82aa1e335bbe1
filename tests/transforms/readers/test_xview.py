"""xView: what may stand in its GeoJSON."""

import json

import pytest

from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Lost
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.xview import Xview

READER = Xview(
    (Place("{split}_images", "xView_{split}.geojson"),),
    bare=(Place("val_images", holds="val"),),
    classes=((18, "Small Car"), (73, "Building")),
)


def feature(bounds="10,20,30,40", kind=73, image="1.tif"):
    return {"type": "Feature", "properties": {"bounds_imcoords": bounds, "type_id": kind, "image_id": image}}


def write(root, *features, pictures=("1.tif",)):
    for folder, names in (("train_images", pictures), ("val_images", ("7.tif",))):
        (root / folder).mkdir(exist_ok=True)
        for name in names:
            (root / folder / name).write_text("x")
    content = {"type": "FeatureCollection", "features": list(features)}
    (root / "xView_train.geojson").write_text(json.dumps(content))
    return Source("xview", str(root), "s", "train")


@pytest.mark.parametrize(
    ("given", "label", "rect"),
    [
        (feature(), "Building", (10, 20, 30, 40)),
        (feature("-1,-2.5, 30 ,40"), "Building", (-1, -2.5, 30, 40)),  # over the edge: clipped later
        (feature(kind="18"), "Small Car", (10, 20, 30, 40)),
    ],
)
def test_boxes(tmp_path, given, label, rect):
    (scene,) = READER.scenes(write(tmp_path, given), "s")
    (found,) = READER.annotation(scene).boxes
    assert (found.native, tuple(found.rect)) == (label, rect)


@pytest.mark.parametrize(
    ("given", "lost"),
    [
        (feature(""), ("Building", "no box")),
        (feature(None), ("Building", "no box")),
        (feature("1,2,3"), ("Building", "not a number")),
        (feature("1,2,x,4"), ("Building", "not a number")),
        (feature("5,5,5,9"), ("Building", "no area")),
        (feature(kind=75), ("type 75", "unknown class")),
        (feature(kind=None), ("type None", "unknown class")),
    ],
)
def test_one_bad_feature_is_counted_and_the_others_stay(tmp_path, given, lost):
    (scene,) = READER.scenes(write(tmp_path, feature(), given), "s")
    found = READER.annotation(scene)
    assert len(found.boxes) == 1
    assert found.lost == (Lost(*lost, 1),)


def test_pictures_that_are_missing_or_not_named(tmp_path):
    source = write(tmp_path, feature(), feature(image="1395.tif"), pictures=("1.tif", "2.tif"))
    scenes = {scene.key: (scene.annotated, scene.problem) for scene in READER.scenes(source, "s")}
    assert scenes == {"1": (True, ""), "1395": (True, "annotation without picture"), "2": (False, "")}


def test_a_feature_of_no_picture_is_not_lost_silently(tmp_path):
    stray = {"type": "Feature", "properties": {"type_id": 73}}
    scenes = {scene.key: scene.problem for scene in READER.scenes(write(tmp_path, feature(), stray, None), "s")}
    problem = "annotation without picture"
    assert scenes == {"1": "", "of feature 1": problem, "of feature 2": problem}


def test_val_has_pictures_only(tmp_path):
    write(tmp_path, feature())
    source = Source("xview", str(tmp_path), "s", "val", role="reference")
    assert [(scene.key, scene.annotated) for scene in READER.scenes(source, "s")] == [("7", False)]
    assert READER.look(source).annotations == 0


@pytest.mark.parametrize("text", ['{"features": {}}', "[]", '{"features": []}', '{"features": [{"properties": {}}]}', "{"])
def test_another_file_is_the_users_error(tmp_path, text):
    source = write(tmp_path)
    (tmp_path / "xView_train.geojson").write_text(text)
    with pytest.raises(LayoutError, match=r"xview: .*xView_train\.geojson"):
        list(READER.scenes(source, "s"))
