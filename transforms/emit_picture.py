"""The encoded picture that a window of a scene becomes: the source's own bytes where they serve, else a reduced JPEG."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Pictures
from skypairs.transforms import images
from skypairs.transforms.cut_tiles import reduced_size


@dataclass(frozen=True, slots=True)
class EmittedPicture:
    """A picture as a trainer will read it."""

    data: bytes
    format: Literal["jpg", "png", "webp"]
    width: int
    height: int
    untouched: bool
    """The source's own bytes."""


def emit_picture(
    data: bytes,
    header: images.Header,
    width: int,
    height: int,
    pixels: Callable[[], images.RGB],
    window: Window | None,
    options: Pictures,
) -> tuple[EmittedPicture, Callable[[], images.RGB]]:
    """The picture of one window (None: the whole scene), and what decodes its pixels from the emitted bytes.

    `data`: the scene as encoded; `width` and `height`: of the scene as decoded; `pixels`: decodes it, (H, W, 3) uint8.
    A picture that stays untouched is not decoded here.
    """
    x0, y0, x1, y1 = window or (0, 0, width, height)
    out_width, out_height = reduced_size(x1 - x0, y1 - y0, options.max_side)
    if header.passes and window is None and (out_width, out_height) == (width, height):
        kind = cast(Literal["jpg", "png", "webp"], header.format)  # what passes has one of these
        return EmittedPicture(data, kind, width, height, True), pixels
    part = pixels()[y0:y1, x0:x1]
    if (out_width, out_height) != (x1 - x0, y1 - y0):
        part = images.reduce(part, out_width, out_height)
    encoded = images.encode_jpeg(part, options.quality)
    return EmittedPicture(encoded, "jpg", out_width, out_height, False), lambda: images.decode_rgb(encoded)
