"""Sydney-Captions: 613 pictures of Sydney with five captions each."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.karpathy import Karpathy
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="sydney",
    title="Sydney-Captions: captions of pictures of Sydney",
    task="caption",
    reader=Karpathy(
        places=tuple(
            Place(pictures, captions) for captions in ("dataset.json", "dataset_sydney.json") for pictures in ("imgs", "images")
        )
    ),
    layout="dataset.json\nimgs/1.tif ... imgs/613.tif      or images/",
    licence="not stated",
    redistributable=False,
    homepage="https://github.com/201528014227051/RSICD_optimal",
    citation="Qu, Li, Tao, Lu: Deep Semantic Understanding of High Resolution Remote Sensing Image. CITS 2016.",
    obtain=(
        "Open https://github.com/201528014227051/RSICD_optimal and follow the links under Other Datasets Source.",
        "Unpack imgs.rar beside dataset.json, in a folder whose name holds `sydney`.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    sensor="Google Earth",
    published=(("pictures", 613), ("train pictures", 497), ("val pictures", 58), ("test pictures", 58)),
    evidence="second source",
    notes=(
        "Seven classes, 500 x 500 pixels. Other sizes of the splits are cited too (483 and 130). UCM-Captions comes in the "
        "same layout: `init` tells them apart by the folder's name."
    ),
)
