"""Class names as people say them."""

import pytest

from skypairs.schemas.dataset import ClassName
from skypairs.schemas.vocabulary import Vocabulary, ignored, is_mass, named, plural_of, spoken


@pytest.mark.parametrize("native", ["small-vehicle", "Small_Vehicle", " small  vehicle ", "SMALL/VEHICLE"])
def test_spoken(native):
    assert spoken(native) == "small vehicle"


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("ship", "ships"),
        ("storage tank", "storage tanks"),
        ("bus", "buses"),
        ("church", "churches"),
        ("ferry", "ferries"),
        ("quay", "quays"),
        ("chimney", "chimneys"),
        ("person", "people"),
        ("people", "people"),
        ("human", "humans"),
        ("aircraft", "aircraft"),
        ("fixed wing aircraft", "fixed wing aircraft"),  # by the last word
        ("low vegetation", "low vegetation"),
        ("barren land", "barren land"),
        ("island", "islands"),
    ],
)
def test_plural_of(singular, plural):
    assert plural_of(singular) == plural


def test_stuff_is_not_counted():
    assert is_mass("water") and is_mass("low vegetation")
    assert not is_mass("aircraft") and not is_mass("water tank")


def test_look_up():
    words = Vocabulary((named("oiltank", "oil tank"), ignored("others")))
    assert words["OilTank"] == ClassName("oiltank", "oil tank", "oil tanks")
    assert words["others"].singular == ""
    assert words["Swimming_pool"] == ClassName("Swimming_pool", "swimming pool", "swimming pools")
