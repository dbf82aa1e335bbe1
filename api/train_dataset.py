"""The loader's dataset, as torch wants it. Made for workers that are forked or spawned."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from skypairs.api.train_stream import Example, Shard, Share, batches
from skypairs.schemas.identity import stable_hash
from skypairs.transforms.scores.clip_model import opened

try:
    from torch.utils.data import IterableDataset
except ImportError:  # without the extra `clip` there is nothing to load for, and the module is only looked at
    IterableDataset = object


@dataclass(eq=False)
class ShardBatches(IterableDataset):
    """Batches of one rank: (B, 3, H, W) pictures and (B, L) texts, as the transform and the tokenizer make them."""

    shards: Sequence[Shard]
    pairs: bool
    transform: Callable[[Any], Any]
    tokenizer: Callable[[list[str]], Any]
    size: int
    steps: int
    """Batches of each worker in an epoch."""
    rank: int
    world: int
    seed: int
    buffer: int
    epoch: int = 0

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        import torch

        info = torch.utils.data.get_worker_info()
        share = Share(self.rank, self.world, info.id if info else 0, info.num_workers if info else 1)
        own = share.shards(self.shards, self.seed, self.epoch)
        for batch in batches(own, self.pairs, self.seed, self.epoch, self.buffer, self.size, self.steps):
            pictures = torch.stack([self.picture(example) for example in batch])
            yield pictures, self.tokenizer([example.text for example in batch])

    def picture(self, example: Example) -> Any:
        """Transformed by a draw that depends on seed, epoch and id alone."""
        import torch

        draw = int.from_bytes(stable_hash("transform", self.seed, self.epoch, example.id, size=7), "big")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(draw)
            return self.transform(opened(example.picture))
