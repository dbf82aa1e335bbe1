"""Stanford Drone, VisDrone-VID and CapERA: what may stand in their files."""

import json
from collections import Counter

import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import MIDDLE, Lost
from skypairs.transforms.readers import clips
from tests.fakes.pictures import save, save_text

IGNORED = "ignored by the dataset"


def read(name, root, split=""):
    """(scene, annotation) by key; the annotation is None where the scene has a problem."""
    reader = load()[name].reader
    scenes = list(reader.scenes(Source(name, str(root), name, split), name))
    return {scene.key: (scene, None if scene.problem else reader.annotation(scene)) for scene in scenes}


def blank(path):
    save(Image.new("RGB", (40, 30)), path)


def drone(tmp_path, text, video=True):
    save_text(tmp_path / "annotations" / "quad" / "video0" / "annotations.txt", text)
    if video:
        save_text(tmp_path / "videos" / "quad" / "video0" / "video.mov", "not opened when listed")
    return read("stanford-drone", tmp_path)


@pytest.mark.parametrize(
    ("line", "boxes", "lost"),
    [
        ('0 1 2 11 12 0 0 0 0 "Biker"', [("Biker", (1, 2, 11, 12))], ()),
        ('0 1 2 11 12 0 0 1 1 "Cart"', [("Cart", (1, 2, 11, 12))], ()),  # occluded and generated are kept
        ('0 1 2 11 12 0 1 0 1 "Biker"', [], ()),  # out of view: no object, and none that is hidden
        ("0 1 2 11 12 0 0 0 0 Car", [("Car", (1, 2, 11, 12))], ()),  # without quotes
        ('0 -4 2 11 12.5 0 0 0 0 "Bus"\r', [("Bus", (-4, 2, 11, 12.5))], ()),
        ('0 5 2 5 12 0 0 0 0 "Bus"', [], (Lost("Bus", "no area", 1),)),
    ],
)
def test_lines_of_stanford_drone(tmp_path, line, boxes, lost):
    _, annotation = drone(tmp_path, f"{line}\n")["quad/video0/frame_000000"]
    assert [(box.native, tuple(box.rect)) for box in annotation.boxes] == boxes
    assert annotation.lost == lost


def test_frames_go_from_the_first_to_the_last_that_is_named(tmp_path):
    # track by track; frame 4 has no line, frame 6 one that is out of view
    lines = [f'{track} 1 2 11 12 {number} {int(number == 6)} 0 0 "Car"' for track in (0, 1) for number in (3, 5, 6)]
    found = drone(tmp_path, "\n".join([*lines, "0 1 2 11", '0 1 2 11 12 x 0 0 0 "Car"', ""]))
    assert {key[-1]: len(annotation.boxes) for key, (_, annotation) in found.items()} == {"3": 2, "4": 0, "5": 2, "6": 0}
    assert [scene.frame for scene, _ in found.values()] == [3, 4, 5, 6]
    assert {scene.clip for scene, _ in found.values()} == {"quad/video0"}
    assert {scene.group for scene, _ in found.values()} == {"stanford-drone/quad/video0"}
    assert [annotation.lost for _, annotation in found.values()] == [(Lost("", clips.NO_FRAME, 2),), (), (), ()]


def test_a_video_without_annotations_is_one_unannotated_picture(tmp_path):
    save_text(tmp_path / "videos" / "quad" / "video0" / "video.mov", "x")
    save_text(tmp_path / "annotations" / "quad" / "video1" / "annotations.txt", "")
    found = read("stanford-drone", tmp_path)
    scene, _ = found["quad/video0"]
    assert (scene.frame, scene.annotated, scene.group) == (MIDDLE, False, "stanford-drone/quad/video0")
    assert found["quad/video1"][0].problem == "annotation without picture"


def test_extracted_frames_beside_or_below_the_place_of_the_video(tmp_path):
    text = "".join(f'0 1 2 11 12 {number} 0 0 0 "Car"\n' for number in range(10, 30))
    save_text(tmp_path / "quad" / "video0" / "annotations.txt", text)
    for number in (5, 10, 20):
        blank(tmp_path / "quad" / "video0" / "frames" / f"img_{number:04d}.jpg")
    found = read("stanford-drone", tmp_path)
    assert {scene.key[-2:]: scene.annotated for scene, _ in found.values()} == {"05": False, "10": True, "20": True}
    assert all(scene.frame == -1 and scene.clip == "quad/video0" for scene, _ in found.values())
    blank(tmp_path / "quad" / "video0" / "0010.jpg")
    with pytest.raises(LayoutError, match="two files are called quad/video0"):
        read("stanford-drone", tmp_path)


