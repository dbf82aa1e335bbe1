"""GeoJSON beside GeoTIFF: features on the ground, put into pixels by the inverse affine of the picture's header.

A FeatureCollection (RFC 7946) of polygons, multipolygons or lines, with or without heights; `geometry` may be null, and a
file of 0 bytes stands for no features. Coordinates are those of the picture's own system: nothing is reprojected, and a
difference is an AnnotationError. Read so by torchgeo (datasets/spacenet) and CosmiQ/solaris.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms.readers import files, layout, objects, outlines, patterns
from skypairs.transforms.readers.geotiff import Ground, ground_of
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.wkt import BAD_OUTLINE, parse_json

_WGS84 = 4326
_TIFF = (".tif", ".tiff")
_GEOJSON = (".geojson", ".json")


@dataclass(frozen=True, slots=True)
class GeoJson:
    """Reader of GeoJSON. A file without features is an annotated, empty picture."""

    places: tuple[Place, ...]
    label: str = ""
    """Class of all features; empty: the first of `properties` that a feature has."""
    properties: tuple[str, ...] = ("class", "label", "category", "class_name", "type", "name")
    line_width: float = 0.0
    """Width of lines in metres. Each line is a region of its own: outlines have no holes, which nets of lines enclose."""
    picture: str = ""
    """Pattern of the pictures' keys, see `patterns.rekey`; empty: a picture and its features have one name."""
    features: str = ""
    """The same of the annotations."""

    def look(self, source: Source) -> Look:
        pictures, annotations = self._list(source)
        return Look(len(pictures), sum(file.size for file in pictures.values()), len(annotations))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        pictures, annotations = self._list(source)
        return files.scenes_of(source, family, pictures, {key: (file,) for key, file in annotations.items()})

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated or scene.picture is None:
            return Annotation()
        data = objects.read_annotation(scene.annotations[0])
        content: Any = parse_json(data) if data.strip() else {"features": []}
        listed = content.get("features") if isinstance(content, dict) else None
        if not isinstance(listed, list):
            raise AnnotationError("unparsable annotation", "no FeatureCollection: there is no list of features")
        if not listed:
            return Annotation()
        ground = ground_of(scene.picture)
        _check_system(content, listed, ground)
        size = ground.pixel_size()
        if self.line_width and size is None:
            raise AnnotationError("picture without a place on the ground", "lines are wide in metres, its units are others")
        width = self.line_width / size if self.line_width and size else 0.0
        found = objects.Objects()
        for item in listed:
            self._add(found, item if isinstance(item, dict) else {}, ground, width)
        annotation = found.annotation(gsd=size if ground.metres else None)
        if self.line_width:
            annotation = replace(annotation, boxes=tuple(replace(box, kind="region") for box in annotation.boxes))
        return annotation

    def _add(self, found: objects.Objects, item: dict[str, Any], ground: Ground, width: float) -> None:
        about = item.get("properties")
        about = about if isinstance(about, dict) else {}
        name = self.label or next((str(about[key]) for key in self.properties if about.get(key) not in (None, "")), "")
        geometry = item.get("geometry")
        if geometry is None:  # some tools write an empty scene so
            found.lose(name, objects.NO_AREA)
            return
        shape = _shape(geometry)
        if shape is None:
            found.lose(name, BAD_OUTLINE)
        elif not np.isfinite(shapely.get_coordinates(shape)).all():
            found.lose(name, objects.NOT_A_NUMBER)
        else:
            outlines.add_shape(found, name, shapely.transform(shape, ground.to_pixels), width)

    def _list(self, source: Source) -> tuple[dict[str, FileStamp], dict[str, FileStamp]]:
        spot = layout.settle(source, self.places)
        features = files.list_keyed(source, spot.annotations, _GEOJSON)
        if self.picture:
            pictures = patterns.pictures_like(source, spot.pictures, self.picture)
            return pictures, patterns.rekey(source, features, self.features or self.picture)
        return files.list_pictures(source, spot.pictures), features


def _shape(geometry: Any) -> shapely.Geometry | None:
    """The shape of a GeoJSON geometry, without heights; None where its coordinates make none."""
    try:
        return shapely.force_2d(shapely.geometry.shape(geometry))
    except (shapely.errors.ShapelyError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


def _check_system(content: dict[str, Any], listed: list[Any], ground: Ground) -> None:
    """Refuses features in another coordinate system than the picture's. Without `crs`, degrees are told by their size."""
    stated = _stated_system(content)
    if stated is None:
        stated = _WGS84 if not ground.geographic and _looks_like_degrees(listed) else ground.epsg
    if stated is not None and ground.epsg is not None and stated != ground.epsg:
        text = f"features in EPSG:{stated}, picture in EPSG:{ground.epsg}; reproject one of them"
        raise AnnotationError("annotation in another coordinate system", text)


def _stated_system(content: dict[str, Any]) -> int | None:
    """EPSG code of the `crs` member (GeoJSON 2008): urn:ogc:def:crs:EPSG::32616 or CRS84."""
    crs = content.get("crs")
    about = crs.get("properties") if isinstance(crs, dict) else None
    name = str(about.get("name", "")) if isinstance(about, dict) else ""
    if "CRS84" in name.upper():
        return _WGS84
    match = re.search(r"EPSG:+(?:[\d.]*:)?(\d+)$", name, re.IGNORECASE)
    return int(match[1]) if match else None


def _looks_like_degrees(listed: list[Any]) -> bool:
    shapes = [_shape(item.get("geometry")) for item in listed if isinstance(item, dict) and item.get("geometry")]
    points = shapely.get_coordinates([shape for shape in shapes if shape is not None])
    return len(points) > 0 and bool((np.abs(points) <= (180, 90)).all())
