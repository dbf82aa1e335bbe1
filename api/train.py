"""For trainers in PyTorch: RemoteCLIP's augmentation, and a loader over finished builds. Needs the extra `clip`.

open_clip's own trainer reads the shards without any of this. The loader adds what it does not do: each epoch a picture is shown
once, with another of its captions, so that two captions of one picture never meet in a batch as if one were wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skypairs.api.output import Output, read
from skypairs.api.train_stream import Shard
from skypairs.schemas import arrow
from skypairs.schemas.errors import UserError
from skypairs.transforms.sinks.read_tables import each_table

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
"""Of CLIP's pictures (open_clip's OPENAI_DATASET_MEAN and _STD)."""


class QuarterTurns:
    """Turns a picture (PIL) by 0, 90, 180 or 270 degrees, each as likely: overhead pictures have no up."""

    def __call__(self, picture: Any) -> Any:
        import torch
        from PIL import Image

        turns = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
        turn = turns[int(torch.randint(4, ()))]
        return picture if turn is None else picture.transpose(turn)

    def __repr__(self) -> str:
        return "QuarterTurns()"


def augmentation(
    size: int = 224,
    scale: tuple[float, float] = (0.9, 1.0),
    mean: Sequence[float] = MEAN,
    std: Sequence[float] = STD,
) -> Any:
    """RemoteCLIP's augmentation (arXiv 2306.11029, section IV-A) as a torchvision transform of PIL pictures.

    Random crop, horizontal flip, rotation by quarter turns; the paper does not say how large its crops are. `scale` is the
    share of the area that a crop keeps, by default open_clip's: captions name what stands at the edge, and how many there are.
    Returns (3, size, size), normalised.
    """
    from torchvision import transforms

    return transforms.Compose(
        [
            transforms.RandomResizedCrop(size, scale=scale, interpolation=transforms.InterpolationMode.BICUBIC),
            transforms.RandomHorizontalFlip(),
            QuarterTurns(),
            transforms.ToTensor(),
            transforms.Normalize(mean=list(mean), std=list(std)),
        ]
    )


@dataclass(frozen=True)
class Loader:
    """Batches of one rank, over and over: call `set_epoch` before each epoch."""

    dataset: Any
    workers: int

    def set_epoch(self, epoch: int) -> None:
        """Epochs differ in captions, order and augmentation."""
        self.dataset.epoch = epoch

    def __len__(self) -> int:
        """Batches of an epoch: the same for every rank."""
        return int(self.dataset.steps * max(1, self.workers))

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        import torch
        from torch.utils.data import DataLoader

        own = torch.Generator()  # the trainer's own draws stay what they were
        return iter(DataLoader(self.dataset, batch_size=None, num_workers=self.workers, generator=own))


def loader(
    out: str | Sequence[str],
    transform: Callable[[Any], Any],
    tokenizer: Callable[[list[str]], Any],
    *,
    batch: int = 256,
    split: str = "train",
    workers: int = 4,
    rank: int = 0,
    world: int = 1,
    seed: int = 0,
    buffer: int = 2000,
) -> Loader:
    """A loader over finished builds, of either layout.

    Args:
        out: one output of skypairs or several.
        transform: of one PIL picture to a tensor, e.g. `augmentation()`.
        tokenizer: of a list of texts to a tensor, e.g. `open_clip.get_tokenizer("ViT-B-32")`.
        batch: different pictures in a batch.
        split: `train` or `val`.
        workers: processes that read; 0: this one.
        rank, world: of this process among those that train together. Each reads shards of its own.
        buffer: pictures that a worker keeps to mix; besides, shards are in a global shuffle already.

    What is left over at the end of an epoch is dropped; a worker whose shards hold a little less than another's begins again.
    Raises UserError where there are fewer shards than workers of all ranks, or fewer pictures than a batch for each.
    """
    opened = [read(one) for one in ([out] if isinstance(out, str) else out)]
    layouts = {one.manifest["recipe"]["shards"]["layout"] for one in opened}
    if len(layouts) != 1:
        raise UserError("the outputs are of different layouts: load them one by one")
    shards: list[Shard] = [(one.uri, path) for one in opened for path in one.shards if path.startswith(f"{split}/")]
    readers = world * max(1, workers)
    if len(shards) < readers:
        raise UserError(f"{len(shards)} shards for {readers} workers: take fewer, or build with shards.minimum: {readers}")
    steps = sum(_pictures(one, split) for one in opened) // (batch * readers)
    if not steps:
        raise UserError(f"{split} holds fewer pictures than a batch of {batch} for each of {readers} workers")
    from skypairs.api.train_dataset import ShardBatches

    pairs = layouts == {"pairs"}
    dataset = ShardBatches(tuple(shards), pairs, transform, tokenizer, batch, steps, rank, world, seed, buffer)
    return Loader(dataset, workers)


def _pictures(opened: Output, split: str) -> int:
    """Pictures of a split, by the ledger."""
    wanted = pa.schema([arrow.LEDGER.field(name) for name in ("fate", "shards")])
    count = 0
    for table in each_table(opened.uri, opened.manifest, "ledger", wanted):
        firsts = pc.list_element(table.filter(pc.equal(table["fate"], "kept"))["shards"], 0)
        count += pc.sum(pc.starts_with(firsts, f"{split}/")).as_py() or 0
    return count
