"""Pairs of masks: a colour or number an object, and a colour or number a class.

With `class_places` the folder tells the two apart, and both are called as their picture. Else they are named as iSAID's are:

`P0003_instance_id_RGB.png` gives each object a colour of its own (black: none), `P0003_instance_color_RGB.png` each class.
They lie beside the picture, as the devkit wants them, or in Instance_masks and Semantic_masks, as they are distributed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, MaskClass, MaskRef, Scene
from skypairs.transforms.readers import class_table, files, layout, objects
from skypairs.transforms.readers.dota import PATCH
from skypairs.transforms.readers.layout import Folder, Place

_INSTANCE = "_instance_id_RGB"
_CLASS = "_instance_color_RGB"
_ANY = "_instance_"
_ALONE = "alone"


@dataclass(frozen=True, slots=True)
class InstanceMasks:
    """Reader of instance masks. Class masks alone give regions; an instance mask alone gives no classes and is refused."""

    places: tuple[Place, ...]
    """`annotations` is the folder of the instance masks; the class masks lie in the same place or in `class_folder`."""
    classes: tuple[MaskClass, ...] = ()
    """Empty: they come from classes.json or classes.csv, beside the class masks or above."""
    class_folder: str = ""
    class_places: tuple[Place, ...] = ()
    """The same pictures with the folders of their class masks, where the folder tells the kind of a mask."""
    parent: str = PATCH

    def look(self, source: Source) -> Look:
        pictures, masks = self._list(source)
        return Look(len(pictures), sum(file.size for file in pictures.values()), sum(map(len, masks.values())))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        if self.class_places:
            return self._scenes_by_folder(source, family)
        pictures, masks = self._list(source)
        return files.scenes_of(source, family, pictures, masks, parent=self.parent)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        if self.class_places:
            return self._annotation_by_folder(scene)
        instance = next((file for file in scene.annotations if _INSTANCE in file.uri.rpartition("/")[2]), None)
        classes = next((file for file in scene.annotations if _CLASS in file.uri.rpartition("/")[2]), None)
        if classes is None:
            raise AnnotationError("incomplete annotation", f"there is no mask *{_CLASS}.png beside the instance mask")
        if instance is None:
            return Annotation(masks=(MaskRef(classes, "palette", self.classes),))
        return Annotation(masks=(MaskRef(instance, "instance", self.classes, classes),))

    def _list(self, source: Source) -> tuple[dict[str, FileStamp], dict[str, tuple[FileStamp, ...]]]:
        if self.class_places:
            pairs = self._list_by_folder(source)
            both = pairs.instances.keys() | pairs.classes.keys()
            return pairs.pictures, {key: pairs.of(key) for key in both}
        spot = layout.settle(source, self.places)
        beside: list[Folder] = []
        if self.class_folder and not source.annotations:
            beside = layout.find_folders(source.root, self.class_folder, source.split)
        found = files.list_keyed(
            source, dict.fromkeys((*spot.pictures, *spot.annotations, *beside)), files.PICTURES, stems=True
        )
        inside = tuple(folder.uri + "/" for folder in spot.pictures)
        pictures = {stem: file for stem, file in found.items() if _ANY not in stem and file.uri.startswith(inside)}
        if not pictures:
            raise LayoutError(f"{source.dataset}: no pictures in {inside[0]}. {layout.what_is_there(inside[0].rstrip('/'))}")
        masks: dict[str, tuple[FileStamp, ...]] = {}
        for mark in (_INSTANCE, _CLASS):  # the instance mask stands first
            for stem, file in found.items():
                if stem.endswith(mark):
                    key = stem.removesuffix(mark)
                    masks[key] = (*masks.get(key, ()), file)
        return pictures, masks

    def _list_by_folder(self, source: Source) -> "_Pairs":
        spot = layout.settle(source, self.places)
        beside = layout.settle(replace(source, annotations=""), self.class_places)
        if beside.pictures != spot.pictures or (spot.annotations and not beside.annotations):
            expected = " or ".join(place.annotations for place in layout.usable(source, self.class_places))
            raise LayoutError(
                f"{source.dataset}: no class masks for the pictures in {spot.pictures[0].uri}; expected in "
                f"{expected.replace('{split}', source.split)}. {layout.what_is_there(source.root)}"
            )
        instances, classes = (files.list_keyed(source, place.annotations, files.PICTURES) for place in (spot, beside))
        return _Pairs(files.list_pictures(source, spot.pictures), instances, classes, beside.annotations)

    def _scenes_by_folder(self, source: Source, family: str) -> Iterator[Scene]:
        pairs = self._list_by_folder(source)
        masks = {key: pairs.of(key) for key in pairs.instances.keys() | pairs.classes.keys()}
        table = class_table.table_for(source, pairs.folders) if masks else ""
        for scene in files.scenes_of(source, family, pairs.pictures, masks, parent=self.parent, inline=table):
            # one mask of two does not show which of them it is
            lone = len(scene.annotations) == 1 and scene.key in pairs.classes
            yield replace(scene, inline=objects.dump_inline({**json.loads(table), _ALONE: True})) if lone else scene

    def _annotation_by_folder(self, scene: Scene) -> Annotation:
        for mask in scene.annotations:
            class_table.refuse_lossy(mask)
        encoding, classes = class_table.load(scene.inline)
        if len(scene.annotations) == 2:
            instance, beside = scene.annotations
            return Annotation(masks=(MaskRef(instance, "instance", classes, beside),))
        if not json.loads(scene.inline).get(_ALONE):
            raise AnnotationError("incomplete annotation", "there is no class mask of the same name beside the instance mask")
        return Annotation(masks=(MaskRef(scene.annotations[0], encoding, classes),))


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pictures and both kinds of masks by key; `folders`: those of the class masks."""

    pictures: dict[str, FileStamp]
    instances: dict[str, FileStamp]
    classes: dict[str, FileStamp]
    folders: tuple[Folder, ...]

    def of(self, key: str) -> tuple[FileStamp, ...]:
        """The instance mask first."""
        return tuple(kind[key] for kind in (self.instances, self.classes) if key in kind)
