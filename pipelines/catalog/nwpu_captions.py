"""NWPU-Captions: the 31,500 pictures of NWPU-RESISC45 with five captions each."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.nwpu_captions import NwpuCaptions

SPEC = DatasetSpec(
    name="nwpu-captions",
    title="NWPU-Captions: captions of NWPU-RESISC45",
    task="caption",
    reader=NwpuCaptions(
        tuple(Place(pictures, "dataset_nwpu.json") for pictures in ("NWPU_images", "NWPU-RESISC45", "images", "."))
    ),
    layout="dataset_nwpu.json\nNWPU_images/airplane/airplane_001.jpg      or images/, or the classes beside the file",
    licence="not stated",
    redistributable=False,
    homepage="https://github.com/HaiyanHuang98/NWPU-Captions",
    citation=(
        "Cheng, Huang, Xu, Zhou, Li, Wang: NWPU-Captions Dataset and MLCA-Net for Remote Sensing Image Captioning. "
        "IEEE Transactions on Geoscience and Remote Sensing, 2022."
    ),
    obtain=(
        "Get dataset_nwpu.json from https://github.com/HaiyanHuang98/NWPU-Captions.",
        "Unpack the pictures of NWPU-RESISC45, one folder a class, into NWPU_images beside it.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    sensor="Google Earth",
    published=(("pictures", 31500), ("captions", 157500)),
    evidence="documented",
    notes=(
        "The pictures are those of RESISC45 (the entry resisc45): with it as a reference, all of them are leaks. Some users "
        "leave out airplane_111.jpg; an entry without a picture becomes a failed row."
    ),
)
