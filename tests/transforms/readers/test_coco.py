"""COCO JSON: what may stand in it, and how pictures are found."""

import json

import pytest

from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Lost
from skypairs.transforms.readers.coco import Coco
from skypairs.transforms.readers.layout import Place

READER = Coco(places=(Place("images", "annotations.json"), Place("images", "annotations/{split}.json")))
CATEGORIES = [{"id": 7, "name": "ship"}, {"id": 3, "name": "storage tank"}]
GOOD = {"id": 1, "image_id": 1, "category_id": 7, "bbox": [10, 20, 20, 20]}
RING = [10, 20, 30, 20, 30, 40, 10, 40]
TEXT = {"size": [4, 5], "counts": "52203"}  # rows 1 and 2 of columns 1 and 2


def write(root, images, annotations, categories=CATEGORIES, pictures=("a.jpg",), file="annotations.json"):
    for name in pictures:
        path = root / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    content = {"images": images, "annotations": annotations, "categories": categories}
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(json.dumps({key: value for key, value in content.items() if value is not None}))
    return Source("coco", str(root), "c")


def scenes(source):
    return {scene.key: scene for scene in READER.scenes(source, "c")}


def parse(root, *annotations, **image):
    source = write(root, [{"id": 1, "file_name": "a.jpg", **image}], [{"id": 1, "image_id": 1, **item} for item in annotations])
    return READER.annotation(scenes(source)["a"])


@pytest.mark.parametrize(
    ("entry", "rect", "polygon"),
    [
        ({"bbox": [10, 20, 20, 20]}, (10, 20, 30, 40), ()),
        ({"bbox": [10.5, 20.25, 1.5, 2]}, (10.5, 20.25, 12, 22.25), ()),
        ({"bbox": ["10", "20", "20", "20"]}, (10, 20, 30, 40), ()),  # numbers as text
        ({"bbox": [10, 20, 20, 20], "segmentation": []}, (10, 20, 30, 40), ()),
        ({"bbox": [10, 20, 20, 20], "segmentation": [RING]}, (10, 20, 30, 40), tuple(RING)),
        ({"bbox": [10, 20, 20, 20], "segmentation": RING}, (10, 20, 30, 40), tuple(RING)),  # flat: no list of lists
        ({"segmentation": RING}, (10, 20, 30, 40), tuple(RING)),
        ({"segmentation": [RING, [0, 0, 5, 0, 5, 5]]}, (0, 0, 30, 40), ()),  # two parts: no single outline
        ({"bbox": [10, 20, 0, 0], "segmentation": [RING]}, (10, 20, 30, 40), tuple(RING)),  # the box alone is bad
        ({"bbox": ["x", 20, 1, 1], "segmentation": [RING]}, (10, 20, 30, 40), tuple(RING)),
        ({"bbox": [10, 20, 20, 20], "segmentation": [["x"]]}, (10, 20, 30, 40), ()),  # the outline alone is bad
        ({"bbox": [10, 20, 20, 20], "segmentation": {"size": [0, 0], "counts": []}}, (10, 20, 30, 40), ()),
        ({"segmentation": TEXT}, (1, 1, 3, 3), ()),  # run lengths as text
        ({"segmentation": {"size": [4, 5], "counts": [5, 2, 2, 2, 9]}}, (1, 1, 3, 3), ()),  # and as a list
    ],
)
def test_boxes_and_outlines(tmp_path, entry, rect, polygon):
    (found,) = parse(tmp_path, {"category_id": 7, **entry}).boxes
    assert (tuple(found.rect), found.polygon) == (rect, polygon)


