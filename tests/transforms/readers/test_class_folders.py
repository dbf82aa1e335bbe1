"""Class folders: how folders are matched with classes, and what is refused."""

import io
import json

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from skypairs.pipelines.catalog import load
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.arrow import RECORDS
from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import LayoutError, RecipeError
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.recipe import Boxes, Captions, Pictures, Recipe, Source
from skypairs.schemas.recipe_identity import canonical
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.captions.scene import TEMPLATES
from skypairs.transforms.cards import decode_card, encode_card, finish_json
from skypairs.transforms.prepare_part import captions_of
from skypairs.transforms.prepare_scene import SceneOptions, prepare_scene
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.records_file import scene_rows
from skypairs.transforms.scene_class import class_of, scene_phrase

SPECS = load()
SCENE_SETS = [name for name, spec in SPECS.items() if isinstance(spec.reader, ClassFolders) and spec.classes]


def put(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8, 3), 9, np.uint8)).save(path)
    return Source("folders", str(root), "s")


def classes_in(reader, source):
    return {scene.key: reader.annotation(scene).scene_class for scene in reader.scenes(source, "f")}


@pytest.mark.parametrize("folder", ["DenseResidential", "dense_residential", "dense residential", "DENSE-RESIDENTIAL"])
def test_folders_are_matched_without_case_and_marks(tmp_path, folder):
    reader = ClassFolders((Place("."),), ("DenseResidential", "Port"))
    source = put(tmp_path, f"{folder}/1.jpg", "port/2.png")
    assert classes_in(reader, source) == {f"{folder}/1": "DenseResidential", "port/2": "Port"}


@pytest.mark.parametrize(("folder", "native"), [("swimming_pool", "swimmimg_pool"), ("harbor_port", "harbor&port")])
def test_corrected_spellings_are_read_too(tmp_path, folder, native):
    reader = ClassFolders((Place("."),), (native, "beach"))
    assert classes_in(reader, put(tmp_path, f"{folder}/1.jpg", "beach/1.jpg"))[f"{folder}/1"] == native


def test_the_letters_of_rsscn7_may_be_there_or_not(tmp_path):
    names = [item.native for item in SPECS["rs2800"].classes]
    put(tmp_path / "with", *(f"{letter}{name}/{letter}001.jpg" for letter, name in zip("abcdefg", names, strict=True)))
    put(tmp_path / "without", *(f"{name}/1.jpg" for name in names))
    for kind in ("with", "without"):
        assert set(classes_in(SPECS["rs2800"].reader, Source("rs2800", str(tmp_path / kind), "s")).values()) == set(names)


def test_the_last_of_two_levels_is_the_class(tmp_path):
    reader = ClassFolders((Place("."),), ("river", "lake"), depth=2)
    source = put(tmp_path, "water area/river/x(1).tif", "lake/x(1).tif")
    assert classes_in(reader, source) == {"water area/river/x(1)": "river", "lake/x(1)": "lake"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (("river/1.jpg",), "lacks most class folders: lake"),
        (("river/1.jpg", "lake/1.jpg", "tower/1.jpg"), "none of the classes"),
        (("river/1.jpg", "lake/deep/1.jpg"), "deeper"),
        (("lake/readme.txt.png",), "lacks most"),
    ],
)
def test_foreign_layouts_are_refused(tmp_path, files, words):
    with pytest.raises(LayoutError, match=words):
        ClassFolders((Place("."),), ("river", "lake")).look(put(tmp_path, *files))


@pytest.mark.parametrize("files", [("a/1.jpg",), ("images/1.jpg", "masks/1.png"), ("a/x/1.jpg", "b/x/1.jpg"), ("1.jpg",)])
def test_any_folders_are_not_classes(tmp_path, files):
    with pytest.raises(LayoutError, match="no folders of classes"):
        ClassFolders((Place("."),)).look(put(tmp_path, *files))


@pytest.mark.parametrize("name", SCENE_SETS)
def test_every_class_has_words_of_its_own_dataset(name):
    spec = SPECS[name]
    counts = {"patternnet": 38, "eurosat": 10, "optimal31": 31, "rsc11": 11, "aid": 30, "mlrsnet": 46, "rsi-cb128": 45}
    counts |= {"rsi-cb256": 35, "resisc45": 45, "whu-earth": 12, "whu-rs19": 19, "rs2800": 7, "ucmerced": 21}
    assert len(spec.classes) == counts[name] and spec.default_role == "reference"
    for item in spec.classes:
        assert item.singular and "&" not in item.singular and "_" not in item.singular
        assert item.singular == item.singular.lower() or "Christmas" in item.singular


