"""What the class folders of scene classification sets mean in English: one table for all sets, since they share their words."""

import re

from skypairs.schemas.dataset import ClassName
from skypairs.schemas.vocabulary import named, preferred

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_WORDS = {
    "agricultural": "farmland",
    "annualcrop": "annual crop land",
    "christmastreefarm": "Christmas tree farm",
    "commercial": "commercial area",
    "denseforest": "dense forest",
    "denseresidential": "dense residential area",
    "field": "field",
    "forkroad": "fork in a road",
    "grave": "graveyard",
    "harbor&port": "harbor or port",
    "hirst": "sandbank",
    "industrial": "industrial area",
    "industry": "industrial area",
    "mediumresidential": "medium residential area",
    "mobilehomepark": "mobile home park",
    "parking": "parking lot",
    "parkinglot": "parking lot",
    "pasture": "pasture land",
    "permanentcrop": "permanent crop land",
    "rail": "railway",
    "resident": "residential area",
    "residential": "residential area",
    "residentialarea": "residential area",
    "residents": "residential area",
    "sandbeach": "sandy beach",
    "shrubwood": "shrubland",
    "snowberg": "snow-covered mountain",
    "snowmountain": "snow-covered mountain",
    "sparseforest": "sparse forest",
    "sparseresidential": "sparse residential area",
    "swimmimgpool": "swimming pool",
    "terrace": "terraced field",
}
_AS_THEY_STAND = {
    "buildings": "buildings",
    "chaparral": "chaparral",
    "citybuilding": "city buildings",
    "citygreentree": "trees in a city",
    "cloud": "clouds",
    "container": "shipping containers",
    "crossroads": "a crossroads",
    "grass": "grassland",
    "herbaceousvegetation": "brushland or shrubland",
    "highbuildings": "high buildings",
    "highway": "a highway",
    "lowbuildings": "low buildings",
    "mangrove": "mangroves",
    "oilgasfield": "an oil and gas field",
    "riverlake": "a river or lake",
    "roads": "roads",
    "sapling": "saplings",
    "sea": "the sea",
    "sealake": "a lake or sea",
    "solarpanel": "solar panels",
    "storagetanks": "storage tanks",
    "stroagetanks": "storage tanks",
}
"""Plurals, stuff, and phrases with an article of their own."""


def scene_classes(names: str) -> tuple[ClassName, ...]:
    """Classes by their native names, as they stand on disk, separated by blanks."""
    return tuple(_scene_class(native) for native in names.split())


def _scene_class(native: str) -> ClassName:
    bare = native.replace("_", "").lower()
    if phrase := _AS_THEY_STAND.get(bare):
        return named(native, phrase, phrase)
    return named(native, _WORDS.get(bare) or preferred(_CAMEL.sub(" ", native)))
