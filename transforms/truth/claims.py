"""What captions claim, as records that can be compared, counted and evaluated. docs/captions.md defines each word.

A caption is true if all its claims are. Claims never say that something is absent: `Number` speaks of the objects that it picks
out and of no others.
"""

from dataclasses import dataclass
from typing import Literal

View = Literal["boxes", "visible"]
"""boxes: every box counts, as in RemoteCLIP's recipe. visible: only those that a picture shown at 224 pixels shows."""
Place = Literal[
    "",
    "in the middle",
    "at the edge",
    "right at the center",
    "near the center",
    "between the center and the edge",
    "near the edge",
    "in a corner",
    "along the border",
]
"""Where the objects lie; empty: anywhere. The next two are RemoteCLIP's halves of the picture, by the recipe's centre."""
Layout = Literal[
    "scattered across the picture",
    "clustered together",
    "in a row",
    "side by side",
    "far apart",
    "densely packed",
    "cut off by the border",
]
Size = Literal[
    "tiny",
    "small",
    "medium-sized",
    "large",
    "filling most of the picture",
    "of similar size",
    "of very different sizes",
]


@dataclass(frozen=True, slots=True)
class Things:
    """The objects, or regions, of one class that a phrase picks out."""

    label: str
    """Singular name, as boxes carry it."""
    regions: bool = False
    """Connected areas of a mask, and stuff that has no number, in place of single objects."""
    place: Place = ""
    view: View = "visible"

    def __str__(self) -> str:
        return " ".join(part for part in (self.label, "(areas)" if self.regions else "", self.place) if part)


@dataclass(frozen=True, slots=True)
class Number:
    """There are so many of them: least <= number <= most."""

    things: Things
    least: int
    most: int | None
    """None: no upper bound is claimed."""
    exact: bool = False
    """True only of a class of which every object is known and seen."""
    open: bool = False
    """Of any other class it is a lower bound ("a ship")."""
    vague: bool = False
    """A box that stands for several objects makes it true whatever the number (RemoteCLIP's "many")."""

    def __str__(self) -> str:
        amount = str(self.least) if self.least == self.most else f"{self.least} to {self.most}"
        return f"{self.things}: {f'at least {self.least}' if self.most is None else amount}"


@dataclass(frozen=True, slots=True)
class Arranged:
    """How they lie among each other."""

    things: Things
    layout: Layout

    def __str__(self) -> str:
        return f"{self.things}: {self.layout}"


@dataclass(frozen=True, slots=True)
class Sized:
    """How large they are in the picture, every one, or among each other."""

    things: Things
    size: Size

    def __str__(self) -> str:
        return f"{self.things}: {self.size}"


@dataclass(frozen=True, slots=True)
class Long:
    """Every one of them is about so long on the ground."""

    things: Things
    meters: float

    def __str__(self) -> str:
        return f"{self.things}: about {self.meters:g} meters long"


@dataclass(frozen=True, slots=True)
class Spans:
    """Every one of them spans about such a share of the picture: of its width or of its height, whichever is more."""

    things: Things
    share: float

    def __str__(self) -> str:
        return f"{self.things}: spanning about {self.share:.2f} of the picture"


@dataclass(frozen=True, slots=True)
class Beside:
    """One of them is next to one of another class."""

    things: Things
    other: Things

    def __str__(self) -> str:
        return f"{self.things}: next to {self.other}"


@dataclass(frozen=True, slots=True)
class Covers:
    """The regions of a class have a share of the picture: least <= share <= most."""

    things: Things
    least: float
    most: float | None
    """None: no upper bound is claimed."""

    def __str__(self) -> str:
        upper = "" if self.most is None else f", at most {100 * self.most:.0f} %"
        return f"{self.things}: at least {100 * self.least:.0f} %{upper} of the picture"


@dataclass(frozen=True, slots=True)
class Crosses:
    """One region reaches from one side of the picture to the other."""

    things: Things

    def __str__(self) -> str:
        return f"{self.things}: crossing the picture"


@dataclass(frozen=True, slots=True)
class Shows:
    """The picture as a whole is of a class."""

    scene: str

    def __str__(self) -> str:
        return f"a picture of: {self.scene}"


Claim = Number | Arranged | Sized | Long | Spans | Beside | Covers | Crosses | Shows


def labels(claims: tuple[Claim, ...]) -> frozenset[str]:
    """Classes that the claims name."""
    found: set[str] = set()
    for claim in claims:
        if not isinstance(claim, Shows):
            found.add(claim.things.label)
        if isinstance(claim, Beside):
            found.add(claim.other.label)
    return frozenset(found)
