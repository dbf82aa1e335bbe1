"""The recipe as data: frozen dataclasses with their defaults and limits, as docs/recipe.md lists them.

`pipelines/read_recipe.py` reads them from YAML; here they only are. The limits in `Annotated` are checked there by pydantic.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from skypairs.schemas.scores import Scores

Share = Annotated[float, Field(ge=0.0, le=1.0)]
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
Name = Annotated[str, Field(pattern=NAME)]
Scale = Annotated[float, Field(ge=0.125, le=8.0)]
Percent = Annotated[float, Field(ge=0.0, le=100.0)]
_STRICT = ConfigDict(extra="forbid", strict=False)


def _pairs(value: object) -> object:
    """`[low, high]` for all bands is the short form of a list of one pair; lists as they come from JSON become tuples."""
    if not isinstance(value, list | tuple):
        return value
    if len(value) == 2 and not any(isinstance(item, list | tuple) for item in value):
        value = (value,)
    return tuple(tuple(item) if isinstance(item, list) else item for item in value)


@dataclass(frozen=True, slots=True)
class Bands:
    """How the bands of a source's pictures become 8-bit RGB; what is computed is computed over the whole picture."""

    __pydantic_config__ = _STRICT
    choose: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=3)] = ()
    """Three bands as red, green and blue, or one as gray, counted from 1; empty: the picture's own colours, else the first
    three, else the first."""
    stretch: Literal["auto", "percentile", "minmax", "fixed", "none"] = "auto"
    """auto: none for 8 bits, percentile for more. none: values are taken as they are, over 255 as 255."""
    percentiles: tuple[Percent, Percent] = (2.0, 98.0)
    range: Annotated[tuple[tuple[float, float], ...], BeforeValidator(_pairs), Field(max_length=3)] = ()
    """For fixed: the values that become 0 and 255, one pair for all bands or one for each."""
    no_data: float | None = None
    """A pixel whose chosen bands all have this value is black and no part of a stretch; null: as the file says, if it does."""
    alpha: Literal["ignore", "black", "white"] = "ignore"
    """ignore: colours as they are stored. black, white: what is transparent shows this."""


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset, or one split of it, at one place."""

    __pydantic_config__ = _STRICT
    dataset: str
    """Name in the catalogue."""
    root: str
    """Folder or object-store prefix."""
    name: Name = ""
    """First part of every id; default `dataset-split`, or `dataset` where there is no split. Unique in a recipe."""
    split: str = ""
    images: str = ""
    """Folder of the pictures below the root, for the generic formats; empty: where the format keeps them."""
    annotations: str = ""
    """File or folder of the annotations below the root, for the generic formats."""
    licence: str = ""
    """Overrides the catalogue's."""
    role: Literal["", "train", "reference"] = ""
    """Empty: the dataset's own, which is `train` but for evaluation sets. Never empty in a resolved recipe."""
    cap: Annotated[int, Field(ge=1)] | None = None
    """At most so many captioned pictures (tiles counted) take part; those with the smallest hash of seed and id."""
    weight: Annotated[float, Field(gt=0.0, le=1000.0)] = 1.0
    """How often a trainer is to see the source, by its natural share; with `shards.group_by: source`."""
    bands: Bands | None = None
    """Null: the catalogue's for pictures of so many bands, where it has one, else the defaults."""


@dataclass(frozen=True, slots=True)
class FingerprintSource:
    """A published file of fingerprints, to be compared with and never emitted."""

    __pydantic_config__ = _STRICT
    fingerprints: str
    """Parquet file as `skypairs fingerprint` writes it."""


@dataclass(frozen=True, slots=True)
class OutputSource:
    """The pictures of a finished output of skypairs, to be compared with and never emitted."""

    __pydantic_config__ = _STRICT
    output: str
    """Its folder or object-store prefix."""
    name: Name = ""
    """First part of every id; default: the folder's name."""
    references: bool = False
    """Whether the references of that output count as well."""


Listed = Source | FingerprintSource | OutputSource
"""What a reference is once `auto` is replaced by what it stands for."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """How scenes become pictures."""

    __pydantic_config__ = _STRICT
    whole: Annotated[int, Field(ge=32)] = 1024
    """A scene whose longer side is at most this stays whole (if `max_aspect` allows)."""
    tile: Annotated[int, Field(ge=32)] = 768
    overlap: Annotated[int, Field(ge=0)] = 64
    max_aspect: Annotated[float, Field(ge=1.0, le=16.0)] = 1.34
    max_side: Annotated[int, Field(ge=32)] | None = 512
    """What is larger is reduced to it; null: never."""
    quality: Annotated[int, Field(ge=1, le=100)] = 92
    """JPEG quality of cut and transcoded pictures."""
    max_pixels: Annotated[int, Field(ge=1)] = 400_000_000
    """A scene that claims more is refused by its header."""
    scales: Annotated[tuple[Scale, ...], Field(min_length=1, max_length=8)] = (1.0,)
    """A scene is cut once for each, `whole`, `tile` and `overlap` times so much: the same place is seen near and far."""
    max_tiles: Annotated[int, Field(ge=1)] = 10_000
    """A scene that would be cut into more is refused."""
    empty: Literal["drop", "keep"] = "drop"
    """drop: what has neither object nor human caption nor class is filtered before it is decoded, encoded and hashed."""
    flat: Literal["keep", "drop"] = "keep"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Which boxes count."""

    __pydantic_config__ = _STRICT
    min_area: Annotated[float, Field(ge=0.0)] = 16
    """Square pixels of the source: of a box, or of a region of a mask."""
    min_visible: Share = 0.3
    """Share of an object's area that must lie inside a window for the object to be named there."""


