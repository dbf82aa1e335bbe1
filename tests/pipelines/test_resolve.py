"""Recipes against catalogue and disk."""

from pathlib import Path

import pytest

from skypairs.pipelines.resolve import resolve
from skypairs.pipelines.yaml_nodes import Place
from skypairs.schemas.errors import LayoutError, RecipeError
from skypairs.schemas.recipe import FingerprintSource, Recipe, Source
from skypairs.schemas.recipe_identity import recipe_digest
from tests.pipelines.small_catalog import CATALOG, write_folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for split, pictures in (("train", 4), ("val", 2), ("test", 1)):
        write_folder(tmp_path / "A", split, pictures)
        write_folder(tmp_path / "B", split, pictures)
    write_folder(tmp_path / "P")
    return tmp_path


def recipe_of(*sources: Source, references: tuple[object, ...] = ("auto",)) -> Recipe:
    return Recipe("mini", sources, references)  # type: ignore[arg-type]


def train(root: Path, dataset: str = "airfields", **keys: str) -> Source:
    return Source(dataset, str(root), split="train", **keys)  # type: ignore[arg-type]


def test_names_order_and_auto(data: Path) -> None:
    found = resolve(recipe_of(Source("plain", str(data / "P"), name="mine"), train(data / "A")), CATALOG)
    assert [item.source.name for item in found.inputs] == ["mine", "airfields-train", "airfields-val", "airfields-test"]
    assert [item.order for item in found.inputs] == [0, 1, 2, 3]
    assert [item.reference for item in found.inputs] == [False, False, True, True]
    assert [look.pictures for look in found.looks] == [3, 4, 2, 1]
    assert found.recipe.references == tuple(item.source for item in found.inputs[2:])
    assert found.recipe.sources[1].name == "airfields-train"


def test_auto_leaves_out_what_the_recipe_names_itself_and_what_is_not_there(data: Path) -> None:
    held = Source("boats", str(data / "B"), split="val", name="held")
    val = Source("airfields", str(data / "A"), split="val")
    (data / "A" / "test" / "images" / "p0.png").unlink()  # a split without pictures is no reference
    found = resolve(recipe_of(train(data / "A"), val, train(data / "B", "boats"), references=("auto", held)), CATALOG)
    assert [(item.source.name, item.reference) for item in found.inputs[2:]] == [("boats-train", False), ("held", True)]


def test_auto_stands_for_itself_written_out(data: Path) -> None:
    found = resolve(recipe_of(train(data / "A")), CATALOG)
    written = (Source("airfields", str(data / "A"), split="val"), Source("airfields", str(data / "A"), split="test"))
    again = resolve(recipe_of(train(data / "A"), references=written), CATALOG)
    assert again == found and recipe_digest(again.recipe) == recipe_digest(found.recipe)


def test_auto_twice_and_two_splits_of_one_root_find_each_split_once(data: Path) -> None:
    extra = Source("closed", str(data / "A"), split="train")
    found = resolve(recipe_of(train(data / "A"), extra, references=("auto", "auto")), CATALOG)
    assert [item.source.name for item in found.inputs if item.reference] == ["airfields-val", "airfields-test"]


def test_held_out_splits_of_two_roots_get_names_of_their_own(data: Path) -> None:
    found = resolve(recipe_of(train(data / "A"), train(data / "B", name="second")), CATALOG)
    names = [item.source.name for item in found.inputs if item.reference]
    assert names == ["airfields-val", "airfields-test", "airfields-val-2", "airfields-test-2"]


def test_a_source_with_the_role_reference_keeps_its_place_and_is_not_emitted(data: Path) -> None:
    held = Source("airfields", str(data / "A"), split="val", role="reference")
    found = resolve(recipe_of(held, train(data / "A"), references=()), CATALOG)
    assert [(item.source.name, item.reference) for item in found.inputs] == [
        ("airfields-val", True),
        ("airfields-train", False),
    ]


def test_fingerprint_files(data: Path) -> None:
    (data / "f.parquet").write_bytes(b"x")
    file = FingerprintSource(str(data / "f.parquet"))
    found = resolve(recipe_of(train(data / "A"), references=(file,)), CATALOG)
    assert found.fingerprints == (str(data / "f.parquet"),) and found.recipe.references == (file,)


