"""A dataset of the catalogue, as data: one `DatasetSpec` a file under pipelines/catalog."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from skypairs.schemas.recipe import Bands, Source
from skypairs.schemas.records import Annotation, Scene

Task = Literal["detection", "segmentation", "caption", "classification"]
Role = Literal["train", "test"]
Evidence = Literal["sample", "second source", "documented", "assumed"]


@dataclass(frozen=True, slots=True)
class ClassName:
    """A native class and what captions call it."""

    native: str
    singular: str
    """Empty: objects of this class are left out and counted as lost ("ignored class")."""
    plural: str


@dataclass(frozen=True, slots=True)
class Split:
    """A named part of a dataset."""

    name: str
    role: Role
    """`test` splits become references when a recipe asks for `auto`."""
    annotated: bool = True
    """False: the split has pictures only (DOTA's test)."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a root looks like at a glance: enough for `init`, for early errors and for the estimate of disk space."""

    pictures: int
    picture_bytes: int
    annotations: int


class Reader(Protocol):
    """How one annotation format is listed and parsed. A frozen dataclass whose fields say where files are."""

    def look(self, source: Source) -> Look:
        """Counts files without opening pictures. Raises LayoutError that names path and layout where nothing fits."""
        ...

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        """Every picture, and every annotation without one. Raises LayoutError; parses only one-file formats."""
        ...

    def annotation(self, scene: Scene) -> Annotation:
        """Parses the annotation of one scene. Raises AnnotationError."""
        ...


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """All that skypairs knows of a dataset."""

    name: str
    title: str
    task: Task
    reader: Reader
    layout: str
    """The folders and files expected below the root, for people."""
    licence: str
    """SPDX identifier where there is one, else the owner's words in short."""
    redistributable: bool
    """Whether the licence lets pictures be passed on."""
    homepage: str
    citation: str
    obtain: tuple[str, ...]
    """Steps a person follows to get it; nothing is downloaded."""
    splits: tuple[Split, ...] = ()
    """Empty: the dataset has no splits, and a source of it names none."""
    classes: tuple[ClassName, ...] = ()
    """Empty: class names are taken from the annotations as they are."""
    family: str = ""
    """Datasets that share pictures share a family (DOTA, iSAID); empty: pictures of each source stand alone."""
    gsd: float | None = None
    """Metres a pixel where it is one figure."""
    sensor: str = ""
    published: tuple[tuple[str, int], ...] = ()
    """Counts from the paper or README, e.g. ("train pictures", 1411)."""
    evidence: Evidence = "documented"
    bands: tuple[tuple[int, Bands], ...] = ()
    """What pictures of so many bands are shown by, unless a recipe says otherwise; the defaults of `Bands` for all others."""
    default_role: Literal["train", "reference"] = "train"
    """Role of a source that names none. Sets that models are evaluated on are references unless a recipe says `train`."""
    notes: str = ""
    """Quirks and policies: what is ignored, what was assumed."""

    def split(self, name: str) -> Split:
        return next(split for split in self.splits if split.name == name)


@dataclass(frozen=True, slots=True)
class Input:
    """A source or reference of a recipe, resolved: named, found in the catalogue, its place in the recipe known."""

    source: Source
    spec: DatasetSpec
    order: int
    """Position among the recipe's sources: an earlier source keeps its picture when all else is equal."""
    reference: bool
    """Compared with, never emitted."""

    @property
    def licence(self) -> str:
        return self.source.licence or self.spec.licence

    def bands(self, count: int) -> Bands:
        """How pictures of `count` bands become RGB."""
        return self.source.bands or dict(self.spec.bands).get(count) or Bands()

    @property
    def family(self) -> str:
        """First part of every group: shared by datasets that share pictures, else the source's own."""
        return self.spec.family or self.source.name
