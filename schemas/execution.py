"""How a build is run. Nothing here changes what it makes, so none of it is part of the recipe or of its digest."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Execution:
    """Pool and staging of one run."""

    workers: int = 1
    """Scenes prepared, or samples written, at once by each of the engine's workers: at least 1."""
    pool: Literal["threads", "processes"] = "threads"
    staging: str = ""
    """Folder or object-store prefix of what a restart goes on from; empty: `.staging` in the output."""
    keep_staging: bool = False
    """Leave staging in place after a complete build, for builds with other captions from the same pictures."""
    scene_seconds: float = 900.0
    """With processes: a scene that takes one longer has failed. Only here does the clock decide anything."""
