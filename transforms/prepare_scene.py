"""One scene through the work modules: open, cut, mask to box, clip, encode, fingerprint. Pure but for reading its files.

What is wrong with the data becomes a reason here; whatever else is raised is a bug and stops the run.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy.typing as npt

from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import AnnotationError, DataError, PictureError
from skypairs.schemas.geometry import Rect
from skypairs.schemas.identity import Window, region_id, sample_id
from skypairs.schemas.recipe import Boxes, Pictures, Regions
from skypairs.schemas.records import Annotation, Box, FileStamp, Lost, MaskRef, Sample, Scene
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms import images, storage
from skypairs.transforms.clip_boxes import clip_boxes, near_boxes, scale_boxes
from skypairs.transforms.crop_regions import crop_regions
from skypairs.transforms.cut_tiles import cut_windows
from skypairs.transforms.emit_picture import emit_picture
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.hashing import sha256
from skypairs.transforms.mask_to_box import LabelMask, mask_boxes, read_labels
from skypairs.transforms.open_scene import look_at_scene
from skypairs.transforms.pictures.turns import turn_array, turn_box
from skypairs.transforms.scene_class import named_class
from skypairs.transforms.spill import Spill

_SAME = 1e-3
"""Pixels that coordinates may differ by when a box is found again."""
NO_CAPTION = "no caption"
"""Reason of what no caption can be written for: the ledger gives it too, to what turned out so later."""


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """The part of a recipe that decides a scene's pictures, boxes and fingerprints."""

    pictures: Pictures
    boxes: Boxes
    hash: str
    regions: Regions | None = None


@dataclass(frozen=True, slots=True)
class PreparedScene:
    """A scene and what became of it. `samples` is empty unless `fate` is "" (the whole scene) or "cut" (its tiles); crops of
    objects follow their picture."""

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
    parent: str = ""
    focus: int | None = None
    """As in `Sample`."""


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
        parent = scene.id if windows else ""
        look = _Look(annotation, masks, header, source, options)
        contents = [look.content(window)._replace(parent=parent) for window in windows or (None,)]
        keeps_empty = source.reference or options.pictures.empty == "keep" or annotation.captions or annotation.scene_class
        wanted = [content for content in contents if content.boxes or keeps_empty]
        if not wanted and not windows:
            return PreparedScene(scene, "filtered", NO_CAPTION)
        if wanted:
            picture = open_with(source.bands(header.bands))
            for content in wanted:
                spill.add(_sample(scene, source, options, picture, annotation, content))
                for crop in look.crops(sample_id(scene.source, scene.key, content.window), content):
                    spill.add(_sample(scene, source, options, picture, Annotation(gsd=annotation.gsd), crop))
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


class _Look(NamedTuple):
    """All that is known of a scene before its pixels."""

    annotation: Annotation
    masks: tuple[LabelMask, ...]
    header: images.Header
    source: Input
    options: SceneOptions

    def content(self, window: Window | None) -> _Content:
        """What a window holds; None: the whole scene."""
        options = self.options.boxes
        boxes, lost = clip_boxes(self.annotation.boxes, self.header.width, self.header.height, window, options)
        for mask in self.masks:
            more, missing = mask_boxes(mask, window, options.min_area, options.min_visible)
            boxes, lost = boxes + more, lost + missing
        words = Vocabulary(self.source.spec.classes)
        boxes, ignored = _translate(boxes, words)
        return _Content(window, boxes, _gather((*self.annotation.lost, *lost, *ignored), words))

    def crops(self, identifier: str, content: _Content) -> Iterator[_Content]:
        """Crops of single objects of a picture, each with all that lies in it."""
        width, height = self.header.width, self.header.height
        frame = content.window or (0, 0, width, height)
        boxes = tuple(near_boxes(self.annotation.boxes, width, height, Rect(*frame)))
        near = self._replace(annotation=dataclasses.replace(self.annotation, boxes=boxes))
        for region in crop_regions(identifier, content.boxes, frame, self.options.regions):
            found, shown = near.content(region.window), content.boxes[region.box]
            place = region.window[0] - frame[0], region.window[1] - frame[1]
            focus = _found_again(found.boxes, shown, *place)
            if focus is not None:
                yield found._replace(parent=identifier, focus=focus)


def _found_again(boxes: tuple[Box, ...], wanted: Box, x: int, y: int) -> int | None:
    """Place of a box of a picture among those of a crop that begins at (x, y) of it; None where a mask shows another there."""
    alike = [
        at
        for at, box in enumerate(boxes)
        if (box.native, box.kind) == (wanted.native, wanted.kind)
        and all(abs(one - other) < _SAME for one, other in zip(box.rect, wanted.rect.moved(-x, -y), strict=True))
    ]
    return alike[0] if alike else None


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
        id=_sample_id(scene, content),
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
        parent=content.parent,
        focus=content.focus,
    )


def _sample_id(scene: Scene, content: _Content) -> str:
    if content.focus is None or content.window is None:
        return sample_id(scene.source, scene.key, content.window)
    return region_id(content.parent, content.window)


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
