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
    picture: images.OpenPicture, window: Window | None, options: Pictures
) -> tuple[EmittedPicture, Callable[[], images.RGB]]:
    """The picture of one window (None: the whole scene), and what decodes its pixels from the emitted bytes.

    A picture that stays untouched is not decoded here. Raises PictureError, and so does the decoding.
    """
    whole = (0, 0, picture.width, picture.height)
    x0, y0, x1, y1 = window or whole
    out_width, out_height = reduced_size(x1 - x0, y1 - y0, options.max_side)
    resized = (out_width, out_height) != (x1 - x0, y1 - y0)
    if picture.passes and not resized and (x0, y0, x1, y1) == whole:
        kind = cast(Literal["jpg", "png", "webp"], picture.header.format)  # what passes has one of these
        return EmittedPicture(picture.data, kind, out_width, out_height, True), picture.pixels
    part = picture.pixels((x0, y0, x1, y1))
    if resized:
        part = images.reduce(part, out_width, out_height)
    encoded = images.encode_jpeg(part, options.quality)
    return EmittedPicture(encoded, "jpg", out_width, out_height, False), lambda: images.decode_rgb(encoded)
