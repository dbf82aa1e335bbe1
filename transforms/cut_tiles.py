"""Which windows a scene is cut into. Arithmetic only; the pictures are cut in `prepare_scene`."""

import math

from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Pictures


def tile_starts(length: int, side: int, overlap: int) -> tuple[int, ...]:
    """Starts of 1 + ceil((length - side) / (side - overlap)) windows of `side`, evenly spread from 0 to length - side."""
    count = 1 + math.ceil((length - side) / (side - overlap))
    return tuple(round(index * (length - side) / max(1, count - 1)) for index in range(count))


def cut_windows(width: int, height: int, options: Pictures) -> tuple[Window, ...]:
    """Windows in reading order; empty where the scene stays whole.

    A scene stays whole if its longer side is at most `whole` and its aspect at most `max_aspect`. Otherwise an axis of at
    most max_aspect * s, s = min(tile, shorter side), is taken whole, and a longer one is cut into windows of s.
    """
    longer, shorter = max(width, height), min(width, height)
    if longer <= options.whole and longer <= options.max_aspect * shorter:
        return ()
    side = min(options.tile, shorter)
    overlap = min(options.overlap, side - 1)  # a strip narrower than the overlap still moves on
    spans = [
        ((0, length),)
        if length <= options.max_aspect * side
        else tuple((start, start + side) for start in tile_starts(length, side, overlap))
        for length in (width, height)
    ]
    windows = tuple((x0, y0, x1, y1) for y0, y1 in spans[1] for x0, x1 in spans[0])
    return () if windows == ((0, 0, width, height),) else windows


def reduced_size(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """Size after reducing the longer side to `max_side`, aspect kept, at least one pixel; unchanged where it fits."""
    longer = max(width, height)
    if max_side is None or longer <= max_side:
        return width, height
    return max(1, round(width * max_side / longer)), max(1, round(height * max_side / longer))
