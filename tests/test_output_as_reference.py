"""An earlier output as a reference: its pictures, once each, as they were emitted, and its own references where asked for."""

import json
from pathlib import Path

import pytest

from skypairs.api import read, verify
from skypairs.pipelines import cli
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.errors import LayoutError, RecipeError
from skypairs.schemas.recipe import OutputSource, Source
from skypairs.transforms import storage
from skypairs.transforms.ingest import list_scenes
from tests.corpus import Corpus, write_corpus
from tests.pipelines.small_catalog import CATALOG, write_folder
from tests.whole_builds import build_here, resolved


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return write_corpus(tmp_path_factory.mktemp("corpus"), 12)


@pytest.fixture(scope="module")
def first(corpus: Corpus) -> str:
    """An output of half of the pictures, some of them held out."""
    build_here(corpus.recipe, corpus.root / "first", "limit=14", "split.val=0.3")
    return str(corpus.root / "first")


def again(corpus: Corpus, first: str, references: bool) -> Path:
    """A recipe for the same folder under another name, compared with the first output."""
    recipe = corpus.root / f"again-{references}.yaml"
    recipe.write_text(
        "name: again\n"
        "sources: [{dataset: voc, name: anew, root: trees, split: train}]\n"
        f"references: [{{output: {first}, references: {str(references).lower()}}}]\n"
        "pictures: {whole: 256, tile: 128, overlap: 16, max_side: 128}\n"
    )
    return recipe


@pytest.mark.parametrize("references", [False, True])
def test_nothing_near_an_earlier_output_is_kept(corpus: Corpus, first: str, references: bool, tmp_path: Path) -> None:
    build_here(again(corpus, first, references), tmp_path / "out")
    assert verify(str(tmp_path / "out")).problems == ()
    old, new = read(first).ledger.to_pylist(), {row["id"]: row for row in read(str(tmp_path / "out")).ledger.to_pylist()}
    kept = {row["id"] for row in old if row["fate"] == "kept"}
    assert len(kept) > 10
    for identifier in kept:
        if identifier.startswith("trees/"):
            row = new["anew/" + identifier.removeprefix("trees/")]
            assert (row["fate"], row["distance"] or 0) == ("leak", 0)
            assert row["keeper"].startswith("first/") and row["keeper"].removeprefix("first/") in kept
    assert any(row["fate"] == "kept" for row in new.values())
    assert (new["anew/leak"]["keeper"] == "held/held-1") == references
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["references"]["hashed"] == len(kept) + 2 * references


def test_every_picture_is_listed_once_and_is_never_cut(corpus: Corpus, first: str) -> None:
    found = resolved(again(corpus, first, False))
    [item] = [item for item in found.inputs if item.reference]
    scenes = {scene.id: scene for scene in list_scenes(item, found.recipe)}
    rows = [row for row in read(first).ledger.to_pylist() if row["fate"] == "kept"]
    assert scenes.keys() == {f"first/{row['id']}" for row in rows} and len(scenes) == found.looks[-1].pictures
    emitted = {sample.json["id"]: sample for sample in read(first).samples()}
    for row in rows:
        scene = scenes[f"first/{row['id']}"]
        assert scene.emitted and scene.group == row["group"] and scene.picture is not None
        assert storage.read(scene.picture.uri) == emitted[row["id"]].picture


def test_what_is_no_output_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    write_folder(tmp_path / "A", "train", 3)
    (tmp_path / "r.yaml").write_text(
        "name: x\nsources:\n  - {dataset: airfields, root: A, split: train}\nreferences:\n  - {output: no-such}\n"
    )
    recipe = read_recipe(str(tmp_path / "r.yaml"), catalog=CATALOG)
    assert recipe.references == (OutputSource(str(tmp_path / "no-such")),)
    with pytest.raises(LayoutError, match=r"references\.0\.output: .*no-such .*there is no such folder"):
        resolve(recipe, CATALOG)
    (tmp_path / "no-such").mkdir()
    with pytest.raises(LayoutError, match=r"has no manifest\.json: it is not a finished build"):
        resolve(recipe, CATALOG)


@pytest.mark.parametrize(
    ("name", "said"), [("a b", "cannot begin an id: set `name`"), ("airfields-train", "is the name of sources.0 already")]
)
def test_the_name_of_an_output_begins_ids(name: str, said: str, tmp_path: Path) -> None:
    from skypairs.schemas.recipe import Recipe

    recipe = Recipe("x", (Source("airfields", "/a", split="train"),), (OutputSource(f"/b/{name}"),))
    with pytest.raises(RecipeError, match=said):
        resolve(recipe, CATALOG)


def test_fingerprints_of_another_policy_are_a_warning(
    corpus: Corpus, first: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = again(corpus, first, True)
    assert cli.main(["plan", str(recipe), "--set", "pictures.max_side=96", "--set", "pictures.quality=80"]) == 0
    assert "another picture policy (max_side, quality): leaks may be missed" in capsys.readouterr().err
    assert cli.main(["plan", str(recipe)]) == 0
    assert "warning" not in capsys.readouterr().err
