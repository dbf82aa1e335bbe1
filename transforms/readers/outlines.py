"""Shapes of vector formats (WKT, GeoJSON) as objects: their bounds, and their outer border where they are of one piece."""

import numpy as np
import shapely

from skypairs.transforms.readers import objects

_DIGITS = 6
_FLAT = "flat"


def add_shape(found: objects.Objects, name: str, shape: shapely.Geometry, line_width: float = 0.0) -> None:
    """One object by its shape in pixels. Lines are `line_width` pixels wide, each an object; 0: they have no area.

    Holes do not change bounds and are left out. Empty shapes are lost ("no area"), and so are points ("no box").
    """
    if shape.is_empty:
        found.lose(name, objects.NO_AREA)
        return
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        found.lose(name, objects.NOT_A_NUMBER)
        return
    parts = [part for part in shapely.get_parts(shapely.force_2d(shape)).tolist() if not part.is_empty]
    kinds = {part.geom_type for part in parts}
    if kinds == {"Polygon"}:
        _add_border(found, name, parts)
    elif kinds <= {"LineString", "LinearRing"}:
        if line_width <= 0:
            found.lose(name, objects.NO_AREA)
        for line in parts if line_width > 0 else ():
            for area in _widened(line, line_width):
                _add_border(found, name, [area])
    else:
        found.lose(name, objects.NO_BOX)


def _add_border(found: objects.Objects, name: str, parts: list[shapely.Polygon]) -> None:
    borders = [np.round(shapely.get_coordinates(part.exterior), _DIGITS)[:-1] + 0.0 for part in parts]
    points = np.concatenate(borders)
    low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    found.add(name, (*low, *high), polygon=tuple(borders[0].ravel().tolist()) if len(borders) == 1 else ())


def _widened(line: shapely.LineString, width: float) -> list[shapely.Polygon]:
    """The strip along a line. A line that comes back to itself would enclose what is none of it, and is cut in two."""
    strip = line.buffer(width / 2, quad_segs=2, cap_style=_FLAT)
    pieces = [part for part in shapely.get_parts(strip).tolist() if part.area > 0]
    corners = shapely.get_coordinates(line)
    if len(corners) > 2 and any(part.interiors for part in pieces):
        middle = len(corners) // 2
        halves = (shapely.LineString(corners[: middle + 1]), shapely.LineString(corners[middle:]))
        return [piece for half in halves for piece in _widened(half, width)]
    return pieces
