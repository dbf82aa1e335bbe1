"""Several finished outputs as one data set for open_clip: their shards joined by `::`, counted in one sizes.json."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skypairs.api.output import Output, read
from skypairs.schemas.errors import UserError
from skypairs.transforms import storage
from skypairs.transforms.report.train import brace_path, split_shards, upsampling_factors

SPLITS = ("train", "val")


@dataclass(frozen=True, slots=True)
class JoinedSplit:
    """The shards of one split of all outputs."""

    path: str
    """What `--train-data` or `--val-data` takes: brace ranges joined by `::`; empty where no output has the split."""
    samples: int
    factors: str
    """What `--train-data-upsampling-factors` takes beside it; empty where every source weighs 1."""
    sizes: str
    """The sizes.json that was written; empty on an object store, where open_clip does not look for one."""


@dataclass(frozen=True, slots=True)
class Joined:
    train: JoinedSplit
    val: JoinedSplit


def join(outs: Sequence[str]) -> Joined:
    """Joins finished outputs and writes one sizes.json for all of them where open_clip looks for it.

    That is beside the first shard: open_clip reads the file in the folder of the first path and finds every shard in it by its
    base name (open_clip_train.data.get_dataset_size). The outputs themselves stay as they are, and `verify` knows that a
    sizes.json may count shards of others too. Raises OutputError for what is no finished output, UserError where two outputs
    have a shard of the same name: the same recipe.
    """
    found = [read(out) for out in outs]
    owner: dict[str, str] = {}
    for output in found:
        for shard in output.shards:
            name = shard.rpartition("/")[2]
            if owner.setdefault(name, output.uri) != output.uri or list(outs).count(output.uri) > 1:
                raise UserError(f"{owner[name]} and {output.uri} both have {name}: outputs of one recipe cannot be joined")
    return Joined(*(_join_split(found, split) for split in SPLITS))


def _join_split(outputs: Iterable[Output], split: str) -> JoinedSplit:
    having = [output for output in outputs if split_shards(output.manifest, split)]
    if not having:
        return JoinedSplit("", 0, "", "")
    paths = [_rooted(output, brace_path(split_shards(output.manifest, split))) for output in having]
    sizes = {
        file["path"].rpartition("/")[2]: file["rows"]
        for output in having
        for file in output.manifest["files"]
        if file["path"] in split_shards(output.manifest, split)
    }
    factors = [upsampling_factors(output.manifest, always=True) for output in having]
    weighed = any(upsampling_factors(output.manifest) for output in having)
    return JoinedSplit(
        "::".join(paths),
        sum(sizes.values()),
        "::".join(factors) if weighed and split == "train" else "",
        _write_sizes(having[0], split, sizes),
    )


def _rooted(output: Output, path: str) -> str:
    return "::".join(storage.join(output.uri, part) for part in path.split("::"))


def _write_sizes(first: Output, split: str, sizes: dict[str, int]) -> str:
    uri = storage.join(first.uri, split, "sizes.json")
    if not storage.is_local(first.uri):
        return ""
    storage.publish_bytes((json.dumps(dict(sorted(sizes.items())), indent=0) + "\n").encode(), uri)
    return uri
