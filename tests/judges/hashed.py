"""What a picture is to the search for duplicates, from its file alone: Pillow decodes and turns it, imagehash hashes it.

No code shared with the transforms.
"""

import hashlib
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image
from PIL.Image import Transpose

from tests.judges.greedy import Picture

# orientation g: bit 2 transposes, then bit 1 reverses the rows and bit 0 the columns
TURNS = (
    None,
    Transpose.FLIP_LEFT_RIGHT,
    Transpose.FLIP_TOP_BOTTOM,
    Transpose.ROTATE_180,
    Transpose.TRANSPOSE,
    Transpose.ROTATE_270,
    Transpose.ROTATE_90,
    Transpose.TRANSVERSE,
)


def turned(image: Image.Image, g: int) -> Image.Image:
    way = TURNS[g]
    return image if way is None else image.transpose(way)


def bits(image: Image.Image) -> int:
    return int(str(imagehash.phash(image)), 16)


def look(path: Path, identifier: str, group: str, human: bool, source: int, orientations: int) -> Picture:
    """A picture that is emitted as its file is. The hash of a turned picture is that of its turned 32 x 32 thumbnail."""
    with Image.open(path) as file:
        rgb = file.convert("RGB")
    small = rgb.convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    hashes = tuple(bits(turned(small, g)) for g in range(orientations))
    assert hashes[0] == bits(rgb)
    size = rgb.width.to_bytes(4, "big") + rgb.height.to_bytes(4, "big")
    pixels = int(hashlib.sha256(size + rgb.tobytes()).hexdigest(), 16)
    flat = float(np.asarray(small).std()) < 2.0 or hashes[0].bit_count() != 32
    rank = (0 if human else 1, -rgb.width * rgb.height, source, drawn(identifier))
    return Picture(identifier, hashes, rank, group, flat, pixels)


def drawn(identifier: str) -> int:
    """The hash of an id by which equals are ranked: BLAKE2b of the parts `rank` and id, each with kind and length."""
    data = identifier.encode()
    return int.from_bytes(hashlib.blake2b(b"s4:ranks%d:%s" % (len(data), data), digest_size=8).digest(), "big")
