"""data.yaml: where its paths lead, and where they do not; key points."""

import numpy as np
import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.pipelines.catalog.recognise import recognise
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source

READER = load()["yolo"].reader
LINE = "0 .5 .5 .5 .5\n"


def put(root, *names, text=LINE):
    """Pictures, or text files."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".txt":
            path.write_text(text)
        else:
            Image.fromarray(np.zeros((20, 40, 3), np.uint8)).save(path)


def yaml(root, text, name="data.yaml"):
    (root / name).write_text(f"{text}\nnames: [ship]\n")


def scenes(root, split, **keys):
    found = READER.scenes(Source("yolo", str(root), "s", split, **keys), "f")
    return {scene.key: scene.problem or len(scene.annotations) for scene in found}


@pytest.mark.parametrize(
    ("text", "train"),
    [
        ("train: odd/images", {"a": 1}),
        ("path: .\ntrain: odd/images/", {"a": 1}),
        ("path: odd\ntrain: images", {"a": 1}),
        ("train: ./odd/images", {"a": 1}),
        ("train: ../odd/images", {"a": 1}),  # Roboflow writes one folder too many
        ("train: odd", {"a": 1}),  # the folder above images and labels
        ("path: /another/machine\ntrain: odd/images", {"a": 1}),
        ("path: ../elsewhere\ntrain: odd/images", {"a": 1}),
        ("path: '{root}'\ntrain: '{root}/odd/images'", {"a": 1}),
        ("train: [odd/images, more/images]", {"odd/images/a": 1, "more/images/b/c": 1, "more/images/bare": 0}),
        ("train: list.txt", {"odd/images/a": 1, "more/images/bare": 0, "odd/images/gone": "listed without picture"}),
        (
            "path: odd\ntrain: ../list.txt",
            {"odd/images/a": 1, "more/images/bare": 0, "odd/images/gone": "listed without picture"},
        ),
    ],
)
def test_paths_are_followed_as_they_are_written(tmp_path, text, train):
    put(tmp_path, "odd/images/a.jpg", "odd/labels/a.txt", "more/images/b/c.png", "more/labels/b/c.txt", "more/images/bare.jpg")
    listed = ("./odd/images/a.jpg", "more/images/bare.jpg", "", "odd/images/gone.jpg", "../secret/x.jpg")
    put(tmp_path, "list.txt", text="\n".join(listed))
    put(tmp_path, "images/train/other.jpg", "labels/train/other.txt")  # not what data.yaml says
    yaml(tmp_path, text.replace("{root}", str(tmp_path)))
    assert scenes(tmp_path, "train") == train


@pytest.mark.parametrize(
    "text",
    [
        "train: /another/machine/images",
        "train: ../../outside/images",
        "train: gone.txt",
        "train:",
        "train: {}",
        "path: 7",
    ],
)
def test_paths_that_lead_nowhere_leave_it_to_the_names_of_folders(tmp_path, text):
    put(tmp_path, "images/train/a.jpg", "labels/train/a.txt")
    yaml(tmp_path, text)
    assert scenes(tmp_path, "train") == {"a": 1}


def test_labels_without_picture_are_not_passed_over(tmp_path):
    put(tmp_path, "images/a.jpg", "labels/a.txt", "labels/orphan.txt")
    put(tmp_path, "labels/classes.txt", text="ship\n")
    yaml(tmp_path, "train: images")
    assert scenes(tmp_path, "train") == {"a": 1, "orphan": "annotation without picture"}


def test_a_set_that_validates_on_what_it_trains_on_has_no_validation_set(tmp_path):
    put(tmp_path, "images/train/a.jpg", "labels/train/a.txt")
    yaml(tmp_path, "train: images/train\nval: images/train")
    assert [(source.split, source.role) for source in recognise(str(tmp_path))] == [("train", "train")]


def test_what_data_yaml_calls_val_is_found_once(tmp_path):
    for split in ("train", "valid", "test"):
        put(tmp_path, f"{split}/images/{split}.jpg", f"{split}/labels/{split}.txt")
    yaml(tmp_path, "train: ../train/images\nval: ../valid/images\ntest: ../test/images")
    assert [source.split for source in recognise(str(tmp_path))] == ["train", "val", "test"]
    assert scenes(tmp_path, "val") == {"valid": 1}
    with pytest.raises(LayoutError, match="otherwise"):
        scenes(tmp_path, "valid")


def test_folders_of_the_source_count_before_data_yaml(tmp_path):
    put(tmp_path, "images/train/a.jpg", "labels/train/a.txt", "mine/b.jpg", "marks/b.txt")
    yaml(tmp_path, "train: images/train")
    assert scenes(tmp_path, "train", images="mine", annotations="marks") == {"b": 1}


@pytest.mark.parametrize(
    ("shape", "line", "found"),
    [
        ("kpt_shape: [2, 3]", "0 .5 .5 .5 .5 .1 .1 2 .2 .2 1", (10, 5, 30, 15, 0)),
        ("kpt_shape: [2, 2]", "0 .5 .5 .5 .5 .1 .1 .2 .2", (10, 5, 30, 15, 0)),
        ("kpt_shape: [2, 2]", "0 .5 .5 .5 .5", (10, 5, 30, 15, 0)),
        ("kpt_shape: [2, 2]", "0 .25 .25 .75 .25 .75 .75", (10, 5, 30, 15, 6)),  # an outline
        ("kpt_shape: 7", "0 .25 .25 .75 .25 .75 .75 .25 .75", (10, 5, 30, 15, 8)),
    ],
)
def test_key_points_are_left_out(tmp_path, shape, line, found):
    put(tmp_path, "images/a.png", "labels/a.txt", text=line)
    yaml(tmp_path, f"train: images\n{shape}")
    [scene] = READER.scenes(Source("yolo", str(tmp_path), "s", "train"), "f")
    [box] = READER.annotation(scene).boxes
    assert (*box.rect, len(box.polygon)) == pytest.approx(found)
