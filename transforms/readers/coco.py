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

_KEPT = ("bbox", "segmentation", "iscrowd", "ignore")


@dataclass(frozen=True, slots=True)
class Coco:
    """Reader of COCO JSON. A picture that the file lists without objects is annotated and empty."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        spot = one_file.settle(source, self.places)
        pictures = files.list_pictures(source, spot.folders)
        if spot.shared:  # the folder alone cannot tell which pictures belong to the split
            entries = _entries(source, objects.read_json(source, spot.file.uri), spot.file.uri)
            pictures = {key: pictures[key] for key in one_file.match(source, entries, pictures) if key in pictures}
        return Look(len(pictures), sum(file.size for file in pictures.values()), 1)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        spot = one_file.settle(source, self.places)
        pictures = files.list_pictures(source, spot.folders)
        entries = _entries(source, objects.read_json(source, spot.file.uri), spot.file.uri)
        return one_file.scenes_of(source, family, entries, pictures, spot.shared)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        share = json.loads(scene.inline)
        found = objects.Objects()
        for item in share["objects"]:
            _add(found, item)
        width, height = objects.whole(share["width"]), objects.whole(share["height"])
        return found.annotation(size=(width, height) if width and height else None)


def _entries(source: Source, content: Any, uri: str) -> list[one_file.Entry]:
    """One entry an image, and one for each image id that only annotations know."""
    parts = [content.get(name) if isinstance(content, dict) else None for name in ("images", "annotations", "categories")]
    images, annotations, categories = parts
    if not isinstance(images, list) or not isinstance(annotations, list | None) or not isinstance(categories, list | None):
        raise LayoutError(f"{source.dataset}: {uri} is no COCO file: it needs the lists images, annotations and categories")
    names = {str(item.get("id")): str(item.get("name", "")) for item in categories or () if isinstance(item, dict)}
    shares: dict[str, list[dict[str, Any]]] = {}
    for at, item in enumerate(annotations or ()):
        owner = str(item.get("image_id")) if isinstance(item, dict) and "image_id" in item else f"of annotation {at}"
        shares.setdefault(owner, []).append(_share(item, names) if isinstance(item, dict) else {})
    entries, seen = [], set()
    for image in images:
        image = image if isinstance(image, dict) else {}
        identity = str(image.get("id"))
        if identity in seen:
            raise LayoutError(f"{source.dataset}: {uri} has two images of id {identity}; ids must be unique")
        seen.add(identity)
        share = {
            "width": image.get("width"),
            "height": image.get("height"),
            "objects": shares.pop(identity, []),
        }
        inline = objects.dump_inline(share) if annotations is not None else ""
        entries.append(one_file.Entry(str(image.get("file_name", "")), f"image id {identity}", inline))
    entries += [one_file.Entry("", f"image id {owner}", objects.dump_inline({})) for owner in sorted(shares)]
    return entries


def _share(item: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """What is kept of an annotation, its category by name."""
    category = str(item.get("category_id"))
    return {"category": names.get(category), "id": category} | {key: item[key] for key in _KEPT if item.get(key) is not None}


def _add(found: objects.Objects, item: dict[str, Any]) -> None:
    name = item.get("category")
    if name is None:
        found.lose(f"category {item.get('id')}", "unknown class")
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
