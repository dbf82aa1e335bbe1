"""WebDataset tars: grouping as open_clip does it, captions, and reading members in place."""

import json
import tarfile

import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.transforms import storage
from tests.fakes.webdataset_tars import write_tar

READER = load()["webdataset"].reader


def scenes(root, split=""):
    return {scene.key: scene for scene in READER.scenes(Source("webdataset", str(root), "s", split), "f")}


def captions(root):
    return {key: READER.annotation(scene).captions for key, scene in scenes(root).items() if not scene.problem}


def test_members_are_grouped_by_name_up_to_the_first_dot(tmp_path):
    members = [
        ("./a.v1/one.jpg", b"p1"),
        ("./a.v1/one.TXT", b"first"),
        ("two.seg.png", b"no picture of two"),
        ("two.JPEG", b"p2"),
        ("two.txt", b"second"),
        (".hidden", b"x"),
        ("no-suffix", b"x"),
        ("three.png", b"p3"),
    ]
    write_tar(tmp_path / "s.tar", members)
    found = scenes(tmp_path)
    assert {key: storage.read(scene.picture.uri) for key, scene in found.items()} == {
        "s/./a.v1/one": b"p1",
        "s/two": b"p2",
        "s/three": b"p3",
    }
    assert captions(tmp_path) == {"s/./a.v1/one": ("first",), "s/two": ("second",), "s/three": ()}
    assert [found[key].annotated for key in sorted(found)] == [True, False, True]


def test_a_suffix_that_comes_again_begins_a_sample(tmp_path):
    write_tar(tmp_path / "s.tar", [("a.jpg", b"1"), ("a.txt", b"x"), ("a.jpg", b"2"), ("a.txt", b"y")])
    with pytest.raises(LayoutError, match="two files are called s/a"):
        scenes(tmp_path)


def test_one_name_in_two_tars_is_two_samples(tmp_path):
    for name in ("x", "y"):
        write_tar(tmp_path / f"{name}.tar", [("0.jpg", name.encode()), ("0.txt", name.encode())])
    assert captions(tmp_path) == {"x/0": ("x",), "y/0": ("y",)}


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_of_every_kind_of_tar(tmp_path, kind):
    name = "folder/" * 12 + ("n" * 90 if kind == tarfile.USTAR_FORMAT else "\u00e9" * 200)
    write_tar(tmp_path / "s.tar", [(f"{name}.jpg", b"picture" * 200), (f"{name}.txt", b"words")], kind)
    [(key, scene)] = scenes(tmp_path).items()
    assert key == f"s/{name}" and storage.read(scene.picture.uri) == b"picture" * 200


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"caption": "one", "caption_10": "c", "caption_2": "b", "number": 3}, ("one", "b", "c")),
        ({"captions": ["a", " ", "b", "a"]}, ("a", "b")),
        ({"caption": 2, "caption_0": "a"}, ("a",)),  # as builds of skypairs have it
        ({"Title": "t", "text": "u"}, ("t", "u")),
        ({"url": "x"}, ()),
    ],
)
def test_captions_of_the_json_member(tmp_path, content, found):
    write_tar(tmp_path / "s.tar", [("a.jpg", b"1"), ("a.json", json.dumps(content).encode())])
    assert captions(tmp_path) == {"s/a": found}


def test_the_text_comes_first_and_once(tmp_path):
    data = json.dumps({"caption_0": "a", "caption_1": "{b}"}).encode()
    write_tar(tmp_path / "s.tar", [("a.json", data), ("a.txt", b"{b}"), ("a.webp", b"1")])
    assert captions(tmp_path) == {"s/a": ("{b}", "a")}


@pytest.mark.parametrize("data", [b"[]", b'"x"', b"{", b"\xff"])
def test_json_that_is_no_object_fails_its_picture_alone(tmp_path, data):
    write_tar(tmp_path / "s.tar", [("a.jpg", b"1"), ("a.json", data), ("b.jpg", b"2"), ("b.txt", b"b")])
    found = scenes(tmp_path)
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        READER.annotation(found["s/a"])
    assert READER.annotation(found["s/b"]).captions == ("b",)


