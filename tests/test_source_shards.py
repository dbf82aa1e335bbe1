"""Shards of one source each: who is where, that they are equal, and the weights that a trainer is told."""

import json
from collections import Counter
from pathlib import Path

import pytest

from skypairs.api import verify
from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.execution import Execution
from skypairs.transforms.report.train import brace_path, split_shards, training_command, upsampling_factors
from tests.corpus import write_corpus
from tests.test_build import samples

WEIGHED = ("shards.group_by=source", "shards.samples=20", "split.val=0.2", "sources.1.weight=2.5")


@pytest.fixture(scope="module", params=["pairs", "images"])
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"))
    folder = tmp_path_factory.mktemp("built") / "out"
    recipe = read_recipe(str(corpus.recipe), (*WEIGHED, f"shards.layout={request.param}"))
    build(resolve(recipe, load()), str(folder), Execution(2))
    return folder


def test_a_shard_holds_one_source_and_shards_of_a_source_are_equal(out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    sizes = {split: json.loads((out / split / "sizes.json").read_text()) for split in ("train", "val")}
    found = {source["name"]: Counter[str]() for source in manifest["sources"]}
    stem = f"corpus-{manifest['digest'][:6]}"
    for key, members in samples(out).items():
        card = json.loads(members["json"])
        found[card["source"]][key] += 1
    assert all(found.values())
    for split, shards in sizes.items():
        for source in found:
            mine = [count for name, count in shards.items() if name.startswith(f"{stem}-{source}-")]
            assert split == "val" or mine
            assert not mine or max(mine) - min(mine) <= 1
        assert sum(shards.values()) == manifest["samples"][split]
    assert sum(map(len, found.values())) == sum(manifest["samples"].values())
    for source in manifest["sources"]:
        rows = [file["rows"] for file in manifest["files"] if f"{stem}-{source['name']}-" in file["path"]]
        assert sum(rows) == len(found[source["name"]])
    assert verify(str(out)).ok


def test_the_command_joins_the_sources_with_their_weights(out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    command, data = training_command(manifest), brace_path(split_shards(manifest, "train"))
    assert [part.rpartition("-")[0].rpartition("-")[2] for part in data.split("::")] == ["captions", "trees"]
    assert upsampling_factors(manifest) == "2.5::1"
    assert f"'{data}'" in command and "--dataset-resampled --train-data-upsampling-factors 2.5::1" in command
    for source in manifest["sources"]:
        source["weight"] = 1.0
    assert upsampling_factors(manifest) == "" and "resampled" not in training_command(manifest)
