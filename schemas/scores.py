"""Similarity of pictures and captions: what a recipe says of it, and the steps that it is counted in."""

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

STEPS = 10_000
"""A score is a cosine as a whole number of 1/STEPS: -STEPS to STEPS."""
LOCAL_MODEL = "local-dir:"
"""What the name of a model begins with that lies in a folder."""
_CHECKPOINTS = (".pt", ".pth", ".bin", ".safetensors")


@dataclass(frozen=True, slots=True)
class Scores:
    """Which model tells how well pictures and captions fit, and which pictures stay."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=False)
    model: str
    """Of open_clip: its name, `hf-hub:ORG/NAME`, or `local-dir:FOLDER`."""
    weights: str = ""
    """A published tag, or a checkpoint file; empty: the model brings its own."""
    keep: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    """Share of the pictures of each source that stays, the best, rounded up. Null: no share."""
    above: Annotated[float, Field(ge=-1.0, le=1.0)] | None = None
    """Pictures stay whose best caption scores more. With neither, all stay."""
    precision: Literal["fp32", "amp", "amp_bf16", "bf16", "fp16", "pure_bf16", "pure_fp16"] = "fp32"
    """As open_clip's trainer names it."""
    batch: Annotated[int, Field(ge=1, le=8192)] = 64
    """Pictures, or texts, that go through the model together."""
    sha256: str = ""
    """64 hex digits of the model's files; empty: as they are. Never empty in a resolved recipe that names files."""

    @property
    def folder(self) -> str:
        """Where the model lies; empty: it is known by name."""
        return self.model.removeprefix(LOCAL_MODEL) if self.model.startswith(LOCAL_MODEL) else ""

    @property
    def checkpoint(self) -> str:
        """The weights, where they are a file and not a tag."""
        return self.weights if "/" in self.weights or self.weights.endswith(_CHECKPOINTS) else ""

    def plain(self) -> dict[str, Any]:
        """As plain data, without the folders that files lie in."""
        plain = dataclasses.asdict(self)
        if self.folder:
            plain["model"] = LOCAL_MODEL + _last(self.folder)
        if self.checkpoint:
            plain["weights"] = _last(self.checkpoint)
        return plain


def _last(uri: str) -> str:
    return uri.rstrip("/").rpartition("/")[2]
