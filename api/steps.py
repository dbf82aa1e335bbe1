"""Single steps of a build as functions of plain values: for notebooks, and for pipelines of one's own."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.dataset import ClassName
from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Box, Caption, FileStamp, MaskClass, MaskRef
from skypairs.schemas.vocabulary import Vocabulary, preferred
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.fingerprints.phash import fingerprints
from skypairs.transforms.hamming import near_pairs
from skypairs.transforms.images import decode_mask, decode_rgb
from skypairs.transforms.mask_to_box import mask_boxes, read_labels

Mask = npt.NDArray[Any] | bytes
"""Pixels, (H, W) of class numbers or (H, W, 3) of colours, or an encoded picture of them."""


def boxes(
    mask: Mask,
    classes: Mapping[int, str] | Mapping[tuple[int, int, int], str],
    *,
    instances: Mask | None = None,
    min_area: float = 16,
) -> tuple[Box, ...]:
    """Boxes of a label mask, half-open, in pixels, by y0, x0 and label.

    Args:
        mask: what class each pixel is of.
        classes: class number or RGB colour -> name; all else is background.
        instances: which object each pixel is of, by number or colour. Without it a box is a connected region of a class.
        min_area: pixels; smaller regions and objects are left out.

    Raises AnnotationError where mask and classes do not fit together, PictureError for bytes that are no picture.
    """
    by_colour = any(isinstance(value, tuple) for value in classes)
    named = tuple(MaskClass(value if isinstance(value, tuple) else (value,), name) for value, name in classes.items())
    ref = MaskRef(FileStamp("", 0, ""), "palette" if by_colour else "index", named)
    if instances is None:
        labels = read_labels(_pixels(mask, by_colour), ref)
    else:
        objects = dataclasses.replace(ref, encoding="instance", classes_file=ref.file)
        labels = read_labels(_pixels(instances), objects, _pixels(mask, by_colour))
    found, _ = mask_boxes(labels, None, min_area, 0.0)
    return tuple(dataclasses.replace(box, label=preferred(box.native)) for box in found)


def captions(
    boxes: Iterable[Box],
    width: int,
    height: int,
    *,
    sample_id: str = "",
    human: Iterable[str] = (),
    seed: int = 0,
    options: Captions | None = None,
    classes: Iterable[ClassName] = (),
) -> tuple[Caption, ...]:
    """Captions of a picture of `width` x `height` pixels: human ones first, then those that rules write from its boxes.

    A text depends on the boxes, the size, `sample_id` and `seed` alone. `classes` gives plurals that English does not form
    regularly.
    """
    words = Vocabulary(tuple(classes))
    return write_captions(sample_id, width, height, tuple(boxes), tuple(human), seed, options or Captions(), words)


def phash(picture: bytes) -> bytes:
    """8 bytes: `imagehash.phash` of an encoded picture as a trainer reads it. Raises PictureError."""
    return fingerprints(picture, lambda: decode_rgb(picture)).phash[0]


def duplicates(hashes: Sequence[bytes], distance: int = 2) -> list[tuple[int, int, int]]:
    """Every pair of hashes of 8 bytes within a Hamming distance, inclusive: (i, j, distance) with i < j, in order.

    Exact, and fast for millions. Hashes of flat pictures (sea, no-data) say nothing; leave them out.
    """
    if any(len(value) != 8 for value in hashes):
        raise ValueError("hashes of 8 bytes expected")
    numbers = np.frombuffer(b"".join(hashes), ">u8").astype(np.uint64)
    found = near_pairs(numbers, distance)
    return list(zip(*(part.tolist() for part in found), strict=True))


def _pixels(mask: Mask, colours: bool = False) -> npt.NDArray[Any]:
    return decode_mask(mask, colours) if isinstance(mask, bytes) else mask
