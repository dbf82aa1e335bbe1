"""CapERA: five captions of each clip of ERA, one JSON file a split.

    {"ERA_caption": [{"video_id": "Baseball_001.mp4", "annotation": {"English_caption": ["...", ...]}}]}

The frame in the middle of a clip stands for it: the captions tell of the whole. Measured on yakoubbazi/CapEra.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import MIDDLE, Annotation, FileStamp, Scene
from skypairs.transforms.readers import clips, files, layout, objects, one_file
from skypairs.transforms.readers.layout import Place


@dataclass(frozen=True, slots=True)
class CapEra:
    """Reader of CapERA. A video is found by its bare name, in whatever folder it lies; names are unique."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        return clips.look(self.scenes(source, ""))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        spot = one_file.settle(source, self.places)
        videos: dict[str, FileStamp] = files.list_keyed(source, spot.folders, files.VIDEOS, stems=True)
        if not videos:
            raise layout.nothing_there(source, self.places)
        content = objects.read_json(source, spot.file.uri)
        items = content.get("ERA_caption") if isinstance(content, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise LayoutError(f"{source.dataset}: {spot.file.uri} is no caption file: it needs a list `ERA_caption` of objects")
        entries = [_entry(at, item) for at, item in enumerate(items)]
        for scene in one_file.scenes_of(source, family, entries, videos, spot.shared):
            yield replace(scene, frame=MIDDLE) if scene.picture else scene

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        captions = (text.encode("utf-8", "replace").decode() for text in json.loads(scene.inline))
        return Annotation(captions=tuple(text for text in captions if text.strip()))


def _entry(at: int, item: dict[str, Any]) -> one_file.Entry:
    name = str(item.get("video_id") or "").replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    annotation = item.get("annotation")
    texts = annotation.get("English_caption") if isinstance(annotation, dict) else None
    written = [text for text in texts if isinstance(text, str)] if isinstance(texts, list) else []
    return one_file.Entry(
        stem if f"{dot}{suffix}".lower() in files.VIDEOS else name, f"video {at}", objects.dump_inline(written)
    )
