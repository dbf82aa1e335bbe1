"""The catalogue as a whole: loading it, and finding its datasets in a folder."""

import json

import pytest

from skypairs.pipelines import catalog
from skypairs.pipelines.catalog import load, voc
from skypairs.pipelines.catalog.recognise import recognise
from skypairs.schemas.recipe import Source
from tests.fakes import WRITERS, write


def found(root):
    return [(source.dataset, source.root, source.split, source.role, source.name) for source in recognise(str(root))]


def touch(root, *names, text="x"):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_load_is_sorted_and_keeps_no_state():
    one = load()
    assert list(one) == sorted(one) and all(name == spec.name for name, spec in one.items())
    one.clear()
    assert load()


def test_two_entries_of_one_name_are_a_mistake(monkeypatch):
    monkeypatch.setattr("skypairs.pipelines.catalog.coco.SPEC", voc.SPEC)
    with pytest.raises(ValueError, match=r"two datasets .* called voc"):
        catalog.load()


def test_datasets_that_share_pictures_share_a_family():
    specs = load()
    assert specs["dota"].family == specs["isaid"].family == "dota"
    assert all(not spec.family for name, spec in specs.items() if name not in ("dota", "isaid"))


def test_scenes_of_dota_and_isaid_share_groups(tmp_path):
    specs = load()
    groups = []
    for name in ("dota", "isaid"):
        fake = write(name, tmp_path / name)
        source = Source(name, fake.root, name, "train")
        groups.append({scene.group for scene in specs[name].reader.scenes(source, specs[name].family)})
    assert groups[0] & groups[1] >= {"dota/P0000", "dota/P0001"}


def test_everything_below_one_folder_is_recognised(tmp_path):
    expected = []
    for name in sorted(WRITERS):
        fake = write(name, tmp_path / "data" / name)
        expected += [(name, fake.root, source.split, source.role, "") for source in fake.sources]
    assert found(tmp_path / "data") == found(tmp_path) == expected


@pytest.mark.parametrize(
    ("names", "dataset"),
    [
        (("dataset_rsicd.json", "RSICD_images/1.jpg"), "rsicd"),
        (("dataset_RSITMD.json", "images/1.tif"), "rsitmd"),
        (("dataset_other.json", "images/1.jpg"), "karpathy"),
    ],
)
def test_the_most_specific_entry_wins(tmp_path, names, dataset):
    touch(tmp_path, *names)
    content = {"images": [{"filename": "1.jpg", "split": "train", "sentences": [{"raw": "a ship ."}]}]}
    (tmp_path / names[0]).write_text(json.dumps(content))
    assert found(tmp_path) == [(dataset, str(tmp_path), "train", "train", "")]


def test_isaid_with_coco_files_is_isaid(tmp_path):
    fake = write("isaid", tmp_path / "isaid")
    touch(tmp_path / "isaid", "train/annotations.json", text='{"images": [], "annotations": []}')
    assert {name for name, *_ in found(fake.root)} == {"isaid"}


def test_dota_and_isaid_in_one_folder_are_both_found(tmp_path):
    write("isaid", tmp_path / "both")
    touch(tmp_path / "both", "train/labelTxt/P0000.txt")
    splits = {(dataset, split) for dataset, _, split, _, _ in found(tmp_path / "both")}
    assert splits == {("dota", "train"), ("dota", "test"), ("isaid", "train"), ("isaid", "val"), ("isaid", "test")}


def test_generic_formats_without_splits(tmp_path):
    touch(tmp_path, "a/JPEGImages/1.jpg", "a/Annotations/1.xml", "b/images/1.jpg", "b/masks/1.png")
    touch(tmp_path, "c/images/1.jpg")
    touch(tmp_path, "c/annotations.json", text='{"images": [], "annotations": []}')
    root = str(tmp_path)
    assert found(tmp_path) == [
        ("voc", f"{root}/a", "", "train", ""),
        ("masks", f"{root}/b", "", "train", ""),
        ("coco", f"{root}/c", "", "train", ""),
    ]


def test_two_of_a_kind_get_names_of_their_own(tmp_path):
    for name in ("port of call", "city"):
        touch(tmp_path, f"{name}/JPEGImages/1.jpg", f"{name}/Annotations/1.xml")
    names = [name for *_, name in found(tmp_path)]
    assert len(set(names)) == 2 and all(names)
    assert names[0].startswith("voc-") and names[0].endswith("city") and names[1].endswith("port-of-call")


def test_a_lone_folder_of_dota_is_its_training_set_unless_its_name_says_otherwise(tmp_path):
    for name in ("DOTA", "DOTA_val", "test"):
        touch(tmp_path, f"{name}/images/P0001.png", f"{name}/labelTxt/P0001.txt")
    assert found(tmp_path) == [("dota", f"{tmp_path}/DOTA", "train", "train", "")]


def test_other_caption_sets_are_not_taken_for_ucm(tmp_path):
    write("ucm", tmp_path / "Sydney_captions")
    write("ucm", tmp_path / "UCM_captions")
    names = {root.rpartition("/")[2]: dataset for dataset, root, *_ in found(tmp_path)}
    assert names == {"Sydney_captions": "karpathy", "UCM_captions": "ucm"}


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("a.jpg", "b.jpg"),
        ("images/a.jpg",),  # pictures alone
        ("test/images/a.jpg", "train/readme.txt"),
        ("one/two/three/JPEGImages/1.jpg", "one/two/three/Annotations/1.xml"),  # too deep
        (".cache/JPEGImages/1.jpg", ".cache/Annotations/1.xml"),
        ("__MACOSX/JPEGImages/1.jpg", "__MACOSX/Annotations/1.xml"),
    ],
)
def test_what_is_no_dataset(tmp_path, names):
    touch(tmp_path, *names)
    assert found(tmp_path) == []


def test_real_folders_are_recognised(samples):
    roots = {(dataset, split) for dataset, _, split, *_ in found(samples / "iSAID_Devkit" / "preprocess")}
    if not (samples / "iSAID_Devkit").is_dir():
        pytest.skip("no iSAID sample")
    assert roots == {("isaid", "train"), ("isaid", "val"), ("isaid", "test")}
