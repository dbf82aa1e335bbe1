"""xView: one GeoJSON of a whole split; `properties` hold image_id (a file name), type_id and bounds_imcoords.

bounds_imcoords is "xmin,ymin,xmax,ymax" in pixels of the picture; some are empty, and some lie over its edge. The geometry
(longitude and latitude) is not read. Read so by DIUx-xView/xView1_baseline (wv_util.py).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms.readers import files, layout, objects, one_file
from skypairs.transforms.readers.layout import Place

_KEPT = ("image_id", "type_id", "bounds_imcoords")


@dataclass(frozen=True, slots=True)
class Xview:
    """Reader of xView. A picture that no feature names is taken for unannotated."""

    places: tuple[Place, ...]
    bare: tuple[Place, ...] = ()
    """Folders of the splits that have pictures only."""
    classes: tuple[tuple[int, str], ...] = ()
    """type_id and class."""

    def look(self, source: Source) -> Look:
        pictures, spot = self._list(source)
        return Look(len(pictures), sum(file.size for file in pictures.values()), int(spot is not None))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        pictures, spot = self._list(source)
        if spot is None:
            yield from files.scenes_of(source, family, pictures, {})
            return
        entries = _entries(source, objects.read_json(source, spot.file.uri, _keep), spot.file.uri)
        yield from one_file.scenes_of(source, family, entries, pictures, spot.shared)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        found = objects.Objects()
        names = dict(self.classes)
        for kind, text in json.loads(scene.inline):
            number = objects.whole(kind)
            name = names.get(number) if number else None
            if name is None:
                found.lose(f"type {kind}", "unknown class")
                continue
            values = [value.strip() for value in str(text or "").split(",")]
            if not any(values):
                found.lose(name, objects.NO_BOX)
            else:
                found.add(name, [objects.number(value) for value in values] if len(values) == 4 else ())
        return found.annotation()

    def _list(self, source: Source) -> tuple[dict[str, FileStamp], one_file.OneFile | None]:
        if source.split and layout.usable(source, self.bare) and not source.annotations:
            return files.list_pictures(source, layout.settle(source, self.bare).pictures), None
        spot = one_file.settle(source, self.places)
        return files.list_pictures(source, spot.folders), spot


def _keep(item: dict[str, Any]) -> Any:
    """An object of the file without what is not read: most of it is outlines in longitude and latitude."""
    if "coordinates" in item:
        return None
    return {key: item[key] for key in _KEPT if key in item} if "image_id" in item else item


def _entries(source: Source, content: Any, uri: str) -> list[one_file.Entry]:
    """One entry a picture that the file names, with type and bounds of its objects."""
    features = content.pop("features", None) if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise LayoutError(f"{source.dataset}: {uri} is no GeoJSON: it needs the list features")
    shares: dict[str, list[tuple[Any, Any]]] = {}
    for at, feature in enumerate(features):
        features[at] = None
        properties = feature.get("properties") if isinstance(feature, dict) else None
        properties = properties if isinstance(properties, dict) else {}
        name = str(properties.get("image_id") or f"of feature {at}")
        shares.setdefault(name, []).append((properties.get("type_id"), properties.get("bounds_imcoords")))
    if not any(name for name in shares if not name.startswith("of feature ")):
        raise LayoutError(f"{source.dataset}: {uri} is no xView file: no feature has an image_id")
    return [one_file.Entry(name, f"picture {name}", objects.dump_inline(share)) for name, share in sorted(shares.items())]
