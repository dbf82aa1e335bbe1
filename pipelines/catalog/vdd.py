"""VDD: varied drone pictures of 4000x3000 with seven classes."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="vdd",
    title="VDD: varied drone dataset for semantic segmentation",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}/src", "{split}/gt"),),
        encoding="index",
        classes=(
            MaskClass((1,), "wall"),
            MaskClass((2,), "road"),
            MaskClass((3,), "vegetation"),
            MaskClass((4,), "vehicle"),
            MaskClass((5,), "roof"),
            MaskClass((6,), "water"),
        ),
    ),
    layout="{train,val,test}/src/NAME.JPG\n{train,val,test}/gt/NAME.png      values 0 to 6",
    licence="not stated",
    redistributable=False,
    homepage="https://github.com/RussRobin/VDD",
    citation="Cai, Jin, Hong, Li, Wang et al.: VDD: Varied Drone Dataset for Semantic Segmentation. 2023.",
    obtain=(
        "Open https://github.com/RussRobin/VDD and follow the link to the data.",
        "Unpack train, val and test into a folder VDD.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    classes=(
        named("wall"),
        named("road"),
        named("vegetation", "vegetation", "vegetation"),
        named("vehicle"),
        named("roof"),
        named("water", "water", "water"),
    ),
    sensor="drone camera",
    published=(("pictures", 400), ("test pictures", 40)),
    evidence="documented",
    notes=(
        "0 (other) is background. Masks are read by number; what colours some copies show them in is not agreed on. UDD5 has "
        "the same folders: `init` tells them apart by the name of the root, which must hold VDD."
    ),
)
