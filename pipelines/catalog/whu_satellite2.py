"""WHU building dataset, satellite part II: East Asia."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="whu-satellite2",
    title="WHU building dataset: satellite imagery II, East Asia",
    task="segmentation",
    reader=Masks(
        places=(
            Place("*/*/{split}/image", "*/*/{split}/label"),
            Place("*/{split}/image", "*/{split}/label"),
        ),
        encoding="threshold",
        classes=(MaskClass((128,), "building"),),
        picture=r"(?:[^/]*[Ss]atellite[^/]*/)?[^/]*[Cc]ropped[^/]*/(?P<key>[^/]+)",
    ),
    layout=(
        "Satellite_dataset_\u2161_East_Asia/1.cropped/{train,test}/image/1.tif\n"
        "Satellite_dataset_\u2161_East_Asia/1.cropped/{train,test}/label/1.tif      0 and 255\n"
        "spaces may stand for `_`, and other words beside `cropped`; the root may be the folder that holds it"
    ),
    licence="not stated; free for research",
    redistributable=False,
    homepage="https://gpcv.whu.edu.cn/data/building_dataset.html",
    citation=(
        "Ji, Wei, Lu: Fully Convolutional Networks for Multisource Building Extraction From an Open Aerial and Satellite "
        "Imagery Data Set. IEEE TGRS 57(1), 2019."
    ),
    obtain=(
        "Open https://gpcv.whu.edu.cn/data/building_dataset.html and get Satellite dataset II (East Asia).",
        "Unpack it and leave the names of its folders as they are.",
    ),
    splits=(Split("train", "train"), Split("test", "test")),
    classes=(named("building"),),
    gsd=0.45,
    published=(("pictures", 17388), ("test pictures", 3726)),
    evidence="second source",
    notes=(
        "The folder's name holds the Roman numeral two as one Unicode letter, and its spelling differs between copies: any "
        "folder with `satellite` in its name and one with `cropped` in it will do. Values of at least 128 are building. The "
        "count of test pictures comes from a third party."
    ),
)
