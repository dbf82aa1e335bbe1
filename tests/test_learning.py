"""A model learns from what a build writes: captions that are true of their pictures, and only those.

A small CLIP model is trained by open_clip's own trainer on shards of drawn pictures, and measured by retrieval on others
that it has not seen. Every comparison is of the same number of steps. Each margin is stated where it is asserted.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from skypairs.api import read
from skypairs.api.retrieval import chance, recalls
from tests import drawn, small_clip
from tests.whole_builds import build_here

pytestmark = pytest.mark.slow
pytest.importorskip("open_clip_train.main")

TRAIN, TEST = range(600), range(100_000, 100_300)
SEEDS = (0, 1, 2)
EPOCHS = 4
SHARES = {"clean": 0.0, "quarter": 0.25, "half": 0.5, "shuffled": 1.0}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Builds: of the training pictures alone; of them and copies of the test pictures, with the test set as reference and
    without; and of the test pictures, whose captions are what is asked for."""
    base = tmp_path_factory.mktemp("drawn")
    drawn.write_coco(base / "train", TRAIN)
    drawn.write_coco(base / "test", TEST)
    drawn.write_coco(base / "copies", TEST)
    named = {name: f"{{dataset: coco, name: {name}, root: {base / name}}}" for name in ("train", "test", "copies")}
    recipes = {
        "clean": (["train"], ["test"]),
        "defended": (["train", "copies"], ["test"]),
        "leaked": (["train", "copies"], []),
        "asked": (["test"], []),
    }
    for name, (sources, references) in recipes.items():
        lists = [f"[{', '.join(named[item] for item in items)}]" for items in (sources, references)]
        recipe = base / f"{name}.yaml"
        recipe.write_text(f"name: {name}\nsources: {lists[0]}\nreferences: {lists[1]}\nshards: {{samples: 500}}\n")
        build_here(recipe, base / "out" / name)
    return base / "out"


@pytest.fixture(scope="module")
def measured(outputs, tmp_path_factory):
    """Mean recalls on the test pictures by what was trained on: one a seed."""
    folder = tmp_path_factory.mktemp("trained")
    jobs = [(name, seed) for name in SHARES for seed in (SEEDS if SHARES[name] < 1 else SEEDS[:1])]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool:
        found = list(pool.map(trained_recall, *zip(*((outputs, folder, *job) for job in jobs), strict=True)))
    return {name: np.array([value for (job, _), value in zip(jobs, found, strict=True) if job == name]) for name, _ in jobs}


def trained_recall(outputs: Path, folder: Path, what: str, seed: int) -> float:
    """Trains on one kind of shards from one seed, and measures."""
    shards = sorted((outputs / "clean" / "train").glob("*.tar"))
    if SHARES[what]:
        shards = small_clip.corrupt(shards, folder / f"{what}-{seed}", SHARES[what], seed)
    model = small_clip.write_config(folder / "model" / f"{what}-{seed}")
    paths = small_clip.paths_of(shards)
    checkpoint = small_clip.train(model, paths, folder / "logs", f"{what}-{seed}", EPOCHS, 5 * len(TRAIN), seed)
    return recall_of(model, checkpoint, outputs / "asked")


def recall_of(model: str, checkpoint: Path, asked: Path) -> float:
    from skypairs.transforms.scores.clip_model import load_model

    clip = load_model(model, str(checkpoint), "cpu")
    pictures = {}
    for sample in read(str(asked)).samples():
        pictures[sample.json["id"]] = sample.picture, [text for name, text in sample.json.items() if name[:8] == "caption_"]
    texts = [text for _, found in pictures.values() for text in found]
    owners = [row for row, (_, found) in enumerate(pictures.values()) for _ in found]
    return recalls(clip.pictures(picture for picture, _ in pictures.values()), clip.texts(texts), owners).mean


def spread(*found):
    """Standard deviation over seeds, pooled."""
    return float(np.sqrt(np.mean([np.var(values, ddof=1) for values in found])))


def test_true_captions_are_learnt_and_shuffled_ones_teach_nothing(measured):
    nothing = chance(len(TEST), 5 * len(TEST))
    assert measured["clean"].min() >= 10 * nothing
    assert measured["shuffled"].max() < 2 * nothing


def test_wrong_captions_cost_recall(measured):
    """On the mean of the seeds: a single seed may tell a quarter from a half by less than seeds differ."""
    assert measured["clean"].mean() > measured["quarter"].mean() > measured["half"].mean(), measured
    assert (measured["clean"] > measured["half"]).all(), measured


def test_the_fall_to_half_of_the_captions_is_more_than_two_standard_deviations(measured):
    fall = measured["clean"].mean() - measured["half"].mean()
    assert fall > 2 * spread(measured["clean"], measured["half"]), measured


def test_with_the_test_set_as_reference_the_leak_changes_no_sample(outputs):
    clean, defended, leaked = (
        [(sample.key, sample.picture, sample.text, sample.json) for sample in read(str(outputs / name)).samples()]
        for name in ("clean", "defended", "leaked")
    )
    assert clean == defended
    assert len(clean) == 5 * len(TRAIN) and len(leaked) == 5 * (len(TRAIN) + len(TEST))
    fates = read(str(outputs / "defended")).ledger.to_pylist()
    assert {row["fate"] for row in fates if row["source"] == "copies"} == {"leak"}
