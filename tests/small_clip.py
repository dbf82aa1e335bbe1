"""A CLIP model small enough to be trained on one core in seconds, by open_clip's own trainer on shards as they are."""

import io
import json
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

CONFIG = {
    "model_cfg": {
        "embed_dim": 64,
        "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
        "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]},
}
OPTIONS = "--batch-size 64 --workers 0 --lr 4e-3 --warmup 20 --wd 0.05 --device cpu --precision fp32 --save-frequency 0"


def write_config(folder: Path) -> str:
    """A folder with the model's description and no weights. Returns its name for open_clip."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps(CONFIG))
    return f"local-dir:{folder}"


def train(model: str, shards: str, logs: Path, run: str, epochs: int, samples: int, seed: int) -> Path:
    """Trains from nothing with `open_clip_train.main`, `samples` of the shards an epoch, and returns the checkpoint."""
    import torch
    from open_clip_train.main import main

    torch.set_num_threads(1)
    words = (
        f"--model {model} --dataset-type webdataset --epochs {epochs} --train-num-samples {samples} --seed {seed} --name {run}"
    )
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
