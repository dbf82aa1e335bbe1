"""UAVid: oblique video frames of streets from a drone."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="uavid",
    title="UAVid: semantic segmentation of drone pictures",
    task="segmentation",
    reader=Masks(
        places=(Place("uavid_{split}/*/Images", "uavid_{split}/*/Labels"),),
        encoding="palette",
        classes=(
            MaskClass((128, 0, 0), "Building"),
            MaskClass((128, 64, 128), "Road"),
            MaskClass((192, 0, 192), "Static_Car"),
            MaskClass((0, 128, 0), "Tree"),
            MaskClass((128, 128, 0), "Vegetation"),
            MaskClass((64, 64, 0), "Human"),
            MaskClass((64, 0, 128), "Moving_Car"),
        ),
        parent=r"(seq\d+)/.+",
    ),
    layout="uavid_{train,val,test}/seq1/Images/000000.png\nuavid_{train,val}/seq1/Labels/000000.png",
    licence="CC-BY-NC-SA-4.0",
    redistributable=True,
    homepage="https://uavid.nl/",
    citation=(
        "Lyu, Vosselman, Xia, Yilmaz, Yang: UAVid: A semantic segmentation dataset for UAV imagery. "
        "ISPRS Journal of Photogrammetry and Remote Sensing 165, 2020."
    ),
    obtain=(
        "Open https://uavid.nl/ and get the pictures with labels.",
        "Unpack uavid_train, uavid_val and uavid_test into one folder.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test", annotated=False)),
    classes=(
        named("Building"),
        named("Road"),
        named("Static_Car", "car", "cars"),
        named("Tree"),
        named("Vegetation", "low vegetation", "low vegetation"),
        named("Human", "person", "people"),
        named("Moving_Car", "car", "cars"),
    ),
    sensor="drone camera, oblique",
    evidence="documented",
    notes=(
        "Black is clutter and stays background. Parked and moving cars are both cars. Frames of a sequence share a group. "
        "Sizes of the splits (200, 70, 150) are not confirmed."
    ),
)
