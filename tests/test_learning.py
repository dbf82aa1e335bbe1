"""A model learns from what a build writes: captions that are true of their pictures, and only those.

A small CLIP model is trained by open_clip's own trainer on shards of drawn pictures, and measured by retrieval on others
that it has not seen. All runs take the same number of steps of the same size. Those of one seed begin with the same weights
and, where the pictures are the same, take them in the same order; what is corrupted at a quarter is corrupted at a half too.
There are few pictures, so that what is said of them, and which they are, decides how much is learnt. Each margin is stated
where it is asserted.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from skypairs.api import read
from skypairs.api.retrieval import chance, recalls
from tests import drawn, small_clip
from tests.whole_builds import build_here

pytestmark = pytest.mark.slow
pytest.importorskip("open_clip_train.main")

COUNT = 256
TRAIN, OTHERS, TEST = (range(start, start + COUNT) for start in (0, 50_000, 100_000))
CAPTIONS = 5
STEPS = 320
SEEDS = (0, 1, 2)
CHANCE = chance(COUNT, CAPTIONS * COUNT)
Recalls = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Diet:
    """What is trained on."""

    build: str
    pictures: int = COUNT
    corrupted: float = 0.0
    """Share of the captions."""


DIETS = {
    "clean": Diet("clean"),
    "quarter": Diet("clean", corrupted=0.25),
    "half": Diet("clean", corrupted=0.5),
    "shuffled": Diet("clean", corrupted=1.0),
    "leaked": Diet("leaked", 2 * COUNT),
    "more": Diet("more", 2 * COUNT),
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Builds: of the training pictures alone; of them and copies of the test pictures, with the test set as reference and
    without; of them and as many others; and of the test pictures, whose captions are what is asked for."""
    base = tmp_path_factory.mktemp("drawn")
    for name, seeds in {"train": TRAIN, "others": OTHERS, "test": TEST, "copies": TEST}.items():
        drawn.write_coco(base / name, seeds)
    recipes = {
        "clean": (["train"], ["test"]),
        "defended": (["train", "copies"], ["test"]),
        "leaked": (["train", "copies"], []),
        "more": (["train", "others"], ["test"]),
        "asked": (["test"], []),
    }
    for name, (sources, references) in recipes.items():
        lists = [
            ", ".join(f"{{dataset: coco, name: {item}, root: {base / item}}}" for item in items)
            for items in (sources, references)
        ]
        recipe = base / f"{name}.yaml"
        recipe.write_text(f"name: {name}\nsources: [{lists[0]}]\nreferences: [{lists[1]}]\nshards: {{samples: 320}}\n")
        build_here(recipe, base / "out" / name)
    return base / "out"


@pytest.fixture(scope="module")
def measured(outputs, tmp_path_factory):
    """Mean recalls on the test pictures by what was trained on: one a seed."""
    folder = tmp_path_factory.mktemp("trained")
    jobs = [(name, seed) for name in DIETS for seed in (SEEDS[:1] if name == "shuffled" else SEEDS)]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(trained_recall, *zip(*((outputs, folder, *job) for job in jobs), strict=True)))
    return {name: np.array([value for (job, _), value in zip(jobs, found, strict=True) if job == name]) for name in DIETS}


def trained_recall(outputs: Path, folder: Path, what: str, seed: int) -> float:
    """Trains on one diet from one seed, and measures."""
    diet, run = DIETS[what], f"{what}-{seed}"
    shards = sorted((outputs / diet.build / "train").glob("*.tar"))
    if diet.corrupted:
        shards = small_clip.corrupt(shards, folder / run, diet.corrupted, seed)
    model = small_clip.write_config(folder / "model" / run, words_of(outputs))
    samples = CAPTIONS * diet.pictures
    epochs = STEPS * small_clip.BATCH // samples
    paths = small_clip.paths_of(shards)
    return recall_of(model, small_clip.train(model, paths, folder / "logs", run, epochs, samples, seed), outputs / "asked")


def words_of(outputs: Path) -> set[str]:
    return {word for sample in read(str(outputs / "clean")).samples() for word in sample.text.split()}


def recall_of(model: str, checkpoint: Path, asked: Path) -> float:
    from skypairs.transforms.scores.clip_model import load_model

    clip = load_model(model, str(checkpoint), "cpu")
    pictures = {}
    for sample in read(str(asked)).samples():
        pictures[sample.json["id"]] = sample.picture, [text for name, text in sample.json.items() if name[:8] == "caption_"]
    texts = [text for _, found in pictures.values() for text in found]
    owners = [row for row, (_, found) in enumerate(pictures.values()) for _ in found]
    return recalls(clip.pictures(picture for picture, _ in pictures.values()), clip.texts(texts), owners).mean


