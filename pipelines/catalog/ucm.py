"""UCM-Captions: the 2,100 pictures of UC Merced Land Use with five captions each."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.karpathy import Karpathy
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="ucm",
    title="UCM-Captions: captions of UC Merced Land Use",
    task="caption",
    reader=Karpathy(
        places=tuple(
            Place(pictures, captions) for captions in ("dataset.json", "dataset_ucm.json") for pictures in ("imgs", "images")
        )
    ),
    layout="dataset.json\nimgs/1.tif ... imgs/2100.tif      or images/",
    licence="not stated",
    redistributable=False,
    homepage="https://github.com/201528014227051/RSICD_optimal",
    citation="Qu, Li, Tao, Lu: Deep Semantic Understanding of High Resolution Remote Sensing Image. CITS 2016.",
    obtain=(
        "Open https://github.com/201528014227051/RSICD_optimal and follow the links under Other Datasets Source.",
        "Unpack imgs.rar beside dataset.json, in a folder whose name holds `ucm`.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    published=(
        ("pictures", 2100),
        ("train pictures", 1680),
        ("val pictures", 210),
        ("test pictures", 210),
    ),
    evidence="second source",
    notes=(
        "Picture N is of class (N - 1) // 100 of the 21, in alphabetical order. A few pictures are not 256 x 256. "
        "Sydney-Captions comes in the same layout: `init` tells them apart by the folder's name."
    ),
)