@pytest.mark.parametrize(
    ("entry", "lost"),
    [
        ({"category_id": 7, "bbox": [1, 2, "three", 4]}, ("ship", "not a number")),
        ({"category_id": 7, "bbox": [1, 2, None, 4]}, ("ship", "not a number")),
        ({"category_id": 7, "bbox": [1, 2, float("nan"), 4]}, ("ship", "not a number")),
        ({"category_id": 7, "bbox": [1, 2, 0, 4]}, ("ship", "no area")),
        ({"category_id": 7, "bbox": [1, 2, -3, 4]}, ("ship", "no area")),
        ({"category_id": 7, "bbox": [1, 2, 3]}, ("ship", "no box")),
        ({"category_id": 7}, ("ship", "no box")),
        ({"category_id": 7, "segmentation": [[1, 2, 3, 4]]}, ("ship", "not a number")),  # two points are no outline
        ({"category_id": 7, "segmentation": {"size": [4, 5], "counts": [1, 2]}}, ("ship", "bad mask")),
        ({"category_id": 7, "segmentation": {"size": [4, 5], "counts": [20]}}, ("ship", "no area")),  # an empty mask
        ({"category_id": 99, "bbox": [1, 2, 3, 4]}, ("category 99", "unknown class")),
        ({"bbox": [1, 2, 3, 4]}, ("category None", "unknown class")),
    ],
)
def test_one_bad_object_is_counted_and_the_others_stay(tmp_path, entry, lost):
    found = parse(tmp_path, entry, GOOD)
    assert [item.native for item in found.boxes] == ["ship"]
    assert found.lost == (Lost(*lost, 1),)


@pytest.mark.parametrize(
    ("keys", "flags"),
    [
        ({}, (False, False)),  # iscrowd may be missing
        ({"iscrowd": 0}, (False, False)),
        ({"iscrowd": 1}, (True, False)),
        ({"iscrowd": True}, (False, False)),  # the format has numbers
        ({"iscrowd": None, "ignore": 1}, (False, True)),
    ],
)
def test_flags(tmp_path, keys, flags):
    (found,) = parse(tmp_path, GOOD | keys).boxes
    assert (found.crowd, found.difficult) == flags


def test_size_is_kept_where_it_is_whole(tmp_path):
    assert parse(tmp_path, GOOD, width=64, height=48).size == (64, 48)
    assert parse(tmp_path, GOOD, width=64.0, height="48").size == (64, 48)
    assert parse(tmp_path, GOOD, width=0, height=48).size is None
    assert parse(tmp_path, GOOD).size is None


def test_nothing_readable_is_a_data_error(tmp_path):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        parse(tmp_path, {"category_id": 7, "bbox": ["a", "b", "c", "d"]})


def test_listed_without_objects_is_annotated_and_not_listed_is_not(tmp_path):
    found = scenes(write(tmp_path, [{"id": 1, "file_name": "a.jpg"}], [], pictures=("a.jpg", "b.jpg")))
    assert (found["a"].annotated, found["b"].annotated) == (True, False)
    assert READER.annotation(found["a"]).boxes == READER.annotation(found["b"]).boxes == ()


def test_a_file_of_images_alone_annotates_nothing(tmp_path):
    found = scenes(write(tmp_path, [{"id": 1, "file_name": "a.jpg"}], None))
    assert not found["a"].annotated


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("port/a.jpg", "port/a"),
        ("port\\a.jpg", "port/a"),  # written on Windows
        ("./port/a.jpg", "port/a"),
        ("images/port/a.jpg", "port/a"),  # relative to the root
        ("/home/someone/data/images/port/a.jpg", "port/a"),
        ("C:\\data\\images\\port\\a.jpg", "port/a"),
        ("port/a.png", "port/a"),  # converted since
        ("port/a", "port/a"),
    ],
)
def test_file_names_are_found_by_their_end(tmp_path, name, key):
    found = scenes(write(tmp_path, [{"id": 1, "file_name": name}], [GOOD], pictures=("port/a.jpg",)))
    assert [(scene.key, scene.problem) for scene in found.values()] == [(key, "")]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("sea/b.jpg", "sea/b"),
        ("/home/someone/b.jpg", "b"),  # no local path in an id
        ("../../b.jpg", "b"),
        ("", "image id 1"),
        (None, "image id 1"),
    ],
)
def test_an_entry_without_picture_is_a_scene_that_failed(tmp_path, name, key):
    image = {"id": 1} if name is None else {"id": 1, "file_name": name}
    found = scenes(write(tmp_path, [image], [GOOD]))
    assert (found[key].problem, found[key].picture) == ("annotation without picture", None)
    assert not found["a"].annotated


