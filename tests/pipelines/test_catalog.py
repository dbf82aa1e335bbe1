"""The catalogue as a whole: loading it, and finding its datasets in a folder."""

import json

import pytest

from skypairs.pipelines import catalog
from skypairs.pipelines.catalog import load, voc
from skypairs.pipelines.catalog.recognise import recognise
from skypairs.schemas.recipe import Source
from tests.fakes import write


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
    families = [spec.family for spec in specs.values() if spec.family]
    assert all(families.count(family) > 1 for family in families), "a family of one is none"


def test_scenes_of_dota_and_isaid_share_groups(tmp_path):
    specs = load()
    groups = []
    for name in ("dota", "isaid"):
        fake = write(name, tmp_path / name)
        source = Source(name, fake.root, name, "train")
        groups.append({scene.group for scene in specs[name].reader.scenes(source, specs[name].family)})
    assert groups[0] & groups[1] >= {"dota/P0000", "dota/P0001"}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """A folder with a fake of every dataset, two to four levels down, and what was recognised in it."""
    root = tmp_path_factory.mktemp("all")
    fakes = {}
    for number, name in enumerate(load()):
        fakes[name] = write(name, root / ("deep/er/still" if number % 2 else "data") / name, pictures=2)
    return fakes, found(root)


@pytest.mark.parametrize("name", sorted(load()))
def test_everything_below_one_folder_is_recognised(everything, name):
    fakes, recognised = everything
    expected = [(name, fakes[name].root, source.split, source.role, "") for source in fakes[name].sources]
    assert [item for item in recognised if f"{item[1]}/".startswith(f"{fakes[name].root}/")] == expected


def test_nothing_but_the_datasets_is_recognised(everything):
    fakes, recognised = everything
    assert {root for _, root, *_ in recognised} == {fake.root for fake in fakes.values()}
    assert [root.split("/") for _, root, *_ in recognised] == sorted(root.split("/") for _, root, *_ in recognised)


def test_four_levels_are_looked_into_and_no_more(tmp_path):
    touch(
        tmp_path, *(f"1/2/3/{place}/{name}" for place in ("4", "deep/5") for name in ("JPEGImages/1.jpg", "Annotations/1.xml"))
    )
    assert found(tmp_path) == [("voc", f"{tmp_path}/1/2/3/4", "", "train", "")]


def test_nothing_is_looked_for_inside_a_dataset(tmp_path):
    for folder in (".", "JPEGImages/inner", "Annotations/inner"):
        touch(tmp_path / "one" / folder, "JPEGImages/1.jpg", "Annotations/1.xml")
    assert [root for _, root, *_ in found(tmp_path)] == [f"{tmp_path}/one"]


def test_a_crowded_folder_hides_nothing_nearer_and_the_search_ends(tmp_path, monkeypatch):
    monkeypatch.setattr("skypairs.pipelines.catalog.recognise.MOST_FOLDERS", 10)
    for number in range(50):
        (tmp_path / "crowd" / f"{number:02d}").mkdir(parents=True)
    touch(tmp_path, "zoo/JPEGImages/1.jpg", "zoo/Annotations/1.xml")
    touch(tmp_path, "crowd/49/JPEGImages/1.jpg", "crowd/49/Annotations/1.xml")
    assert [root for _, root, *_ in found(tmp_path)] == [f"{tmp_path}/zoo"]


RIVALS = [
    # folder, files, what it is
    ("DOTA", ("train/images/P0.png", "train/labelTxt-v1.5/P0.txt"), {"dota15"}),
    ("DOTA15", ("train/images/P0.png", "train/labelTxt-v1.5/P0.txt"), {"dota15"}),
    ("data", ("train/images/P0.png", "train/labelTxt-v1.5/P0.txt"), {"dota15"}),
    ("data", ("train/images/P0.png", "train/labelTxt/P0.txt"), {"dota"}),
    ("data", ("train/images/P0.png", "train/labelTxt/P0.txt", "train/labelTxt-v1.5/P0.txt"), {"dota15"}),
    (
        "data",
        (
            "train/images/P0.png",
            "train/images/P1.png",
            "train/labelTxt-v1.5/P0.txt",
            *(f"train/labelTxt-v2.0/P{n}.txt" for n in (0, 1)),
        ),
        {"dota20"},
    ),
]


