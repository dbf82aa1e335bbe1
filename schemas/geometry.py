"""Boxes and windows as arithmetic. Pixels, x right, y down, half-open: a box holds x0 <= x < x1 and y0 <= y < y1."""

from typing import NamedTuple


class Rect(NamedTuple):
    """Axis-aligned rectangle in pixels, half-open, as floats."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Area in square pixels, 0 for an empty or inverted rectangle."""
        return max(0.0, self.width) * max(0.0, self.height)

    def moved(self, x: float, y: float) -> "Rect":
        """The rectangle x to the right and y down."""
        return Rect(self.x0 + x, self.y0 + y, self.x1 + x, self.y1 + y)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


def intersect(a: Rect, b: Rect) -> Rect:
    """The common part of two rectangles; its area is 0 where they do not meet."""
    x0, y0 = max(a.x0, b.x0), max(a.y0, b.y0)
    return Rect(x0, y0, max(x0, min(a.x1, b.x1)), max(y0, min(a.y1, b.y1)))


def bounds(polygon: tuple[float, ...]) -> Rect:
    """Bounding rectangle of a flat polygon x0, y0, x1, y1, ... of at least one point."""
    xs, ys = polygon[0::2], polygon[1::2]
    return Rect(min(xs), min(ys), max(xs), max(ys))
