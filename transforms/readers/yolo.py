"""YOLO text: one file a picture, `class` and coordinates as shares of width and height, in labels/ beside images/.

Five numbers are class, centre and size of a box, a sixth the confidence of a detector; an odd number from seven up is class and
an outline, four corners being an oriented box. Where data.yaml has `kpt_shape: [n, d]`, n * d numbers of key points follow a
box and are not read. An empty file is a picture without objects. The names of the classes stand in data.yaml (a list, or
number: name) or one a line in classes.txt. `yolo_paths` says where pictures and labels lie. Roboflow's "YOLO OBB" is DOTA's
text and not read here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError, DataError, LayoutError
from skypairs.schemas.geometry import bounds
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import files, layout, objects, yolo_paths
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.yolo_paths import Followed

_HEADER = 256 << 10
_LISTS = ("data.yaml", "data.yml", "dataset.yaml", "classes.yaml", "classes.txt", "obj.names", "*.yaml")
_NO_LABELS = ("classes", "readme", "train", "val", "test", "notes")
_FARTHEST = 2.0
"""Shares reach a little beyond the picture; what is farther out is no share."""


@dataclass(frozen=True, slots=True)
class Yolo:
    """Reader of YOLO text for boxes, outlines and oriented boxes. A picture without a text file is not annotated."""

    places: tuple[Place, ...]

    def look(self, source: Source) -> Look:
        found, _ = self._list(source)
        pictures = found.pictures.values()
        return Look(len(pictures), sum(file.size for file in pictures), len(found.labels))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        found, about = self._list(source)
        paired = {key: (file,) for key, file in found.labels.items()}
        inline = objects.dump_inline({"key_points": about.key_points, "names": about.names})
        return files.scenes_of(source, family, found.pictures, paired, names=found.names, inline=inline)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        about = json.loads(scene.inline)
        lines = _lines(objects.read_annotation(scene.annotations[0]))
        if not lines:
            return Annotation()
        assert scene.picture is not None
        width, height = _size(scene.picture)
        found = objects.Objects()
        for line in lines:
            most = 5 if about["key_points"] and len(line) == 5 + about["key_points"] else len(line)
            _add(found, line[:most], about["names"], width, height)
        return found.annotation()

    def _list(self, source: Source) -> tuple[Followed, "_About"]:
        about = _about(source)
        if about.content and not (source.images or source.annotations):
            if found := yolo_paths.follow(source, about.uri, about.content):
                return found, about
            if yolo_paths.calls_it_otherwise(about.content, source.split):
                raise LayoutError(f"{source.dataset}: {about.uri} calls the split {source.split!r} otherwise: name it so")
        spot = layout.settle(source, self.places)
        pictures = files.list_pictures(source, spot.pictures)
        labels = files.list_keyed(
            source, spot.annotations, (".txt",), wanted=lambda stem: stem.casefold() not in _NO_LABELS or stem in pictures
        )
        if not labels:
            raise LayoutError(f"{source.dataset}: no labels beside {spot.pictures[0].uri}. {layout.what_is_there(source.root)}")
        return Followed(pictures, labels, set()), about


@dataclass(frozen=True, slots=True)
class _About:
    """What data.yaml, or a list of names, says of all pictures."""

    uri: str
    names: dict[str, str]
    """By number as text."""
    content: dict[str, Any] | None = None
    """Of data.yaml."""

    @property
    def key_points(self) -> int:
        """How many numbers of key points follow a box."""
        shape = (self.content or {}).get("kpt_shape")
        points = [objects.whole(value) or 0 for value in shape] if isinstance(shape, list) else []
        return points[0] * points[1] if len(points) == 2 else 0


def _about(source: Source) -> _About:
    """Raises LayoutError where there are no names."""
    for pattern in _LISTS:
        for file in layout.find_files(source.root, pattern, source.split):
            text = _text(source, file)
            if file.uri.lower().endswith((".txt", ".names")):
                lines = filter(None, map(str.strip, text.splitlines()))
                return _About(file.uri, {str(at): name for at, name in enumerate(lines)})
            content = _yaml(source, file, text)
            if names := _yaml_names(content):
                return _About(file.uri, names, content)
    raise LayoutError(
        f"{source.dataset}: no names of classes in {source.root}: data.yaml with `names`, or classes.txt. "
        f"{layout.what_is_there(source.root)}"
    )


def _text(source: Source, file: FileStamp) -> str:
    try:
        return objects.decode(storage.read(file.uri))
    except ValueError as error:
        raise LayoutError(f"{source.dataset}: {file.uri} is no text: {error}") from None


def _yaml(source: Source, file: FileStamp, text: str) -> dict[str, Any]:
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LayoutError(f"{source.dataset}: {file.uri} cannot be parsed as YAML: {error}") from None
    return content if isinstance(content, dict) else {}


def _yaml_names(content: dict[str, Any]) -> dict[str, str]:
    names = content.get("names")
    if isinstance(names, list):
        return {str(at): str(name) for at, name in enumerate(names)}
    return {str(number): str(name) for number, name in names.items()} if isinstance(names, dict) else {}


def _lines(data: bytes) -> list[list[str]]:
    try:
        text = objects.decode(data)
    except ValueError as error:
        raise AnnotationError("unparsable annotation", f"no text: {error}") from None
    return [fields for line in text.splitlines() if (fields := line.replace(",", " ").split())]


def _size(picture: FileStamp) -> tuple[int, int]:
    """Width and height of a picture by its header. Raises PictureError."""
    from skypairs.transforms import images  # decoders are not loaded with the catalogue

    try:
        header = images.read_header(storage.read(picture.uri, 0, min(picture.size, _HEADER)))
    except (DataError, OSError):  # TIFF may keep its directory at the end
        header = images.read_header(objects.read_annotation(picture))
    return header.width, header.height


def _add(found: objects.Objects, fields: list[str], names: dict[str, str], width: int, height: int) -> None:
    number = fields[0].removesuffix(".0")
    values = [objects.number(field) for field in fields[1:]]
    shares = [value for value in values if value is not None]
    name = names.get(number)
    if not number.isdigit() or len(shares) != len(values):
        found.lose(name or "", objects.NOT_A_NUMBER)
    elif name is None:
        found.lose(f"class {number}", "unknown class")
    elif any(abs(share) > _FARTHEST for share in shares):
        found.lose(name, "not normalised")
    elif len(shares) in (4, 5):
        x, y, w, h = shares[:4]
        found.add(name, ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height))
    elif len(shares) >= 6 and len(shares) % 2 == 0:
        polygon = tuple(share * (height if at % 2 else width) for at, share in enumerate(shares))
        found.add(name, bounds(polygon), polygon=polygon)
    else:
        found.lose(name, objects.NO_BOX)
