"""Class folders: one folder of pictures a class, as scene classification sets are published.

The class of a picture is the name of the folder it lies in. Names are compared without regard to case, `_`, blanks and other
marks, since copies of a set spell them differently. RSI-CB keeps its classes in folders of themes: `depth` says how many
levels of folders there are.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import files, layout, objects
from skypairs.transforms.readers.layout import Folder, Place

_NO_CLASS = re.compile(
    r"(jpeg|png|tiff?)?_?(images?|imgs?|pictures?|masks?|labels?|label_?txt|annotations?|gt|src|train|training|val|valid|"
    r"validation|test|trainval|jpegimages|[ab]|rgb|sar|data)(_?\d+)?|\..*|__.*",
    re.IGNORECASE,
)
_LEAST_SHARE = 0.8
_SLIPS = {"stroage": "storage", "swimmimg": "swimming"}
"""As RSC11 and MLRSNet spell their folders; copies of them do not."""


@dataclass(frozen=True, slots=True)
class ClassFolders:
    """Reader of class folders. A picture that lies in no class folder has no annotation."""

    places: tuple[Place, ...]
    classes: tuple[str, ...] = ()
    """Native names. At least four in five must be there, and no other folder with pictures. Empty: any names, at least two."""
    depth: int = 1
    """Levels of folders down to the pictures, at most."""
    prefix: str = ""
    """Pattern that a folder's name may start with before the class (RSSCN7: a letter from a to g)."""

    def look(self, source: Source) -> Look:
        pictures = self._list(source)
        return Look(
            len(pictures),
            sum(file.size for file, _ in pictures.values()),
            sum(bool(native) for _, native in pictures.values()),
        )

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        for key, (file, native) in sorted(self._list(source).items()):
            inline = objects.dump_inline({"class": native}) if native else ""
            yield files.scene_of(source, family, key, file, inline=inline)

    def annotation(self, scene: Scene) -> Annotation:
        return Annotation(scene_class=json.loads(scene.inline)["class"]) if scene.annotated else Annotation()

    def _list(self, source: Source) -> dict[str, tuple[FileStamp, str]]:
        """Pictures by key with the native name of their class; the first place whose folders fit."""
        problem = layout.nothing_there(source, self.places)
        for place in layout.usable(source, self.places):
            for folder in layout.find_folders(source.root, place.pictures, source.split)[:1]:
                try:
                    return self._in(source, folder)
                except LayoutError as error:
                    problem = error
        raise problem

    def _in(self, source: Source, folder: Folder) -> dict[str, tuple[FileStamp, str]]:
        known = {_squeezed(native): native for native in self.classes}
        names = _below(folder.uri, self.depth)
        here = {self._native(name, known) for name in names} - {""}
        if known and len(here & set(known.values())) < _LEAST_SHARE * len(known):
            missing = ", ".join(sorted(set(known.values()) - here)[:4])
            raise LayoutError(f"{source.dataset}: {folder.uri} lacks most class folders: {missing}, ...")
        if not known and (len(here) < 2 or any(storage.folders(storage.join(folder.uri, name)) for name in names)):
            raise LayoutError(f"{source.dataset}: {folder.uri} has no folders of classes. {layout.what_is_there(folder.uri)}")
        found = {}
        for key, file in files.list_pictures(source, [folder]).items():
            above = file.uri.split("/")[:-1]
            levels = key.count("/")
            if levels > self.depth:
                raise LayoutError(f"{source.dataset}: {file.uri} lies deeper below {folder.uri} than classes do")
            native = self._native(above[-1], known) if levels else ""
            if levels and not native:
                raise LayoutError(f"{source.dataset}: {file.uri} lies in a folder that is none of the classes")
            found[key] = file, native
        return found

    def _native(self, name: str, known: dict[str, str]) -> str:
        """The class of a folder; empty where it has none."""
        if not known:
            return "" if _NO_CLASS.fullmatch(name) else objects.clean_name(files.clean_key(name))
        bare = re.sub(f"^(?:{self.prefix})", "", name) if self.prefix else name
        return known.get(_squeezed(name)) or known.get(_squeezed(bare), "")


def _below(folder: str, depth: int) -> list[str]:
    """Names of folders down to `depth` levels."""
    names = storage.folders(folder)
    if depth == 1:
        return names
    return names + [inner for name in names for inner in _below(storage.join(folder, name), depth - 1)]


def _squeezed(name: str) -> str:
    """A name without case and marks: "Dense_Residential", "dense residential" and "denseresidential" are one."""
    bare = "".join(letter for letter in name.casefold() if letter.isalnum())
    for slip, right in _SLIPS.items():
        bare = bare.replace(slip, right)
    return bare
