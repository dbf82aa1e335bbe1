"""Clips: annotations of a whole clip by frame, and the scenes that its frames are.

A frame is called CLIP/frame_000123 and belongs to the group of its clip. What a clip's annotation file says of a frame goes
into `Scene.inline`, so that the file is parsed once, when the source is listed, one clip at a time.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from skypairs.schemas.dataset import Look
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Scene
from skypairs.transforms.readers import files, objects
from skypairs.transforms.readers.layout import Folder

IGNORED = "ignored by the dataset"
NO_FRAME = "no frame number"
_NUMBER = re.compile(r"(\d{1,9})$", re.ASCII)


@dataclass(slots=True)
class Tracks:
    """The lines of a clip's annotation file."""

    frames: dict[int, list[list[str]]] = field(default_factory=dict)
    """Fields of the lines by frame."""
    broken: int = 0
    """Lines that name no frame."""


def read_tracks(data: bytes, column: int, least: int) -> Tracks:
    """Lines of at least `least` fields between commas or blanks, the frame's number in field `column`. Blank lines mean
    nothing. A file that is no text is one broken line."""
    tracks = Tracks()
    try:
        text = objects.decode(data)
    except ValueError:
        return Tracks(broken=1)
    for line in text.splitlines():
        fields = line.replace(",", " ").split()
        if not fields:
            continue
        if len(fields) < least or not (fields[column].isascii() and fields[column].isdigit()):
            tracks.broken += 1
            continue
        tracks.frames.setdefault(int(fields[column]), []).append(fields)
    return tracks


def dump_rows(rows: Iterable[list[str]], broken: int = 0) -> str:
    """What is known of one frame, for `Scene.inline`; `broken`: lines of the file that belong to no frame."""
    return objects.dump_inline({"broken": broken, "rows": [" ".join(row) for row in rows]})


def load_rows(scene: Scene, found: objects.Objects) -> Iterator[list[str]]:
    """The inverse of `dump_rows`; broken lines are counted in `found`."""
    content = json.loads(scene.inline)
    for _ in range(content["broken"]):
        found.lose("", NO_FRAME)
    yield from (row.split() for row in content["rows"])


def frame_scene(
    source: Source,
    family: str,
    clip: str,
    number: int,
    picture: FileStamp | None,
    annotations: tuple[FileStamp, ...] = (),
    *,
    inline: str = "",
    problem: str = "",
    in_video: bool = False,
) -> Scene:
    """One frame of a clip; `in_video`: `picture` is a video file. It is annotated if it has files, inline or a problem."""
    key = f"{clip}/frame_{number:06d}"
    scene = files.scene_of(source, family, key, picture, annotations, inline=inline, problem=problem)
    return replace(scene, group=f"{family}/{clip}", clip=clip, frame=number if in_video and scene.picture else -1)


def list_frames(
    source: Source, folders: Iterable[Folder], suffixes: tuple[str, ...] = files.PICTURES
) -> dict[str, dict[int, FileStamp]]:
    """Extracted frames by clip and number: the folder below `folders`, and the digits that the name of the file ends in.

    Raises LayoutError where two files are one frame. A file whose name ends in no digits is no frame and left out.
    """
    clips: dict[str, dict[int, FileStamp]] = {}
    for key, file in files.list_keyed(source, folders, suffixes).items():
        clip, _, name = key.rpartition("/")
        match = _NUMBER.search(name)
        if not match:
            continue
        frames = clips.setdefault(clip, {})
        number = int(match[1])
        if number in frames:
            raise files.two_of_one_name(source, f"{clip}/frame_{number:06d}", frames[number].uri, file.uri)
        frames[number] = file
    return clips


def corners(fields: list[str]) -> list[float | None]:
    """x0, y0, x1, y1 of left, top, width, height; None where there is no number."""
    x, y, w, h = (objects.number(value) for value in fields)
    return [x, y, None if x is None or w is None else x + w, None if y is None or h is None else y + h]


def in_order(clips: Iterable[str]) -> list[str]:
    """Clips in the order that the keys of their frames have."""
    return sorted(set(clips), key=lambda clip: f"{clip}/")


def look(scenes: Iterable[Scene]) -> Look:
    """Counts scenes; a video counts its bytes once, however many frames it has."""
    pictures = annotated = 0
    sizes: dict[str, int] = {}
    for scene in scenes:
        annotated += scene.annotated
        if scene.picture:
            pictures += 1
            sizes[scene.picture.uri] = scene.picture.size
    return Look(pictures, sum(sizes.values()), annotated)
