"""Caption files in Karpathy's layout."""

import json

import pytest

from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.transforms.readers.karpathy import Karpathy
from skypairs.transforms.readers.layout import Place

READER = Karpathy(places=(Place("images", "dataset*.json"),))


def entry(name, *texts, split="train", **keys):
    return {"filename": name, "split": split, "sentences": [{"raw": text} for text in texts], **keys}


def write(root, *images, pictures=("a.jpg",), encoding="utf-8", name="dataset.json"):
    for picture in pictures:
        path = root / "images" / picture
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    text = json.dumps({"images": list(images), "dataset": "x"}, ensure_ascii=False)
    (root / name).write_bytes(text.encode(encoding))


def scenes(root, split="", **keys):
    return {scene.key: scene for scene in READER.scenes(Source("karpathy", str(root), "k", split, **keys), "k")}


def captions(root, key="a"):
    return READER.annotation(scenes(root)[key]).captions


def test_captions_stay_as_they_stand(tmp_path):
    texts = (" Many Planes , near a road .", "many planes .", "many planes .")  # capitals, blanks, one twice
    write(tmp_path, entry("a.jpg", *texts))
    assert captions(tmp_path) == texts


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        ([{"raw": ""}, {"raw": "  \n"}, {"raw": "a ship ."}], ("", "  \n", "a ship .")),  # blank ones leave a trace
        ([{"tokens": ["a", "ship"]}], ("a ship",)),  # no raw text
        ([{"raw": None, "tokens": ["a", "ship"]}], ("a ship",)),
        (["a ship .", 7, None, {}], ("a ship .", "", "", "")),
        ([], ()),
        (None, ()),
        ([{"raw": "a \ud800 ship"}], ("a ? ship",)),
    ],
)
def test_sentences(tmp_path, sentences, expected):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").write_text("x")
    content = {"images": [{"filename": "a.jpg", "split": "train", "sentences": sentences}]}
    (tmp_path / "dataset.json").write_text(json.dumps(content))
    assert captions(tmp_path) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path, encoding):
    write(tmp_path, entry("a.jpg", "一艘船 “ship” ."), encoding=encoding)
    assert captions(tmp_path) == ("一艘船 “ship” .",)


def test_splits_stand_in_the_file(tmp_path):
    images = [entry("a.jpg", "x ."), entry("b.jpg", "x .", split="val"), entry("c.jpg", "x .", split="test")]
    write(tmp_path, *images, pictures=("a.jpg", "b.jpg", "c.jpg", "d.jpg"))
    assert [list(scenes(tmp_path, split)) for split in ("train", "val", "test")] == [["a"], ["b"], ["c"]]
    assert list(scenes(tmp_path)) == ["a", "b", "c", "d"]
    assert not scenes(tmp_path)["d"].annotated  # the file does not list it
    look = READER.look(Source("karpathy", str(tmp_path), "k", "val"))
    assert (look.pictures, look.picture_bytes, look.annotations) == (1, 1, 1)
    with pytest.raises(LayoutError, match="no picture of split 'extra'; it has test, train, val"):
        scenes(tmp_path, "extra")


def test_pictures_are_found_by_name_and_folder(tmp_path):
    write(
        tmp_path,
        entry("a.jpg", "x ."),
        entry("b.png", "x .", filepath="train"),
        entry("c.tif", "x ."),  # converted since
        entry("d.jpg", "x ."),
        pictures=("a.jpg", "train/b.png", "c.jpg"),
    )
    found = {key: scene.problem for key, scene in scenes(tmp_path, "train").items()}
    assert found == {"a": "", "c": "", "d": "annotation without picture", "train/b": ""}


def test_two_entries_of_one_picture_are_the_users_error(tmp_path):
    write(tmp_path, entry("a.jpg", "x .", imgid=3), entry("a.jpg", "y .", imgid=8))
    with pytest.raises(LayoutError, match=r"image 3 .*image 8"):
        scenes(tmp_path)


def test_several_files_are_the_users_choice(tmp_path):
    write(tmp_path, entry("a.jpg", "one ."))
    write(tmp_path, entry("a.jpg", "two ."), name="dataset_new.json")
    with pytest.raises(LayoutError, match="name one by `annotations:`"):
        scenes(tmp_path)
    (found,) = scenes(tmp_path, annotations="dataset_new.json").values()
    assert READER.annotation(found).captions == ("two .",)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"images": {}}', '{"images": [3]}', '{"Airport": [{"filename": "a.jpg"}]}'])
def test_a_file_that_is_no_caption_file_is_the_users_error(tmp_path, text):
    write(tmp_path)
    (tmp_path / "dataset.json").write_text(text)
    with pytest.raises(LayoutError, match=r"dataset\.json"):
        scenes(tmp_path)


@pytest.mark.parametrize(
    ("folder", "part"), [("rsitmd_precomp", "train"), ("rsitmd_precomp", "test"), ("rsicd_precomp", "test")]
)
def test_real_captions_agree_with_a_plain_count(samples, tmp_path, folder, part):
    """Captions of RSITMD and RSICD, five a picture, 20 of them blank, put into one file as the releases have them."""
    texts = (samples / "AMFMN" / "data" / folder / f"{part}_caps.txt").read_text(encoding="utf-8").split("\n")
    names = (samples / "AMFMN" / "data" / folder / f"{part}_filename.txt").read_text(encoding="utf-8").split()
    texts = texts[:-1] if not texts[-1] else texts
    names = list(dict.fromkeys(names))  # the lists of test parts name a picture once a caption
    assert len(texts) == 5 * len(names)
    images = [entry(name, *texts[5 * at : 5 * at + 5]) for at, name in enumerate(names)]
    write(tmp_path, *images, pictures=names)
    source = Source("karpathy", str(tmp_path), "s")
    found = {scene.key: READER.annotation(scene).captions for scene in READER.scenes(source, "s")}
    assert len(found) == len(names)
    said = [text for captions in found.values() for text in captions]
    assert sorted(said) == sorted(texts)
    assert sum(not text.strip() for text in said) == (20 if (folder, part) == ("rsitmd_precomp", "train") else 0)
