"""One annotation file for a whole source: finding it, and matching the names in it with the pictures on disk."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Scene
from skypairs.transforms.readers import files, layout
from skypairs.transforms.readers.layout import Folder, Place

_ABSOLUTE = re.compile(r"(/|[A-Za-z]:/)")


@dataclass(frozen=True, slots=True)
class OneFile:
    """An annotation file and the folders of its pictures."""

    file: FileStamp
    folders: tuple[Folder, ...]
    shared: bool
    """The folders may hold pictures of other splits: what the file does not list is left to those."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the file says of one picture."""

    name: str
    """File name as written, or empty where there is none."""
    title: str
    """What to call the entry where it has no picture, e.g. "image id 7"."""
    inline: str
    """Its annotation as JSON text; empty: it has none."""
    wanted: bool = True
    """It belongs to the split that was asked for."""


def settle(source: Source, places: tuple[Place, ...]) -> OneFile:
    """The first place with both the file and the folder. Raises LayoutError, also where several files fit."""
    for place in layout.usable(source, places):
        found = layout.find_files(source.root, place.annotations, source.split)
        folders = layout.find_folders(source.root, place.pictures, source.split)
        if len(found) > 1:
            names = ", ".join(file.uri for file in found[:4])
            raise LayoutError(f"{source.dataset}: several annotation files fit: {names}; name one by `annotations:`")
        if found and folders:
            # the pictures of a training file may lie in the folder of a test file: such must not become references
            shared = source.role == "reference" or (bool(source.split) and "{split}" not in place.pictures)
            return OneFile(found[0], tuple(folders), shared)
    raise layout.nothing_there(source, places)


def look_of(source: Source, entries: list[Entry], pictures: dict[str, FileStamp], wanted_only: bool) -> Look:
    """What was found: of all pictures, or of those alone that a wanted entry names. Annotated are the wanted entries.

    Raises LayoutError where two entries name one picture.
    """
    keys = match(source, entries, pictures)
    if wanted_only:
        named = [key for key, entry in zip(keys, entries, strict=True) if entry.wanted]
        pictures = {key: pictures[key] for key in named if key in pictures}
    return Look(len(pictures), sum(file.size for file in pictures.values()), sum(entry.wanted for entry in entries))


def no_such_split(source: Source, file: FileStamp, splits: Iterable[object], none: str = "none") -> LayoutError:
    """An annotation file that lists no picture of the source's split; `splits` are those that it states."""
    stated = ", ".join(sorted(set(map(str, splits)))) or none
    return LayoutError(f"{source.dataset}: {file.uri} lists no picture of split {source.split!r}; it has {stated}")


def scenes_of(
    source: Source, family: str, entries: Iterable[Entry], pictures: dict[str, FileStamp], shared: bool
) -> Iterator[Scene]:
    """Scenes in order of key: entries with and without a picture, and pictures without an entry.

    Raises LayoutError where two entries name one picture.
    """
    everything = list(entries)
    keys = match(source, everything, pictures)
    named = dict(zip(keys, everything, strict=True))
    for key in sorted(named if shared else named.keys() | pictures.keys()):
        entry, picture = named.get(key), pictures.get(key)
        if entry is None:
            yield files.scene_of(source, family, key, picture)
        elif entry.wanted:
            problem = "" if picture else files.NO_PICTURE
            yield files.scene_of(source, family, key, picture, inline=entry.inline, problem=problem)


def match(source: Source, entries: list[Entry], pictures: dict[str, FileStamp]) -> list[str]:
    """The key of every entry: of the picture it names, by its path or by the end of it; else one of its own."""
    paths = [_path(entry.name) for entry in entries]
    keys: list[str] = [path if path in pictures else "" for path in paths]
    taken = {key for key in keys if key}
    for at, (entry, path) in enumerate(zip(entries, paths, strict=True)):
        if keys[at]:
            continue
        ends = [path[place + 1 :] for place, letter in enumerate(path) if letter == "/"]
        end = next((end for end in ends if end in pictures and end not in taken), "")
        absolute = _ABSOLUTE.match(entry.name.replace("\\", "/"))
        keys[at] = end or (path.rpartition("/")[2] if absolute else path) or entry.title
        taken.add(keys[at])
    seen: dict[str, Entry] = {}
    for key, entry in zip(keys, entries, strict=True):
        if key in seen:
            raise LayoutError(
                f"{source.dataset}: two entries name the picture {key}: {seen[key].title} ({seen[key].name}) and "
                f"{entry.title} ({entry.name}); remove one of them"
            )
        seen[key] = entry
    return keys


def _path(name: str) -> str:
    """A file name as a key, tolerant of backslashes, drives and leading dots."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if parts and re.fullmatch(r"[A-Za-z]:", parts[0]):
        parts = parts[1:]
    path = "/".join(parts).encode("utf-8", "replace").decode()
    stem, dot, suffix = path.rpartition(".")
    return files.clean_key(stem if f"{dot}{suffix}".lower() in files.PICTURES else path)
