"""PUCPR+: cars in a parking lot, from a high building."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.box_lines import BoxLines
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="pucpr",
    title="PUCPR+: cars in a parking lot, from a high building",
    task="detection",
    reader=BoxLines(
        places=tuple(Place(f"{below}Images", f"{below}Annotations") for below in ("PUCPR+_devkit/data/", "data/", "")),
        suffix=".txt",
        lists=tuple(f"{below}ImageSets/{{split}}.txt" for below in ("PUCPR+_devkit/data/", "data/", "")),
        fields=("x0", "y0", "x1", "y1", "class"),
        classes=((1, "car"),),
    ),
    layout=(
        "PUCPR+_devkit/data/Images/NAME.jpg and PUCPR+_devkit/data/Annotations/NAME.txt\n"
        "PUCPR+_devkit/data/ImageSets/{train,test}.txt      the names of each split\n"
        "the root may also be PUCPR+_devkit or the folder data in it"
    ),
    licence="own agreement; academic use",
    redistributable=False,
    homepage="https://lafi.github.io/LPN/",
    citation="Hsieh, Lin, Hsu: Drone-based Object Counting by Spatially Regularized Regional Proposal Networks. ICCV 2017.",
    obtain=(
        "Open https://lafi.github.io/LPN/ and sign the agreement to get the archive.",
        "Unpack it, so that the folder holds PUCPR+_devkit.",
    ),
    splits=(Split("train", "train"), Split("test", "test")),
    classes=(named("car"),),
    published=(("train pictures", 100), ("test pictures", 25)),
    evidence="second source",
    notes=(
        "Folders, lists and suffixes are those that several loaders read; the counts of pictures come from a third party. "
        "Pictures are PNG in CARPK and JPEG in PUCPR+. The only class is 1, car; no object is marked difficult or cut."
    ),
)
