"""One scene through the work modules: open, cut, mask to box, clip, encode, fingerprint. Pure but for reading its files.

What is wrong with the data becomes a reason here; whatever else is raised is a bug and stops the run.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy.typing as npt

from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import AnnotationError, DataError, PictureError
from skypairs.schemas.identity import Window, sample_id
from skypairs.schemas.recipe import Boxes, Pictures
from skypairs.schemas.records import Annotation, Box, FileStamp, Lost, MaskRef, Sample, Scene
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms import images, storage
from skypairs.transforms.clip_boxes import clip_boxes, scale_boxes
from skypairs.transforms.cut_tiles import cut_windows
from skypairs.transforms.emit_picture import emit_picture
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.hashing import sha256
from skypairs.transforms.mask_to_box import LabelMask, mask_boxes, read_labels
from skypairs.transforms.scene_class import named_class
from skypairs.transforms.video import read_frame


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """The part of a recipe that decides a scene's pictures, boxes and fingerprints."""

    pictures: Pictures
    boxes: Boxes
    hash: str


@dataclass(frozen=True, slots=True)
class PreparedScene:
    """A scene and what became of it. `samples` is empty unless `fate` is "" (one, the whole scene) or "cut"."""

    scene: Scene
    fate: str
    reason: str
    samples: tuple[Sample, ...] = ()


def prepare_scene(scene: Scene, source: Input, options: SceneOptions) -> PreparedScene:
    """Opens a scene once and takes it to finished samples. References need no annotation and get no boxes."""
    if scene.problem:
        return PreparedScene(scene, "failed", scene.problem)
    if not scene.annotated and not source.reference:
        return PreparedScene(scene, "filtered", "no annotation")
    try:
        assert scene.picture is not None, f"{scene.id} has neither picture nor problem"
        annotation = Annotation() if source.reference else source.spec.reader.annotation(scene)
        opened = _open(scene, scene.picture, options.pictures.max_pixels)
        width, height = opened.width, opened.height
        if annotation.size is not None and annotation.size != (width, height):
            said = "x".join(map(str, annotation.size))
            raise AnnotationError("annotation of another size", f"picture {width}x{height}, annotation {said}")
        masks = tuple(_read_mask(ref, width, height) for ref in annotation.masks)
        windows = () if scene.emitted else cut_windows(width, height, options.pictures)
        samples = tuple(_sample(scene, source, options, opened, annotation, masks, window) for window in windows or (None,))
    except DataError as error:
        return PreparedScene(scene, "failed", error.reason)
    return PreparedScene(scene, "cut" if windows else "", "", samples)


def _sample(
    scene: Scene,
    source: Input,
    options: SceneOptions,
    opened: "_Opened",
    annotation: Annotation,
    masks: tuple[LabelMask, ...],
    window: Window | None,
) -> Sample:
    width, height = opened.width, opened.height
    boxes, lost = clip_boxes(annotation.boxes, width, height, window, options.boxes)
    for mask in masks:
        more, missing = mask_boxes(mask, window, options.boxes.min_area, options.boxes.min_visible)
        boxes, lost = boxes + more, lost + missing
    x0, y0, x1, y1 = window or (0, 0, width, height)
    picture, pixels = emit_picture(opened.data, opened.header, width, height, opened.pixels, window, options.pictures)
    boxes = scale_boxes(boxes, picture.width / (x1 - x0), picture.height / (y1 - y0))
    words = Vocabulary(source.spec.classes)
    boxes, ignored = _translate(boxes, words)
    gsd = annotation.gsd if annotation.gsd is not None else source.spec.gsd
    return Sample(
        id=sample_id(scene.source, scene.key, window),
        scene=scene.key,
        window=window,
        width=picture.width,
        height=picture.height,
        format=picture.format,
        data=picture.data,
        untouched=picture.untouched,
        source_pixels=(x1 - x0) * (y1 - y0),
        boxes=boxes,
        captions=annotation.captions,
        lost=_gather((*annotation.lost, *lost, *ignored), words),
        gsd=None if gsd is None else gsd * (x1 - x0) / picture.width,
        fingerprints=FINGERPRINTS[options.hash](picture.data, pixels),
        sha256=sha256(picture.data),
        scene_class=named_class(annotation.scene_class, source.spec.classes),
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A scene's picture. A frame of a video has no bytes of its own: it is always encoded."""

    data: bytes
    header: images.Header
    width: int
    height: int
    """Upright."""
    pixels: Callable[[], images.RGB]
    """Decodes once. What needs no pixel never calls it: a hash may do with the encoded bytes."""


def _open(scene: Scene, picture: FileStamp, max_pixels: int) -> _Opened:
    if scene.in_video:
        rgb = read_frame(picture, scene.frame, max_pixels)
        width, height = rgb.shape[1], rgb.shape[0]
        return _Opened(b"", images.Header("jpg", width, height, False), width, height, lambda: rgb)
    data = _read(picture, "missing picture")
    header = images.read_header(data)
    images.check_size(header, max_pixels)
    pixels = cache(lambda: images.decode_rgb(data, header))
    height, width = (header.height, header.width) if header.passes else pixels().shape[:2]
    return _Opened(data, header, width, height, pixels)


def _read(file: FileStamp, missing: str) -> bytes:
    try:
        return storage.read(file.uri)
    except FileNotFoundError as error:
        raise PictureError(missing) from error


def _read_mask(ref: MaskRef, width: int, height: int) -> LabelMask:
    classes = None if ref.classes_file is None else _mask_pixels(ref.classes_file, width, height, ref.by_colour)
    return read_labels(_mask_pixels(ref.file, width, height, ref.encoding == "palette"), ref, classes)


def _mask_pixels(file: FileStamp, width: int, height: int, colours: bool) -> npt.NDArray[Any]:
    data = _read(file, "missing mask")
    header = images.read_header(data)
    if (header.width, header.height) != (width, height):  # by the header: a wrong mask may be of any size
        raise AnnotationError("mask of another size", f"picture {width}x{height}, mask {header.width}x{header.height}")
    return images.decode_mask(data, colours)


def _translate(boxes: tuple[Box, ...], words: Vocabulary) -> tuple[tuple[Box, ...], tuple[Lost, ...]]:
    """Native names to those of captions; objects of ignored classes are lost, not gone."""
    named = [(box, words[box.native]) for box in boxes]
    kept = tuple(dataclasses.replace(box, label=name.singular) for box, name in named if name.singular)
    return kept, tuple(Lost(box.native, "ignored class", 1) for box, name in named if not name.singular)


def _gather(lost: tuple[Lost, ...], words: Vocabulary) -> tuple[Lost, ...]:
    """One entry a class and reason, in order of both."""
    counts: dict[tuple[str, str], int] = {}
    for item in lost:
        key = (words[item.label].singular or item.label, item.reason)
        counts[key] = counts.get(key, 0) + item.count
    return tuple(Lost(label, reason, count) for (label, reason), count in sorted(counts.items()) if count)
