"""classes.json or classes.csv beside masks: which value of a mask means which class.

    {"building": 1, "road": 2}                    numbers of an index mask (255 for the usual binary mask)
    {"building": [255, 0, 0]}                     colours of a palette mask
    ["background", "building", "road"]            numbers by position
    name,value / building,1                       CSV; or name,r,g,b

Background, unlabelled, ignore, void and no-data may be listed, and are background all the same.
"""

import csv
import json
from collections.abc import Iterable
from typing import Any, Literal

from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, MaskClass
from skypairs.schemas.vocabulary import spoken
from skypairs.transforms import storage
from skypairs.transforms.readers import objects
from skypairs.transforms.readers.layout import Folder

Encoding = Literal["index", "palette"]
_LOSSY = (".jpg", ".jpeg", ".jp2")
_TABLES = ("classes.json", "classes.csv")
_BACKGROUND = {"background", "unlabeled", "unlabelled", "ignore", "ignored", "void", "no data", "nodata"}


def read_classes(file: FileStamp) -> tuple[Encoding, tuple[MaskClass, ...]]:
    """The classes in order of value, and whether masks hold numbers or colours. Raises LayoutError."""
    try:
        text = objects.decode(storage.read(file.uri))
        rows = _from_csv(text) if file.uri.lower().endswith(".csv") else _from_json(json.loads(text))
        values = [_value(value) for _, value in rows]
    except ValueError as error:
        raise LayoutError(f"{file.uri} is no list of classes: {error}") from None
    kinds = {len(value) for value in values}
    if len(kinds) != 1 or len(set(values)) != len(values):
        raise LayoutError(f"{file.uri}: every class needs a value of its own, either all of them numbers or all [r, g, b]")
    pairs = sorted((value, objects.clean_name(name)) for (name, _), value in zip(rows, values, strict=True))
    classes = tuple(MaskClass(value, name) for value, name in pairs if spoken(name) not in _BACKGROUND)
    if not classes:
        raise LayoutError(f"{file.uri} names no class but background")
    return ("index" if kinds == {1} else "palette"), classes


def table_for(source: Source, folders: Iterable[Folder]) -> str:
    """The table in a folder of masks, above it or in the root, as a scene's inline annotation. Raises LayoutError."""
    root = source.root.rstrip("/")
    places = [folder.uri for folder in folders]
    for place in places:
        above = place.rpartition("/")[0] if place != root else root
        for where in dict.fromkeys((place, above, root)):
            for name in _TABLES:
                if found := storage.stat(storage.join(where, name)):
                    encoding, classes = read_classes(found)
                    pairs = [[list(item.value), item.native] for item in classes]
                    return objects.dump_inline({"encoding": encoding, "classes": pairs})
    raise LayoutError(
        f"{source.dataset}: masks in {places[0]} need class names: write {root}/classes.json "
        'such as {"building": 1} for numbers or {"building": [255, 0, 0]} for colours'
    )


def load(inline: str) -> tuple[Encoding, tuple[MaskClass, ...]]:
    """What `table_for` wrote."""
    content = json.loads(inline)
    return content["encoding"], tuple(MaskClass(tuple(value), name) for value, name in content["classes"])


def refuse_lossy(mask: FileStamp) -> None:
    """Raises AnnotationError for a mask whose format does not keep its values."""
    if mask.uri.lower().endswith(_LOSSY):
        raise AnnotationError("lossy mask", "JPEG does not keep the numbers of a mask; store it as PNG")


def _from_json(content: Any) -> list[tuple[str, Any]]:
    if isinstance(content, list) and content and all(isinstance(name, str) for name in content):
        return [(name, at) for at, name in enumerate(content)]
    if not isinstance(content, dict):
        raise ValueError('it needs {"name": number}, {"name": [r, g, b]} or ["name", ...]')
    if content and all(isinstance(name, str) and value.strip().isdigit() for value, name in content.items()):
        return [(name, int(value)) for value, name in content.items()]  # {"1": "building"}
    return list(content.items())


def _from_csv(text: str) -> list[tuple[str, Any]]:
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    head = [cell.lower() for cell in rows[0]] if rows else []
    for columns in (["value"], ["index"], ["r", "g", "b"]):
        if "name" in head and all(column in head for column in columns):
            at = [head.index(column) for column in columns]
            if any(len(row) < len(head) for row in rows):
                raise ValueError("a row has too few columns")
            cells = [(row[head.index("name")], [int(row[place]) for place in at]) for row in rows[1:]]
            return [(name, value[0] if len(value) == 1 else value) for name, value in cells]
    raise ValueError("its first line must be name,value or name,r,g,b")


def _value(value: Any) -> tuple[int, ...]:
    values = tuple(value) if isinstance(value, list) else (value,)
    most = 65535 if len(values) == 1 else 255
    if len(values) not in (1, 3) or not all(type(item) is int and 0 <= item <= most for item in values):
        raise ValueError(f"{value!r} is neither a number of 0 to 65535 nor [r, g, b] of 0 to 255")
    return values
