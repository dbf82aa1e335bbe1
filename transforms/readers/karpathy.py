"""Caption JSON in the layout of Karpathy's splits: images[] of filename, split and sentences[].raw.

Files come in UTF-8, with or without a byte order mark, or in GB18030. The split of a picture stands in the file, and all
pictures lie in one folder, so that a picture which the file does not list belongs to no split.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms.readers import files, layout, objects, one_file
from skypairs.transforms.readers.layout import Place


@dataclass(frozen=True, slots=True)
class Karpathy:
    """Reader of Karpathy's caption JSON. A source without a split takes the pictures of all of them."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        _, entries, pictures = self._list(source)
        return one_file.look_of(source, entries, pictures, bool(source.split))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        shared, entries, pictures = self._list(source)
        return one_file.scenes_of(source, family, entries, pictures, shared)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        return Annotation(captions=tuple(_utf8(text) for text in json.loads(scene.inline)))

    def _list(self, source: Source) -> tuple[bool, list[one_file.Entry], dict[str, FileStamp]]:
        spot = one_file.settle(replace(source, split=""), self.places)  # the split stands in the file, in no path
        content = objects.read_json(source, spot.file.uri)
        images = content.get("images") if isinstance(content, dict) else None
        if not isinstance(images, list) or not all(isinstance(image, dict) for image in images):
            raise LayoutError(f"{source.dataset}: {spot.file.uri} is no caption file: it needs a list `images` of objects")
        entries = [_entry(at, image, source.split) for at, image in enumerate(images)]
        if not any(entry.wanted for entry in entries):
            raise one_file.no_such_split(source, spot.file, (image.get("split") for image in images))
        pictures = files.list_pictures(source, spot.folders)
        return spot.shared or bool(source.split), entries, pictures


def _entry(at: int, image: dict[str, Any], split: str) -> one_file.Entry:
    """`filepath`, where there is one, is the folder of the picture."""
    name = layout.join_key(*(str(image[key]) for key in ("filepath", "filename") if image.get(key)))
    sentences = image.get("sentences")
    texts = [_text(item) for item in sentences] if isinstance(sentences, list) else []
    wanted = not split or str(image.get("split", "")) == split
    return one_file.Entry(name, f"image {image.get('imgid', at)}", objects.dump_inline(texts), wanted)


def _text(sentence: Any) -> str:
    if not isinstance(sentence, dict):
        return sentence if isinstance(sentence, str) else ""
    if isinstance(sentence.get("raw"), str):
        return str(sentence["raw"])
    tokens = sentence.get("tokens")
    return " ".join(map(str, tokens)) if isinstance(tokens, list) else ""


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
