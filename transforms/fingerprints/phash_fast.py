"""`phash-fast`: the p-Hash of a picture decoded at reduced size, near `phash` and never compared with it.

Definition: let s be the largest of 8, 4, 2 and 1 that leaves both sides, divided by s and rounded down, at least 128 pixels.
The gray picture at 1/s is, of a JPEG, its luma alone in libjpeg's decoding at scale 1/s (as Pillow's `draft("L", ...)` has
it); of anything else, Pillow's `convert("L")` of the decoded pixels, then `reduce(s)`, the mean of s x s pixels. LANCZOS takes
it to 32 x 32 on 8 bits, and from there transforms/thumbnail_hash.py goes on. The size is that of the emitted bytes.
"""

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

from skypairs.schemas.records import Fingerprints
from skypairs.transforms.lanczos import Gray, reduce_gray, to_gray
from skypairs.transforms.thumbnail_hash import fingerprints_of

_LEAST = 128
_JPEG = b"\xff\xd8\xff"


def fingerprints(data: bytes, pixels: Callable[[], npt.NDArray[np.uint8]]) -> Fingerprints:
    """The eight hashes and flatness. All `pixels` are asked for where the picture is flat or no JPEG; raises what they do."""
    small = _of_jpeg(data) if data.startswith(_JPEG) else None
    return fingerprints_of(_of_pixels(pixels()) if small is None else small, pixels)


def step_of(width: int, height: int) -> int:
    """1, 2, 4 or 8: how much smaller a picture is decoded."""
    return next((step for step in (8, 4, 2) if min(width, height) // step >= _LEAST), 1)


def _of_jpeg(data: bytes) -> Gray | None:
    """None where the file cannot be read: reading all of it then says why."""
    try:
        height, width = simplejpeg.decode_jpeg_header(data)[:2]
        step = step_of(width, height)
        least = {"min_height": -(-height // step), "min_width": -(-width // step)} if step > 1 else {}
        return reduce_gray(Image.fromarray(simplejpeg.decode_jpeg(data, "GRAY", **least)[:, :, 0]))
    except ValueError:  # strict about faults that Pillow reads past
        pass
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.draft("L", (_LEAST, _LEAST))
            return reduce_gray(image.convert("L"))
    except (OSError, ValueError, SyntaxError):
        return None


def _of_pixels(rgb: npt.NDArray[np.uint8]) -> Gray:
    height, width = rgb.shape[:2]
    return reduce_gray(to_gray(np.ascontiguousarray(rgb)).reduce(step_of(width, height)))
