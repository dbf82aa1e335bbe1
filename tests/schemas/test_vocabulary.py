"""Class names as people say them."""

import pytest

from skypairs.schemas.dataset import ClassName
from skypairs.schemas.vocabulary import _PREFERRED, Vocabulary, ignored, is_mass, named, plural_of, preferred, spoken


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


@pytest.mark.parametrize(
    ("natives", "singular", "plural"),
    [
        (("plane", "Airplane", "aircraft", "Aeroplane"), "airplane", "airplanes"),
        (
            ("storage-tank", "storagetank", "oiltank", "Oil Tank", "storage_tanks"),
            "storage tank",
            "storage tanks",
        ),
        (("ship", "Ship"), "ship", "ships"),
        (("small-vehicle", "Small_Vehicle"), "small vehicle", "small vehicles"),
        (("large-vehicle", "Large_Vehicle"), "large vehicle", "large vehicles"),
        (("groundtrackfield", "Ground_Track_Field", "ground track field"), "ground track field", "ground track fields"),
        (("soccer-ball-field", "Soccer_ball_field", "soccer field"), "soccer field", "soccer fields"),
        (("baseballfield", "baseball-diamond", "Baseball Field"), "baseball diamond", "baseball diamonds"),
        (("tenniscourt", "tennis_court"), "tennis court", "tennis courts"),
        (("basketballcourt", "basketball-court"), "basketball court", "basketball courts"),
        (("golffield", "golf course"), "golf course", "golf courses"),
        (("Harbor", "harbour"), "harbor", "harbors"),
        (("trainstation", "railway station"), "train station", "train stations"),
        (("Expressway-Service-area", "expresswayservicearea"), "expressway service area", "expressway service areas"),
        (("T junction", "t-junction"), "T junction", "T junctions"),
        (("Human", "people", "person"), "person", "people"),
        (("motor", "Motorbike"), "motorcycle", "motorcycles"),
        (("barren", "bareland", "Barren_land"), "bare land", "bare land"),
        (("agriculture", "Agriculture_Land", "farmland"), "farmland", "farmland"),
        (("windmill",), "wind turbine", "wind turbines"),
        (("expressway",), "expressway", "expressways"),  # no more than a part of a known phrase
    ],
)
def test_one_thing_has_one_name(natives, singular, plural):
    for native in natives:
        assert named(native) == ClassName(native, singular, plural)


def test_words_of_the_caller_stand():
    assert named("plane", "glider") == ClassName("plane", "glider", "gliders")
    assert Vocabulary(())["oil_tank"].singular == "storage tank"


def test_preferred_names_are_their_own():
    assert all(preferred(name) == name for name in set(_PREFERRED.values()))
    assert all(name == " ".join(name.split()) for name in _PREFERRED.values())
