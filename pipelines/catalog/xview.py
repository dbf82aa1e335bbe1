"""xView: 60 classes in pictures from WorldView-3."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import ignored, named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.xview import Xview

_NAMES = {
    11: "Fixed-wing Aircraft",
    12: "Small Aircraft",
    13: "Passenger/Cargo Plane",
    15: "Helicopter",
    17: "Passenger Vehicle",
    18: "Small Car",
    19: "Bus",
    20: "Pickup Truck",
    21: "Utility Truck",
    23: "Truck",
    24: "Cargo Truck",
    25: "Truck Tractor w/ Box Trailer",
    26: "Truck Tractor",
    27: "Trailer",
    28: "Truck Tractor w/ Flatbed Trailer",
    29: "Truck Tractor w/ Liquid Tank",
    32: "Crane Truck",
    33: "Railway Vehicle",
    34: "Passenger Car",
    35: "Cargo/Container Car",
    36: "Flat Car",
    37: "Tank car",
    38: "Locomotive",
    40: "Maritime Vessel",
    41: "Motorboat",
    42: "Sailboat",
    44: "Tugboat",
    45: "Barge",
    47: "Fishing Vessel",
    49: "Ferry",
    50: "Yacht",
    51: "Container Ship",
    52: "Oil Tanker",
    53: "Engineering Vehicle",
    54: "Tower crane",
    55: "Container Crane",
    56: "Reach Stacker",
    57: "Straddle Carrier",
    59: "Mobile Crane",
    60: "Dump Truck",
    61: "Haul Truck",
    62: "Scraper/Tractor",
    63: "Front loader/Bulldozer",
    64: "Excavator",
    65: "Cement Mixer",
    66: "Ground Grader",
    71: "Hut/Tent",
    72: "Shed",
    73: "Building",
    74: "Aircraft Hangar",
    75: "type 75",
    76: "Damaged Building",
    77: "Facility",
    79: "Construction Site",
    82: "type 82",
    83: "Vehicle Lot",
    84: "Helipad",
    86: "Storage Tank",
    89: "Shipping container lot",
    91: "Shipping Container",
    93: "Pylon",
    94: "Tower",
}
_UNKNOWN = (75, 82)
_WORDS = {
    11: "fixed-wing airplane",
    12: "small airplane",
    13: "passenger or cargo airplane",
    17: "car",
    18: "car",
    25: "truck tractor with a box trailer",
    28: "truck tractor with a flatbed trailer",
    29: "truck tractor with a liquid tank",
    34: "railway passenger car",
    35: "railway cargo car",
    36: "railway flat car",
    37: "railway tank car",
    40: "ship",
    47: "fishing boat",
    62: "scraper or tractor",
    63: "front loader or bulldozer",
    71: "hut or tent",
}
_PLURALS = {
    25: "truck tractors with a box trailer",
    28: "truck tractors with a flatbed trailer",
    29: "truck tractors with a liquid tank",
    62: "scrapers or tractors",
    63: "front loaders or bulldozers",
    71: "huts or tents",
}

SPEC = DatasetSpec(
    name="xview",
    title="xView: objects in context in overhead imagery",
    task="detection",
    reader=Xview(
        places=(Place("{split}_images", "xView_{split}.geojson"),),
        bare=(Place("val_images", holds="val"),),
        classes=tuple(_NAMES.items()),
    ),
    layout=("train_images/N.tif and xView_train.geojson\nval_images/N.tif      pictures only"),
    licence="CC-BY-NC-SA-4.0",
    redistributable=True,
    homepage="http://xviewdataset.org/",
    citation=(
        "Lam, Kuzma, McGee, Dooley, Laielli, Klaric, Bulatov, McCord: xView: Objects in Context in Overhead Imagery. "
        "arXiv:1802.07856, 2018."
    ),
    obtain=(
        "Register at http://xviewdataset.org/ and get the training pictures, the training labels and the validation pictures.",
        "Unpack them into one folder, so that it holds train_images, val_images and xView_train.geojson.",
    ),
    splits=(Split("train", "train"), Split("val", "test", annotated=False)),
    classes=tuple(
        ignored(name) if number in _UNKNOWN else named(name, _WORDS.get(number), _PLURALS.get(number))
        for number, name in _NAMES.items()
    ),
    gsd=0.3,
    sensor="WorldView-3",
    published=(("train pictures", 847), ("val pictures", 282)),
    evidence="second source",
    notes=(
        "Classes go by type_id. The numbers 75 and 82 belong to no class: their objects are left out and counted as lost, "
        "and so are those without bounds. Boxes over the edge are clipped. 1395.tif is listed but missing in the release, "
        "and is reported as failed. A picture that no feature names is taken for unannotated. Labels of val are not public."
    ),
)
