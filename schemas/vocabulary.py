"""Class names as people say them. Native names stay in the records; captions use these."""

import re

from skypairs.schemas.dataset import ClassName

_WORDS = re.compile(r"[\s_\-/]+")
_IRREGULAR = {"person": "people", "man": "men", "woman": "women", "child": "children", "foot": "feet", "leaf": "leaves"}
_SAME = {"aircraft", "watercraft", "hovercraft", "cattle", "sheep", "livestock", "people", "works"}
_MASS = {
    *(
        "agriculture",
        "asphalt",
        "clutter",
        "concrete",
        "cropland",
        "debris",
        "dirt",
        "farmland",
        "grass",
        "grassland",
        "gravel",
    ),
    *("greenery", "housing", "ice", "land", "mud", "parking", "rangeland", "rubble", "sand", "scaffolding", "shrubland"),
    *("snow", "soil", "vegetation", "water", "woodland"),
}


def spoken(native: str) -> str:
    """A native class name in plain words: "small-vehicle" and "Small_Vehicle" are both "small vehicle"."""
    return " ".join(_WORDS.split(native.strip())).strip().lower()


def is_mass(singular: str) -> bool:
    """Whether a phrase names a stuff that is not counted, by its last word: water, low vegetation, barren land."""
    return singular.rpartition(" ")[2] in _MASS


def plural_of(singular: str) -> str:
    """Regular English plural of a phrase, by its last word. Names that need better carry their plural in the catalogue."""
    head, _, last = singular.rpartition(" ")
    if last in _SAME or last in _MASS:
        return singular
    if last in _IRREGULAR:
        word = _IRREGULAR[last]
    elif last.endswith(("s", "x", "z", "ch", "sh")):
        word = last + "es"
    elif last.endswith("y") and last[-2:-1] not in tuple("aeiou"):
        word = last[:-1] + "ies"
    else:
        word = last + "s"
    return f"{head} {word}" if head else word


def named(native: str, singular: str | None = None, plural: str | None = None) -> ClassName:
    """A ClassName with the words derived from the native name where none are given."""
    one = spoken(native) if singular is None else singular
    return ClassName(native, one, (plural_of(one) if one else "") if plural is None else plural)


def ignored(native: str) -> ClassName:
    """A class whose objects are never boxes; they count as lost."""
    return ClassName(native, "", "")


class Vocabulary:
    """Looks a native name up, ignoring case and the kind of separator."""

    def __init__(self, classes: tuple[ClassName, ...]) -> None:
        self._classes = {spoken(item.native): item for item in classes}
        self._found: dict[str, ClassName] = {}

    def __getitem__(self, native: str) -> ClassName:
        """The class of a native name; names that the catalogue does not list are spoken as they stand."""
        found = self._found.get(native)
        if found is None:
            found = self._found[native] = self._classes.get(spoken(native)) or named(native)
        return found
