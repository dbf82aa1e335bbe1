"""Semantic masks: one image of class numbers or class colours for each picture, of the same size and name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from skypairs.schemas.dataset import Look
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, MaskClass, MaskRef, Scene
from skypairs.transforms.readers import class_table, files, layout, patterns
from skypairs.transforms.readers.class_table import Encoding
from skypairs.transforms.readers.layout import Place, Spot


@dataclass(frozen=True, slots=True)
class Masks:
    """Reader of class masks. Without `classes` they come from classes.json or classes.csv, beside the masks or above."""

    places: tuple[Place, ...]
    encoding: Encoding | Literal["threshold"] = "index"
    classes: tuple[MaskClass, ...] = ()
    marks: tuple[str, ...] = ("_mask", "_label", "_labels", "_gt")
    """What may follow the picture's name in the name of its mask; `picture` and `mask` are for all else."""
    parent: str = ""
    picture: str = ""
    """Pattern of the pictures' keys; its named groups are the key of the scene (see `patterns.rekey`)."""
    mask: str = ""
    """The same of the masks; empty: as the pictures."""
    members: tuple[tuple[str, str], ...] = ()
    """Splits that no folder tells apart, each with the pattern of its keys."""
    lists: tuple[str, ...] = ()
    """Text files with the names of a split's pictures; the first that exists counts."""
    tolerance: int = 0
    """How far a colour may be off in each channel: see `MaskRef.tolerance`."""
    spare_masks: bool = False
    """Masks and list entries without a picture are no faults: the pictures are distributed elsewhere."""

    def look(self, source: Source) -> Look:
        found = self._list(source)
        return Look(len(found.pictures), sum(file.size for file in found.pictures.values()), len(found.masks))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        found = self._list(source)
        inline = "" if self.classes or not found.masks else class_table.table_for(source, found.spot.annotations)
        paired = {key: (file,) for key, file in found.masks.items()}
        return files.scenes_of(source, family, found.pictures, paired, names=found.names, parent=self.parent, inline=inline)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        mask = scene.annotations[0]
        exact = self.encoding != "threshold" and not self.tolerance
        if exact:
            class_table.refuse_lossy(mask)
        encoding, classes = class_table.load(scene.inline) if scene.inline else (self.encoding, self.classes)
        return Annotation(masks=(MaskRef(mask, encoding, classes, tolerance=self.tolerance),))

    def _list(self, source: Source) -> "_Found":
        members = dict(self.members).get(source.split, "") if source.split else ""
        lists = [file for name in self.lists if source.split for file in layout.find_files(source.root, name, source.split)]
        # a list or pattern divides one folder of pictures, so that the folders' names say nothing of the split
        spot = layout.settle(replace(source, split="") if members or lists else source, self.places)
        pictures, masks = self._by_pattern(source, spot) if self.picture else self._by_mark(source, spot)
        names = None
        if members:
            pictures, masks = ({key: kept[key] for key in kept if re.fullmatch(members, key)} for kept in (pictures, masks))
        elif lists:
            names = files.read_names(lists[0].uri, pictures)
            pictures, masks = ({key: kept[key] for key in names if key in kept} for kept in (pictures, masks))
        if self.spare_masks:
            names = None if names is None else [name for name in names if name in pictures]
            masks = {key: file for key, file in masks.items() if key in pictures}
        return _Found(spot, pictures, masks, names)

    def _by_pattern(self, source: Source, spot: Spot) -> tuple[dict[str, FileStamp], dict[str, FileStamp]]:
        pictures = patterns.pictures_like(source, spot.pictures, self.picture)
        masks = files.list_keyed(source, spot.annotations, files.PICTURES)
        return pictures, patterns.rekey(source, masks, self.mask or self.picture)

    def _by_mark(self, source: Source, spot: Spot) -> tuple[dict[str, FileStamp], dict[str, FileStamp]]:
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
        return pictures, named


@dataclass(frozen=True, slots=True)
class _Found:
    """Pictures and masks of a source by key; `names`: the keys that a list wants, whether they are there or not."""

    spot: Spot
    pictures: dict[str, FileStamp]
    masks: dict[str, FileStamp]
    names: list[str] | None
