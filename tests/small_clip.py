"""A CLIP model small enough to be trained on one core in a minute, by open_clip's own trainer on shards as they are.

Patches are pooled by their mean: what a picture shows is what its patches show, and a model that need not find out where to
look learns sooner, with less difference between seeds.
"""

import gzip
import io
import json
import random  # noqa: TID251  (webdataset's shuffle takes one; it is seeded below)
import shutil
import tarfile
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

VISION = {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16, "pool_type": "avg"}
TEXT = {"context_length": 24, "width": 64, "heads": 2, "layers": 1}
PREPROCESS = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}
BATCH = 64
OPTIONS = (
    f"--batch-size {BATCH} --workers 0 --lr 2e-3 --beta1 0.9 --beta2 0.98 --eps 1e-6 --warmup 20 --wd 0.05 "
    "--device cpu --precision fp32 --save-frequency 0"
)


def write_config(folder: Path, words: Iterable[str] = ()) -> str:
    """A folder with the model's description and no weights. Returns its name for open_clip.

    With `words`, the vocabulary is what CLIP's has for them, since the optimizer would spend most of its time on the rest:
    texts of these words are cut into the same tokens, others into smaller pieces.
    """
    from open_clip.tokenizer import SimpleTokenizer, default_bpe

    folder.mkdir(parents=True, exist_ok=True)
    kwargs = {}
    if wanted := {f"{word.lower()}</w>" for word in words}:
        head, *merges = gzip.decompress(Path(default_bpe()).read_bytes()).decode().split("\n")[: 49152 - 256 - 1]
        kept = [merge for merge in merges if any(merge.replace(" ", "") in word for word in wanted)]
        (folder / "merges.gz").write_bytes(gzip.compress("\n".join([head, *kept]).encode()))
        kwargs = {"bpe_path": str(folder / "merges.gz")}
    text = TEXT | {"vocab_size": SimpleTokenizer(**kwargs).vocab_size, "tokenizer_kwargs": kwargs}
    model: dict[str, Any] = {"embed_dim": 64, "vision_cfg": VISION, "text_cfg": text}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model, "preprocess_cfg": PREPROCESS}))
    return f"local-dir:{folder}"


def write_chance_model(folder: Path, seed: int) -> Path:
    """The folder with the model's description and weights that a seed gives it, untrained."""
    import open_clip
    import torch

    name = write_config(folder)
    torch.manual_seed(seed)
    torch.save(open_clip.create_model(name).state_dict(), folder / "open_clip_pytorch_model.bin")
    return folder


def train(model: str, shards: str, logs: Path, run: str, epochs: int, samples: int, seed: int) -> Path:
    """Trains from nothing with `open_clip_train.main`, `samples` of the shards an epoch, and returns the checkpoint.

    webdataset seeds the shuffle of samples by the clock; here it is seeded as all else, so that a run can be repeated.
    """
    import torch
    import webdataset
    from open_clip_train.main import main

    torch.set_num_threads(1)
    words = (
        f"--model {model} --dataset-type webdataset --epochs {epochs} --train-num-samples {samples} --seed {seed} --name {run}"
    )
    with mock.patch("webdataset.shuffle", partial(webdataset.shuffle, rng=random.Random(seed))):
        main([*words.split(), *OPTIONS.split(), "--train-data", shards, "--logs", str(logs)])
    return logs / run / "checkpoints" / f"epoch_{epochs}.pt"


def paths_of(shards: Sequence[Path]) -> str:
    """As open_clip takes them."""
    return "::".join(map(str, shards))


def corrupt(shards: Sequence[Path], folder: Path, share: float, seed: int) -> list[Path]:
    """Copies of shards in which a share of the samples, drawn from a seed, carry one another's text."""
    members = {path: _members(path) for path in shards}
    texts = [(path, name) for path, found in members.items() for name in found if name.endswith(".txt")]
    order = np.random.default_rng(seed).permutation(len(texts))
    chosen = [texts[at] for at in order[: round(share * len(texts))]]
    moved = [members[path][name] for path, name in chosen]
    for (path, name), text in zip(chosen, moved[1:] + moved[:1], strict=True):
        members[path][name] = text
    folder.mkdir(parents=True)
    for path, found in members.items():
        with tarfile.open(folder / path.name, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in found.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    shutil.copy(shards[0].parent / "sizes.json", folder)
    return [folder / path.name for path in shards]


def _members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        found = {member.name: tar.extractfile(member) for member in tar}
        return {name: file.read() for name, file in found.items() if file}
