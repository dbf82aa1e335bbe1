"""Shards by name, as people and trainers name them: files, folders, `*`, `{00000..00041}`, several joined by `::`."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from skypairs.schemas.errors import UserError
from skypairs.schemas.records import FileStamp
from skypairs.transforms import storage

_RANGE = re.compile(r"\{([0-9]+)\.\.([0-9]+)\}")


def list_tars(names: Iterable[str]) -> list[FileStamp]:
    """Every tar that is named, once, in order of name. Raises UserError for a name that means nothing."""
    found: dict[str, FileStamp] = {}
    for name in names:
        for one in name.split("::"):
            for path in _ranges(one):
                found |= {file.uri: file for file in _tars(storage.absolute(path))}
    return [found[uri] for uri in sorted(found)]


def _ranges(name: str) -> Iterator[str]:
    match = _RANGE.search(name)
    if not match:
        yield name
        return
    width = len(match[1])
    for number in range(int(match[1]), int(match[2]) + 1):
        yield from _ranges(f"{name[: match.start()]}{number:0{width}d}{name[match.end() :]}")


def _tars(uri: str) -> list[FileStamp]:
    folder, _, base = uri.rpartition("/")
    if "*" in base or "?" in base:
        found = [file for file in storage.files(folder or "/") if fnmatchcase(file.uri.rpartition("/")[2], base)]
    elif storage.is_folder(uri):
        found = [file for file in storage.list_files(uri) if file.uri.endswith(".tar")]
    else:
        file = storage.stat(uri)
        found = [file] if file else []
    if not found:
        raise UserError(f"{uri}: there is no such tar")
    for file in found:
        if not file.uri.endswith(".tar"):
            raise UserError(f"{file.uri} is no .tar: compressed ones have to be unpacked first")
    return found