@pytest.mark.parametrize("size", [0, 700, 1024 + 5_000])
def test_a_tar_that_is_cut_off_is_the_users_error(tmp_path, size):
    write_tar(tmp_path / "s.tar", [("a.txt", b"words"), ("a.jpg", b"1" * 9_000), ("b.jpg", b"2" * 90)])
    path = tmp_path / "s.tar"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(LayoutError, match=r"s\.tar is (no sound tar|cut off)|no pictures"):
        scenes(tmp_path)


def test_a_member_is_a_file_of_its_own(tmp_path):
    write_tar(tmp_path / "s.tar", [("a.jpg", b"0123456789"), ("a.txt", b"words")])
    picture = scenes(tmp_path)["s/a"].picture
    assert storage.stat(picture.uri) == picture and picture.size == 10
    assert storage.read(picture.uri, 3) == b"3456789" and storage.read(picture.uri, 3, 4) == b"3456"
    assert storage.read(picture.uri, 10) == storage.read(picture.uri, 99) == storage.read(picture.uri, 0, 0) == b""
    for offset, length in ((0, 11), (8, 3), (11, 1)):
        with pytest.raises(EOFError, match=f"of {length} bytes at {offset}"):
            storage.read(picture.uri, offset, length)
    tar = tmp_path / "s.tar"
    assert storage.stat(f"{tar}#0+{tar.stat().st_size + 1}") is None
    assert storage.stat(f"{tmp_path}/gone.tar#0+1") is None
    with pytest.raises(FileNotFoundError):
        storage.read(f"{tmp_path}/gone.tar#0+1")


OWN = {
    "boxes": [
        {
            "label": "ship",
            "native": "SB",
            "box": [1, 2, 30.5, 40],
            "kind": "instance",
            "difficult": True,
            "crowd": False,
            "cut": False,
        },
        {
            "label": "low vegetation",
            "native": "v",
            "box": [0, 0, 9, 9],
            "kind": "region",
            "polygon": [0, 0, 9, 0, 9, 9],
            "cut": True,
        },
        {"label": "ship", "native": "SB", "box": [1, "x", 3, 4], "kind": "instance"},
    ],
    "lost": [{"label": "car", "reason": "outside", "count": 2}, {"label": "car", "reason": "odd", "count": "many"}],
    "captions": [{"kind": "human", "rule": "", "template": ""}, {"kind": "rule", "rule": "rich", "template": "t"}],
    "caption_0": "A quay .",
    "caption_1": "Two ships.",
    "scene": {"native": "Port", "label": "port"},
    "sha256": "00",
    "key": "a",
    "group": "s/a",
    "width": 64,
    "height": 48,
    "gsd": 0.5,
}


def read_sample(root, content):
    write_tar(root / "s.tar", [("a.jpg", b"p"), ("a.txt", b"Two ships."), ("a.json", json.dumps(content).encode())])
    return READER.annotation(scenes(root)["s/a"])


def test_of_tars_of_a_build_captions_of_people_count_and_boxes_are_read(tmp_path):
    found = read_sample(tmp_path, OWN)
    assert found.captions == ("A quay .",)
    assert [(box.native, *box.rect, box.kind, box.difficult, box.cut, len(box.polygon)) for box in found.boxes] == [
        ("ship", 1, 2, 30.5, 40, "instance", True, False, 0),
        ("low vegetation", 0, 0, 9, 9, "region", False, True, 6),
    ]
    assert {(item.label, item.reason, item.count) for item in found.lost} == {
        ("ship", "not a number", 1),
        ("car", "outside", 2),
    }
    assert (found.size, found.gsd, found.scene_class) == ((64, 48), 0.5, "port")


@pytest.mark.parametrize(
    ("change", "captions"),
    [
        ({"captions": "Two ships."}, ("Two ships.", "A quay .")),  # somebody else's json: every text counts
        ({"captions": [{"kind": "rule"}, {"kind": "rule"}]}, ()),
        ({"caption_0": None}, ()),
        ({"boxes": None, "lost": None}, ("A quay .",)),
    ],
)
def test_what_is_no_sample_of_a_build_and_what_is_missing_in_one(tmp_path, change, captions):
    assert read_sample(tmp_path, OWN | change).captions == captions
