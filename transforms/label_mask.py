"""A decoded mask image as class numbers and object numbers, by the encoding its dataset uses.

Work proceeds in strips of rows: look-ups cast to 8 bytes a pixel, which a mosaic as a whole would not fit in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.records import MaskClass, MaskRef

Array = npt.NDArray[Any]
Labels = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.uint32]

UNLABELLED = "unlabelled"
"""Stands for the class of an object that its class mask shows as background."""

OFF_COLOUR = "unknown colour"
"""Native class of pixels whose colour is near none of the palette, where the mask is read with a tolerance."""

_STRIP = 1 << 22
_COLOURS = 1 << 24
_UNSEEN = (1 << 16) - 1


@dataclass(eq=False)
class LabelMask:
    """A mask in numbers. Holds arrays: it lives inside one step and is never sent anywhere."""

    labels: Labels
    """(H, W) uint16: 0 is background, k the class names[k - 1]."""
    instances: Numbers | None
    """(H, W) uint32: 0 is background, else the number of an object; small numbers, best without gaps. None: semantic."""
    names: tuple[str, ...]
    """Native class names."""

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.labels.shape[0], self.labels.shape[1]

    @cached_property
    def objects(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Pixels and class number of each object, by its number, over the whole mask; class 0 where no pixel has one.

        The class is that of most of its pixels that have one; the lower number of equals.
        """
        assert self.instances is not None
        count = int(self.instances.max(initial=0)) + 1
        kinds = len(self.names) + 1
        table = np.zeros(count * kinds, np.int64)
        for rows in row_strips(self.shape):
            codes = self.instances[rows].astype(np.int64) * kinds + self.labels[rows]
            table += np.bincount(codes.ravel(), minlength=count * kinds)
        votes = table.reshape(count, kinds)
        classes = np.zeros(count, np.int64)
        if self.names:
            classes = np.where(votes[:, 1:].any(axis=1), votes[:, 1:].argmax(axis=1) + 1, 0)
        return votes.sum(axis=1), classes


