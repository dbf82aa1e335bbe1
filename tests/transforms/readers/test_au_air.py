"""AU-AIR: what may stand in its one file."""

import json
from collections import Counter

import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Lost
from skypairs.transforms.readers.au_air import AuAir
from skypairs.transforms.readers.layout import Place

READER = AuAir((Place("images", "annotations.json"),))
NAMES = ["Human", "Car"]
BOX = {"top": 163, "left": 1098, "height": 185, "width": 420, "class": 1}


def write(root, *frames, pictures=("a.jpg",), categories=NAMES):
    (root / "images").mkdir(exist_ok=True)
    for name in pictures:
        (root / "images" / name).write_text("x")
    content = {"info": {}, "categories": categories, "annotations": list(frames)}
    (root / "annotations.json").write_text(json.dumps(content))
    return Source("au-air", str(root), "s")


def frame(*boxes, name="a.jpg", **more):
    return {"image_name": name, "image_width": 1920.0, "image_height": 1080.0, "bbox": list(boxes), **more}


def parse(root, *boxes):
    (scene,) = READER.scenes(write(root, frame(*boxes)), "s")
    return READER.annotation(scene)


def test_boxes(tmp_path):
    found = parse(tmp_path, BOX, BOX | {"class": 0, "left": 1703, "width": 217})
    assert [(box.native, *box.rect) for box in found.boxes] == [("Car", 1098, 163, 1518, 348), ("Human", 1703, 163, 1920, 348)]
    assert found.size == (1920, 1080)


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"class": 2}, ("category 2", "unknown class")),
        ({"class": -1}, ("category -1", "unknown class")),
        ({"class": 0.5}, ("category 0.5", "unknown class")),
        ({"class": None}, ("category None", "unknown class")),
        ({"top": "x"}, ("Car", "not a number")),
        ({"width": None}, ("Car", "not a number")),
        ({"height": 0}, ("Car", "no area")),
    ],
)
def test_one_bad_object_is_counted_and_the_others_stay(tmp_path, change, lost):
    found = parse(tmp_path, BOX, BOX | change)
    assert len(found.boxes) == 1
    assert found.lost == (Lost(*lost, 1),)


def test_a_width_with_a_colon(tmp_path):
    entry = frame(BOX)
    entry["image_width:"] = entry.pop("image_width")
    (scene,) = READER.scenes(write(tmp_path, entry), "s")
    assert READER.annotation(scene).size == (1920, 1080)


@pytest.mark.parametrize(
    ("name", "group", "clip"),
    [
        ("frame_20190905111947_x_0000477", "20190905111947", "frame_20190905111947"),
        ("frame_20190906150731_xx_0002287", "20190906150731", "frame_20190906150731"),
        ("holiday", "holiday", ""),
    ],
)
def test_frames_of_a_flight_are_a_clip(tmp_path, name, group, clip):
    (scene,) = READER.scenes(write(tmp_path, frame(BOX, name=f"{name}.jpg"), pictures=[f"{name}.jpg"]), "f")
    assert (scene.key, scene.group, scene.clip) == (name, f"f/{group}", clip)


def test_frames_without_objects_without_picture_and_unlisted(tmp_path):
    source = write(tmp_path, frame(), frame(BOX, name="gone.jpg"), pictures=("a.jpg", "more.jpg"))
    scenes = {scene.key: (scene.annotated, scene.problem) for scene in READER.scenes(source, "s")}
    assert scenes == {"a": (True, ""), "gone": (True, "annotation without picture"), "more": (False, "")}


@pytest.mark.parametrize(
    "text",
    [
        '{"images": [], "annotations": [], "categories": []}',  # COCO under the same name
        '{"annotations": {"image_name": 1}, "categories": []}',
        '{"image_name": ',
        '["image_name"]',
        "",
    ],
)
def test_another_file_is_the_users_error(tmp_path, text):
    source = write(tmp_path, frame())
    (tmp_path / "annotations.json").write_text(text)
    with pytest.raises(LayoutError, match=r"au-air: .*annotations\.json"):
        list(READER.scenes(source, "s"))


def test_the_real_frames_agree_with_a_plain_count(samples):
    root = samples / "auairdataset" / "examples" / "auair_subset"
    if not root.is_dir():
        pytest.skip("no AU-AIR sample")
    content = json.loads((root / "annotations.json").read_text())
    frames = {item["image_name"].rpartition(".")[0]: item for item in content["annotations"]}
    reader = load()["au-air"].reader
    source = Source("au-air", str(root), "au-air")
    scenes = {scene.key: scene for scene in reader.scenes(source, "au-air") if scene.picture}
    assert set(scenes) == {path.stem for path in (root / "images").iterdir()}
    assert reader.look(source).pictures == len(scenes) == 80
    total = Counter()
    for key, scene in scenes.items():
        found = reader.annotation(scene)
        plain = [
            (content["categories"][box["class"]], left, top, left + box["width"], top + box["height"])
            for box in frames[key]["bbox"]
            for left, top in [(box["left"], box["top"])]
        ]
        assert sorted((box.native, *box.rect) for box in found.boxes) == sorted(plain)
        assert found.size == (1920, 1080) and found.lost == ()
        assert scene.group == f"au-air/{key.split('_')[1]}" and scene.clip == f"frame_{key.split('_')[1]}"
        total.update(box.native for box in found.boxes)
    assert total.total() == sum(len(frames[key]["bbox"]) for key in scenes) > 300
