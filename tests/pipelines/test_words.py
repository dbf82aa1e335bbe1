"""The words of the whole catalogue: one thing has one name."""

import re

import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.vocabulary import named, plural_of, preferred, spoken
from skypairs.transforms.readers.class_folders import ClassFolders

SPECS = load()
SCENES = {name for name, spec in SPECS.items() if isinstance(spec.reader, ClassFolders)}
"""Sets of scene classes: a picture of storage tanks is called so, whatever one of them is called."""
OBJECTS = [(name, item) for name, spec in SPECS.items() if name not in SCENES for item in spec.classes if item.singular]


def bare(word):
    """Letters and digits of a word, without the -s of a plural."""
    letters = re.sub(r"[^a-z0-9]", "", word.lower())
    return letters[:-1] if letters.endswith("s") and not letters.endswith("ss") else letters


def test_every_class_has_both_words_or_none():
    for name, spec in SPECS.items():
        assert all(bool(item.singular) == bool(item.plural) for item in spec.classes), name
        natives = [item.native for item in spec.classes]
        assert len(set(natives)) == len(natives), name


@pytest.mark.parametrize("name", sorted(SPECS.keys() - SCENES))
def test_words_are_those_of_the_vocabulary(name):
    """Whatever an entry calls a class is what the vocabulary calls it: no entry says "plane" or "storagetank"."""
    for item in SPECS[name].classes:
        if item.singular:
            spelled = spoken(item.singular) if preferred(item.singular) == spoken(item.singular) else item.singular
            assert preferred(item.singular) == spelled, item
            assert "_" not in item.singular + item.plural and item.singular == item.singular.strip()


def test_no_two_names_differ_only_by_how_they_are_written():
    seen = {}
    for name, item in OBJECTS:
        other = seen.setdefault(bare(item.singular), (item.singular, name))
        assert other[0] == item.singular, f"{name} says {item.singular!r}, {other[1]} says {other[0]!r}"


def test_one_singular_has_one_plural():
    seen = {}
    for name, item in OBJECTS:
        other = seen.setdefault(item.singular, (item.plural, name))
        assert other[0] == item.plural, f"{name} says {item.plural!r}, {other[1]} says {other[0]!r}"
        if item.singular == preferred(item.native):
            assert item.plural == named(item.native).plural == plural_of(item.singular), item
