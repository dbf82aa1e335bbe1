"""One scene through the work modules: open, cut, mask to box, clip, encode, fingerprint. Pure but for reading its files.

What is wrong with the data becomes a reason here; whatever else is raised is a bug and stops the run.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, NamedTuple

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
from skypairs.transforms.open_scene import look_at_scene
from skypairs.transforms.pictures.turns import turn_array, turn_box
from skypairs.transforms.scene_class import named_class
from skypairs.transforms.spill import Spill

NO_CAPTION = "no caption"
"""Reason of what no caption can be written for: the ledger gives it too, to what turned out so later."""


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
    empty: tuple[Window, ...] = ()
    """Windows of a cut scene that hold nothing to be captioned and were left out."""
    spilled: str = ""
    """Local file with the encoded pictures of the samples that are not `untouched`, one after the other, where they came to
    too much for memory: `data` is then empty. Whoever writes the pictures removes it."""


class _Content(NamedTuple):
    """What a window of a scene holds, in pixels of the window."""

    window: Window | None
    boxes: tuple[Box, ...]
    lost: tuple[Lost, ...]


def prepare_scene(scene: Scene, source: Input, options: SceneOptions, folder: str = "") -> PreparedScene:
    """Opens a scene once and takes it to finished samples. References need no annotation and get no boxes.

    `folder`: of this machine; a scene whose encoded pictures come to much leaves them in a file there (`spill.py`).
    """
    if scene.problem:
        return PreparedScene(scene, "failed", scene.problem)
    if not scene.annotated and not source.reference:
        return PreparedScene(scene, "filtered", "no annotation")
    spill = Spill(folder)
    try:
        annotation = Annotation() if source.reference else source.spec.reader.annotation(scene)
        header, open_with = look_at_scene(scene, options.pictures.max_pixels)
        annotation = upright_annotation(annotation, header)
        masks = tuple(_read_mask(ref, header) for ref in annotation.masks)
        windows = () if scene.emitted else cut_windows(header.width, header.height, options.pictures)
        contents = [_content(annotation, masks, header, window, source, options.boxes) for window in windows or (None,)]
        keeps_empty = source.reference or options.pictures.empty == "keep" or annotation.captions or annotation.scene_class
        wanted = [content for content in contents if content.boxes or keeps_empty]
        if not wanted and not windows:
            return PreparedScene(scene, "filtered", NO_CAPTION)
        if wanted:
            picture = open_with(source.bands(header.bands))
            for content in wanted:
                spill.add(_sample(scene, source, options, picture, annotation, content))
    except DataError as error:
        spill.discard()
        return PreparedScene(scene, "failed", error.reason)
    except BaseException:
        spill.discard()
        raise
    empty = tuple(content.window for content in contents if content.window and not (content.boxes or keeps_empty))
    samples, spilled = spill.close()
    return PreparedScene(scene, "cut" if windows else "", "", samples, empty, spilled)


def upright_annotation(annotation: Annotation, header: images.Header) -> Annotation:
    """An annotation in pixels of the picture as it is shown. Raises AnnotationError where the sizes differ.

    Tools show a picture as EXIF wants it, so that is what boxes are taken to mean; unless the annotation states the size of
    the picture as it is stored, and that is another one: then its boxes are turned with the picture.
    """
    if annotation.size is None or annotation.size == (header.width, header.height):
        return annotation
    if annotation.size != header.stored_size:
        said = "x".join(map(str, annotation.size))
        raise AnnotationError("annotation of another size", f"picture {header.width}x{header.height}, annotation {said}")
    boxes = tuple(turn_box(box, header.turn, *header.stored_size) for box in annotation.boxes)
    return dataclasses.replace(annotation, boxes=boxes, size=(header.width, header.height))


def _content(
    annotation: Annotation,
    masks: tuple[LabelMask, ...],
    header: images.Header,
    window: Window | None,
    source: Input,
    options: Boxes,
) -> _Content:
    boxes, lost = clip_boxes(annotation.boxes, header.width, header.height, window, options)
    for mask in masks:
        more, missing = mask_boxes(mask, window, options.min_area, options.min_visible)
        boxes, lost = boxes + more, lost + missing
    words = Vocabulary(source.spec.classes)
    boxes, ignored = _translate(boxes, words)
    return _Content(window, boxes, _gather((*annotation.lost, *lost, *ignored), words))


def _sample(
    scene: Scene,
    source: Input,
    options: SceneOptions,
    opened: images.OpenPicture,
    annotation: Annotation,
    content: _Content,
) -> Sample:
    x0, y0, x1, y1 = content.window or (0, 0, opened.width, opened.height)
    picture, pixels = emit_picture(opened, content.window, options.pictures)
    gsd = annotation.gsd if annotation.gsd is not None else source.spec.gsd
    return Sample(
        id=sample_id(scene.source, scene.key, content.window),
        scene=scene.key,
        window=content.window,
        width=picture.width,
        height=picture.height,
        format=picture.format,
        data=picture.data,
        length=len(picture.data),
        untouched=picture.untouched,
        source_pixels=(x1 - x0) * (y1 - y0),
        boxes=scale_boxes(content.boxes, picture.width / (x1 - x0), picture.height / (y1 - y0)),
        captions=annotation.captions,
        lost=content.lost,
        gsd=None if gsd is None else gsd * (x1 - x0) / picture.width,
        fingerprints=FINGERPRINTS[options.hash](picture.data, pixels),
        sha256=sha256(picture.data),
        scene_class=named_class(annotation.scene_class, source.spec.classes),
        rendering=opened.rendering,
    )


def _read_mask(ref: MaskRef, picture: images.Header) -> LabelMask:
    classes = None if ref.classes_file is None else _mask_pixels(ref.classes_file, picture, ref.by_colour)
    return read_labels(_mask_pixels(ref.file, picture, ref.encoding == "palette"), ref, classes)


def _mask_pixels(file: FileStamp, picture: images.Header, colours: bool) -> npt.NDArray[Any]:
    """The mask of a picture, upright: one as large as the picture is stored is turned with it."""
    try:
        data = storage.read(file.uri)
    except FileNotFoundError as error:
        raise PictureError("missing mask") from error
    header = images.read_header(data)
    size = header.width, header.height
    if size not in ((picture.width, picture.height), picture.stored_size):  # by the header: a wrong mask may be of any size
        said = f"picture {picture.width}x{picture.height}, mask {header.width}x{header.height}"
        raise AnnotationError("mask of another size", said)
    array = images.decode_mask(data, colours)
    return array if size == (picture.width, picture.height) else turn_array(array, picture.turn)


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
