"""What shards are called, and the sizes.json beside them.

A shelf is a set of shards that is filled, shuffled and numbered for itself: the training or the validation split, of all
sources together, or of each where `shards.group_by` is `source`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from skypairs.schemas.files import WrittenFile
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.recipe_identity import recipe_digest

_SHARDS_A_TABLE = 1000


def source_index(recipe: Recipe, source: str) -> int:
    """Which of the recipe's sources has shards of its own; 0 for all where they share theirs."""
    return [item.name for item in recipe.sources].index(source) if recipe.shards.group_by == "source" else 0


def shelf_of(index: int, val: bool) -> int:
    """Number of the shelf of a source (by `source_index`) and a split."""
    return 2 * index + val


def shard_path(recipe: Recipe, shelf: int, number: int) -> str:
    """Path of a shard below the output; its base name is unique across outputs of different recipes."""
    index, val = divmod(shelf, 2)
    own = f"{recipe.sources[index].name}-" if recipe.shards.group_by == "source" else ""
    return f"{'val' if val else 'train'}/{recipe.name}-{recipe_digest(recipe)[:6]}-{own}{number:05d}.tar"


def shelf_name(path: str) -> str:
    """What the paths of all shards of one shelf share, and no others: `train/NAME-DIGEST6` or `train/NAME-DIGEST6-SOURCE`."""
    return path.removesuffix(".tar").rpartition("-")[0]


def caption_table(recipe: Recipe, path: str) -> str:
    """Name of the table that holds the captions of a shard, and of the others of its shelf in the same thousand."""
    stem, _, number = path.removesuffix(".tar").rpartition("-")
    split, _, shelf = stem.partition("/")
    own = shelf.removeprefix(f"{recipe.name}-{recipe_digest(recipe)[:6]}")
    return f"{split}{own}-{int(number) // _SHARDS_A_TABLE:05d}"


def shard_index(split: str, files: Iterable[WrittenFile]) -> dict[str, Any]:
    """The description of a split's shards that `wids` opens for random access (its version 1)."""
    listed = [
        {"url": file.path.partition("/")[2], "nsamples": file.rows, "filesize": file.bytes}
        for file in files
        if file.path.startswith(f"{split}/") and file.path.endswith(".tar")
    ]
    return {"wids_version": 1, "shardlist": listed}


def split_sizes(files: Iterable[WrittenFile]) -> Mapping[str, dict[str, int]]:
    """{"train": {base name: samples}}: the sizes.json of each split that has shards, from all files of an output."""
    sizes: dict[str, dict[str, int]] = {}
    for file in files:
        if file.path.endswith(".tar"):
            split, _, name = file.path.partition("/")
            sizes.setdefault(split, {})[name] = file.rows
    return {split: dict(sorted(names.items())) for split, names in sorted(sizes.items())}
