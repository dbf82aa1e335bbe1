"""The recipes that come with skypairs: they read, and name what the catalogue has."""

from pathlib import Path

import pytest

from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import default_name, source_problem
from skypairs.schemas.recipe import Source

RECIPES = Path(__file__).resolve().parents[1] / "recipes"
TRAINING = {
    *("rsicd", "rsitmd", "ucm"),
    *("au-air", "carpk", "dior", "dota", "hrrsd", "hrsc2016", "levir", "rsod", "stanford-drone", "visdrone-det"),
    *("isaid", "loveda", "potsdam", "vaihingen"),
}
RETRIEVAL = {("rsicd", "test"), ("rsitmd", "test"), ("ucm", "test")}
ZERO_SHOT = {
    *("patternnet", "eurosat", "optimal31", "rsc11", "aid", "mlrsnet", "rsi-cb128", "rsi-cb256", "resisc45", "whu-earth"),
    *("whu-rs19", "rs2800"),
}


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_dataset_and_split_is_in_the_catalogue(path):
    catalog = load()
    recipe = read_recipe(str(path), catalog=catalog)
    named = [*recipe.sources, *(item for item in recipe.references if isinstance(item, Source))]
    for source in named:
        assert source_problem(source.dataset, source.split, catalog) is None, source
        spec = catalog[source.dataset]
        assert bool(source.split) == bool(spec.splits), f"{source.dataset}: a split is named where there are any"
    for source in recipe.sources:
        spec = catalog[source.dataset]
        assert not source.split or spec.split(source.split).annotated, source
    names = [default_name(source) for source in named]
    assert len(set(names)) == len(names)


def test_remoteclip_has_the_sets_of_the_paper():
    recipe = read_recipe(str(RECIPES / "remoteclip.yaml"), catalog=load())
    assert {source.dataset for source in recipe.sources} == TRAINING | {"pucpr"} and len(TRAINING) == 17
    references = {(item.dataset, item.split) for item in recipe.references if isinstance(item, Source)}
    assert references == RETRIEVAL | {(name, "") for name in ZERO_SHOT} and len(ZERO_SHOT) == 12
    assert "auto" in recipe.references
    emitted = {(source.dataset, source.split) for source in recipe.sources}
    assert not emitted & references
    assert recipe.captions.per_picture == 5 and recipe.dedup.distance == 2
