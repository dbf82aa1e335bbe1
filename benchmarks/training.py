"""Training from shards beside loose files: pictures a second, and how long the model waits for the loader.

    training.py [--out OUT] [--model NAME] [--batch 64] [--workers 1] [--steps 30] [--rounds 3]
    training.py --out OUT --model ViT-B-32 --device cuda --precision amp --batch 256 --workers 8 --steps 200

The same model and samples by three readers: open_clip's own over the shards, skypairs' loader over them, and open_clip's own
over a table of the same pictures as files. Each round takes `steps` steps with every reader, in an order that turns; ratios
are taken within a round and their median is shown. Reading starts before the clock does: the first batch is not counted.
Without --out, drawn pictures of 256 pixels are built; without --model, a small one stands in. With --workers 0 all work is
of one process, and its CPU time is shown as well: on a machine that others use it says more than the clock.
"""

import argparse
import json
import os
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
from open_clip_train.data import get_data
from open_clip_train.params import parse_args
from PIL import Image

from skypairs.api import read
from skypairs.api.train import augmentation, loader
from skypairs.pipelines.cli import main as skypairs
from skypairs.transforms.report.train import brace_path, split_shards

Batches = Callable[[], Iterator[Any]]
SMALL = {
    "model_cfg": {
        "embed_dim": 64,
        "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
        "text_cfg": {"context_length": 32, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
    }
}


def built(folder: Path, pictures: int) -> Path:
    """A build of noise pictures with captions, as a table of captions has them."""
    (folder / "pictures" / "images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    images = []
    for at in range(pictures):
        noise = Image.fromarray(rng.integers(0, 255, (12, 12, 3), dtype=np.uint8)).resize((256, 256), Image.Resampling.BICUBIC)
        noise.save(folder / "pictures" / "images" / f"{at}.jpg", quality=90)
        texts = [{"raw": f"{number} boats near picture {at} ."} for number in range(2, 7)]
        images.append({"filename": f"{at}.jpg", "split": "train", "sentences": texts})
    (folder / "pictures" / "dataset.json").write_text(json.dumps({"images": images}))
    recipe = folder / "recipe.yaml"
    recipe.write_text(
        f"name: bench\nsources: [{{dataset: karpathy, split: train, root: {folder / 'pictures'}}}]\n"
        "references: []\nshards: {minimum: 16}\n"
    )
    assert skypairs(["build", str(recipe), str(folder / "out")]) == 0
    return folder / "out"


def unpacked(out: Path, folder: Path) -> Path:
    """The pictures as files, and a table of them."""
    lines = ["filepath\ttitle"]
    for shard in split_shards(read(str(out)).manifest, "train"):
        with tarfile.open(out / shard) as tar:
            tar.extractall(folder, filter="data")
            names = tar.getnames()
        for name in names:
            if not name.endswith((".json", ".txt")):
                text = (folder / name).with_suffix(".txt").read_text()
                lines.append(f"{folder / name}\t{text}")
    table = folder / "table.tsv"
    table.write_text("\n".join(lines) + "\n")
    return table


def readers(options: argparse.Namespace, out: Path, table: Path, preprocess: Any, tokenizer: Any) -> dict[str, Batches]:
    shards = brace_path(split_shards(read(str(out)).manifest, "train"))
    paths = "::".join(f"{out}/{path}" for path in shards.split("::"))
    size = preprocess.transforms[0].size

    def of_open_clip(*words: str) -> Batches:
        common = f"--model x --batch-size {options.batch} --workers {options.workers}".split()
        args = parse_args([*common, *words])
        args.distributed, args.world_size, args.rank = False, 1, 0
        return lambda: iter(get_data(args, (preprocess, preprocess), tokenizer=tokenizer)["train"].dataloader)

    own = loader(str(out), augmentation(size[0]), tokenizer, batch=options.batch, workers=options.workers)
    return {
        "open_clip, shards": of_open_clip("--dataset-type", "webdataset", "--train-data", paths),
        "skypairs, shards": lambda: iter(own),
        "open_clip, files": of_open_clip("--dataset-type", "csv", "--train-data", str(table)),
    }


def endless(batches: Batches) -> Iterator[Any]:
    while True:
        yield from batches()


def measured(batches: Batches, step: Callable[[Any, Any], None], steps: int) -> tuple[float, float, float]:
    """Seconds in all, of them waiting for the loader, and CPU seconds of this process."""
    waiting = 0.0
    found = endless(batches)
    step(*next(found))
    start, busy = time.perf_counter(), time.process_time()
    for _ in range(steps):
        asked = time.perf_counter()
        batch = next(found)
        waiting += time.perf_counter() - asked
        step(*batch)
    return time.perf_counter() - start, waiting, time.process_time() - busy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--model", default="")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", default="fp32", choices=("fp32", "amp", "amp_bf16"))
    for name, default in (("batch", 64), ("workers", 1), ("steps", 30), ("rounds", 3), ("pictures", 1000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if not options.model:
            (folder / "model").mkdir()
            (folder / "model" / "open_clip_config.json").write_text(json.dumps(SMALL))
        name = options.model or f"local-dir:{folder / 'model'}"
        model, preprocess, _ = open_clip.create_model_and_transforms(name, device=options.device, output_dict=True)
        out = options.out or built(folder, options.pictures)
        (folder / "files").mkdir()
        contestants = readers(options, out, unpacked(out, folder / "files"), preprocess, open_clip.get_tokenizer(name))
        loss, optimizer = open_clip.ClipLoss(), torch.optim.AdamW(model.parameters(), lr=1e-5)
        kind = {"amp": torch.float16, "amp_bf16": torch.bfloat16}.get(options.precision)
        scaler = torch.amp.GradScaler(options.device, enabled=options.precision == "amp")

        def step(pictures: Any, texts: Any) -> None:
            optimizer.zero_grad()
            with torch.autocast(options.device, dtype=kind, enabled=kind is not None):
                value = loss(**model(pictures.to(options.device), texts.to(options.device)))
            scaler.scale(value).backward()
            scaler.step(optimizer)
            scaler.update()
            value.item()  # waits for the device

        rounds = []
        for turn in range(options.rounds):
            names = list(contestants)
            order = names[turn % len(names) :] + names[: turn % len(names)]
            rounds.append({name: measured(contestants[name], step, options.steps) for name in order})
    setting = f"{options.device}, {options.precision}, batch {options.batch}, workers {options.workers}"
    print(f"{setting}; load of the machine {os.getloadavg()[0]:.1f}")
    alone = f" {'pictures/CPU s':>15} {'ratio to files':>15}" if not options.workers else ""
    print(f"{'reader':20} {'pictures/s':>10} {'waiting':>8} {'ratio to files':>15}{alone}")
    for name in contestants:
        seconds = statistics.median(found[name][0] for found in rounds)
        wait = statistics.median(found[name][1] / found[name][0] for found in rounds)
        ratio = statistics.median(found["open_clip, files"][0] / found[name][0] for found in rounds)
        line = f"{name:20} {options.steps * options.batch / seconds:10.0f} {wait:8.0%} {ratio:15.2f}"
        if not options.workers:
            busy = statistics.median(found[name][2] for found in rounds)
            ratio = statistics.median(found["open_clip, files"][2] / found[name][2] for found in rounds)
            line += f" {options.steps * options.batch / busy:15.0f} {ratio:15.2f}"
        print(line)


if __name__ == "__main__":
    main()