def test_annotations_of_no_image_are_accounted_for(tmp_path):
    strays = [GOOD, GOOD | {"image_id": 55}, GOOD | {"image_id": 55}, "junk", {"id": 9}]
    found = scenes(write(tmp_path, [{"id": 1, "file_name": "a.jpg"}], strays))
    failed = sorted(key for key, scene in found.items() if scene.problem)
    assert failed == ["image id 55", "image id of annotation 3", "image id of annotation 4"]


def test_a_name_at_the_end_of_another_is_not_taken_twice(tmp_path):
    # x/a.jpg is missing; a.jpg is another picture with an entry of its own
    images = [{"id": 1, "file_name": "x/a.jpg"}, {"id": 2, "file_name": "a.jpg"}]
    found = scenes(write(tmp_path, images, []))
    assert {key: scene.problem for key, scene in found.items()} == {"a": "", "x/a": "annotation without picture"}


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ([{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "a.jpg"}], "image id 1.*image id 2"),
        ([{"id": 1, "file_name": "a.jpg"}, {"id": 1, "file_name": "b.jpg"}], "two images of id 1"),
    ],
)
def test_entries_that_contradict_each_other_are_the_users_error(tmp_path, images, said):
    with pytest.raises(LayoutError, match=said):
        scenes(write(tmp_path, images, []))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"images": {}}', '{"images": [], "annotations": 3}', "[" * 100_000, "\xff"])
def test_a_file_that_cannot_be_parsed_is_the_users_error(tmp_path, text):
    source = write(tmp_path, [], [])
    (tmp_path / "annotations.json").write_text(text)
    with pytest.raises(LayoutError, match=r"annotations\.json"):
        scenes(source)


def test_each_scene_carries_its_own_share_and_no_more(tmp_path):
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}]
    annotations = [GOOD, GOOD | {"image_id": 2, "category_id": 3}]
    before = scenes(write(tmp_path, images, annotations, pictures=("a.jpg", "b.jpg")))
    annotations[1]["bbox"] = [1, 1, 2, 2]
    after = scenes(write(tmp_path, images, annotations, pictures=("a.jpg", "b.jpg")))
    assert before["a"].inline == after["a"].inline
    assert before["b"].inline != after["b"].inline
    assert "storage tank" in after["b"].inline and "storage tank" not in after["a"].inline


def test_pictures_of_a_shared_folder_stay_with_their_split(tmp_path):
    for split, name in (("train", "a.jpg"), ("test", "b.jpg")):
        write(tmp_path, [{"id": 1, "file_name": name}], [GOOD], pictures=(name, "c.jpg"), file=f"annotations/{split}.json")
    for split, key in (("train", "a"), ("test", "b")):
        source = Source("coco", str(tmp_path), "c", split)
        assert list(scenes(source)) == [key]
        assert READER.look(source).pictures == 1


def test_a_reference_holds_only_what_its_file_lists(tmp_path):
    # else the training pictures that lie beside those of a test file would all become leaks
    write(tmp_path, [{"id": 1, "file_name": "a.jpg"}], [GOOD], pictures=("a.jpg", "train.jpg"), file="test.json")
    source = Source("coco", str(tmp_path), "c", images="images", annotations="test.json", role="reference")
    assert list(scenes(source)) == ["a"]


def test_the_source_names_file_and_folder(tmp_path):
    write(tmp_path, [{"id": 1, "file_name": "a.jpg"}], [GOOD], file="labels/mine.json")
    (tmp_path / "images").rename(tmp_path / "pictures")
    source = Source("coco", str(tmp_path), "c", images="pictures", annotations="labels/mine.json")
    assert list(scenes(source)) == ["a"]
    with pytest.raises(LayoutError, match=r"labels/other\.json"):
        scenes(Source("coco", str(tmp_path), "c", images="pictures", annotations="labels/other.json"))


def test_names_that_cannot_be_encoded_do_no_harm(tmp_path):
    source = write(tmp_path, [{"id": 1, "file_name": "a.jpg"}], [GOOD], [{"id": 7, "name": "sh\ud800ip\nx"}])
    (found,) = READER.annotation(scenes(source)["a"]).boxes
    assert found.native == "sh?ip x"
