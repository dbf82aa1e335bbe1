"""Semantic masks: one image of class numbers or class colours for each picture, of the same size and name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, MaskClass, MaskRef, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import files, layout, objects
from skypairs.transforms.readers.class_table import Encoding, read_classes
from skypairs.transforms.readers.layout import Place, Spot

_LOSSY = (".jpg", ".jpeg", ".jp2")
_TABLES = ("classes.json", "classes.csv")


@dataclass(frozen=True, slots=True)
class Masks:
    """Reader of class masks. Without `classes` they come from classes.json or classes.csv, beside the masks or above."""

    places: tuple[Place, ...]
    encoding: Encoding = "index"
    classes: tuple[MaskClass, ...] = ()
    marks: tuple[str, ...] = ("_mask", "_label", "_labels", "_gt")
    """What may follow the picture's name in the name of its mask."""
    parent: str = ""

    def look(self, source: Source) -> Look:
        _, pictures, masks = self._list(source)
        return Look(len(pictures), sum(file.size for file in pictures.values()), len(masks))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        spot, pictures, masks = self._list(source)
        inline = "" if self.classes or not masks else _dump(*read_classes(_find_table(source, spot)))
        paired = {key: (file,) for key, file in masks.items()}
        return files.scenes_of(source, family, pictures, paired, parent=self.parent, inline=inline)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        mask = scene.annotations[0]
        if mask.uri.lower().endswith(_LOSSY):
            raise AnnotationError("lossy mask", "JPEG does not keep the numbers of a mask; store it as PNG")
        encoding, classes = _load(scene.inline) if scene.inline else (self.encoding, self.classes)
        return Annotation(masks=(MaskRef(mask, encoding, classes),))

    def _list(self, source: Source) -> tuple[Spot, dict[str, FileStamp], dict[str, FileStamp]]:
        spot = layout.settle(source, self.places)
        together = spot.pictures == spot.annotations
        pictures = files.list_keyed(
            source, spot.pictures, files.PICTURES, wanted=lambda stem: not (together and stem.endswith(self.marks))
        )
        masks = files.list_keyed(
            source, spot.annotations, files.PICTURES, wanted=lambda stem: not together or stem.endswith(self.marks)
        )
        named: dict[str, FileStamp] = {}
        for key, file in masks.items():
            bare = next((key.removesuffix(mark) for mark in self.marks if key.endswith(mark)), key)
            name = bare if bare in pictures and key not in pictures else key
            if name in named:
                raise files.two_of_one_name(source, name, named[name].uri, file.uri)
            named[name] = file
        return spot, pictures, named


def _find_table(source: Source, spot: Spot) -> FileStamp:
    root = source.root.rstrip("/")
    for folder in spot.annotations:
        above = folder.uri.rpartition("/")[0] if folder.uri != root else root
        for place in dict.fromkeys((folder.uri, above, root)):
            for name in _TABLES:
                if found := storage.stat(storage.join(place, name)):
                    return found
    raise LayoutError(
        f"{source.dataset}: masks in {spot.annotations[0].uri} need class names: write {root}/classes.json "
        'such as {"building": 1} for numbers or {"building": [255, 0, 0]} for colours'
    )


def _dump(encoding: Encoding, classes: tuple[MaskClass, ...]) -> str:
    return objects.dump_inline({"encoding": encoding, "classes": [[list(item.value), item.native] for item in classes]})


def _load(inline: str) -> tuple[Encoding, tuple[MaskClass, ...]]:
    content = json.loads(inline)
    return content["encoding"], tuple(MaskClass(tuple(value), name) for value, name in content["classes"])
