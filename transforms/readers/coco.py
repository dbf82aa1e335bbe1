"""COCO JSON: one file of images, annotations and categories for a whole source (cocodataset.org, "Data format").

`bbox` is x, y, width, height in pixels, 0-based, as floats. `segmentation` is a list of flat polygons (some tools write one
flat polygon instead), or a run-length code {"size": [h, w], "counts": [...] or text} in column-major order. Category ids
need not be contiguous. `iscrowd`, `area`, `bbox` or `segmentation` may be missing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.geometry import Rect, bounds
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, Scene
from skypairs.transforms.readers import files, objects, one_file, run_length
from skypairs.transforms.readers.layout import Place

_KEPT = ("category_id", "bbox", "segmentation", "iscrowd", "ignore")


@dataclass(frozen=True, slots=True)
class Coco:
    """Reader of COCO JSON. A picture that the file lists without objects is annotated and empty."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        spot = one_file.settle(source, self.places)
        pictures = files.list_pictures(source, spot.folders)
        if spot.shared:  # the folder alone cannot tell which pictures belong to the split
            keys = one_file.match(source, _entries(source, spot.file.uri), pictures)
            pictures = {key: pictures[key] for key in keys if key in pictures}
        return Look(len(pictures), sum(file.size for file in pictures.values()), 1)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        spot = one_file.settle(source, self.places)
        pictures = files.list_pictures(source, spot.folders)
        return one_file.scenes_of(source, family, _entries(source, spot.file.uri), pictures, spot.shared)

    def annotation(self, scene: Scene) -> Annotation:
        return read_share(json.loads(scene.inline)) if scene.annotated else Annotation()


def read_share(share: dict[str, Any]) -> Annotation:
    """The objects of one picture: `width`, `height`, `objects` as in the file, and `names` of the category ids in them."""
    found = objects.Objects()
    for item in share["objects"]:
        _add(found, item, share["names"].get(str(item.get("category_id"))))
    width, height = objects.whole(share["width"]), objects.whole(share["height"])
    return found.annotation(size=(width, height) if width and height else None)


class _Shares:
    """What the annotations of a file say, by image id, as JSON text: objects would take five times the room.

    The parser hands each object over as soon as it is read, so that a file is never held as objects in whole.
    """

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self._categories: dict[str, set[str]] = {}

    def keep(self, item: dict[str, Any]) -> dict[str, Any] | None:
        """Takes an annotation, which is then dropped; leaves all else."""
        if "image_id" not in item or "file_name" in item:
            return item
        self.add(str(item["image_id"]), item)
        return None

    def add(self, owner: str, item: dict[str, Any]) -> None:
        self._texts.setdefault(owner, []).append(
            objects.dump_inline({key: item[key] for key in _KEPT if item.get(key) is not None})
        )
        self._categories.setdefault(owner, set()).add(str(item.get("category_id")))

    def pop(self, owner: str, width: Any, height: Any, names: dict[str, str]) -> str:
        """The share of an image, as `read_share` wants it."""
        used = {category: names[category] for category in self._categories.pop(owner, ()) if category in names}
        about = objects.dump_inline({"height": height, "names": used, "width": width})
        return f'{about[:-1]},"objects":[{",".join(self._texts.pop(owner, ()))}]}}'

    def left(self) -> list[str]:
        return sorted(self._texts)


def _entries(source: Source, uri: str) -> list[one_file.Entry]:
    """One entry an image, and one for each image id that only annotations know."""
    shares = _Shares()
    content = objects.read_json(source, uri, shares.keep)
    parts = [content.get(name) if isinstance(content, dict) else None for name in ("images", "annotations", "categories")]
    images, annotations, categories = parts
    if not isinstance(images, list) or not isinstance(annotations, list | None) or not isinstance(categories, list | None):
        raise LayoutError(f"{source.dataset}: {uri} is no COCO file: it needs the lists images, annotations and categories")
    names = {str(item.get("id")): str(item.get("name", "")) for item in categories or () if isinstance(item, dict)}
    for at, item in enumerate(annotations or ()):
        if item is not None:  # it names no image
            shares.add(f"of annotation {at}", item if isinstance(item, dict) else {})
    entries, seen = [], set()
    for image in images:
        image = image if isinstance(image, dict) else {}
        identity = str(image.get("id"))
        if identity in seen:
            raise LayoutError(f"{source.dataset}: {uri} has two images of id {identity}; ids must be unique")
        seen.add(identity)
        inline = "" if annotations is None else shares.pop(identity, image.get("width"), image.get("height"), names)
        entries.append(one_file.Entry(str(image.get("file_name", "")), f"image id {identity}", inline))
    entries += [one_file.Entry("", f"image id {owner}", objects.dump_inline({})) for owner in shares.left()]
    return entries


def _add(found: objects.Objects, item: dict[str, Any], name: str | None) -> None:
    if name is None:
        found.lose(f"category {item.get('category_id')}", "unknown class")
        return
    polygon, outline, problem = _outline(item.get("segmentation"))
    box = item.get("bbox")
    corners: tuple[float | None, ...] = outline or ()
    if isinstance(box, list) and len(box) == 4:
        x, y, w, h = (objects.number(value) for value in box)
        if x is None or y is None or w is None or h is None:
            corners = corners or (None,) * 4
        elif (w > 0 and h > 0) or not corners:
            corners = (x, y, x + w, y + h)
    if not corners:
        found.lose(name, problem or objects.NO_BOX)
        return
    crowd, difficult = (bool(objects.number(item.get(key))) for key in ("iscrowd", "ignore"))
    found.add(name, corners, polygon=polygon, crowd=crowd, difficult=difficult)


def _outline(segmentation: Any) -> tuple[tuple[float, ...], Rect | None, str]:
    """The polygon where there is exactly one, the bounds of all of it, and what is wrong with it."""
    if not segmentation:
        return (), None, ""
    if isinstance(segmentation, dict):
        rect = run_length.bounds_of(segmentation)
        return (), rect, "" if rect else "bad mask"
    if not isinstance(segmentation, list):
        return (), None, objects.NOT_A_NUMBER
    rings = segmentation if isinstance(segmentation[0], list) else [segmentation]
    polygons = []
    for ring in rings:
        points = [objects.number(value) for value in ring] if isinstance(ring, list) else []
        polygon = tuple(point for point in points if point is not None)
        if len(polygon) != len(points) or len(polygon) % 2 or len(polygon) < 6:
            return (), None, objects.NOT_A_NUMBER
        polygons.append(polygon)
    return polygons[0] if len(polygons) == 1 else (), bounds(sum(polygons, ())), ""
