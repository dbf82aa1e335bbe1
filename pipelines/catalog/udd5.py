"""UDD5: urban drone pictures with five classes."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="udd5",
    title="UDD5: urban drone dataset of five classes",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}/src", "{split}/gt"),),
        encoding="palette",
        classes=(
            MaskClass((107, 142, 35), "Vegetation"),
            MaskClass((102, 102, 156), "Building"),
            MaskClass((128, 64, 128), "Road"),
            MaskClass((0, 0, 142), "Vehicle"),
        ),
    ),
    layout="{train,val}/src/DJI_0001.JPG\n{train,val}/gt/DJI_0001.png      colours",
    licence="free for academic use",
    redistributable=False,
    homepage="https://github.com/MarcWong/UDD",
    citation=(
        "Chen, Wang, Lu, Chen, Wang: Large-Scale Structure from Motion with Semantic Constraints of Aerial Images. PRCV 2018."
    ),
    obtain=("Open https://github.com/MarcWong/UDD and follow the link to UDD5.", "Unpack it; the root is the folder UDD5."),
    splits=(Split("train", "train"), Split("val", "test")),
    classes=(named("Vegetation", "vegetation", "vegetation"), named("Building"), named("Road"), named("Vehicle")),
    sensor="drone camera",
    published=(("pictures", 160),),
    evidence="documented",
    notes=(
        "Black is other and stays background. UDD6 has other classes and colours and must not be read by this entry. VDD has "
        "the same folders: `init` tells them apart by the name of the root, which must hold UDD. Masks are taken to be RGB."
    ),
)
