"""One annotation file a picture, as most detection sets keep them: what their readers share.

Folders of pictures and of annotations, lists that divide them into splits, and pictures that show none of the objects.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Scene
from skypairs.transforms.readers import files, layout
from skypairs.transforms.readers.layout import Folder, Place

_EMPTY = "{}"


@dataclass(frozen=True, slots=True)
class _Listed:
    names: list[str] | None
    """Keys of the split, where a list divides the folders."""
    pictures: dict[str, FileStamp]
    annotations: dict[str, FileStamp]
    empty: frozenset[str]
    """Keys of pictures without annotation file that are known to show no object."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Listing and pairing of such a set. A reader derives from it and adds `annotation`."""

    places: tuple[Place, ...]
    suffix: str = ".xml"
    """Of the annotation files, in lower case."""
    lists: tuple[str, ...] = ()
    """Text files with the names of a split's pictures; the first that exists counts."""
    stems: bool = False
    """Names are unique over all folders: the key is the bare name."""
    complete: bool = False
    """Only pictures with objects have a file: one without shows none. (Not so where there is no folder of annotations.)"""
    negative: str = ""
    """A folder of pictures that show none of the objects; the first part of their keys is "negative"."""
    parent: str = ""
    """Pattern whose first group is the scene or clip that a picture belongs to."""

    def look(self, source: Source) -> Look:
        listed = self._list(source)
        pictures, annotations = listed.pictures, listed.annotations
        if listed.names is not None:
            pictures = {key: pictures[key] for key in listed.names if key in pictures}
            annotations = {key: annotations[key] for key in listed.names if key in annotations}
        return Look(len(pictures), sum(file.size for file in pictures.values()), len(annotations))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        listed = self._list(source)
        paired = {key: (file,) for key, file in listed.annotations.items()}
        for scene in files.scenes_of(source, family, listed.pictures, paired, names=listed.names, parent=self.parent):
            is_empty = scene.key in listed.empty and not scene.problem
            yield replace(scene, inline=_EMPTY, annotated=True) if is_empty else scene

    def _list(self, source: Source) -> _Listed:
        lists = (
            [file for name in self.lists for file in layout.find_files(source.root, name, source.split)] if source.split else []
        )
        if source.split and not lists and not layout.usable(source, self.places):
            expected = " or ".join(self.lists).replace("{split}", source.split) or "no splits at all"
            raise LayoutError(
                f"{source.dataset}: no split {source.split!r} under {source.root}; expected there: {expected}. "
                f"{layout.what_is_there(source.root)}"
            )
        # a list divides one folder of pictures, so that the folders' names say nothing of the split
        spot = layout.settle(replace(source, split="") if lists else source, self.places)
        if not spot.annotations and (lists or not source.split):
            raise layout.nothing_there(source, self.places)  # pictures alone are a split only where their folder says so
        pictures = files.list_pictures(source, spot.pictures, stems=self.stems)
        annotations = files.list_keyed(source, spot.annotations, (self.suffix,), stems=self.stems)
        empty = pictures.keys() - annotations.keys() if self.complete and annotations else set()
        if self.negative and spot.annotations:
            found = [Folder("negative", folder.uri) for folder in layout.find_folders(source.root, self.negative, source.split)]
            without = files.list_keyed(source, found, files.PICTURES)
            pictures, empty = pictures | without, empty | without.keys()
        names = files.read_names(lists[0].uri, pictures) if lists else None
        return _Listed(names, pictures, annotations, frozenset(empty))
