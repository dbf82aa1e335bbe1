"""The class of a whole picture in words: what a class folder means, and how a sentence names it."""

import re

from skypairs.schemas.dataset import ClassName
from skypairs.schemas.records import SceneClass
from skypairs.schemas.vocabulary import is_mass, named, preferred
from skypairs.transforms.captions.english import article

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def class_of(native: str, classes: tuple[ClassName, ...]) -> ClassName:
    """The class of a native name; a name that is not listed is taken apart at its capitals ("SeaLake": "sea lake")."""
    found = next((item for item in classes if item.native == native), None)
    return found or named(native, preferred(_CAMEL.sub(" ", native)))


def named_class(native: str, classes: tuple[ClassName, ...]) -> SceneClass | None:
    """What the records hold of a picture's class; None where it has none, or one that is ignored."""
    name = class_of(native, classes).singular if native else ""
    return SceneClass(native, name) if name else None


def scene_phrase(native: str, classes: tuple[ClassName, ...]) -> str:
    """The class as a sentence names it: "an airport", "farmland", "storage tanks". Names without a number of their own
    (stuff, and those whose plural is the same) take no article."""
    name = class_of(native, classes)
    if name.plural == name.singular or is_mass(name.singular):
        return name.singular
    return f"{article(name.singular)} {name.singular}"