@pytest.mark.parametrize(("folder", "names", "datasets"), RIVALS)
def test_rivals_are_told_apart(tmp_path, folder, names, datasets):
    touch(tmp_path / "of" / folder, *names)
    assert {name for name, *_ in found(tmp_path / "of" / folder)} == datasets


INNER = [
    # folder, where its pictures and annotations lie, dataset
    ("CARPK_devkit", "data/Images", "data/Annotations", "data/ImageSets", "txt", "carpk"),
    ("CARPK_devkit/data", "Images", "Annotations", "ImageSets", "txt", "carpk"),
    ("PUCPR+_devkit", "data/Images", "data/Annotations", "data/ImageSets", "txt", "pucpr"),
    ("OPT2017", "JPEGImages", "Annotations", "ImageSets/Main", "xml", "hrrsd"),
    ("HRRSD", "JPEGImages", "Annotations", "ImageSets/Main", "xml", "hrrsd"),
    ("mine", "JPEGImages", "Annotations", "ImageSets/Main", "xml", "voc"),
]


@pytest.mark.parametrize(("folder", "pictures", "annotations", "lists", "suffix", "dataset"), INNER)
def test_inner_folders_of_a_dataset_are_told_by_their_names(tmp_path, folder, pictures, annotations, lists, suffix, dataset):
    root = tmp_path / "of" / folder
    touch(root, f"{pictures}/1.jpg", f"{annotations}/1.{suffix}")
    touch(root, f"{lists}/train.txt", text="1\n")
    assert found(root) == [(dataset, str(root), "train", "train", "")]
    [scene] = load()[dataset].reader.scenes(Source(dataset, str(root), dataset, "train"), dataset)
    assert (scene.key, scene.annotated, scene.problem) == ("1", True, "")


def test_class_folders_are_found_only_where_nothing_else_is(tmp_path):
    touch(tmp_path, *(f"scenes/{name}/{name}_1.jpg" for name in ("meadow", "quay", "copse")))
    touch(tmp_path, "scenes-with-boxes/meadow/JPEGImages/1.jpg", "scenes-with-boxes/meadow/Annotations/1.xml")
    touch(tmp_path, "scenes-with-boxes/quay/1.jpg")
    places = {(name, root.rpartition("/")[2]) for name, root, *_ in found(tmp_path)}
    assert places == {("folders", "scenes"), ("voc", "meadow")}


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
    write("ucm", tmp_path / "Other_captions")
    write("ucm", tmp_path / "UCM_captions")
    names = {root.rpartition("/")[2]: dataset for dataset, root, *_ in found(tmp_path)}
    assert names == {"Other_captions": "karpathy", "UCM_captions": "ucm"}


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("a.jpg", "b.jpg"),
        ("images/a.jpg",),  # pictures alone
        ("test/images/a.jpg", "train/readme.txt"),
        (".cache/JPEGImages/1.jpg", ".cache/Annotations/1.xml"),
        ("__MACOSX/JPEGImages/1.jpg", "__MACOSX/Annotations/1.xml"),
    ],
)
def test_what_is_no_dataset(tmp_path, names):
    touch(tmp_path, *names)
    assert found(tmp_path) == []


def test_real_folders_are_recognised(samples):
    if not (samples / "iSAID_Devkit").is_dir():
        pytest.skip("no iSAID sample")
    roots = {(dataset, split) for dataset, root, split, *_ in found(samples) if "iSAID_Devkit" in root}  # four levels down
    assert roots == {("isaid", "train"), ("isaid", "val"), ("isaid", "test")}