def apart(better: Recalls, worse: Recalls) -> bool:
    """More than two standard deviations: of the seeds (both pooled), and, seed against the same seed, of the steps."""
    steps = better - worse
    pooled = np.sqrt((np.var(better, ddof=1) + np.var(worse, ddof=1)) / 2)
    return bool(steps.mean() > 2 * pooled and steps.mean() > 2 * np.std(steps, ddof=1))


@pytest.mark.parametrize(
    ("better", "worse", "expected"),
    [
        ((0.5, 0.52, 0.48), (0.4, 0.42, 0.38), True),
        ((0.5, 0.52, 0.48), (0.47, 0.49, 0.45), False),  # every seed by as much, which is one deviation and a half of the seeds
        ((0.5, 0.5, 0.5), (0.4, 0.5, 0.48), False),
        ((0.4, 0.42, 0.38), (0.5, 0.52, 0.48), False),
    ],
)
def test_apart_is_more_than_two_deviations(better, worse, expected):
    assert apart(np.array(better), np.array(worse)) == expected


def test_a_vocabulary_of_given_words_cuts_them_as_that_of_clip(tmp_path):
    from open_clip import SimpleTokenizer, get_tokenizer

    texts = ["There are 3 storage tanks at the edge of the picture .", "A swimming pool and 2 basketball courts"]
    small, whole = get_tokenizer(small_clip.write_config(tmp_path, " ".join(texts).split())), SimpleTokenizer()
    for text in texts:
        cut = [[tokenizer.decoder[at] for at in tokenizer.encode(text)] for tokenizer in (small, whole)]
        assert cut[0] == cut[1]
    assert small.vocab_size < whole.vocab_size // 20


def test_true_captions_are_learnt(measured):
    """Ten times chance, by the worst seed."""
    assert measured["clean"].min() >= 10 * CHANCE, measured


def test_shuffled_captions_teach_nothing(measured):
    """Less than twice chance: a tenth of what is asked of true ones, with room for the draw of 256 pictures."""
    assert measured["shuffled"].max() < 2 * CHANCE, measured


@pytest.mark.parametrize(("fewer", "more"), [("clean", "quarter"), ("quarter", "half")])
def test_every_share_of_wrong_captions_costs_recall(measured, fewer, more):
    assert apart(measured[fewer], measured[more]), measured


def test_a_leak_raises_recall(measured):
    """Against the build without it, and against one that has as many other pictures instead: it is not their number."""
    assert apart(measured["leaked"], measured["clean"]), measured
    assert apart(measured["leaked"], measured["more"]), measured


def test_with_the_test_set_as_reference_the_leak_changes_no_sample(outputs):
    """So what is learnt with it is what is learnt without it."""
    clean, defended, leaked = (
        [(sample.key, sample.picture, sample.text, sample.json) for sample in read(str(outputs / name)).samples()]
        for name in ("clean", "defended", "leaked")
    )
    assert clean == defended
    assert len(clean) == CAPTIONS * COUNT and len(leaked) == 2 * CAPTIONS * COUNT
    fates = read(str(outputs / "defended")).ledger.to_pylist()
    assert {row["fate"] for row in fates if row["source"] == "copies"} == {"leak"}


def test_the_loop_of_the_documentation_learns_too(outputs, tmp_path):
    """With RemoteCLIP's augmentation and one caption of each picture an epoch, in as many steps."""
    import open_clip
    import torch

    from skypairs.api.train import augmentation, loader

    torch.manual_seed(SEEDS[0])
    name = small_clip.write_config(tmp_path / "model", words_of(outputs))
    model = open_clip.create_model(name, output_dict=True)
    batch = small_clip.BATCH
    batches = loader(str(outputs / "clean"), augmentation(drawn.SIDE), open_clip.get_tokenizer(name), batch=batch, workers=0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.1)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=STEPS, pct_start=0.1)
    loss = open_clip.ClipLoss()
    steps = 0
    for epoch in range(STEPS * batch // COUNT):
        batches.set_epoch(epoch)
        for pictures, texts in batches:
            optimizer.zero_grad()
            loss(**model(pictures, texts)).backward()
            optimizer.step()
            rate.step()
            steps += 1
    assert steps == STEPS
    torch.save(model.state_dict(), tmp_path / "model.pt")
    assert recall_of(name, tmp_path / "model.pt", outputs / "asked") >= 10 * CHANCE  # seen: 0.41, 20 times
