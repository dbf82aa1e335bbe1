"""A records row as the checker of captions sees it, before the build knows which classes its other pictures hold."""

from functools import lru_cache
from typing import Any

from skypairs.schemas.dataset import ClassName, Input
from skypairs.schemas.recipe import Captions
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms.records_file import box_of, lost_of
from skypairs.transforms.truth.picture import Picture, Words


def row_picture(row: dict[str, Any], source: Input, options: Captions) -> Picture:
    """With the words of the classes that the catalogue lists and of those of the picture's own boxes."""
    return Picture(
        tuple(map(box_of, row["boxes"])),
        row["width"],
        row["height"],
        row["gsd"],
        tuple(map(lost_of, row["lost"])),
        _words(source.spec.classes, tuple(sorted({box["native"] for box in row["boxes"]}))),
        row["scene_class"]["label"] if row["scene_class"] else "",
        (),
        options.centre,
    )


@lru_cache(maxsize=4096)
def _words(classes: tuple[ClassName, ...], natives: tuple[str, ...]) -> Words:
    vocabulary = Vocabulary(classes)
    names = {vocabulary[native] for native in (*(item.native for item in classes), *natives)}
    return tuple(sorted({(item.singular, item.plural) for item in names if item.singular}))
