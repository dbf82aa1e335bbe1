"""Several outputs for one training: paths, counts and weights, and that the outputs still verify."""

import json
from pathlib import Path

import pytest

from skypairs.api import join, verify
from skypairs.pipelines.cli import main
from skypairs.schemas.errors import UserError
from tests.corpus import write_corpus
from tests.whole_builds import build_here

GROUPED = ("name=second", "shards.group_by=source", "split.val=0.3", "sources.0.weight=3")


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"), 20)
    folder = tmp_path_factory.mktemp("built")
    build_here(corpus.recipe, folder / "one")
    build_here(corpus.recipe, folder / "two", *GROUPED)
    return [str(folder / "one"), str(folder / "two")]


def test_paths_counts_and_weights_are_joined(outs: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    joined = join(outs)
    manifests = [json.loads(Path(out, "manifest.json").read_text()) for out in outs]
    parts = joined.train.path.split("::")
    assert [part.startswith(out) for part, out in zip(parts, [outs[0], outs[1], outs[1]], strict=True)] == [True] * 3
    assert joined.train.factors == "1::1::3"  # of captions, then trees, in the second
    assert joined.train.samples == sum(manifest["samples"]["train"] for manifest in manifests)
    assert joined.val.samples == manifests[1]["samples"]["val"] and joined.val.factors == ""
    sizes = json.loads(Path(outs[0], "train/sizes.json").read_text())
    assert Path(joined.train.sizes) == Path(outs[0], "train/sizes.json") and sum(sizes.values()) == joined.train.samples
    assert all(verify(out).ok for out in outs)

    assert main(["join", *outs]) == 0
    said = capsys.readouterr().out
    assert f"--train-data '{joined.train.path}'\n--train-num-samples {joined.train.samples}\n" in said
    assert "--dataset-resampled --train-data-upsampling-factors 1::1::3\n" in said
    assert f"--val-data '{joined.val.path}'" in said


def test_a_wrong_count_of_its_own_is_still_found(outs: list[str]) -> None:
    joined = join(outs)
    path = Path(joined.train.sizes)
    sizes = json.loads(path.read_text())
    own = next(name for name in sizes if name.startswith("corpus-"))
    path.write_text(json.dumps(sizes | {own: 1}, indent=0) + "\n")
    assert verify(outs[0]).counts == {"wrong sizes.json": 1}
    join(outs)
    assert verify(outs[0]).ok


def test_outputs_of_one_recipe_cannot_be_joined(outs: list[str]) -> None:
    for twice in ([outs[0], outs[0]], [outs[0], f"{outs[0]}/"]):
        with pytest.raises(UserError, match="outputs of one recipe cannot be joined"):
            join(twice)
