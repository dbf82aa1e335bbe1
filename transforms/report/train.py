"""The command that trains open_clip on a build. Options as in open_clip 3.3.0; the one that needs a later version says so."""

from collections.abc import Iterable, Mapping
from typing import Any

from skypairs.transforms.shard_names import shelf_name

MODELS = (
    ("RN50", "7e-5", 256),
    ("ViT-B-32", "4e-5", 256),
    ("ViT-L-14", "1e-4", 28),
)
"""open_clip's model, learning rate and batch size of RemoteCLIP (arXiv 2306.11029, section IV-A). The paper does not say
whether the batch is that of one GPU."""
EPOCHS = 33
"""Its 108,215 steps of 256 over 828,725 pairs."""
_WARMUP = 50
"""One step in so many warms up: the paper says that it does, linearly, and not for how long."""
_WORKERS = 4


def brace_path(paths: Iterable[str]) -> str:
    """`train/NAME-{00000..00041}.tar` for shards numbered without a gap; the path itself for a single one. Shards of several
    shelves are joined by `::`."""
    shelves: dict[str, list[str]] = {}
    for path in sorted(paths):
        shelves.setdefault(shelf_name(path), []).append(path)
    return "::".join(_braces(stem, shelf) for stem, shelf in shelves.items())


def _braces(stem: str, paths: list[str]) -> str:
    if len(paths) == 1:
        return paths[0]
    low, high = (path.removesuffix(".tar").rpartition("-")[2] for path in (paths[0], paths[-1]))
    return f"{stem}-{{{low}..{high}}}.tar"


def split_shards(manifest: Mapping[str, Any], split: str) -> list[str]:
    """Paths of the shards of `train` or `val` below the output, sorted."""
    paths = (file["path"] for file in manifest["files"])
    return sorted(path for path in paths if path.startswith(f"{split}/") and path.endswith(".tar"))


def upsampling_factors(manifest: Mapping[str, Any], always: bool = False) -> str:
    """What `--train-data-upsampling-factors` takes beside `brace_path`: a weight for each shelf, joined by `::`. Empty where
    all are 1, but `always`.

    open_clip draws shards by factor, and shards of about equal size: a source is seen as often as its samples times its weight.
    """
    weights = {source["name"]: source["weight"] for source in manifest["sources"]}
    if not always and set(weights.values()) <= {1}:
        return ""
    shelves = dict.fromkeys(shelf_name(path) for path in split_shards(manifest, "train"))
    prefix = len(f"train/{manifest['name']}-{manifest['digest'][:6]}-")  # an extended output has shards of several digests
    return "::".join(f"{weights.get(shelf[prefix:], 1):g}" for shelf in shelves)


def training_command(manifest: Mapping[str, Any]) -> str:
    """To be run in the folder of the output, on one machine. Empty where nothing was kept."""
    train, val = split_shards(manifest, "train"), split_shards(manifest, "val")
    if not train:
        return ""
    samples = manifest["samples"]
    lines = [
        "python -m open_clip_train.main",
        "--dataset-type webdataset",
        f"--train-data '{brace_path(train)}'",
        f"--train-num-samples {samples['train']}",
    ]
    if factors := upsampling_factors(manifest):
        lines.append(f"--dataset-resampled --train-data-upsampling-factors {factors}")
    if val:
        lines += [f"--val-data '{brace_path(val)}'", f"--val-num-samples {samples['val']}"]
    model, rate, batch = MODELS[1]
    steps = EPOCHS * max(1, samples["train"] // batch)
    lines += [
        f"--model {model} --pretrained openai",
        f"--batch-size {batch} --lr {rate} --epochs {EPOCHS} --warmup {steps // _WARMUP}",
        f"--precision amp --workers {min(_WORKERS, len(train))}",
    ]
    return " \\\n    ".join(lines)


def training_notes(manifest: Mapping[str, Any]) -> list[str]:
    """What a reader of the command should know."""
    shards = len(split_shards(manifest, "train"))
    others = "; ".join(f"{model}: --lr {rate} --batch-size {batch}" for model, rate, batch in MODELS)
    notes = [
        f"Learning rate, batch size and number of epochs are RemoteCLIP's ({others}); how long it warmed up is not published. "
        "--pretrained openai fetches CLIP's weights, from which it started; --precision amp needs a GPU.",
        f"open_clip wants at least as many shards as workers times GPUs: here up to {shards} workers in all.",
    ]
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
