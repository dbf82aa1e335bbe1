"""ISPRS Potsdam: a city at 5 cm, in tiles of 6000x6000."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import ignored, named
from skypairs.transforms.label_mask import OFF_COLOUR
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

_TRAIN = "2_10|2_11|2_12|3_10|3_11|3_12|4_10|4_11|4_12|5_10|5_11|5_12|6_[7-9]|6_10|6_11|6_12|7_[7-9]|7_10|7_11|7_12"
_TEST = "2_13|2_14|3_13|3_14|4_13|4_14|4_15|5_13|5_14|5_15|6_13|6_14|6_15|7_13"
_PICTURES = ("2_Ortho_RGB", "4_Ortho_RGBIR")
_LABELS = ("5_Labels_all", "5_Labels_for_participants", "5_Labels_all_noBoundary")
NAMES = {
    "impervious surface": (255, 255, 255),
    "building": (0, 0, 255),
    "low vegetation": (0, 255, 255),
    "tree": (0, 255, 0),
    "car": (255, 255, 0),
    "clutter": (255, 0, 0),
}
"""Classes in the order of the benchmark, with their colours: those of Vaihingen too."""
CLASSES = (*(named(native) for native in NAMES if native != "clutter"), ignored("clutter"), ignored(OFF_COLOUR))

SPEC = DatasetSpec(
    name="potsdam",
    title="ISPRS 2D semantic labelling, Potsdam",
    task="segmentation",
    reader=Masks(
        places=tuple(Place(pictures, labels) for labels in _LABELS for pictures in _PICTURES),
        encoding="palette",
        classes=tuple(MaskClass(colour, native) for native, colour in NAMES.items()),
        picture=r"(?:.*/)?(?P<key>top_potsdam_\d+_\d+)_RGB(?:IR)?",
        mask=r"(?:.*/)?(?P<key>top_potsdam_\d+_\d+)_label(?:_noBoundary)?",
        members=(("train", f"top_potsdam_(?:{_TRAIN})"), ("test", f"top_potsdam_(?:{_TEST})")),
        tolerance=60,
        parent=r"top_potsdam_(.+)",
    ),
    layout=(
        "2_Ortho_RGB/top_potsdam_2_10_RGB.tif                 or 4_Ortho_RGBIR/top_potsdam_2_10_RGBIR.tif\n"
        "5_Labels_all/top_potsdam_2_10_label.tif              or 5_Labels_all_noBoundary/..._label_noBoundary.tif"
    ),
    licence="ISPRS benchmark terms: research use; the owners are to be acknowledged",
    redistributable=False,
    homepage="https://www.isprs.org/education/benchmarks/UrbanSemLab/2d-sem-label-potsdam.aspx",
    citation="ISPRS Commission II, Working Group 4: 2D Semantic Labeling Contest, Potsdam.",
    obtain=(
        "Ask for access on https://www.isprs.org/education/benchmarks/UrbanSemLab/ and get Potsdam.",
        "Unpack 2_Ortho_RGB.zip and 5_Labels_all.zip into folders of these names below one root.",
    ),
    splits=(Split("train", "train"), Split("test", "test")),
    classes=CLASSES,
    family="potsdam",
    gsd=0.05,
    sensor="airborne camera",
    published=(("pictures", 38), ("train pictures", 24), ("test pictures", 14)),
    evidence="second source",
    notes=(
        "The splits are the contest's lists of tiles. Labels of whole extent are preferred; in noBoundary labels the edges "
        "of objects are black and belong to no class. Clutter is no object that a caption could name: its regions count as "
        "lost. Some tiles are said to have off colours: a colour is read as the nearest within 60 in each channel, and "
        "regions further off count as lost (unknown colour). The infrared band of RGBIR is left out."
    ),
)
