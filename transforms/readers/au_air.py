"""AU-AIR: one annotations.json of video frames taken from a drone, boxes as top, left, height, width, class in pixels.

`categories` is a list of names, and a class its position. The full release writes the width as "image_width:", with a colon.
Frames are named frame_YYYYMMDDhhmmss_x_NNNNNNN.jpg, or with `xx`, by the start of their flight: bozcani/auairdataset.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import files, objects, one_file
from skypairs.transforms.readers.layout import Place

_FLIGHT = re.compile(r"((?:.*/)?frame_(\d{14}))_x+_\d+")
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class AuAir:
    """Reader of AU-AIR. Frames of one flight are a clip and share a group. A frame listed without objects is an empty one."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        spot = self._settle(source)
        pictures = files.list_pictures(source, spot.folders)
        return Look(len(pictures), sum(file.size for file in pictures.values()), 1)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        spot = self._settle(source)
        pictures = files.list_pictures(source, spot.folders)
        entries = _entries(source, spot.file.uri)
        for scene in one_file.scenes_of(source, family, entries, pictures, spot.shared):
            flight = _FLIGHT.fullmatch(scene.key)
            yield replace(scene, group=f"{family}/{flight[2]}", clip=flight[1]) if flight else scene

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        share = json.loads(scene.inline)
        found = objects.Objects()
        for number, *box in share["objects"]:
            _add(found, share["names"], number, box)
        width, height = objects.whole(share["width"]), objects.whole(share["height"])
        return found.annotation(size=(width, height) if width and height else None)

    def _settle(self, source: Source) -> one_file.OneFile:
        """The file, after a glance at its start: COCO files bear the same name. Raises LayoutError."""
        spot = one_file.settle(source, self.places)
        if b'"image_name"' not in storage.read(spot.file.uri, 0, min(_HEAD, spot.file.size)):
            raise LayoutError(
                f"{source.dataset}: {spot.file.uri} under {source.root} is no AU-AIR file: it names no image_name"
            )
        return spot


def _entries(source: Source, uri: str) -> Iterator[one_file.Entry]:
    """One entry a frame. The parser hands each frame over as it is read, and it is kept as text, which takes far less room."""
    content = objects.read_json(source, uri, _keep)
    parts = [content.pop(name, None) if isinstance(content, dict) else None for name in ("annotations", "categories")]
    frames, categories = parts
    if not isinstance(frames, list) or not isinstance(categories, list):
        raise LayoutError(f"{source.dataset}: {uri} is no AU-AIR file: it needs the lists annotations and categories")
    names = objects.dump_inline([str(name) for name in categories])
    for at, frame in enumerate(frames):
        frames[at] = None
        name, share = frame if isinstance(frame, tuple) else _frame(frame if isinstance(frame, dict) else {})
        yield one_file.Entry(name, f"annotation {at}", f'{share[:-1]},"names":{names}}}')


def _keep(item: dict[str, Any]) -> Any:
    return _frame(item) if "image_name" in item else item


def _frame(frame: dict[str, Any]) -> tuple[str, str]:
    """Name of a frame, and its share: width, height, and of each object class, left, top, width and height."""
    boxes = frame.get("bbox")
    share = {
        "width": frame.get("image_width", frame.get("image_width:")),
        "height": frame.get("image_height", frame.get("image_height:")),
        "objects": [_share(item if isinstance(item, dict) else {}) for item in boxes] if isinstance(boxes, list) else [],
    }
    return str(frame.get("image_name", "")), objects.dump_inline(share)


def _share(item: dict[str, Any]) -> list[Any]:
    return [item.get(key) for key in ("class", "left", "top", "width", "height")]


def _add(found: objects.Objects, names: list[str], kind: Any, box: list[Any]) -> None:
    number = objects.number(kind)
    if number is None or number != int(number) or not 0 <= number < len(names):
        found.lose(f"category {kind}", "unknown class")
        return
    x, y, w, h = (objects.number(value) for value in box)
    right, bottom = (None if start is None or length is None else start + length for start, length in ((x, w), (y, h)))
    found.add(names[int(number)], (x, y, right, bottom))
