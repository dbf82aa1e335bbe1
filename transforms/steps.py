"""The steps of a build as stages of one's own Beam pipeline; a build takes them in prepare_scene and prepare_part.

Each maps one picture with its id. PictureError and AnnotationError are raised where a fault is met.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import apache_beam as beam
from apache_beam.pvalue import PCollection

from skypairs.schemas.dataset import ClassName
from skypairs.schemas.recipe import Boxes, Captions, Pictures
from skypairs.schemas.records import Box, Caption, Fingerprints, MaskRef
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.cut_tiles import cut_windows
from skypairs.transforms.emit_picture import EmittedPicture, emit_picture
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.images import check_size, decode_mask, decode_rgb, open_picture, read_header
from skypairs.transforms.mask_to_box import mask_boxes, read_labels

Boxed = tuple[int, int, tuple[Box, ...]]
"""Width and height of a picture, and its boxes, all in pixels."""


@dataclass(frozen=True, slots=True)
class EncodedMask:
    """A mask as it is stored, and how to read it."""

    data: bytes
    """The encoded mask image."""
    ref: MaskRef
    classes_data: bytes = b""
    """For an instance mask: the encoded mask of classes."""


@dataclass
class CutTiles(beam.PTransform):
    """(id, encoded picture) -> (id, EmittedPicture) of a picture that stays whole, (id/x0_y0_x1_y1, EmittedPicture) a tile."""

    options: Pictures = field(default_factory=Pictures)

    def expand(self, pictures: PCollection[tuple[str, bytes]]) -> PCollection[tuple[str, EmittedPicture]]:
        return pictures | "cut" >> beam.FlatMap(_tiles, self.options)


@dataclass
class Fingerprint(beam.PTransform):
    """(id, encoded picture) -> (id, Fingerprints). Raises ValueError at once for a hash that is not among FINGERPRINTS."""

    hash: str = "phash"

    def __post_init__(self) -> None:
        if self.hash not in FINGERPRINTS:
            raise ValueError(f"no hash {self.hash!r}: {', '.join(FINGERPRINTS)}")

    def expand(self, pictures: PCollection[tuple[str, bytes]]) -> PCollection[tuple[str, Fingerprints]]:
        return pictures | "hash" >> beam.Map(_fingerprint, self.hash)


@dataclass
class MaskToBox(beam.PTransform):
    """(id, EncodedMask) -> (id, boxes), of whole masks."""

    options: Boxes = field(default_factory=Boxes)

    def expand(self, masks: PCollection[tuple[str, EncodedMask]]) -> PCollection[tuple[str, tuple[Box, ...]]]:
        return masks | "find boxes" >> beam.Map(_boxes, self.options)


@dataclass
class BoxToCaption(beam.PTransform):
    """(id, (width, height, boxes)) -> (id, captions by rule)."""

    options: Captions = field(default_factory=Captions)
    seed: int = 0
    classes: tuple[ClassName, ...] = ()
    """Words for native class names; others are spoken as they stand."""

    def expand(self, pictures: PCollection[tuple[str, Boxed]]) -> PCollection[tuple[str, tuple[Caption, ...]]]:
        return pictures | "write captions" >> beam.Map(_captions, self.options, self.seed, Vocabulary(self.classes))


def _tiles(item: tuple[str, bytes], options: Pictures) -> Iterator[tuple[str, EmittedPicture]]:
    identifier, data = item
    header = read_header(data)
    check_size(header, options.max_pixels)
    picture = open_picture(data, header)
    for window in cut_windows(header.width, header.height, options) or (None,):
        name = identifier if window is None else f"{identifier}/{'_'.join(map(str, window))}"
        yield name, emit_picture(picture, window, options)[0]


def _fingerprint(picture: tuple[str, bytes], name: str) -> tuple[str, Fingerprints]:
    identifier, data = picture
    return identifier, FINGERPRINTS[name](data, lambda: decode_rgb(data))


def _boxes(item: tuple[str, EncodedMask], options: Boxes) -> tuple[str, tuple[Box, ...]]:
    identifier, mask = item
    classes = decode_mask(mask.classes_data, mask.ref.by_colour) if mask.classes_data else None
    labels = read_labels(decode_mask(mask.data, mask.ref.encoding == "palette"), mask.ref, classes)
    return identifier, mask_boxes(labels, None, options.min_area, options.min_visible)[0]


def _captions(item: tuple[str, Boxed], options: Captions, seed: int, words: Vocabulary) -> tuple[str, tuple[Caption, ...]]:
    identifier, (width, height, boxes) = item
    return identifier, write_captions(identifier, width, height, boxes, (), seed, options, words)
