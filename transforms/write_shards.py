"""WriteShards: placed samples -> tar files. Reads bytes through references, never through a shuffle.

In: (shard, Placed). Out: `WrittenShard`. Fails: BuildStopped if a picture changed since it was prepared. Cost: reads every
emitted picture once a caption (`pairs`) or once (`images`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.metrics import Metrics

from skypairs.schemas.execution import Execution
from skypairs.schemas.files import WrittenShard
from skypairs.schemas.placed import Placed
from skypairs.schemas.recipe import Recipe
from skypairs.transforms.assign_shards import ShardId
from skypairs.transforms.pool import Pool
from skypairs.transforms.shard_names import shard_path
from skypairs.transforms.sinks.webdataset import SamplePool, write_shard


@dataclass
class WriteShards(beam.PTransform):
    """One tar a shard, over a bounded pool; a shard that is there already is left alone."""

    recipe: Recipe
    out: str
    staging: str
    execution: Execution

    def expand(self, samples: beam.PCollection[tuple[ShardId, Placed]]) -> beam.PCollection[WrittenShard]:
        return (
            samples
            | "Shards" >> beam.GroupByKey()
            | "WriteShard" >> beam.ParDo(_WriteShard(self.recipe, self.out, self.staging, self.execution))
        )


class _WriteShard(beam.DoFn):
    def __init__(self, recipe: Recipe, out: str, staging: str, execution: Execution) -> None:
        self._recipe, self._out, self._staging, self._execution = recipe, out, staging, execution
        self._samples = Metrics.counter("skypairs", "write/samples")

    def setup(self) -> None:
        self._pool: SamplePool = Pool(self._execution)

    def process(self, shard: tuple[ShardId, Iterable[Placed]]) -> Iterator[WrittenShard]:
        (shelf, number), placed = shard
        path = shard_path(self._recipe, shelf, number)
        layout, per_picture = self._recipe.shards.layout, self._recipe.captions.per_picture
        written = write_shard(path, placed, self._out, self._staging, layout, per_picture, self._pool)
        self._samples.inc(written.file.rows)
        yield written

    def teardown(self) -> None:
        self._pool.close()
