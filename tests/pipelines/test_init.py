"""Recipes that `init` writes: read back, complete, and the same each time."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from skypairs.pipelines import catalog as real
from skypairs.pipelines.catalog import recognise as recognising
from skypairs.pipelines.init_recipe import _quoted, recipe_for, write_recipe
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Recipe, Source
from tests.fakes import write
from tests.pipelines.small_catalog import CATALOG, write_folder

FOUND = (
    Source("airfields", "/data/A", split="train"),
    Source("airfields", "/data/A", split="val", role="reference"),
    Source("boats", "/data/B one", name="boats-train-B", split="train"),
    Source("closed", "/data/C", split="extra"),
    Source("plain", "/data/P", annotations="labels.json"),
)
FOLDERS = ("A", "B one", "C", "P", "holiday: pictures", ".cache")


def read(tmp_path: Path, text: str) -> Recipe:
    (tmp_path / "recipe.yaml").write_text(text)
    return read_recipe(str(tmp_path / "recipe.yaml"), catalog=CATALOG)


def test_what_was_found_is_read_back(tmp_path: Path) -> None:
    recipe = read(tmp_path, write_recipe("/data", FOUND, CATALOG, FOLDERS))
    assert recipe == Recipe(
        "data",
        (FOUND[0], FOUND[2], FOUND[4]),
        ("auto", Source("airfields", "/data/A", split="val")),
    )


def test_the_defaults_in_comments_are_the_defaults(tmp_path: Path) -> None:
    text = write_recipe("/data", FOUND, CATALOG, FOLDERS)
    head, _, tail = text.partition("# All that follows")
    shown = [line.removeprefix("# ") for line in tail.splitlines()[1:]]
    assert {line.partition(":")[0] for line in shown} >= {
        "pictures",
        "boxes",
        "captions",
        "dedup",
        "shards",
        "seed",
        "max_failed",
    }
    assert read(tmp_path, "\n".join([head, *shown])) == read(tmp_path, text)


def test_comments_say_what_is_left_out_and_under_which_licence() -> None:
    lines = write_recipe("/data", FOUND, CATALOG, FOLDERS).splitlines()
    assert '# not recognised: "holiday: pictures"' in lines
    assert not any(".cache" in line for line in lines)
    assert (
        "# {dataset: closed, root: /data/C, split: extra} has pictures without annotations: it can only be a reference" in lines
    )
    assert "  # AIRFIELDS: detection, 0.5 m a pixel; licence CC-BY-4.0" in lines


def test_the_same_folder_gives_the_same_text() -> None:
    assert write_recipe("/data", FOUND, CATALOG, FOLDERS) == write_recipe("/data", list(FOUND), CATALOG, list(FOLDERS))


NAMES = [
    # folder, name of the recipe
    ("/data/RS sets", "rs-sets"),
    ("gs://bucket/data", "data"),
    ("/", "skypairs"),
    ("/d/_x_", "x"),
    ("/d/" + "a" * 80, "a" * 64),
    ("/d/Ü", "skypairs"),
]


@pytest.mark.parametrize(("root", "name"), NAMES)
def test_name(root: str, name: str) -> None:
    assert yaml.safe_load(write_recipe(root, FOUND, CATALOG, ()))["name"] == name


def test_nothing_to_train_on_is_an_error() -> None:
    with pytest.raises(LayoutError, match="/data: no dataset recognised; folders seen: x, y"):
        write_recipe("/data", (), CATALOG, ("x", "y"))
    with pytest.raises(LayoutError, match="only held-out splits of airfields recognised"):
        write_recipe("/data", FOUND[1:2], CATALOG, ())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="there is no such folder"):
        recipe_for(str(tmp_path / "none"))


def test_a_folder_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "data" / "A", "train")
    found = [Source("airfields", f"{tmp_path}/data/A", split="train")]
    monkeypatch.setattr(real, "load", lambda: CATALOG)
    monkeypatch.setattr(recognising, "recognise", lambda root: found if root == f"{tmp_path}/data" else [])
    monkeypatch.chdir(tmp_path)
    assert read(tmp_path, recipe_for("data/")) == Recipe("data", tuple(found))


def test_of_two_kinds_of_labels_of_one_set_of_pictures_one_is_proposed(tmp_path: Path) -> None:
    write("dior", tmp_path / "DIOR")
    write("dior-oriented", tmp_path / "DIOR")
    lines = recipe_for(str(tmp_path)).splitlines()
    line = next(at for at, text in enumerate(lines) if text.startswith("  - {dataset: dior,") and "split: train" in text)
    assert "same pictures" in lines[line + 1]
    assert lines[line + 2] == lines[line].replace("  - {dataset: dior,", "  # - {dataset: dior-oriented,")
    (tmp_path / "recipe.yaml").write_text("\n".join(lines))
    recipe = read_recipe(str(tmp_path / "recipe.yaml"))
    assert {source.dataset for source in recipe.sources} == {"dior"}


def test_a_set_with_one_kind_of_labels_has_no_others_in_comments(tmp_path: Path) -> None:
    write("dior-oriented", tmp_path / "DIOR")
    text = recipe_for(str(tmp_path))
    assert "{dataset: dior-oriented," in text and "same pictures" not in text


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(["no", "Null", "1e5", "a: b", "a #b", "~", "- x"])
)
def test_every_text_is_quoted_so_that_yaml_reads_it_back(text: str) -> None:
    assert yaml.safe_load(f"{{a: {_quoted(text)}, b: 1}}") == {"a": text, "b": 1}
