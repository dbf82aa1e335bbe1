"""RSITMD: 4,743 pictures with five detailed captions each."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.karpathy import Karpathy
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="rsitmd",
    title="RSITMD: fine-grained remote sensing captions",
    task="caption",
    reader=Karpathy(places=tuple(Place(pictures, "dataset_RSITMD.json") for pictures in ("images", "RSITMD_images", "."))),
    layout="dataset_RSITMD.json\nimages/airport_1.tif",
    licence="not stated",
    redistributable=False,
    homepage="https://github.com/xiaoyuan1996/AMFMN",
    citation=(
        "Yuan et al.: Exploring a Fine-Grained Multiscale Method for Cross-Modal Remote Sensing Image Retrieval. "
        "IEEE Transactions on Geoscience and Remote Sensing, 2021. doi:10.1109/TGRS.2021.3078451"
    ),
    obtain=(
        "Open https://github.com/xiaoyuan1996/AMFMN, folder RSITMD, and follow its download links.",
        "Keep images/ beside dataset_RSITMD.json.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    sensor="Google Earth and the sources of RSICD",
    published=(("pictures", 4743), ("captions", 23715), ("train and val pictures", 4291), ("test pictures", 452)),
    evidence="second source",
    notes=(
        "Part of the pictures come from RSICD: search for duplicates wherever both are used. Older files hold 20 blank "
        "captions, which are left out. Whether the file has a split `val` was not seen; the lists of the authors' code "
        "hold train and val together."
    ),
)
