"""Caption JSON of NWPU-Captions: a class -> a list of {filename, split, imgid, raw, raw_1, ..., raw_4}, one entry a picture."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms.readers import files, layout, objects, one_file
from skypairs.transforms.readers.caption_text import caption_of
from skypairs.transforms.readers.layout import Place

_RAW = re.compile(r"raw(?:_([0-9]+))?")


@dataclass(frozen=True, slots=True)
class NwpuCaptions:
    """Reader of NWPU-Captions. A source without a split takes the pictures of all of them."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        _, entries, pictures = self._list(source)
        return one_file.look_of(source, entries, pictures, bool(source.split))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        shared, entries, pictures = self._list(source)
        return one_file.scenes_of(source, family, entries, pictures, shared)

    def annotation(self, scene: Scene) -> Annotation:
        return Annotation(captions=tuple(json.loads(scene.inline))) if scene.annotated else Annotation()

    def _list(self, source: Source) -> tuple[bool, list[one_file.Entry], dict[str, FileStamp]]:
        spot = one_file.settle(replace(source, split=""), self.places)  # the split stands in the file, in no path
        content = objects.read_json(source, spot.file.uri)
        lists = content.values() if isinstance(content, dict) else ()
        if not lists or not all(
            isinstance(images, list) and all(isinstance(item, dict) for item in images) for images in lists
        ):
            raise LayoutError(f"{source.dataset}: {spot.file.uri} is no caption file: it needs a list of pictures a class")
        listed = [(name, item) for name, images in content.items() for item in images]
        entries = [_entry(name, item, source.split) for name, item in listed]
        if not any(entry.wanted for entry in entries):
            raise one_file.no_such_split(source, spot.file, (item.get("split") for _, item in listed))
        return spot.shared or bool(source.split), entries, files.list_pictures(source, spot.folders)


def _entry(name: str, item: dict[str, Any], split: str) -> one_file.Entry:
    """A picture lies in the folder of its class, unless its file name says another."""
    file = str(item.get("filename") or "")
    if file and "/" not in file:
        file = layout.join_key(name, file)
    texts = {int(match[1] or 0): value for key, value in item.items() if (match := _RAW.fullmatch(key))}
    captions = [caption_of(texts[at]) for at in sorted(texts)]
    wanted = not split or str(item.get("split", "")) == split
    return one_file.Entry(file, f"picture {item.get('imgid', '?')} of {name}", objects.dump_inline(captions), wanted)
