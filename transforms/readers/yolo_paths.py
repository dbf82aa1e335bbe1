"""Where data.yaml says that the pictures of a YOLO dataset lie: `path`, and `train`, `val` and `test` below it.

Each is a folder, a text file of pictures, one a line, or a list of folders and files. What leads out of the root, or to where
nothing is (the folders of another machine), is not followed; the folders are then found by their names. Paths are read as
ultralytics reads them (ultralytics/data/utils.py, check_det_dataset and img2label_paths): `path` may be missing, a leading
`../` may be one too many, a line that begins with `./` is meant from the folder of its list, and labels lie in `labels` where
the pictures lie in `images`, the last folder of that name counting.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp
from skypairs.transforms import storage
from skypairs.transforms.readers import files, layout, objects
from skypairs.transforms.readers.layout import Folder

SPLITS = ("train", "val", "test")


@dataclass(slots=True)
class Followed:
    """Pictures and labels of a split by key, and the keys that a list of pictures names, whether they are there or not."""

    pictures: dict[str, FileStamp]
    labels: dict[str, FileStamp]
    listed: set[str]

    @property
    def names(self) -> list[str] | None:
        return sorted(self.pictures.keys() | self.labels.keys() | self.listed) if self.listed else None


def follow(source: Source, uri: str, content: dict[str, Any]) -> Followed | None:
    """What data.yaml says of the source's split; None where it leads to no pictures.

    `uri` is that of data.yaml, `content` what it holds. A split that is written like an earlier one leads nowhere: a toy
    dataset validates on what it trains on, and all of it would be leaks.
    """
    if source.split not in SPLITS:
        return None
    wanted = _entries(content, source.split)
    if any(wanted == _entries(content, name) for name in SPLITS[: SPLITS.index(source.split)]):
        return None
    for base in _bases(uri, content):
        for places in (wanted, [place.removeprefix("../") for place in wanted]):
            uris = [normal for place in places if (normal := _inside(source, base, place))]
            if (found := _gather(source, uris)).pictures:
                return found
    return None


def calls_it_otherwise(content: dict[str, Any], split: str) -> bool:
    """Whether the folder that is called like a split is the place of one of another name: Roboflow's `val: ../valid/images`."""
    return split not in SPLITS and any(split in place.split("/") for name in SPLITS for place in _entries(content, name))


def _entries(content: dict[str, Any], split: str) -> list[str]:
    value = content.get(split)
    return [str(item).strip().replace("\\", "/") for item in (value if isinstance(value, list) else [value]) if item]


def _bases(uri: str, content: dict[str, Any]) -> Iterator[str]:
    here = uri.rpartition("/")[0]
    path = str(content.get("path") or "").strip().replace("\\", "/")
    if path:
        yield path if path.startswith("/") else f"{here}/{path}"
    yield here


def _inside(source: Source, base: str, place: str) -> str:
    """The uri of a place without `.` and `..`, where it is the root or below it; else empty."""
    scheme, mark, path = (place if place.startswith("/") or "://" in place else f"{base}/{place}").rpartition("://")
    normal = f"{scheme}{mark}{posixpath.normpath(path)}"
    root = source.root.rstrip("/")
    return normal if f"{normal}/".startswith(f"{root}/") else ""


def _gather(source: Source, uris: list[str]) -> Followed:
    found = Followed({}, {}, set())
    for uri in uris:
        if uri.lower().endswith(".txt"):
            _add_list(source, uri, found)
        elif storage.is_folder(uri):
            _add_folder(source, uri, found, storage.relative(uri, source.root) if len(uris) > 1 else "")
    return found


def _add_folder(source: Source, uri: str, found: Followed, prefix: str) -> None:
    if "/images/" not in f"{uri}/" and storage.is_folder(f"{uri}/images"):
        uri = f"{uri}/images"
    found.pictures |= files.list_keyed(source, [Folder(prefix, uri)], files.PICTURES)
    labels = files.list_keyed(source, [Folder(prefix, _labels_of(uri))], (".txt",))
    lists = {key for key in labels if key not in found.pictures and key.rpartition("/")[2] in ("classes", *SPLITS)}
    found.labels |= {key: file for key, file in labels.items() if key not in lists}


def _add_list(source: Source, uri: str, found: Followed) -> None:
    """The pictures that a list names, by their path below the root. Raises LayoutError where it is no text."""
    if storage.stat(uri) is None:
        return
    here = uri.rpartition("/")[0]
    try:
        text = objects.decode(storage.read(uri))
    except ValueError as error:
        raise LayoutError(f"{source.dataset}: {uri} is no text: {error}") from None
    lines = [line.strip().replace("\\", "/") for line in text.splitlines()]
    wanted = {place for line in lines if line and (place := _inside(source, here, line))}
    labels = {
        place: f"{_labels_of(place.rpartition('/')[0])}/{layout.name_of(place).rpartition('.')[0]}.txt" for place in wanted
    }
    folders = {file.rpartition("/")[0] for file in (*wanted, *labels.values())}
    there = {file.uri: file for folder in sorted(folders) for file in storage.files(folder)}
    for place in sorted(wanted):
        key = files.clean_key(storage.relative(place, source.root).rpartition(".")[0])
        found.listed.add(key)
        found.pictures |= {key: there[place]} if place in there else {}
        found.labels |= {key: there[labels[place]]} if labels[place] in there else {}


def _labels_of(folder: str) -> str:
    """The folder of the labels for a folder of pictures: itself where none on the way is called images."""
    head, mark, tail = f"{folder}/".rpartition("/images/")
    return f"{head}/labels/{tail}".rstrip("/") if mark else folder