@dataclass(frozen=True, slots=True)
class Regions:
    """Crops of single objects as pictures of their own."""

    __pydantic_config__ = _STRICT
    per_picture: Annotated[int, Field(ge=1, le=64)] = 3
    """At most so many of each picture or tile."""
    context: Annotated[float, Field(ge=0.0, le=2.0)] = 0.5
    """What a crop shows beyond its object at each end, by the object's longer side."""
    min_side: Annotated[int, Field(ge=32)] = 64
    """Least side of a crop in pixels of the source."""
    captions: Annotated[int, Field(ge=1, le=16)] = 1
    """At most so many captions a crop."""


@dataclass(frozen=True, slots=True)
class Captions:
    """Which captions are written."""

    __pydantic_config__ = _STRICT
    recipe: Literal["remoteclip", "rich"] = "remoteclip"
    per_picture: Annotated[int, Field(ge=1, le=16)] = 5
    centre: tuple[Share, Share] = (0.25, 0.75)
    """Share of width and height that is the middle of a picture."""
    max_same: Annotated[int, Field(ge=1)] | None = None
    """At most so many pictures of a build share a caption by rule."""
    imported: str | None = None
    """JSON lines of captions that a person or a model wrote, to be used where they are not false."""
    imported_sha256: str = ""
    """64 hex digits of that file; empty: as it is. Never empty in a resolved recipe that names a file."""
    negatives: bool = False
    """Whether the json holds, beside each caption by rule, one that is changed in one thing and proven false."""


TRUSTED_DISTANCE = 2
"""The largest distance at which a hash is taken at its word unless the recipe says otherwise."""


@dataclass(frozen=True, slots=True)
class Dedup:
    """What counts as the same picture. Distances are Hamming distances of 64-bit hashes, inclusive."""

    __pydantic_config__ = _STRICT
    hash: Literal["phash", "phash-fast"] = "phash"
    distance: Annotated[int, Field(ge=0, le=8)] = 2
    reference_distance: Annotated[int, Field(ge=0, le=8)] = 2
    orientations: Literal[1, 8] = 8
    confirm: Literal["auto", True, False] = "auto"
    """Whether a pair also has to agree in its thumbnails. auto: where either distance is above TRUSTED_DISTANCE."""
    max_pairs: Annotated[int, Field(ge=1)] = 100_000_000

    @property
    def confirms(self) -> bool:
        """Whether pairs get a second look."""
        if self.confirm == "auto":
            return max(self.distance, self.reference_distance) > TRUSTED_DISTANCE
        return self.confirm


@dataclass(frozen=True, slots=True)
class Video:
    """Which frames of a clip are taken. References are compared with whole."""

    __pydantic_config__ = _STRICT
    keep: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Share of every clip, rounded up to whole frames."""
    by: Literal["hash", "stride"] = "hash"
    """hash: the frames with the smallest hash of seed and id. stride: frames spread evenly over the clip."""


@dataclass(frozen=True, slots=True)
class Split:
    """Whether a part of the scenes is held out for validation."""

    __pydantic_config__ = _STRICT
    val: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0


@dataclass(frozen=True, slots=True)
class Shards:
    """How samples become tar files."""

    __pydantic_config__ = _STRICT
    layout: Literal["pairs", "images"] = "pairs"
    """pairs: one sample a caption. images: one sample a picture."""
    samples: Annotated[int, Field(ge=1)] = 1000
    minimum: Annotated[int, Field(ge=1)] = 1
    """No fewer shards than this: of each split, and of each source where they are grouped."""
    group_by: Literal["source", None] = None
    """source: shards of one source each, so that a trainer can weigh them."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a build makes."""

    __pydantic_config__ = _STRICT
    name: Name
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    references: tuple[Literal["auto"] | Listed, ...] = ("auto",)
    pictures: Pictures = field(default_factory=Pictures)
    boxes: Boxes = field(default_factory=Boxes)
    regions: Regions | None = None
    """Null: no crops of objects."""
    captions: Captions = field(default_factory=Captions)
    scores: Scores | None = None
    dedup: Dedup = field(default_factory=Dedup)
    video: Video = field(default_factory=Video)
    split: Split = field(default_factory=Split)
    shards: Shards = field(default_factory=Shards)
    seed: Annotated[int, Field(ge=0)] = 0
    max_failed: Share = 0.01
    """Largest share of failed scenes of a source; five or fewer never stop a build."""
    allow_unread_references: bool = False
    limit: Annotated[int, Field(ge=1)] | None = None
    """Take so many scenes of each source, by hash: for a first look."""
    grown: Annotated[int, Field(ge=0, le=0)] = 0
    """How often an output of this recipe took up what was new in its sources' folders. Counted by `--extend`, so that the
    shards of each time have names of their own; no recipe states it."""


def caption_options(recipe: Recipe, crop: bool) -> Captions:
    """How a picture is captioned, or a crop of an object."""
    if not crop or recipe.regions is None:
        return recipe.captions
    return dataclasses.replace(recipe.captions, per_picture=recipe.regions.captions)
