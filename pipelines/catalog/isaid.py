"""iSAID: instance masks on the pictures of DOTA v1.0."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.instance_masks import InstanceMasks
from skypairs.transforms.readers.layout import Place

_PALETTE = (
    MaskClass((0, 0, 63), "ship"),
    MaskClass((0, 63, 63), "storage_tank"),
    MaskClass((0, 63, 0), "baseball_diamond"),
    MaskClass((0, 63, 127), "tennis_court"),
    MaskClass((0, 63, 191), "basketball_court"),
    MaskClass((0, 63, 255), "Ground_Track_Field"),
    MaskClass((0, 127, 63), "Bridge"),
    MaskClass((0, 127, 127), "Large_Vehicle"),
    MaskClass((0, 0, 127), "Small_Vehicle"),
    MaskClass((0, 0, 191), "Helicopter"),
    MaskClass((0, 0, 255), "Swimming_pool"),
    MaskClass((0, 191, 127), "Roundabout"),
    MaskClass((0, 127, 191), "Soccer_ball_field"),
    MaskClass((0, 127, 255), "plane"),
    MaskClass((0, 100, 155), "Harbor"),
)

SPEC = DatasetSpec(
    name="isaid",
    title="iSAID: instance segmentation in aerial images",
    task="segmentation",
    reader=InstanceMasks(
        places=(
            Place("{split}/images", "{split}/Instance_masks"),
            Place("{split}/images"),
            Place("images", "Instance_masks", holds="train"),
            Place("images", holds="train"),
        ),
        classes=_PALETTE,
        class_folder="{split}/Semantic_masks",
    ),
    layout=(
        "{train,val,test}/images/P0000.png\n"
        "{train,val}/images/P0000_instance_id_RGB.png and P0000_instance_color_RGB.png beside the pictures,\n"
        "or in {train,val}/Instance_masks/images/ and {train,val}/Semantic_masks/images/"
    ),
    licence="academic use only; the pictures under the terms of DOTA",
    redistributable=False,
    homepage="https://captain-whu.github.io/iSAID/",
    citation=(
        "Zamir, Arora, Gupta, Khan, Sun, Khan, Zhu, Shao, Xia, Bai: iSAID: A Large-scale Dataset for Instance Segmentation in "
        "Aerial Images. CVPR Workshops 2019."
    ),
    obtain=(
        "Get the pictures of DOTA v1.0 (see `skypairs datasets dota`) into train/images, val/images and test/images.",
        "Open https://captain-whu.github.io/iSAID/dataset.html and follow the links to the training and validation masks.",
        "Unpack them into train/ and val/, or put both kinds of masks beside the pictures.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test", annotated=False)),
    classes=tuple(named(item.native) for item in _PALETTE),
    family="dota",
    sensor="Google Earth, GF-2, JL-1",
    published=(
        ("train pictures", 1411),
        ("val pictures", 458),
        ("test pictures", 937),
        ("objects", 655451),
    ),
    evidence="sample",
    notes=(
        "The pictures are those of DOTA v1.0, and both share groups. Colours are the devkit's: two third-party tools "
        "swap those of storage tank and roundabout. The numbers of the COCO files differ between train and val and are "
        "not read. Class masks without instance masks give regions, so that touching objects count as one. Patches of "
        "the devkit (P0004_0_0_800_800) belong to the group of their scene."
    ),
)
