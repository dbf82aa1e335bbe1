"""Listing and pairing: which files are pictures, which annotate them, and what a picture is called.

A key is the path of a picture below its folder, without the suffix, in Unicode NFC: the same on every file system.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers.layout import Folder, join_key, name_of, what_is_there

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".jp2")
VIDEOS = (".mov", ".mp4", ".avi", ".mkv", ".m4v", ".webm", ".mpg", ".mpeg")
NO_PICTURE = "annotation without picture"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def list_keyed(
    source: Source,
    folders: Iterable[Folder],
    suffixes: tuple[str, ...],
    *,
    stems: bool = False,
    wanted: Callable[[str], bool] = lambda name: True,
) -> dict[str, FileStamp]:
    """Files below folders by key. `stems`: the key is the bare name, whatever the folder. Hidden files are left out.

    Raises LayoutError where two files have one key; it shows both.
    """
    found: dict[str, FileStamp] = {}
    for folder in folders:
        for file in storage.list_files(folder.uri):
            name = name_of(file.uri)
            stem, dot, suffix = name.rpartition(".")
            if name.startswith(".") or f"{dot}{suffix}".lower() not in suffixes or not wanted(stem):
                continue
            key = stem if stems else join_key(folder.prefix, storage.relative(file.uri, folder.uri)[: -len(dot + suffix)])
            key = clean_key(key)
            if key in found:
                raise two_of_one_name(source, key, found[key].uri, file.uri)
            found[key] = file
    return found


def list_pictures(
    source: Source, folders: Iterable[Folder], *, stems: bool = False, wanted: Callable[[str], bool] = lambda name: True
) -> dict[str, FileStamp]:
    """Pictures by key. Raises LayoutError where there are none."""
    places = list(folders)
    found = list_keyed(source, places, PICTURES, stems=stems, wanted=wanted)
    if not found:
        raise LayoutError(f"{source.dataset}: no pictures in {places[0].uri}. {what_is_there(places[0].uri)}")
    return found


def read_names(uri: str, known: dict[str, FileStamp]) -> list[str]:
    """Keys of a split's list, in order of name. Lines are keys, with or without a suffix, or followed by 1, 0 or -1."""
    text = storage.read(uri).decode("utf-8-sig", "replace")
    names = set()
    for line in filter(None, (line.strip() for line in text.splitlines())):
        key = clean_key(line)
        if key not in known:
            key = re.sub(r"\s+-?[01]$", "", key)
        stem, dot, suffix = key.rpartition(".")
        names.add(stem if f"{dot}{suffix}".lower() in PICTURES else key)
    return sorted(names)


def scenes_of(
    source: Source,
    family: str,
    pictures: dict[str, FileStamp],
    annotations: Mapping[str, tuple[FileStamp, ...]],
    *,
    names: list[str] | None = None,
    parent: str = "",
    inline: str = "",
) -> Iterator[Scene]:
    """Pictures with the files that annotate them, in order of key; `names`: only these. Every file ends in one scene.

    `parent` is a pattern whose first group is the scene that a patch was cut from. `inline` goes to annotated scenes.
    """
    for key in sorted(pictures.keys() | annotations.keys()) if names is None else names:
        picture, files = pictures.get(key), annotations.get(key, ())
        if picture is None:
            problem = NO_PICTURE if files else "listed without picture"
        else:
            problem = ""
        yield scene_of(source, family, key, picture, files, parent=parent, inline=inline if files else "", problem=problem)


def scene_of(
    source: Source,
    family: str,
    key: str,
    picture: FileStamp | None,
    files: tuple[FileStamp, ...] = (),
    *,
    parent: str = "",
    inline: str = "",
    problem: str = "",
) -> Scene:
    """One scene; it is annotated if it has files, inline annotation or a problem."""
    if any(not _is_text(file.uri) for file in (*files, *((picture,) if picture else ()))):
        picture, files, inline, problem = None, (), "", "file name is not UTF-8"
    match = re.fullmatch(parent, key) if parent else None
    group = f"{family}/{match[1] if match else key}"
    annotated = bool(files or inline or problem)
    return Scene(source.name, key, group, picture, files, inline, annotated, problem)


def clean_key(path: str) -> str:
    """A path as a key: NFC, `/` between parts, without control characters or bytes that are no text."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"%{ord(match[0]):02X}", unicodedata.normalize("NFC", text)).strip("/")


def two_of_one_name(source: Source, key: str, one: str, other: str) -> LayoutError:
    return LayoutError(f"{source.dataset}: two files are called {key}: {one} and {other}; a name must be unique, move one away")


def _is_text(uri: str) -> bool:
    try:
        uri.encode()
    except UnicodeEncodeError:
        return False
    return True
