"""The command that trains open_clip on a build. Options as in open_clip 3.3.0; the one that needs a later version says so."""

from collections.abc import Mapping
from typing import Any

_WORKERS = 4


def brace_path(paths: list[str]) -> str:
    """`train/NAME-{00000..00041}.tar` for shards numbered without a gap; the path itself for a single one."""
    first, last = min(paths), max(paths)
    if first == last:
        return first
    stem = first.removesuffix(".tar").rpartition("-")[0]
    low, high = (path.removesuffix(".tar").rpartition("-")[2] for path in (first, last))
    return f"{stem}-{{{low}..{high}}}.tar"


def training_command(manifest: Mapping[str, Any]) -> str:
    """To be run in the folder of the output, on one machine. Empty where nothing was kept."""
    shards = {
        split: [f["path"] for f in manifest["files"] if f["path"].startswith(f"{split}/") and f["path"].endswith(".tar")]
        for split in ("train", "val")
    }
    if not shards["train"]:
        return ""
    lines = [
        "python -m open_clip_train.main",
        "--dataset-type webdataset",
        f"--train-data '{brace_path(shards['train'])}'",
        f"--train-num-samples {manifest['samples']['train']}",
    ]
    if shards["val"]:
        lines += [f"--val-data '{brace_path(shards['val'])}'", f"--val-num-samples {manifest['samples']['val']}"]
    lines += ["--model ViT-B-32", "--batch-size 256", f"--workers {min(_WORKERS, len(shards['train']))}"]
    return " \\\n    ".join(lines)


def training_notes(manifest: Mapping[str, Any]) -> list[str]:
    """What a reader of the command should know."""
    shards = sum(f["path"].startswith("train/") and f["path"].endswith(".tar") for f in manifest["files"])
    notes = [f"open_clip wants at least as many shards as workers times GPUs: here up to {shards} workers in all."]
    if manifest["recipe"]["shards"]["layout"] == "images":
        count = manifest["recipe"]["captions"]["per_picture"]
        keys = ";".join(f"caption_{number}" for number in range(count))
        weights = " ".join("1" for _ in range(count))
        notes.append(
            "Each sample's json holds all captions. From version 4.2 on open_clip draws one at each reading with "
            f"--json-text-key '{keys}' --json-text-key-probs {weights}; before, it reads the one in txt."
        )
    else:
        notes.append("Each caption is a sample of its own; the captions of a picture lie in different shards.")
    return notes
