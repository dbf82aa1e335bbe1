"""Ingest: sources -> parts. Lists each source, pairs pictures with annotations, and groups scenes into parts.

In: one `Input` a source or reference. Out: one `PartRef` a part. Fails: LayoutError, and LayoutError for two scenes of one id.
Cost: one listing a source; one-file annotations (COCO, caption JSON) are parsed here, per-picture files are not.
What crosses the shuffle after it: names of parts, under 300 bytes each.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam

from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.identity import order_hash, stable_hash
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.records import Scene
from skypairs.transforms import parts, storage
from skypairs.transforms.parts import PartRef
from skypairs.transforms.previous_output import Take
from skypairs.transforms.video import take_frames


@dataclass
class Ingest(beam.PTransform):
    """Writes a part's scene list to staging once and hands on its name."""

    recipe: Recipe
    staging: str
    take: Take | None = None
    """Which of the listed scenes count; None: all."""

    def expand(self, sources: beam.PCollection[Input]) -> beam.PCollection[PartRef]:
        return (
            sources
            | "ListScenes" >> beam.FlatMap(list_parts, self.recipe, self.staging, self.take)
            | "Spread" >> beam.Reshuffle()
        )


def list_parts(source: Input, recipe: Recipe, staging: str, take: Take | None = None) -> Iterator[PartRef]:
    """The parts of one source, their scene lists published."""
    refs = []
    listed_scenes = list_scenes(source, recipe)
    for prefix, bits, scenes in parts.divide(take(source, listed_scenes) if take else listed_scenes):
        listed = parts.encode_scenes(scenes)
        part = parts.part_ref(source, recipe, prefix, bits, len(scenes), listed)
        uri = parts.scenes_uri(staging, part.look)
        if storage.stat(uri) is None:
            storage.publish_bytes(listed, uri)
        refs.append(part)
    found = {
        "source": source.source.name,
        "scenes": sum(part.scenes for part in refs),
        "parts": [{"look": part.look, "cards": part.cards or None, "scenes": part.scenes} for part in refs],
    }
    name = f"{source.source.name}-{stable_hash(json.dumps(found), size=4).hex()}.json"
    storage.publish_bytes(json.dumps(found).encode(), storage.join(staging, "ingest", name))
    yield from refs


def list_scenes(source: Input, recipe: Recipe) -> list[Scene]:
    """The scenes of a source that the recipe takes, in order of id. Raises LayoutError for two scenes of one id.

    Of each clip its share of frames is taken, the others are not listed; `limit` counts what is left. References are whole.
    """
    listed = source.spec.reader.scenes(source.source, source.family)
    if not source.reference:
        listed = take_frames(listed, recipe.video, recipe.seed)
    scenes = sorted(listed, key=lambda scene: scene.id)
    for one, other in itertools.pairwise(scenes):
        if one.id == other.id:
            places = " and ".join(scene.picture.uri if scene.picture else scene.problem for scene in (one, other))
            raise LayoutError(f"{source.source.name}: two pictures are called {one.key}: {places}")
    if recipe.limit is not None and not source.reference:
        scenes = sorted(scenes, key=lambda scene: (order_hash(recipe.seed, scene.id), scene.id))[: recipe.limit]
        scenes.sort(key=lambda scene: scene.id)
    return scenes
