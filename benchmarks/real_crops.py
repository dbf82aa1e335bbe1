"""Windows of real pictures, told apart by what they show, for the benchmarks that need pictures no generator makes.

Needs a folder of real overhead pictures, found below it by suffix: the figures in docs/duplicates.md were taken from the
example pictures that AU-AIR, the Stanford Drone Dataset, DOTA, iSAID, RSICD, RemoteCLIP and ROS-SAM publish.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

RGB = npt.NDArray[np.uint8]
_LEFT_OUT = ("_instance_", "mmrotate")  # masks; patches of pictures that are there whole


@dataclass(frozen=True, slots=True)
class Crop:
    """A window of a picture. Windows of one side do not overlap."""

    name: str
    scene: str
    """Picture that it was cut from."""
    place: str
    """Clip or site: two pictures of one place may show the same, and are judged neither alike nor different."""
    rgb: RGB


def real_pictures(folder: Path) -> list[Path]:
    """All pictures below a folder, in order."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".png"))
    return sorted(path for path in found if not any(part in str(path) for part in _LEFT_OUT))


def real_crops(folder: Path, side: int, most: int, seed: int = 0) -> list[Crop]:
    """At most `most` windows of side x side pixels, drawn from all pictures below the folder."""
    windows = []
    for path in real_pictures(folder):
        with Image.open(path) as image:
            width, height = image.size
        columns, rows = range(0, width - side + 1, side), range(0, height - side + 1, side)
        windows += [(path, x, y) for y in rows for x in columns]
    chosen = np.random.default_rng(seed).permutation(len(windows))[:most]
    by_path: dict[Path, list[tuple[int, int]]] = {}
    for number in sorted(chosen.tolist()):
        path, x, y = windows[number]
        by_path.setdefault(path, []).append((x, y))
    found = []
    for path, corners in by_path.items():
        with Image.open(path) as image:
            rgb = np.asarray(image.convert("RGB"))
        name = str(path.relative_to(folder))
        for x, y in corners:
            window = np.ascontiguousarray(rgb[y : y + side, x : x + side])
            found.append(Crop(f"{name} {x} {y}", name, _place(path, folder), window))
    return found


def _place(path: Path, folder: Path) -> str:
    """Frames of one clip and videos of one site share a place."""
    if path.name.startswith("frame_"):
        return path.name.split("_")[1]
    parts = path.relative_to(folder).parts
    return "/".join(parts[:2]) if parts[0] == "StanfordDroneDataset" else "/".join(parts)


def different(one: Crop, other: Crop) -> bool:
    """Whether two windows of one side surely show different things: another part of the same picture, or another place."""
    return one.place != other.place or one.scene == other.scene
