"""HRSC2016: ships in harbours and at sea, with oriented boxes."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.hrsc import Hrsc
from skypairs.transforms.readers.layout import Place

_NAMES = {
    1: "ship",
    2: "aircraft carrier",
    3: "warcraft",
    4: "merchant ship",
    5: "Nimitz",
    6: "Enterprise",
    7: "Arleigh Burke",
    8: "WhidbeyIsland",
    9: "Perry",
    10: "Sanantonio",
    11: "Ticonderoga",
    12: "Kitty Hawk",
    13: "Kuznetsov",
    14: "Abukuma",
    15: "Austen",
    16: "Tarawa",
    17: "Blue Ridge",
    18: "Container",
    19: "OXo|--)",
    20: "Car carrier([]==[])",
    22: "Hovercraft",
    24: "yacht",
    25: "CntShip(_|.--.--|_]=",
    26: "Cruise",
    27: "submarine",
    28: "lute",
    29: "Medical",
    30: "Car carrier(======|",
    31: "Ford-class",
    32: "Midway-class",
    33: "Invincible-class",
}

SPEC = DatasetSpec(
    name="hrsc2016",
    title="HRSC2016: high resolution ship collection",
    task="detection",
    reader=Hrsc(
        places=(
            Place("FullDataSet/AllImages", "FullDataSet/Annotations"),
            Place("{split}/AllImages", "{split}/Annotations"),
        ),
        lists=("ImageSets/{split}.txt", "FullDataSet/ImageSets/{split}.txt"),
        complete=True,
        classes=tuple((100000000 + number, name) for number, name in _NAMES.items()),
    ),
    layout=(
        "FullDataSet/AllImages/100000001.bmp and FullDataSet/Annotations/100000001.xml\n"
        "ImageSets/{train,val,test}.txt      the names of each split\n"
        "or {Train,Test}/AllImages and {Train,Test}/Annotations"
    ),
    licence="not stated; research use; Google Earth terms of use",
    redistributable=False,
    homepage="https://sites.google.com/site/hrsc2016/",
    citation=(
        "Liu, Yuan, Weng, Yang: A High Resolution Optical Satellite Image Dataset for Ship Recognition and Some New Baselines. "
        "ICPRAM 2017."
    ),
    obtain=(
        "Follow the links on the authors' page to all parts of the archive and unpack them into one folder.",
        "Keep FullDataSet and ImageSets, or Train and Test, as they are.",
    ),
    splits=(Split("train", "train"), Split("val", "train"), Split("test", "test")),
    classes=tuple(named(name, "ship") for name in _NAMES.values()),
    sensor="Google Earth",
    published=(
        ("annotated pictures", 1061),
        ("train pictures", 436),
        ("val pictures", 181),
        ("test pictures", 444),
        ("objects", 2976),
    ),
    evidence="sample",
    notes=(
        "All classes are called ship; their own names stay in the records, and an unknown number is a ship. A picture "
        "without annotation file shows no ship. The upright box was annotated apart from the oriented one, which gives "
        "the outline. Its angle is in radians, clockwise. The release with Train and Test has no val. Most work trains on "
        "train and val together, so that val is no reference. Counts of pictures come from third parties, and differ. "
        "The outlines of Segmentations and LandMask are not read."
    ),
)
