"""Two steps of a build as stages of one's own Beam pipeline; a build takes them in prepare_scene and prepare_part."""

from dataclasses import dataclass, field

import apache_beam as beam
from apache_beam.pvalue import PCollection

from skypairs.schemas.dataset import ClassName
from skypairs.schemas.recipe import Boxes, Captions
from skypairs.schemas.records import Box, Caption, MaskRef
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.images import decode_mask
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
class MaskToBox(beam.PTransform):
    """(id, EncodedMask) -> (id, boxes), of whole masks. Raises PictureError and AnnotationError where they are met."""

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


def _boxes(item: tuple[str, EncodedMask], options: Boxes) -> tuple[str, tuple[Box, ...]]:
    identifier, mask = item
    classes = decode_mask(mask.classes_data) if mask.classes_data else None
    labels = read_labels(decode_mask(mask.data), mask.ref, classes)
    return identifier, mask_boxes(labels, None, options.min_area, options.min_visible)[0]


def _captions(item: tuple[str, Boxed], options: Captions, seed: int, words: Vocabulary) -> tuple[str, tuple[Caption, ...]]:
    identifier, (width, height, boxes) = item
    return identifier, write_captions(identifier, width, height, boxes, (), seed, options, words)