def row_strips(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices of rows, about four million pixels each, that cover an array of (height, width)."""
    height, width = shape
    step = max(1, _STRIP // max(1, width))
    return (slice(start, min(start + step, height)) for start in range(0, height, step))


def read_labels(array: Array, ref: MaskRef, classes_array: Array | None = None) -> LabelMask:
    """The mask that `array` encodes: (H, W) or (H, W, 3), RGB, as decoded. Values in no class are background.

    An `index` mask may repeat its value in three bands; a grey `palette` mask stands for r = g = b. An `instance` mask
    numbers its objects by R + 256 G + 65536 B or by its one band, 0 being background; `classes_array` is the mask of their
    classes, by palette or index as `ref.classes` lists them. A `threshold` mask has one class; see `MaskRef`. Raises
    AnnotationError where array and encoding disagree.
    """
    names = tuple(dict.fromkeys(item.native for item in ref.classes))
    if ref.encoding == "threshold":
        return LabelMask(_by_threshold(array, ref.classes), None, names)
    if ref.encoding == "palette" and ref.tolerance:
        labels = _by_nearest_colour(array, ref, names)
        missed = any((labels[rows] > len(names)).any() for rows in row_strips(labels.shape))
        return LabelMask(labels, None, (*names, OFF_COLOUR) if missed else names)
    if ref.encoding != "instance":
        read = _by_colour if ref.encoding == "palette" else _by_index
        return LabelMask(read(array, ref.classes, names), None, names)
    if classes_array is None:
        raise AnnotationError("mask without its class mask")
    if array.shape[:2] != classes_array.shape[:2]:
        objects, classes = (f"{mask.shape[1]}x{mask.shape[0]}" for mask in (array, classes_array))
        raise AnnotationError("mask of another size", f"objects {objects}, classes {classes}")
    read = _by_colour if any(len(item.value) == 3 for item in ref.classes) else _by_index
    return LabelMask(read(classes_array, ref.classes, names), _object_numbers(array), names)


def _by_colour(array: Array, classes: tuple[MaskClass, ...], names: tuple[str, ...]) -> Labels:
    if array.dtype != np.uint8 or (array.ndim == 3 and array.shape[2] != 3):
        raise _unknown(array, "palette")
    lookup = np.zeros(_COLOURS, np.uint16)  # zero pages: memory of colours that do not occur is never touched
    for item in classes:
        red, green, blue = item.value
        lookup[red | green << 8 | blue << 16] = names.index(item.native) + 1
    labels = np.empty(array.shape[:2], np.uint16)
    for rows in row_strips(labels.shape):
        labels[rows] = lookup[_packed(array[rows])]
    return labels


def _by_nearest_colour(array: Array, ref: MaskRef, names: tuple[str, ...]) -> Labels:
    """As `_by_colour`, with the tolerance of `ref`; len(names) + 1 where no colour is near. The first of equals counts."""
    if array.dtype != np.uint8 or (array.ndim == 3 and array.shape[2] != 3):
        raise _unknown(array, "palette")
    values = {item.value: names.index(item.native) + 1 for item in ref.classes}
    values.setdefault((0, 0, 0), 0)
    colours, numbers = np.array(list(values), np.int16), np.array(list(values.values()), np.uint16)
    lookup = np.full(_COLOURS, _UNSEEN, np.uint16)
    lookup[colours @ np.array([1, 1 << 8, 1 << 16])] = numbers
    labels = np.empty(array.shape[:2], np.uint16)
    for rows in row_strips(labels.shape):
        codes = _packed(array[rows])
        found = lookup[codes]
        new = np.unique(codes[found == _UNSEEN])
        if new.size:  # few: the palette's own colours are known from the start
            seen = np.stack((new & 255, new >> 8 & 255, new >> 16), axis=1).astype(np.int16)
            nearest, least = np.zeros(len(new), np.intp), np.full(len(new), 256, np.int16)
            for at, colour in enumerate(colours):
                off = np.abs(seen - colour).max(axis=1)
                nearest[off < least] = at
                least = np.minimum(least, off)
            lookup[new] = np.where(least <= ref.tolerance, numbers[nearest], len(names) + 1)
            found = lookup[codes]
        labels[rows] = found
    return labels


def _by_threshold(array: Array, classes: tuple[MaskClass, ...]) -> Labels:
    if len(classes) != 1 or array.ndim not in (2, 3) or array.dtype.kind not in "bui":
        raise _unknown(array, "threshold")
    least = 1 if array.dtype == np.bool_ or array.max(initial=0) == 1 else classes[0].value[0]
    labels = np.empty(array.shape[:2], np.uint16)
    for rows in row_strips(labels.shape):
        above = array[rows] >= least
        labels[rows] = above if above.ndim == 2 else above.any(axis=2)
    return labels


def _by_index(array: Array, classes: tuple[MaskClass, ...], names: tuple[str, ...]) -> Labels:
    if array.ndim == 3 and array.shape[2] == 3:
        if (array[:, :, :1] != array[:, :, 1:]).any():
            raise AnnotationError("mask of an unknown kind", "colours in an index mask")
        array = array[:, :, 0]
    if array.ndim != 2 or array.dtype.kind not in "bui":
        raise _unknown(array, "index")
    labels = np.zeros(array.shape, np.uint16)
    if array.dtype.itemsize > 2:
        for item in classes:
            labels[array == item.value[0]] = names.index(item.native) + 1
        return labels
    unsigned = array.view(np.uint16 if array.dtype.itemsize == 2 else np.uint8)
    lookup = np.zeros(1 << 8 * unsigned.itemsize, np.uint16)
    for item in classes:
        if 0 <= item.value[0] < len(lookup):
            lookup[item.value[0]] = names.index(item.native) + 1
    for rows in row_strips(labels.shape):
        labels[rows] = lookup[unsigned[rows]]
    return labels


def _object_numbers(array: Array) -> Numbers:
    """Objects as 1, 2, ... in order of their numbers in the mask."""
    if array.ndim == 3 and array.shape[2] == 3 and array.dtype == np.uint8:
        numbers = np.empty(array.shape[:2], np.uint32)
        for rows in row_strips(numbers.shape):
            numbers[rows] = _packed(array[rows])
    elif array.ndim == 2 and array.dtype.kind in "bui" and not (array.dtype.kind == "i" and (array < 0).any()):
        numbers = array.astype(np.uint32)
    else:
        raise _unknown(array, "instance")
    top = int(numbers.max(initial=0))
    if top >= _COLOURS:
        values, inverse = np.unique(numbers, return_inverse=True)
        return (inverse.reshape(numbers.shape) + int(values[0] != 0)).astype(np.uint32)
    seen = np.zeros(top + 1, np.bool_)
    for rows in row_strips(numbers.shape):
        seen[numbers[rows]] = True
    seen[0] = False
    lookup = np.zeros(top + 1, np.uint32)
    lookup[seen] = np.arange(1, np.count_nonzero(seen) + 1, dtype=np.uint32)
    for rows in row_strips(numbers.shape):
        numbers[rows] = lookup[numbers[rows]]
    return numbers


def _packed(pixels: Array) -> Array:
    """R + 256 G + 65536 B of (h, w, 3) bytes; a grey (h, w) counts as R = G = B."""
    if pixels.ndim == 2:
        return pixels.astype(np.uint32) * 0x010101
    red, green, blue = (pixels[:, :, band].astype(np.uint32) for band in range(3))
    return red | green << 8 | blue << 16


def _unknown(array: Array, encoding: str) -> AnnotationError:
    return AnnotationError("mask of an unknown kind", f"{encoding} mask of {array.dtype}, shape {array.shape[2:] or 'grey'}")
