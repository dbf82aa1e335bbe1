"""Builds read by those who will read them: open_clip's own loader, webdataset, wids, Hugging Face datasets, tarfile."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from skypairs.api import join
from tests.corpus import write_corpus
from tests.test_build import samples
from tests.whole_builds import build_here

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # the readers leave files open
]


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two outputs in `pairs`, one of them in shards a source, and one in `images`."""
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"))
    folder = tmp_path_factory.mktemp("built")
    build_here(corpus.recipe, folder / "pairs", "shards.minimum=5")
    build_here(
        corpus.recipe, folder / "images", "name=pictures", "shards.layout=images", "shards.minimum=5", "shards.samples=10"
    )
    build_here(corpus.recipe, folder / "grouped", "name=grouped", "shards.group_by=source", "shards.samples=20")
    return {name: folder / name for name in ("pairs", "images", "grouped")}


def texts(outs: list[Path]) -> Counter[str]:
    """Captions of the txt members, as tarfile reads them."""
    return Counter(members["txt"].decode() for out in outs for members in samples(out).values())


def open_clip_reads(data: str, workers: int, count: int | None, **more: Any) -> tuple[list[tuple[int, ...]], int]:
    """(shape of the picture tensor, then the text's tokens) of every item that open_clip's loader yields in one epoch; and how
    many samples it believes to have."""
    import numpy as np

    data_module = pytest.importorskip("open_clip_train.data")
    options = {
        "train_data": data,
        "val_data": data,
        "dataset_resampled": False,
        "train_data_upsampling_factors": None,
        "train_num_samples": count,
        "val_num_samples": count,
        "batch_size": 1,
        "workers": workers,
        "world_size": 1,
        "seed": 0,
    }

    def tokens(text: str) -> list[Any]:
        return [np.frombuffer(text.encode(), np.uint8).astype(np.int64)]

    def shape(image: Any) -> Any:
        assert image.mode == "RGB"
        return np.asarray(image.size)

    info = data_module.get_wds_dataset(SimpleNamespace(**options | more), shape, is_train=True, tokenizer=tokens)
    found = [(*picture[0].tolist(), *text[0].tolist()) for picture, text in info.dataloader]
    return found, info.dataloader.num_samples


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("chosen", [["pairs"], ["images"], ["pairs", "grouped", "images"]])
def test_open_clip_yields_every_sample(outs: dict[str, Path], chosen: list[str], workers: int) -> None:
    joined = join([str(outs[name]) for name in chosen])
    owed = texts([outs[name] for name in chosen])
    found, believed = open_clip_reads(joined.train.path, workers, None)  # None: it counts by sizes.json
    assert owed.total() == joined.train.samples
    # every worker repeats samples to fill its share of whole batches: none is missing, and the count is its own
    assert 0 <= believed - joined.train.samples < max(1, workers)
    seen = Counter(bytes(item[2:]).decode() for item in found)
    if workers == 1:
        assert seen == owed
    else:
        assert len(found) == believed and not seen.keys() - owed.keys()
    join([str(outs[chosen[0]])])  # its own sizes.json again


def test_open_clip_draws_shards_by_weight(outs: dict[str, Path]) -> None:
    out = outs["grouped"]
    data = join([str(out)]).train.path
    by_source: dict[str, set[str]] = {}
    for members in samples(out).values():
        by_source.setdefault(json.loads(members["json"])["source"], set()).add(members["txt"].decode())
    assert not by_source["captions"] & by_source["trees"]
    shares = {}
    for weight in ("1", "50"):
        factors = "::".join(weight if "-captions-" in part else "1" for part in data.split("::"))
        found, _ = open_clip_reads(data, 1, 2000, dataset_resampled=True, train_data_upsampling_factors=factors)
        shares[weight] = sum(bytes(item[2:]).decode() in by_source["captions"] for item in found) / len(found)
    assert shares["1"] < 0.2 and shares["50"] > 2 * shares["1"]


def test_webdataset_reads_the_same(outs: dict[str, Path]) -> None:
    import webdataset

    for name in ("pairs", "images"):
        urls = [str(path) for path in sorted(outs[name].glob("train/*.tar"))]
        found = {sample["__key__"]: sample for sample in webdataset.WebDataset(urls, shardshuffle=False)}
        assert_same(found.items(), samples(outs[name]))


OTHER = """
import json, sys, webdataset
urls = json.loads(sys.argv[1])
for sample in webdataset.WebDataset(urls, shardshuffle=False):
    print(json.dumps([sample["__key__"], {k: v.hex() for k, v in sample.items() if isinstance(v, bytes)}]))
"""


@pytest.mark.parametrize("version", ["0.2.86", "1.0.2"])
def test_both_webdatasets_read_the_same(outs: dict[str, Path], version: str, tmp_path: Path) -> None:
    """In a process of its own, whatever version is installed here."""
    place = []
    if importlib.metadata.version("webdataset") != version:
        pip = ["uv", "pip"] if shutil.which("uv") else [sys.executable, "-m", "pip"]
        subprocess.run([*pip, "install", "-q", "--no-deps", "--target", str(tmp_path), f"webdataset=={version}"], check=True)
        place = [str(tmp_path)]
    urls = [str(path) for path in sorted(outs["pairs"].glob("train/*.tar"))]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(place)}
    run = subprocess.run(
        [sys.executable, "-c", OTHER, json.dumps(urls)], env=environment, check=True, capture_output=True, text=True
    )
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert_same(((key, {name: bytes.fromhex(data) for name, data in row.items()}) for key, row in rows), samples(outs["pairs"]))


def test_wids_reads_the_same_at_random(outs: dict[str, Path], tmp_path: Path) -> None:
    wids = pytest.importorskip("wids")
    for name in ("pairs", "images"):
        dataset = wids.ShardListDataset(
            str(outs[name] / "train/wids.json"), cache_dir=str(tmp_path / name), transformations=[], keep=True
        )
        owed = samples(outs[name])
        assert len(dataset) == len(owed)
        found = []
        for number in reversed(range(len(dataset))):
            sample = dataset[number]
            members = {key[1:]: value.getvalue() for key, value in sample.items() if key.startswith(".")}
            found.append((sample["__key__"], members))
        assert_same(found, owed)


def test_hugging_face_reads_the_same(outs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the card in the output, which declares every field, and by the shards alone, whose first samples are taken for all."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    for name in ("pairs", "images"):
        owed = samples(outs[name])
        places = ({"path": str(outs[name])}, {"path": "webdataset", "data_files": str(outs[name] / "train/*.tar")})
        for number, place in enumerate(places):
            loaded = datasets.load_dataset(**place, split="train", cache_dir=str(tmp_path / f"{name}{number}"))
            assert len(loaded) == len(owed)
            for row in loaded:
                card = json.loads(owed[row["__key__"]]["json"])
                assert row["txt"] == owed[row["__key__"]]["txt"].decode()
                assert row["jpg"].size == (card["width"], card["height"])
                said = {key: value for key, value in row["json"].items() if value not in (None, [])}
                assert all(said[key] == card[key] for key in ("id", "licence", "caption_0"))
                if number == 0:
                    assert said.keys() == card.keys()


def assert_same(found: Iterable[tuple[str, dict[str, bytes]]], owed: dict[str, dict[str, bytes]]) -> None:
    seen: dict[str, dict[str, bytes]] = {}
    for key, members in found:
        assert key not in seen
        seen[key] = {name: data for name, data in members.items() if name in ("jpg", "png", "webp", "json", "txt")}
    assert seen == owed