@pytest.mark.parametrize(
    ("name", "native", "phrase"),
    [
        ("rsc11", "stroagetanks", "storage tanks"),
        ("mlrsnet", "swimmimg_pool", "a swimming pool"),
        ("mlrsnet", "harbor&port", "a harbor or port"),
        ("aid", "Airport", "an airport"),
        ("aid", "BareLand", "bare land"),
        ("eurosat", "SeaLake", "a lake or sea"),
        ("ucmerced", "denseresidential", "a dense residential area"),
        ("rsi-cb128", "sea", "the sea"),
        ("folders", "OilRefinery", "an oil refinery"),
        ("folders", "sea_ice", "sea ice"),
    ],
)
def test_a_class_is_said_in_english(name, native, phrase):
    assert scene_phrase(native, SPECS[name].classes) == phrase
    assert class_of(native, SPECS[name].classes).native == native


def captions(identifier, scene, count=5):
    return write_captions(identifier, 64, 64, (), (), 0, Captions(per_picture=count), Vocabulary(()), scene)


def test_captions_of_a_class_are_distinct_and_rules():
    found = captions("a/b", "an airport")
    assert len({item.text for item in found}) == 5
    assert all(item.kind == "rule" and item.rule == "scene" and item.template in TEMPLATES for item in found)
    assert all("an airport." in item.text for item in found)
    assert captions("a/b", "") == ()
    assert len(captions("a/b", "water", 16)) == len(TEMPLATES)


def test_templates_say_nothing_of_sides_and_each_comes_first_somewhere():
    words = {word.strip(".").lower() for template in TEMPLATES for word in template.split()}
    assert not words & {"left", "right", "north", "south", "east", "west", "top", "bottom", "upper", "lower"}
    first = {captions(stable_hash("t", number).hex(), "a lake")[0].template for number in range(200)}
    assert first == set(TEMPLATES)


def test_a_set_of_classes_is_a_reference_unless_the_recipe_says_otherwise(tmp_path):
    source = put(tmp_path, "port/1.jpg", "beach/1.jpg")
    both = (Source("folders", source.root, "held"), Source("folders", source.root, "mine", role="train"))
    resolved = resolve(Recipe("r", both, references=()), SPECS)
    assert [item.reference for item in resolved.inputs] == [True, False]
    assert [item["role"] for item in canonical(resolved.recipe)["sources"]] == ["reference", "train"]
    assert resolve(resolved.recipe, SPECS) == resolved
    with pytest.raises(RecipeError, match="every source has the role reference"):
        resolve(Recipe("r", both[:1], references=()), SPECS)
    to_publish = resolve(Recipe("r", both[:1], references=()), SPECS, emitting=False)
    assert [item.reference for item in to_publish.inputs] == [False]


def test_the_class_stands_in_records_and_card(tmp_path):
    source = put(tmp_path, "SeaPort/1.jpg", "beach/1.jpg")
    spec = SPECS["folders"]
    options = SceneOptions(Pictures(), Boxes(), "phash")
    rows = []
    for scene in spec.reader.scenes(source, "s"):
        prepared = prepare_scene(scene, Input(source, spec, 0, False), options)
        rows += pa.RecordBatch.from_pylist(
            list(scene_rows(prepared, "", io.BytesIO(), io.BytesIO())), schema=RECORDS
        ).to_pylist()
    assert [row["scene_class"] for row in rows] == [
        {"native": "SeaPort", "label": "sea port"},
        {"native": "beach", "label": "beach"},
    ]
    found = captions_of(rows[0], Input(source, spec, 0, False), Captions(), 0)
    assert len(found) == 5 and all(item.text.endswith(" of a sea port.") for item in found)
    card = decode_card(encode_card(rows[0], "look", Input(source, spec, 0, False), found))
    plain = json.loads(finish_json(card, [(item, "") for item in found], 0))
    assert plain["scene"] == {"native": "SeaPort", "label": "sea port"} and "boxes" not in plain
