"""What a file is called, as a pattern: picture and annotation of one name with different additions before and after it."""

import re

from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp
from skypairs.transforms.readers import files
from skypairs.transforms.readers.layout import Folder, what_is_there


def rekey(source: Source, found: dict[str, FileStamp], pattern: str) -> dict[str, FileStamp]:
    """The files whose key the pattern matches as a whole, by its named groups joined with `_`; other files are left out.

    Raises LayoutError where two files have one name then.
    """
    wanted = re.compile(pattern)
    named: dict[str, FileStamp] = {}
    for key, file in found.items():
        match = wanted.fullmatch(key)
        if match is None:
            continue
        name = "_".join(filter(None, match.groupdict().values()))
        if name in named:
            raise files.two_of_one_name(source, name, named[name].uri, file.uri)
        named[name] = file
    return named


def pictures_like(source: Source, folders: tuple[Folder, ...], pattern: str) -> dict[str, FileStamp]:
    """Pictures by `rekey`. Raises LayoutError where there is none, which tells one dataset from another of like folders."""
    named = rekey(source, files.list_pictures(source, folders), pattern)
    if not named:
        place = folders[0].uri
        raise LayoutError(f"{source.dataset}: no picture in {place} is named as those of the dataset. {what_is_there(place)}")
    return named
