"""`phash`: `imagehash.phash` of the decoded picture, bit for bit, in all eight orientations.

Definition (ImageHash 4.3.2): gray by Pillow's `convert("L")`, LANCZOS to 32 x 32 on 8 bits (transforms/lanczos.py), and
from there transforms/thumbnail_hash.py.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Fingerprints
from skypairs.transforms.lanczos import thumbnail
from skypairs.transforms.thumbnail_hash import fingerprints_of


def fingerprints(_: bytes, pixels: Callable[[], npt.NDArray[np.uint8]]) -> Fingerprints:
    """The eight hashes, flatness and, where flat, the digest of decoded pixels: (height, width, 3) uint8, at least one pixel.

    Raises ValueError for another shape or type.
    """
    rgb = pixels()
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise ValueError(f"not an RGB picture of uint8: {rgb.dtype} {rgb.shape}")
    rgb = np.ascontiguousarray(rgb)
    return fingerprints_of(thumbnail(rgb), lambda: rgb)
