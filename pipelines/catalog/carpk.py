"""CARPK: cars in parking lots, from a drone."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.box_lines import BoxLines
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="carpk",
    title="CARPK: cars in parking lots, from a drone",
    task="detection",
    reader=BoxLines(
        places=tuple(Place(f"{below}Images", f"{below}Annotations") for below in ("CARPK_devkit/data/", "data/", "")),
        suffix=".txt",
        lists=tuple(f"{below}ImageSets/{{split}}.txt" for below in ("CARPK_devkit/data/", "data/", "")),
        fields=("x0", "y0", "x1", "y1", "class"),
        classes=((1, "car"),),
    ),
    layout=(
        "CARPK_devkit/data/Images/NAME.png and CARPK_devkit/data/Annotations/NAME.txt\n"
        "CARPK_devkit/data/ImageSets/{train,test}.txt      the names of each split\n"
        "the root may also be CARPK_devkit or the folder data in it"
    ),
    licence="own agreement; academic use",
    redistributable=False,
    homepage="https://lafi.github.io/LPN/",
    citation="Hsieh, Lin, Hsu: Drone-based Object Counting by Spatially Regularized Regional Proposal Networks. ICCV 2017.",
    obtain=(
        "Open https://lafi.github.io/LPN/ and sign the agreement to get the archive.",
        "Unpack it, so that the folder holds CARPK_devkit.",
    ),
    splits=(Split("train", "train"), Split("test", "test")),
    classes=(named("car"),),
    sensor="PHANTOM 3 PROFESSIONAL, 1280 x 720",
    published=(("train pictures", 989), ("test pictures", 459), ("objects", 89777)),
    evidence="second source",
    notes=(
        "The files were counted to hold 89,774 objects, three fewer than the paper says. "
        "Pictures are PNG in CARPK and JPEG in PUCPR+. The only class is 1, car; no object is marked difficult or cut."
    ),
)
