"""Builds of the planted corpus verify, in every layout: two accounts of one output that share no code agree."""

import json

import pytest

from skypairs.api import read, verify
from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.execution import Execution
from skypairs.transforms.report import render
from tests.corpus import write_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.mark.parametrize(
    "overrides",
    [
        (),  # as the recipe stands: pairs, eight orientations
        ("shards.layout=images", "shards.samples=10", "split.val=0.3", "sources.0.cap=30"),
        ("captions.recipe=rich",),
        ("dedup.orientations=1", "dedup.distance=4", "dedup.reference_distance=0", "captions.per_picture=3"),
        ("dedup.hash=phash-fast", "pictures.max_side=160"),
    ],
)
def test_what_is_built_verifies(corpus, overrides, tmp_path):
    out = str(tmp_path / "out")
    build(resolve(read_recipe(str(corpus.recipe), overrides, None), load()), out, Execution(2))
    verdict = verify(out)
    assert verdict.problems == () and verify(out, quick=True).ok
    opened = read(out)
    figures = opened.manifest["captions"]
    assert figures["true"] == figures["rules"] > 0 == figures["unread"] and verdict.captions > 0
    assert verdict.samples == sum(opened.manifest["samples"].values()) == sum(1 for _ in opened.samples()) > 0
    assert verdict.closest and verdict.closest[0].distance > opened.manifest["recipe"]["dedup"]["reference_distance"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert render(out, manifest) == (tmp_path / "out" / "report.html").read_text("utf-8")
