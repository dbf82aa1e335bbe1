"""RSICD: 10,921 pictures with five captions each."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.karpathy import Karpathy
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="rsicd",
    title="RSICD: remote sensing image captions",
    task="caption",
    reader=Karpathy(
        places=tuple(Place(pictures, "dataset_rsicd.json") for pictures in ("RSICD_images", "images", "imgs", "."))
    ),
    layout="dataset_rsicd.json\nRSICD_images/airport_1.jpg      or images/",
    licence="not stated; the authors ask for non-commercial use",
    redistributable=False,
    homepage="https://github.com/201528014227051/RSICD_optimal",
    citation=(
        "Lu, Wang, Zheng, Li: Exploring Models and Data for Remote Sensing Image Caption Generation. "
        "IEEE Transactions on Geoscience and Remote Sensing, 2017."
    ),
    obtain=(
        "Open https://github.com/201528014227051/RSICD_optimal and follow its download links.",
        "Unpack the pictures into RSICD_images beside dataset_rsicd.json.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    sensor="Google Earth, Baidu Map, MapABC, Tianditu",
    published=(
        ("pictures", 10921),
        ("train pictures", 8734),
        ("val pictures", 1094),
        ("test pictures", 1093),
    ),
    evidence="second source",
    notes=(
        "Pictures are 224 x 224 at various resolutions. A third of the captions of train and val are unique. The "
        "classes are those of AID and `playfields`, so that pictures may be shared with it."
    ),
)
