"""What travels between the steps of one part. Frozen, slotted, tuples only; pictures as encoded bytes, never arrays.

None of these crosses a shuffle: see `packed.py` for what does.
"""

from dataclasses import dataclass
from typing import Literal

from skypairs.schemas.geometry import Rect
from skypairs.schemas.identity import Window

BoxKind = Literal["instance", "region"]
"""An instance is one object. A region is a connected area of a class in a semantic mask: touching objects are one."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file and what changes when its content does."""

    uri: str
    size: int
    """Bytes."""
    stamp: str
    """Modification time or etag, as text."""


@dataclass(frozen=True, slots=True)
class Box:
    """One object in one picture, in pixels of that picture, half-open, with 0 <= x0 < x1 <= width (y alike)."""

    label: str
    """Singular name in the caption vocabulary."""
    native: str
    """The dataset's own class name."""
    x0: float
    y0: float
    x1: float
    y1: float
    kind: BoxKind = "instance"
    polygon: tuple[float, ...] = ()
    """Flat x, y, x, y, ... outline where the dataset has one (oriented box, polygon), clipped as the box is."""
    difficult: bool = False
    crowd: bool = False
    """The box stands for several objects that the annotator did not separate."""
    cut: bool = False
    """Part of the object lies outside the picture or the window."""
    area: float | None = None
    """Square pixels of the picture that a mask gives it, holes left out; None: it came from no mask."""

    @property
    def rect(self) -> Rect:
        return Rect(self.x0, self.y0, self.x1, self.y1)


@dataclass(frozen=True, slots=True)
class Lost:
    """Objects that are in the picture and not in `boxes`.

    RemoteCLIP's rules count boxes, as the paper does; a rule that wants to be exact must claim no number of such a class.
    """

    label: str
    reason: str
    """Why, e.g. "no area", "outside", "under min_area", "under min_visible", "ignored class"."""
    count: int


@dataclass(frozen=True, slots=True)
class MaskClass:
    """One value of a mask and the class it means. Values that are listed nowhere are background."""

    value: tuple[int, ...]
    """(index,) of an index mask, (r, g, b) of a palette mask."""
    native: str


@dataclass(frozen=True, slots=True)
class MaskRef:
    """A label mask to be read with its picture: an encoded image of the same width and height."""

    file: FileStamp
    encoding: Literal["index", "palette", "instance", "threshold"]
    """index: (H, W) class numbers, palette indices as stored; palette: (H, W, 3) colours that stand for classes;
    instance: (H, W, 3) or (H, W), one colour or number an object, the class read from `classes_file`;
    threshold: a pixel with any channel of at least `value` is of the one class; in a mask whose largest value is 1,
    stored as 0 and 1 rather than 0 and 255, the pixels of 1 are."""
    classes: tuple[MaskClass, ...]
    classes_file: FileStamp | None = None
    """For `instance`: the palette mask that gives each object its class."""
    tolerance: int = 0
    """For `palette`: a colour off by at most so much in each channel stands for the nearest colour. Black means
    background unless a class has it; what is near no colour is a class of its own, `label_mask.OFF_COLOUR`."""

    @property
    def by_colour(self) -> bool:
        """Whether classes are told by colour, so that masks with a colour table are read as colours."""
        return any(len(item.value) == 3 for item in self.classes)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a reader says of one picture, before the picture is opened."""

    boxes: tuple[Box, ...] = ()
    """In pixels of the source picture, not yet clipped to it; `label` is still the native name."""
    masks: tuple[MaskRef, ...] = ()
    captions: tuple[str, ...] = ()
    """Written by people, as they stand in the file."""
    lost: tuple[Lost, ...] = ()
    """Objects the reader itself had to leave out (no area, letters for numbers in one box, ignored classes)."""
    size: tuple[int, int] | None = None
    """Width and height that the annotation claims for its picture; a difference is an AnnotationError."""
    gsd: float | None = None
    """Metres a pixel, where the annotation states it."""
    scene_class: str = ""
    """Native name of the class of the whole picture, where the dataset sorts pictures into classes."""


MIDDLE = -2
"""As `Scene.frame`: the frame in the middle of the video, whose number is known when it is opened."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Whatever is opened once: a picture, mosaic or frame of a video, with the files that annotate it."""

    source: str
    key: str
    """The dataset's own name for the picture, unique in its source; no local path, no suffix."""
    group: str
    """`family/scene`: pictures of one scene or clip share it, across datasets of one family (iSAID and DOTA)."""
    picture: FileStamp | None
    annotations: tuple[FileStamp, ...] = ()
    """Per-picture annotation files, in the order the reader wants them; parsed when the picture is prepared."""
    inline: str = ""
    """This picture's share of a one-file format, as JSON text."""
    annotated: bool = True
    """False: a picture without annotation. It is `filtered` in a source and welcome in a reference."""
    problem: str = ""
    """Reason of a row that has failed already when listed, e.g. "annotation without picture"."""
    frame: int = -1
    """Number of the frame in a video file, from 0, or MIDDLE; -1: `picture` is a picture."""
    clip: str = ""
    """The clip that this is a frame of, unique in the source, whether the frames lie in a video file or as pictures. A
    reader yields the frames of a clip one after the other. Empty: not a frame, or the one picture that stands for a clip."""

    emitted: bool = False
    """A picture that a build has emitted: it is cut already and stays whole."""

    @property
    def in_video(self) -> bool:
        """Whether `picture` is a video file, of which this is one frame."""
        return self.frame != -1

    @property
    def id(self) -> str:
        return f"{self.source}/{self.key}"