def test_everything_that_is_missing_is_one_error(data: Path) -> None:
    (data / "empty").mkdir()
    (data / "bare" / "train" / "images").mkdir(parents=True)
    sources = (train(data / "none", name="gone"), train(data / "bare", "boats"), train(data / "A"))
    references = ("auto", Source("plain", str(data / "empty")), FingerprintSource(str(data / "g.parquet")))
    places = {("sources", 1): Place(False, 4, "r.yaml")}
    with pytest.raises(LayoutError) as caught:
        resolve(recipe_of(*sources, references=references), CATALOG, places)
    text = str(caught.value).replace(str(data), "DATA")
    layout = "\n    layout expected below the root:\n      SPLIT/images/*.png\n      SPLIT/labels/*.txt"
    assert f"sources.0.root: DATA/none (airfields, split train): there is no such folder{layout}" in text
    assert (
        f"r.yaml:4: sources.1.root: DATA/bare (boats, split train): boats: DATA/bare/train/labels does not exist{layout}"
        in text
    )
    assert f"DATA/empty (plain): plain: DATA/empty/images does not exist{layout}" in text
    assert "references.2.fingerprints: DATA/g.parquet: there is no such file" in text  # counted as the recipe counts
    assert "DATA/A" not in text


def test_a_source_must_name_a_split_where_there_are_splits(data: Path) -> None:
    with pytest.raises(
        LayoutError, match=r"sources\.0\.root: .*A \(airfields\) has the splits train, val, test: name one in `split`"
    ):
        resolve(recipe_of(Source("airfields", str(data / "A"))), CATALOG)


def test_an_undivided_folder_of_a_dataset_with_splits_is_taken_whole(data: Path) -> None:
    found = resolve(recipe_of(Source("airfields", str(data / "P"))), CATALOG)
    assert [(item.source.name, look.pictures) for item, look in zip(found.inputs, found.looks, strict=True)] == [
        ("airfields", 3)
    ]


def test_a_folder_without_pictures_is_missing(data: Path) -> None:
    (data / "hollow" / "images").mkdir(parents=True)
    (data / "hollow" / "labels").mkdir()
    with pytest.raises(LayoutError, match=r"hollow \(plain\): no pictures found"):
        resolve(recipe_of(Source("plain", str(data / "hollow"))), CATALOG)


def test_a_place_that_cannot_be_read_is_said(data: Path) -> None:
    with pytest.raises(LayoutError, match="ftp:// is not a place skypairs can read"):
        resolve(recipe_of(Source("plain", "ftp://host/plain")), CATALOG)


RECIPES = [
    # source, what is said; no folder is looked at
    (Source("plan", "/nowhere"), 'sources.0.dataset: there is no dataset "plan"; did you mean "plain"?'),
    (Source("q", "/nowhere"), 'sources.0.dataset: there is no dataset "q"; known: airfields, boats, closed, plain'),
    (Source("boats", "/nowhere", split="trian"), 'sources.0.split: there is no split "trian"; did you mean "train"?'),
    (Source("plain", "/nowhere", split="x"), "sources.0.split: plain has no splits: remove the key"),
    (Source("airfields", "/nowhere", split="test"), 'split "test" of airfields has pictures only'),
    (Source("plain", "/nowhere", role="reference"), "sources: every source has the role reference"),
]


@pytest.mark.parametrize(("source", "said"), RECIPES)
def test_recipes_made_in_python_are_checked_too(source: Source, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        resolve(recipe_of(source), CATALOG)
    assert said in str(caught.value)


def test_fingerprints_are_taken_of_splits_that_nobody_trains_on(data: Path) -> None:
    held = Source("airfields", str(data / "A"), split="test")
    found = resolve(recipe_of(held, Source("boats", str(data / "B"), split="val"), references=()), CATALOG, emitting=False)
    assert [item.source.name for item in found.inputs] == ["airfields-test", "boats-val"]


def test_names_must_differ(data: Path) -> None:
    with pytest.raises(RecipeError, match=r"sources\.1\.name: .* is the name of sources\.0 already"):
        resolve(recipe_of(train(data / "A"), train(data / "B")), CATALOG)
