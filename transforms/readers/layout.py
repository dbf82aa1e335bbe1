"""Where a format keeps its files: patterns of folders below a root, and finding the first that exists."""

import re
from dataclasses import dataclass, replace

from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp
from skypairs.transforms import storage

_SPLIT = "{split}"


@dataclass(frozen=True, slots=True)
class Place:
    """Folders below a root, as patterns: `{split}` is the split's name, `*` any one folder, "." the root itself.

    Names of folders are matched exactly if possible, else without regard to case.
    """

    pictures: str
    annotations: str = ""
    """Folder of the annotations, or for one-file formats the file, whose name may hold `*`."""
    holds: str = ""
    """Split that such a place holds although its folders do not say so."""

    @property
    def by_split(self) -> bool:
        return _SPLIT in self.pictures + self.annotations


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that was found, and what `*` stood for on the way to it, as the first part of its keys."""

    prefix: str
    uri: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that was found below a root."""

    pictures: tuple[Folder, ...]
    annotations: tuple[Folder, ...]


def usable(source: Source, places: tuple[Place, ...]) -> list[Place]:
    """The places that fit a source: by split if it names one, and with its own `images` and `annotations` put in."""
    split = source.split
    chosen = [place for place in places if place.by_split == bool(split) or (split and place.holds == split)]
    if source.images or source.annotations:
        chosen += [place for place in places if not place.by_split and place not in chosen]
        chosen = [
            replace(place, pictures=source.images or place.pictures, annotations=source.annotations or place.annotations)
            for place in chosen
        ]
    return list(dict.fromkeys(chosen))


def settle(source: Source, places: tuple[Place, ...]) -> Spot:
    """The first place that exists: one with annotations if there is any, else one with pictures alone.

    Raises LayoutError. Annotations that the source itself names must exist.
    """
    bare: Spot | None = None
    for place in usable(source, places):
        pictures = find_folders(source.root, place.pictures, source.split)
        if not pictures:
            continue
        annotations = find_folders(source.root, place.annotations, source.split) if place.annotations else []
        spot = Spot(tuple(pictures), tuple(annotations))
        if annotations:
            return spot
        if bare is None and not source.annotations:
            bare = spot
    if bare is None:
        raise nothing_there(source, places)
    return bare


def find_folders(root: str, pattern: str, split: str) -> list[Folder]:
    """The folders that a pattern stands for; several only where it holds `*`."""
    found = [Folder("", root.rstrip("/") or "/")]
    for segment in pattern.replace(_SPLIT, split).split("/"):
        if segment in ("", "."):
            continue
        found = [step for folder in found for step in _steps(folder, segment)]
    return [folder for folder in found if storage.is_folder(folder.uri)]


def find_files(root: str, pattern: str, split: str) -> list[FileStamp]:
    """The files that a pattern stands for; `*` in the last segment stands for any letters, and case does not count."""
    folder, _, name = pattern.replace(_SPLIT, split).rpartition("/")
    folders = find_folders(root, folder, split)
    if "*" not in name and (exact := [file for place in folders if (file := storage.stat(storage.join(place.uri, name)))]):
        return exact
    wanted = re.compile(".*".join(map(re.escape, name.split("*"))), re.IGNORECASE)
    found = [file for place in folders for file in storage.files(place.uri) if not name_of(file.uri).startswith(".")]
    return [file for file in found if wanted.fullmatch(name_of(file.uri))]


def nothing_there(source: Source, places: tuple[Place, ...]) -> LayoutError:
    """The error of a root in which no place was found: what was expected, where, and what is there instead."""
    what = f"split {source.split!r}" if source.split else "pictures"
    expected = [
        " with ".join(filter(None, (place.pictures, place.annotations))).replace(_SPLIT, source.split)
        for place in usable(source, places)
    ]
    text = f"{source.dataset}: no {what} under {source.root}"
    if expected:
        text += f"; expected there: {'; or '.join(list(dict.fromkeys(expected))[:4])}"
    if not source.split and any(place.by_split for place in places):
        text += "; or name a split"
    return LayoutError(f"{text}. {what_is_there(source.root)}")


def what_is_there(root: str) -> str:
    """A sentence on the first few entries of a folder."""
    if not storage.is_folder(root):
        return f"{root} does not exist"
    entries = [f"{name}/" for name in storage.folders(root)] + [name_of(file.uri) for file in storage.files(root)]
    if not entries:
        return f"{root} is empty"
    more = f" and {len(entries) - 6} more" if len(entries) > 6 else ""
    return f"{root} holds {', '.join(entries[:6])}{more}"


def join_key(*parts: str) -> str:
    """Parts of a key, the empty ones left out."""
    return "/".join(part for part in parts if part)


def name_of(uri: str) -> str:
    """The last part of a uri."""
    return uri.rpartition("/")[2]


def _steps(folder: Folder, segment: str) -> list[Folder]:
    if segment == "*":
        return [Folder(join_key(folder.prefix, name), storage.join(folder.uri, name)) for name in storage.folders(folder.uri)]
    exact = storage.join(folder.uri, segment)
    if segment == ".." or storage.is_folder(exact):
        return [Folder(folder.prefix, exact)]
    alike = [name for name in storage.folders(folder.uri) if name.casefold() == segment.casefold()]
    return [Folder(folder.prefix, storage.join(folder.uri, name)) for name in alike[:1]]