def test_annotations_that_start_late_say_nothing_of_the_reference(tmp_path):
    save_text(tmp_path / "quad" / "video0" / "annotations.txt", '0 1 2 11 12 500 0 0 0 "Car"\n')
    blank(tmp_path / "quad" / "video0" / "reference.jpg")
    ((scene, _),) = read("stanford-drone", tmp_path).values()
    assert (scene.key, scene.annotated) == ("quad/video0/frame_000000", False)


def test_the_samples_of_stanford_drone_agree_with_a_plain_count(samples):
    root = samples / "StanfordDroneDataset"
    if not root.is_dir():
        pytest.skip("no Stanford Drone sample")
    found = read("stanford-drone", root)
    assert len(found) == len(list(root.glob("*/*/reference.jpg"))) == 12
    counted = 0
    for key, (scene, annotation) in found.items():
        path = root / key.removesuffix("/frame_000000") / "annotations.txt"
        rows = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        assert scene.annotated == any(row[5] == "0" for row in rows)
        want = Counter(row[9].strip('"') for row in rows if row[5] == "0" and row[6] == "0")
        assert Counter(box.native for box in annotation.boxes) == want
        counted += want.total()
    assert counted == 80


def vid(tmp_path, text, frames=(1,)):
    for number in frames:
        blank(tmp_path / "sequences" / "a" / f"{number:07d}.jpg")
    save_text(tmp_path / "annotations" / "a.txt", text)
    return read("visdrone-vid", tmp_path, "train")


@pytest.mark.parametrize(
    ("line", "boxes", "lost"),
    [
        ("1,0,4,5,10,9,1,4,0,0", [("car", (4, 5, 14, 14), False, False)], ()),
        ("1,0,4,5,10,9,1,4,1,2,", [("car", (4, 5, 14, 14), True, True)], ()),  # a comma at the end
        ("1,0,4,5,10,9,1,1", [("pedestrian", (4, 5, 14, 14), False, False)], ()),
        ("1,0,4,5,10,9,0,4,0,0", [], (Lost("car", IGNORED, 1),)),
        ("1,0,4,5,10,9,0,0,0,0", [], (Lost("ignored regions", IGNORED, 1),)),
        ("1,0,4,5,10,9,0,11,0,0", [], (Lost("others", IGNORED, 1),)),
        ("1,0,4,5,0,9,1,4,0,0", [], (Lost("car", "no area", 1),)),
    ],
)
def test_lines_of_visdrone_vid(tmp_path, line, boxes, lost):
    _, annotation = vid(tmp_path, f"{line}\n")["a/frame_000001"]
    found = [(box.native, tuple(box.rect), box.cut, box.difficult) for box in annotation.boxes]
    assert (found, annotation.lost) == (boxes, lost)


@pytest.mark.parametrize("line", ["1,0,4,5,10,9,1,12,0,0", "1,0,4,x,10,9,1,4,0,0", "1,0,4,5,10,9,x,4,0,0", "one,0,4,5,1,1,1,1"])
def test_a_frame_of_visdrone_of_which_nothing_can_be_read(tmp_path, line):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        vid(tmp_path, line)


def test_lines_of_frames_that_are_not_there_fail(tmp_path):
    found = vid(tmp_path, "1,0,4,5,10,9,1,4,0,0\n3,0,4,5,10,9,1,4,0,0\n", frames=(1, 2))
    assert {key[-1]: scene.problem for key, (scene, _) in found.items()} == {
        "1": "",
        "2": "",
        "3": "annotation without picture",
    }
    assert found["a/frame_000002"][1].boxes == ()


@pytest.mark.parametrize(
    ("annotation", "captions"),
    [
        ({"English_caption": ["a", " ", "b"]}, ("a", "b")),
        ({"English_caption": []}, ()),
        ({"English_caption": [1, None, "a"]}, ("a",)),
        ({}, ()),
        (None, ()),
    ],
)
def test_captions_of_capera(tmp_path, annotation, captions):
    item = {"video_id": "Fire_001.mp4", "annotation": annotation}
    save_text(tmp_path / "captions_Train.json", json.dumps({"ERA_caption": [item]}))
    save_text(tmp_path / "videos" / "Fire" / "Fire_001.MP4", "not opened when listed")
    ((scene, found),) = read("capera", tmp_path, "train").values()
    assert (scene.key, scene.frame, scene.clip, found.captions) == ("Fire_001", MIDDLE, "", captions)


def test_another_caption_file_is_not_capera(tmp_path):
    save_text(tmp_path / "train.json", '{"images": []}')
    save_text(tmp_path / "train" / "a.mp4", "x")
    with pytest.raises(LayoutError, match="ERA_caption"):
        read("capera", tmp_path, "train")
