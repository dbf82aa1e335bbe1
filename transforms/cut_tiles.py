"""Which windows a scene is cut into. Arithmetic only; the pictures are cut in `prepare_scene`."""

import math

from skypairs.schemas.errors import PictureError
from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Pictures


def tile_count(length: int, side: int, overlap: int) -> int:
    """1 + ceil((length - side) / (side - overlap)) windows of `side` cover an axis."""
    return 1 + math.ceil((length - side) / (side - overlap))


def tile_starts(length: int, side: int, count: int) -> tuple[int, ...]:
    """Starts of `count` windows of `side`, evenly spread from 0 to length - side."""
    return tuple(round(index * (length - side) / max(1, count - 1)) for index in range(count))


def cut_windows(width: int, height: int, options: Pictures) -> tuple[Window, ...]:
    """Windows from top to bottom, then from left to right; empty where the scene stays whole. Raises PictureError for more
    than `max_tiles`.

    A scene stays whole if its longer side is at most `whole` and its aspect at most `max_aspect`. Otherwise an axis of at
    most max_aspect * s, s = min(tile, shorter side), is taken whole, and a longer one is cut into windows of s. That is done
    for each of `scales`, with `whole`, `tile` and `overlap` times so much; where some scales cut the scene and others leave it
    whole, the whole is one of its windows. Windows that two scales agree in are one.
    """
    longer, shorter = max(width, height), min(width, height)
    whole = (0, 0, width, height)
    found: set[Window] = set()
    for scale in options.scales:
        if longer <= options.whole * scale and longer <= options.max_aspect * shorter:
            found.add(whole)
            continue
        (wide, columns), (high, rows) = (_axis(length, shorter, options, scale) for length in (width, height))
        if len(found) + columns * rows > options.max_tiles:  # by number: a strip of one row may have millions
            raise PictureError("over max_tiles", f"{width}x{height} would be cut into more than {options.max_tiles}")
        starts = [(x0, y0) for y0 in tile_starts(height, high, rows) for x0 in tile_starts(width, wide, columns)]
        found |= {(x0, y0, x0 + wide, y0 + high) for x0, y0 in starts}
    return () if found == {whole} else tuple(sorted(found, key=lambda window: (window[1], window[0], window[3], window[2])))


def _axis(length: int, shorter: int, options: Pictures, scale: float) -> tuple[int, int]:
    """Side and number of the windows along an axis of a scene that is cut."""
    side = min(max(1, round(options.tile * scale)), shorter)
    if length <= options.max_aspect * side:
        return length, 1
    overlap = min(round(options.overlap * scale), side - 1)  # a strip narrower than the overlap still moves on
    return side, tile_count(length, side, overlap)


def reduced_size(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """Size after reducing the longer side to `max_side`, aspect kept, at least one pixel; unchanged where it fits."""
    longer = max(width, height)
    if max_side is None or longer <= max_side:
        return width, height
    return max(1, round(width * max_side / longer)), max(1, round(height * max_side / longer))
