"""What shards are called, and the sizes.json beside them."""

from collections.abc import Iterable, Mapping

from skypairs.schemas.files import WrittenShard
from skypairs.schemas.recipe import Recipe, recipe_digest


def shard_path(recipe: Recipe, val: bool, number: int) -> str:
    """Path of a shard below the output; its base name is unique across outputs of different recipes."""
    return f"{'val' if val else 'train'}/{recipe.name}-{recipe_digest(recipe)[:6]}-{number:05d}.tar"


def split_sizes(shards: Iterable[WrittenShard]) -> Mapping[str, dict[str, int]]:
    """{"train": {base name: samples}}: the sizes.json of each split that has shards."""
    sizes: dict[str, dict[str, int]] = {}
    for shard in shards:
        split, _, name = shard.file.path.partition("/")
        sizes.setdefault(split, {})[name] = shard.file.rows
    return {split: dict(sorted(names.items())) for split, names in sorted(sizes.items())}
