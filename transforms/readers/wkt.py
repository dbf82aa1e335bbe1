"""xBD JSON: one file a picture, the outline of each building as Well-Known Text in pixels.

`features.xy` is a list of {"properties": {"feature_type", "subtype", "uid"}, "wkt": "POLYGON ((x y, ...))"}; polygons may
have holes, lists may be empty. `subtype` is the damage, and there only after the disaster. `metadata` gives width, height
and gsd. Read so by DIUx-xView/xView2_baseline (utils/mask_polygons.py).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms.readers import files, layout, objects, outlines, patterns
from skypairs.transforms.readers.layout import Place

BAD_OUTLINE = "bad outline"


@dataclass(frozen=True, slots=True)
class Wkt:
    """Reader of xBD's JSON. A file with an empty list is an annotated, empty picture."""

    places: tuple[Place, ...]
    picture: str
    """Pattern of the keys of pictures and annotations alike; see `patterns.rekey`."""
    parent: str = ""

    def look(self, source: Source) -> Look:
        pictures, annotations = self._list(source)
        return Look(len(pictures), sum(file.size for file in pictures.values()), len(annotations))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        pictures, annotations = self._list(source)
        paired = {key: (file,) for key, file in annotations.items()}
        return files.scenes_of(source, family, pictures, paired, parent=self.parent)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        content = parse_json(objects.read_annotation(scene.annotations[0]))
        features = content.get("features") if isinstance(content, dict) else None
        listed = features.get("xy") if isinstance(features, dict) else None
        if not isinstance(listed, list):
            raise AnnotationError("unparsable annotation", "there is no list features.xy")
        found = objects.Objects()
        for item in listed:
            _add(found, item if isinstance(item, dict) else {})
        meta = content.get("metadata")
        meta = meta if isinstance(meta, dict) else {}
        width, height, gsd = (
            objects.whole(meta.get("width")),
            objects.whole(meta.get("height")),
            objects.number(meta.get("gsd")),
        )
        return found.annotation(size=(width, height) if width and height else None, gsd=gsd if gsd and gsd > 0 else None)

    def _list(self, source: Source) -> tuple[dict[str, FileStamp], dict[str, FileStamp]]:
        spot = layout.settle(source, self.places)
        pictures = patterns.pictures_like(source, spot.pictures, self.picture)
        return pictures, patterns.rekey(source, files.list_keyed(source, spot.annotations, (".json",)), self.picture)


def parse_json(data: bytes) -> Any:
    """The content of a picture's JSON. Raises AnnotationError."""
    try:
        return json.loads(objects.decode(data))
    except (ValueError, RecursionError) as error:
        raise AnnotationError("unparsable annotation", f"not JSON: {type(error).__name__}: {error}") from None


def parse_wkt(text: object) -> shapely.Geometry | None:
    """A shape from Well-Known Text, with or without a third coordinate; None where it is none."""
    try:
        return shapely.from_wkt(text) if isinstance(text, str) else None
    except shapely.errors.ShapelyError:
        return None


def _add(found: objects.Objects, item: dict[str, Any]) -> None:
    properties = item.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    name = str(properties.get("subtype") or properties.get("feature_type") or "")
    shape = parse_wkt(item.get("wkt"))
    if shape is None:
        found.lose(name, BAD_OUTLINE)
    else:
        outlines.add_shape(found, name, shape)
