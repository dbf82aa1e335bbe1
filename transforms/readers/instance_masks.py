"""iSAID's pair of masks: a colour an object, and a colour a class.

`P0003_instance_id_RGB.png` gives each object a colour of its own (black: none), `P0003_instance_color_RGB.png` each class.
They lie beside the picture, as the devkit wants them, or in Instance_masks and Semantic_masks, as they are distributed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, MaskClass, MaskRef, Scene
from skypairs.transforms.readers import files, layout
from skypairs.transforms.readers.dota import PATCH
from skypairs.transforms.readers.layout import Folder, Place

_INSTANCE = "_instance_id_RGB"
_CLASS = "_instance_color_RGB"
_ANY = "_instance_"


@dataclass(frozen=True, slots=True)
class InstanceMasks:
    """Reader of instance masks. Class masks alone give regions; an instance mask alone gives no classes and is refused."""

    places: tuple[Place, ...]
    """`annotations` is the folder of the instance masks; the class masks lie in the same place or in `class_folder`."""
    classes: tuple[MaskClass, ...]
    class_folder: str = ""
    parent: str = PATCH

    def look(self, source: Source) -> Look:
        pictures, masks = self._list(source)
        return Look(len(pictures), sum(file.size for file in pictures.values()), sum(map(len, masks.values())))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        pictures, masks = self._list(source)
        return files.scenes_of(source, family, pictures, masks, parent=self.parent)

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.annotated:
            return Annotation()
        instance = next((file for file in scene.annotations if _INSTANCE in file.uri.rpartition("/")[2]), None)
        classes = next((file for file in scene.annotations if _CLASS in file.uri.rpartition("/")[2]), None)
        if classes is None:
            raise AnnotationError("incomplete annotation", f"there is no mask *{_CLASS}.png beside the instance mask")
        if instance is None:
            return Annotation(masks=(MaskRef(classes, "palette", self.classes),))
        return Annotation(masks=(MaskRef(instance, "instance", self.classes, classes),))

    def _list(self, source: Source) -> tuple[dict[str, FileStamp], dict[str, tuple[FileStamp, ...]]]:
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