@dataclass(frozen=True, slots=True)
class SceneClass:
    """What a whole picture shows, where a dataset sorts pictures into classes."""

    native: str
    """The dataset's own name."""
    label: str
    """In words."""


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption and where it comes from."""

    text: str
    kind: Literal["human", "imported", "rule"]
    """human: of the dataset; imported: of a file beside it, written by a person or a model."""
    rule: str = ""
    """Name of the rule that wrote it; empty for a human caption."""
    template: str = ""
    """The template that the rule chose, with its slots."""
    tokens: int = 0
    """Of a caption by rule, or an imported one: CLIP makes at most so many tokens of it, start and end included."""
    by: str = ""
    """Of an imported one: who or what wrote it, as its file says."""
    checked: str = ""
    """Of an imported one: "true" of the boxes, or "not read" by the checker."""
    negative: str = ""
    """Of a caption by rule, where the recipe wants it: the same with one thing changed, proven false; empty: none could be."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a source's policy made of a picture that is not 8-bit gray or RGB as it stands; see `recipe.Bands`."""

    bands: tuple[int, ...]
    """Three, or one for gray, counted from 1."""
    stretch: str
    """percentile, minmax, fixed or none."""
    limits: tuple[tuple[float, float], ...]
    """Values that became 0 and 255, a pair a band; empty where nothing was stretched."""
    no_data: float | None
    alpha: str
    """ignore, black or white; empty: the picture has none."""


THUMBNAIL_SIDE = 32
THUMBNAIL_BYTES = THUMBNAIL_SIDE * THUMBNAIL_SIDE


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What near-duplicate search knows of one picture."""

    phash: tuple[bytes, ...]
    """Eight hashes of 8 bytes, most significant bit first: the picture turned by orientation 0 (as it is) to 7."""
    flat: bool
    """The hash says nothing about such a picture (sea, no-data): compare by `pixels_sha256` alone."""
    pixels_sha256: bytes | None
    """Of a flat picture: 32 bytes, SHA-256 of width, height and the decoded RGB pixels. None where hashes do."""
    thumbnail: bytes
    """THUMBNAIL_SIDE rows of as many gray pixels: what is hashed, and what a second look compares."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture fit to be emitted: a whole scene or a window of it."""

    id: str
    scene: str
    """Key of the scene."""
    window: Window | None
    """None: the whole scene. Otherwise pixels of the source picture."""
    width: int
    height: int
    """Of the emitted picture."""
    format: Literal["jpg", "png", "webp"]
    data: bytes
    """The encoded picture as it is emitted; empty where it has gone to a file."""
    length: int
    """Its bytes."""
    untouched: bool
    """The source's own bytes: they are read again at the end and need no copy."""
    source_pixels: int
    """Pixels of the window in the source, before any reduction: more is better."""
    boxes: tuple[Box, ...]
    """In pixels of the emitted picture."""
    captions: tuple[str, ...]
    """Human captions."""
    lost: tuple[Lost, ...]
    gsd: float | None
    """Metres a pixel of the emitted picture."""
    fingerprints: Fingerprints
    sha256: bytes
    """32 bytes, of `data`."""
    scene_class: SceneClass | None = None
    rendering: Rendering | None = None
    """None: the scene is 8-bit gray or RGB as it is stored."""
    parent: str = ""
    """Id of the scene that a tile was cut from, or of the picture that a crop of an object was; empty for a whole scene."""
    focus: int | None = None
    """Of a crop of an object: its place in `boxes`."""
