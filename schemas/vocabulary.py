"""Class names as people say them. Native names stay in the records; captions use these.

One thing has one name in all datasets: `named` gives it for every spelling listed here, so that an entry of the catalogue
needs words of its own only for what no other has.
"""

import re
from functools import lru_cache

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

_PHRASES = (
    *("airplane", "awning tricycle", "baseball diamond", "basketball court", "container crane", "expressway service area"),
    *("expressway toll station", "golf course", "ground track field", "large vehicle", "low vegetation", "parking lot"),
    *("shipping container", "small vehicle", "soccer field", "storage tank", "swimming pool", "tennis court", "train station"),
    *("T junction", "construction site", "wind turbine", "fishing boat", "cargo truck", "football field"),
)
"""Names of several words, and others that are not written as spoken: found without regard to case and separators."""
_SYNONYMS = {
    "airplane": ("aeroplane", "aircraft", "airplanes", "plane", "planes"),
    "baseball diamond": ("baseball field",),
    "bare land": ("bareland", "barren", "barren land"),
    "bicycle": ("bike",),
    "building": ("buildings",),
    "car": ("cars", "moving car", "static car"),
    "crossroad": ("crossroads",),
    "farmland": ("agricultural land", "agriculture", "agriculture land"),
    "golf course": ("golf field",),
    "harbor": ("harbour",),
    "impervious surface": ("impervious surfaces",),
    "large vehicle": ("large vehicles",),
    "motorcycle": ("motor", "motorbike"),
    "person": ("human", "people"),
    "road": ("roads",),
    "ship": ("ships",),
    "small vehicle": ("small vehicles",),
    "soccer field": ("soccer ball field",),
    "storage tank": ("oil tank", "oil tanks", "storage tanks"),
    "train station": ("railway station",),
    "tree": ("trees",),
    "vehicle": ("vehicles",),
    "wind turbine": ("windmill",),
}
"""What a thing is called here, and what datasets call it."""


def _bare(text: str) -> str:
    """Letters and digits alone: "Storage-Tank" and "storagetank" are both "storagetank"."""
    return _WORDS.sub("", text).lower()


_PREFERRED = {
    **{_bare(phrase): phrase for phrase in (*_PHRASES, *_SYNONYMS)},
    **{_bare(word): phrase for phrase, words in _SYNONYMS.items() for word in words},
}


@lru_cache(maxsize=4096)  # a vocabulary is made for every picture, of the same names
def spoken(native: str) -> str:
    """A native class name in plain words: "small-vehicle" and "Small_Vehicle" are both "small vehicle"."""
    return " ".join(_WORDS.split(native.strip())).strip().lower()


def preferred(native: str) -> str:
    """What a native name is called in captions: "plane" and "Airplane" are both "airplane", "oiltank" is "storage tank"."""
    return _PREFERRED.get(_bare(native)) or spoken(native)


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


@lru_cache(maxsize=4096)
def named(native: str, singular: str | None = None, plural: str | None = None) -> ClassName:
    """A ClassName with the words of the one vocabulary, or as the native name is spoken, where none are given."""
    one = preferred(native) if singular is None else singular
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
