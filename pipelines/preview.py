"""Captions of a few pictures, made by the work modules of a build, without a build."""

import dataclasses
import io

import pyarrow as pa

from skypairs.pipelines.resolve import Resolved
from skypairs.schemas.arrow import RECORDS
from skypairs.schemas.identity import stable_hash
from skypairs.transforms.imported import admitted
from skypairs.transforms.ingest import list_scenes
from skypairs.transforms.prepare_part import captions_of
from skypairs.transforms.prepare_scene import SceneOptions, prepare_scene
from skypairs.transforms.records_file import scene_rows


def preview(resolved: Resolved, count: int) -> list[tuple[str, tuple[str, ...]]]:
    """(id, captions) of `count` scenes drawn by hash over all sources and taken through the real steps.

    A cut scene shows its first tile; a scene that would not be used shows why, in brackets.
    """
    recipe = resolved.recipe
    drawn = [
        (stable_hash("preview", recipe.seed, scene.id), scene, source)
        for source in resolved.inputs
        if not source.reference
        for scene in list_scenes(source, recipe)
    ]
    options = SceneOptions(recipe.pictures, recipe.boxes, recipe.dedup.hash)
    shown: list[tuple[str, tuple[str, ...]]] = []
    for _, scene, source in sorted(drawn, key=lambda item: item[0])[:count]:
        prepared = prepare_scene(scene, source, options)
        if not prepared.samples:
            shown.append((scene.id, (f"({prepared.fate}: {prepared.reason})",)))
            continue
        whole = dataclasses.replace(prepared, fate="", samples=prepared.samples[:1])
        rows = list(scene_rows(whole, "", io.BytesIO(), io.BytesIO()))
        [row] = pa.RecordBatch.from_pylist(rows, schema=RECORDS).to_pylist()
        captions = captions_of(
            row, source, recipe.captions, recipe.seed, imported=admitted(row, source, recipe.captions).captions
        )
        shown.append((row["id"], tuple(item.text for item in captions) or ("(filtered: no caption)",)))
    return shown
