"""A reader's boxes to those of a picture or a window: clipped, filtered, and everything left out counted.

An object is its outline where the dataset gives one, else its rectangle. Outlines may cross themselves (some quads of DOTA
do) and are then repaired before they are measured (shapely, `make_valid`).
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Iterator

import shapely

from skypairs.schemas.geometry import Rect, bounds, intersect
from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Boxes
from skypairs.schemas.records import Box, Lost

Outline = tuple[float, ...]

_FAR = 1e7
"""No picture reaches so far: such a coordinate is as good as none."""
_SNAP = 1e-9
_QUAD = 8
_TRIANGLE = 6


def clip_boxes(
    boxes: Iterable[Box], width: int, height: int, window: Window | None, options: Boxes
) -> tuple[tuple[Box, ...], tuple[Lost, ...]]:
    """Boxes in pixels of the window (None: the whole picture of width x height), in their order, and what was left out.

    In turn: an object without area, or with a coordinate that is no number, is lost ("no area"); one outside the picture
    is lost ("outside"); both are faults of the annotation, counted in every window. Then, of what lies in the window
    at all, an object under `min_area` as the picture shows it is lost ("under min_area"), and one of whose area in the
    picture less than the share `min_visible` lies in the window ("under min_visible"). What reaches out of picture or
    window is clipped: `cut` is set, and the box is the bounds of what is left. Flags that were set stay. An outline that
    falls into several parts is replaced by their convex hull.
    """
    picture = Rect(0, 0, width, height)
    frame = picture if window is None else Rect(*window)
    kept: list[Box] = []
    lost: Counter[tuple[str, str]] = Counter()
    for box in near_boxes(boxes, width, height, frame):
        whole = _clip(box, picture) if _sound(box) else (box, 0.0)
        if whole is None or whole[1] == 0:
            lost[box.label, "no area" if whole else "outside"] += 1
            continue
        part = whole if window is None else _clip(box, frame)
        if part is None:
            continue
        if whole[1] < options.min_area:
            lost[box.label, "under min_area"] += 1
        elif part[1] < options.min_visible * whole[1]:
            lost[box.label, "under min_visible"] += 1
        else:
            kept.append(_moved(part[0], frame.x0, frame.y0))
    return tuple(kept), tuple(Lost(label, reason, count) for (label, reason), count in sorted(lost.items()))


def near_boxes(boxes: Iterable[Box], width: int, height: int, frame: Rect) -> Iterator[Box]:
    """The boxes that are not those of objects elsewhere in the picture: all that its windows within the frame ask for."""
    picture = Rect(0, 0, width, height)
    return (box for box in boxes if not (_elsewhere(box, frame) and _inside(box.rect, picture)))


def scale_boxes(boxes: Iterable[Box], sx: float, sy: float) -> tuple[Box, ...]:
    """Boxes of a picture resized by sx and sy. What falls on a pixel's edge but for rounding is put there, so that a box
    that reached the border of the old picture reaches, and does not pass, that of the new one."""
    if sx == sy == 1:
        return tuple(boxes)
    return tuple(_scaled(box, sx, sy) for box in boxes)


def _scaled(box: Box, sx: float, sy: float) -> Box:
    x0, y0, x1, y1 = (_snapped(value * scale) for value, scale in zip(box.rect, (sx, sy, sx, sy), strict=True))
    if x0 >= x1 or y0 >= y1:
        x0, y0, x1, y1 = box.x0 * sx, box.y0 * sy, box.x1 * sx, box.y1 * sy
    outline = tuple(_snapped(value * (sx, sy)[index % 2]) for index, value in enumerate(box.polygon))
    area = None if box.area is None else box.area * sx * sy
    return dataclasses.replace(box, x0=x0, y0=y0, x1=x1, y1=y1, polygon=outline, area=area)


def _snapped(value: float) -> float:
    nearest = float(round(value))
    return nearest if abs(value - nearest) < _SNAP * max(1.0, nearest) else value


def _elsewhere(box: Box, frame: Rect) -> bool:
    return box.x1 <= frame.x0 or box.x0 >= frame.x1 or box.y1 <= frame.y0 or box.y0 >= frame.y1


def _inside(rect: Rect, frame: Rect) -> bool:
    return frame.x0 <= rect.x0 < rect.x1 <= frame.x1 and frame.y0 <= rect.y0 < rect.y1 <= frame.y1


def _sound(box: Box) -> bool:
    """Whether all coordinates are numbers that a picture can have, and the rectangle encloses something."""
    numbers = (*box.rect, *box.polygon)
    return math.isfinite(sum(numbers)) and min(numbers) > -_FAR and max(numbers) < _FAR and box.rect.area > 0


def _clip(box: Box, frame: Rect) -> tuple[Box, float] | None:
    """What of a box lies in the frame, and its area in square pixels; None for nothing. Untouched where all of it does;
    the area is 0 where its outline encloses none."""
    if not _outlined(box):
        rect = intersect(box.rect, frame)
        if rect.area == 0:
            return None
        return (box, rect.area) if rect == box.rect else (_placed(box, rect, (), True), rect.area)
    reach = bounds(box.polygon)
    if _inside(reach, frame):
        rect = intersect(box.rect, frame)  # some datasets mark rectangle and outline apart
        fits = box if rect == box.rect else _placed(box, rect if rect.area > 0 else reach, box.polygon, False)
        return fits, _outline_area(box.polygon)
    shape = _shape(box.polygon)
    left = _solid(shapely.intersection(shape, shapely.box(*frame)))
    if left.area == 0:
        return None if shape.area > 0 else (box, 0.0)
    single = left if left.geom_type == "Polygon" else left.convex_hull
    corners = shapely.get_coordinates(single.exterior)[:-1]
    corners[:, 0] = corners[:, 0].clip(frame.x0, frame.x1)
    corners[:, 1] = corners[:, 1].clip(frame.y0, frame.y1)
    outline = tuple(corners.ravel().tolist())
    rect = bounds(outline)
    return None if rect.area == 0 else (_placed(box, rect, outline, True), float(left.area))


def _outlined(box: Box) -> bool:
    return len(box.polygon) >= _TRIANGLE


def _outline_area(outline: Outline) -> float:
    """Square pixels that an outline encloses: by formula for a convex quad, which nearly all are, else by its shape."""
    if len(outline) == _QUAD and (area := _convex_area(outline)) > 0:
        return area
    return float(_shape(outline).area)


def _convex_area(quad: Outline) -> float:
    """Area of a convex quad by Gauss's formula, 0 of any other: all four corners turn the same way."""
    xs, ys = quad[0::2], quad[1::2]
    turns = [
        (xs[i - 2] - xs[i - 3]) * (ys[i - 1] - ys[i - 2]) - (ys[i - 2] - ys[i - 3]) * (xs[i - 1] - xs[i - 2]) for i in range(4)
    ]
    if not (all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)):
        return 0.0
    return abs((xs[2] - xs[0]) * (ys[3] - ys[1]) - (xs[3] - xs[1]) * (ys[2] - ys[0])) / 2


