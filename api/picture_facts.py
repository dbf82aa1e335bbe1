"""What verify finds out about an emitted picture by itself: decoded by Pillow, hashed by imagehash.

Nothing here shares code with the build's own decoders and hashes: equal results are evidence, not a tautology.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

_SUFFIX = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_FLAT_BELOW = 2.0  # grey levels of standard deviation of the thumbnail
_THUMBNAIL = (32, 32)  # imagehash.phash: hash_size 8 times highfreq_factor 4


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """One decoded picture."""

    format: str
    """jpg, png or webp, by content; else the name that Pillow gives the format."""
    width: int
    height: int
    phash: tuple[int, ...]
    """Hashes of the eight orientations as 64-bit numbers, first bit highest."""
    flat: bool
    """By the measure that the build states: the hash says nothing about such a picture."""
    pixels_sha256: str
    """Of a flat picture 64 hex digits, else empty."""
    thumbnail: bytes
    """32 x 32 gray levels, row by row: what is hashed."""


def picture_facts(data: bytes, definition: str = "phash") -> PictureFacts:
    """Decodes and hashes a picture as a trainer would read it. Raises ValueError with the decoder's reason.

    `definition`: the name of the hash; `phash-fast` starts from a gray picture decoded at reduced size, `phash` from all of it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata; what cannot be decoded raises
            with Image.open(io.BytesIO(data)) as image:
                kind = _SUFFIX.get(image.format or "", image.format or "unknown")
                rgb = image.convert("RGB")
            gray = _reduced(data, rgb) if definition == "phash-fast" else rgb.convert("L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(" ".join(str(error).split())[:120]) from error
    thumbnail = np.asarray(gray.resize(_THUMBNAIL, Image.Resampling.LANCZOS))
    hashes = tuple(_phash(turn(thumbnail, g)) for g in range(8))
    flat = float(thumbnail.std()) < _FLAT_BELOW or hashes[0].bit_count() != 32
    return PictureFacts(kind, rgb.width, rgb.height, hashes, flat, pixels_sha256(rgb) if flat else "", thumbnail.tobytes())


def _reduced(data: bytes, rgb: Image.Image) -> Image.Image:
    """Gray at 1/8, 1/4, 1/2 or 1/1, the smallest with 128 pixels a side: luma from the JPEG decoder, else means of squares."""
    with Image.open(io.BytesIO(data)) as image:
        if image.format == "JPEG":
            image.draft("L", (128, 128))
            return image.convert("L")
    fits = [scale for scale in (1, 2, 4, 8) if min(rgb.size) >= 128 * scale]
    return rgb.convert("L").reduce(max(fits, default=1))


def pixels_sha256(rgb: Image.Image) -> str:
    """SHA-256 of width and height (4 bytes each, big end first) and the RGB pixels, row by row."""
    digest = hashlib.sha256(rgb.width.to_bytes(4, "big") + rgb.height.to_bytes(4, "big"))
    digest.update(rgb.tobytes())
    return digest.hexdigest()


def turn(array: npt.NDArray[np.uint8], g: int) -> npt.NDArray[np.uint8]:
    """Orientation g of an array (H, W): bit 2 of g transposes, bit 1 then mirrors top to bottom, bit 0 left to right."""
    turned = array.transpose() if g & 4 else array
    turned = np.flipud(turned) if g & 2 else turned
    return np.ascontiguousarray(np.fliplr(turned) if g & 1 else turned)


def _phash(thumbnail: npt.NDArray[np.uint8]) -> int:
    """imagehash.phash of a picture that is already 32 x 32 grey, for which its own reduction changes nothing."""
    bits = imagehash.phash(Image.fromarray(thumbnail)).hash
    return int.from_bytes(np.packbits(bits.ravel()).tobytes(), "big")
