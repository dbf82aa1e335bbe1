"""What a trainer's worker reads in an epoch: which shards, which caption of each picture, in which order, in which batches.

Everything here is a function of seed, epoch and ids: the same on every machine, and started again in any epoch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skypairs.schemas.errors import UserError
from skypairs.schemas.identity import stable_hash
from skypairs.transforms.sinks.read_shard import OutputSample, read_samples

Shard = tuple[str, str]
"""An output, and the path of a shard below it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A picture with the one caption that it is shown with."""

    id: str
    picture: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker of one rank has to read."""

    rank: int
    world: int
    worker: int
    workers: int

    def shards(self, shards: Sequence[Shard], seed: int, epoch: int) -> list[Shard]:
        """Its shards of an epoch: disjoint between workers, together all of them, dealt anew each epoch."""
        ordered = sorted(shards, key=lambda shard: (stable_hash("deal", seed, epoch, shard[1]), shard))
        return ordered[self.rank * self.workers + self.worker :: self.world * self.workers]


def drawn_caption(identifier: str, count: int, seed: int, epoch: int) -> int:
    """Which of `count` captions a picture is shown with in an epoch. A round of `count` epochs shows each once."""
    start = int.from_bytes(stable_hash("caption", seed, epoch // count, identifier, size=8), "big")
    return (start + epoch) % count


def examples(shards: Sequence[Shard], pairs: bool, seed: int, epoch: int, buffer: int) -> Iterator[Example]:
    """Every picture of the shards that is drawn there, once, mixed over about `buffer` pictures.

    pairs: a shard of this layout holds a picture with each of its captions apart, mostly in other shards; the one whose turn it
    is is taken. In the layout `images` the caption is taken from the sample.
    """
    waiting: list[tuple[bytes, Example]] = []
    for out, shard in shards:
        for sample in read_samples(out, shard):
            example = _drawn(sample, pairs, seed, epoch)
            if example:
                waiting.append((stable_hash("mix", seed, epoch, example.id, size=8), example))
            if len(waiting) >= 2 * buffer:
                waiting.sort(key=lambda item: (item[0], item[1].id))
                yield from (example for _, example in waiting[:buffer])
                del waiting[:buffer]
    yield from (example for _, example in sorted(waiting, key=lambda item: (item[0], item[1].id)))


def _drawn(sample: OutputSample, pairs: bool, seed: int, epoch: int) -> Example | None:
    count = len(sample.json["captions"])
    drawn = drawn_caption(sample.json["id"], count, seed, epoch)
    if pairs and sample.json["caption"] != drawn:
        return None
    return Example(sample.json["id"], sample.picture, sample.json[f"caption_{drawn}"])


def batches(
    shards: Sequence[Shard], pairs: bool, seed: int, epoch: int, buffer: int, size: int, count: int
) -> Iterator[list[Example]]:
    """`count` batches of `size` different pictures each. A worker that has read all it has begins again.

    Ranks then agree on the number of steps, though their shards do not hold equally many pictures. Raises UserError where a
    worker has fewer pictures than a batch.
    """
    batch: dict[str, Example] = {}
    made = 0
    while made < count:
        progress = False
        for example in examples(shards, pairs, seed, epoch, buffer):
            if example.id in batch:  # begun again while the batch was open
                continue
            batch[example.id] = example
            progress = True
            if len(batch) == size:
                yield list(batch.values())
                batch, made = {}, made + 1
                if made == count:
                    return
        if not progress:
            raise UserError(f"a worker has {len(batch)} pictures, fewer than a batch of {size}: take fewer workers")