def _shape(outline: Outline) -> shapely.Geometry:
    """A valid polygon or several, without the dangling lines that repair may leave."""
    polygon = shapely.Polygon(list(zip(outline[0::2], outline[1::2], strict=False)))
    return polygon if polygon.is_valid else _solid(shapely.make_valid(polygon))


def _solid(shape: shapely.Geometry) -> shapely.Geometry:
    """The parts that have area."""
    if shape.geom_type == "Polygon":
        return shape
    return shapely.unary_union([part for part in shapely.get_parts(shape) if part.area > 0])


def _placed(box: Box, rect: Rect, outline: Outline, cut: bool) -> Box:
    x0, y0, x1, y1 = rect
    area = None if cut else box.area  # how much of a mask is left, a rectangle does not say
    return dataclasses.replace(box, x0=x0, y0=y0, x1=x1, y1=y1, polygon=outline, cut=box.cut or cut, area=area)


def _moved(box: Box, x: float, y: float) -> Box:
    """The box with (x, y) as the new origin."""
    if x == y == 0:
        return box
    outline = tuple(value - (x, y)[index % 2] for index, value in enumerate(box.polygon))
    return dataclasses.replace(box, x0=box.x0 - x, y0=box.y0 - y, x1=box.x1 - x, y1=box.y1 - y, polygon=outline)
