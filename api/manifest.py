"""The part of OUT/manifest.json that verify relies on, typed and checked."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from skypairs.schemas.errors import OutputError

_LOOSE = ConfigDict(extra="ignore")


@dataclass(frozen=True, slots=True)
class Dedup:
    """Settings that near-duplicates and leaks were decided by."""

    __pydantic_config__ = _LOOSE
    hash: str
    distance: int
    reference_distance: int
    orientations: int
    confirm: bool | str = False

    @property
    def confirms(self) -> bool:
        """Whether near pairs got a second look; `auto`: where a distance is above 2."""
        return max(self.distance, self.reference_distance) > 2 if self.confirm == "auto" else bool(self.confirm)


@dataclass(frozen=True, slots=True)
class Shards:
    __pydantic_config__ = _LOOSE
    layout: str


@dataclass(frozen=True, slots=True)
class CaptionOptions:
    __pydantic_config__ = _LOOSE
    centre: tuple[float, float]
    max_same: int | None = None


@dataclass(frozen=True, slots=True)
class RecipeView:
    """What verify needs of the canonical recipe."""

    __pydantic_config__ = _LOOSE
    captions: CaptionOptions
    dedup: Dedup
    shards: Shards


@dataclass(frozen=True, slots=True)
class SourceEntry:
    __pydantic_config__ = _LOOSE
    name: str
    dataset: str
    licence: str
    redistributable: bool
    words: dict[str, str] = field(default_factory=dict)
    """Singular -> plural of the classes that its captions may name."""
    scenes: tuple[str, ...] = ()
    """Classes of its whole pictures, in words."""


@dataclass(frozen=True, slots=True)
class References:
    """How many reference pictures were listed and hashed (scenes, rows of fingerprint files); `unread` holds (id, reason)."""

    __pydantic_config__ = _LOOSE
    listed: int
    hashed: int
    unread: tuple[tuple[str, str], ...]
    pictures: int
    """Rows of the references files: scenes may have been cut."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of the build."""

    __pydantic_config__ = _LOOSE
    path: str
    bytes: int
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class EarlierBuild:
    """A build that the output held before it was extended."""

    __pydantic_config__ = _LOOSE
    digest: str
    recipe: dict[str, Any]
    shards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    __pydantic_config__ = _LOOSE
    name: str
    digest: str
    recipe: dict[str, Any]
    sources: tuple[SourceEntry, ...]
    funnel: dict[str, dict[str, int]]
    references: References
    samples: dict[str, int]
    files: tuple[FileEntry, ...]
    earlier: tuple[EarlierBuild, ...] = ()
    """Builds before this one, first to last, each with its shards."""
    scores: dict[str, dict[str, float]] | None = None
    """Figures of scores by source; None where nothing was scored."""

    @property
    def shards(self) -> tuple[FileEntry, ...]:
        return tuple(file for file in self.files if file.path.endswith(".tar"))

    def stems_of(self, source: str) -> tuple[str, ...]:
        """What the base names of the shards with a source's samples begin with, before their number; one a build."""
        own = f"-{source}" if self.recipe.get("shards", {}).get("group_by") == "source" else ""
        return tuple(f"{self.name}-{digest[:6]}{own}" for digest in (*(build.digest for build in self.earlier), self.digest))

    def in_folder(self, name: str) -> tuple[FileEntry, ...]:
        """Parquet files of a folder."""
        return tuple(file for file in self.files if file.path.startswith(f"{name}/") and file.path.endswith(".parquet"))


def parse(plain: dict[str, Any]) -> tuple[Manifest, RecipeView]:
    """Raises OutputError that names the first part that is missing or of the wrong kind."""
    try:
        manifest = TypeAdapter(Manifest).validate_python(plain)
        return manifest, TypeAdapter(RecipeView).validate_python(manifest.recipe)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OutputError(f"manifest.json: {where}: {first['msg']}") from error
