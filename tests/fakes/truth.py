"""What a fake dataset was written from."""

from dataclasses import dataclass, field

from skypairs.schemas.recipe import Source


@dataclass(frozen=True)
class TrueBox:
    """One object: the dataset's own class name, pixels half-open."""

    label: str
    x0: float
    y0: float
    x1: float
    y1: float
    difficult: bool = False
    crowd: bool = False
    cut: bool = False

    @property
    def place(self) -> tuple[str, float, float, float, float]:
        return self.label, self.x0, self.y0, self.x1, self.y1


@dataclass(frozen=True)
class TruePicture:
    """One picture, or an annotation without one."""

    key: str
    split: str
    width: int
    height: int
    boxes: tuple[TrueBox, ...] = ()
    captions: tuple[str, ...] = ()
    annotated: bool = True
    picture: bool = True
    """False: there is an annotation alone."""
    readable: bool = True
    """False: the file is cut off in the middle."""
    parsable: bool = True
    """False: the annotation is not what it should be."""
    lost: tuple[tuple[str, str, int], ...] = ()
    """Label, reason and count of what cannot be used."""
    scene_class: str = ""
    """Native name of the class of the whole picture."""
    scene: str = ""
    """Last part of the group where it is not the key."""


@dataclass(frozen=True)
class Truth:
    """All of a fake dataset. `sources` are ready to be put into a recipe: one a split, held-out ones as references."""

    name: str
    root: str
    pictures: tuple[TruePicture, ...]
    sources: tuple[Source, ...] = field(default=())

    def of(self, split: str) -> dict[str, TruePicture]:
        """Pictures of a split by key."""
        return {picture.key: picture for picture in self.pictures if picture.split == split}
