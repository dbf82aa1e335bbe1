"""DOTA v1.5: 16 classes, and objects under ten pixels."""

from dataclasses import replace

from skypairs.pipelines.catalog import dota
from skypairs.transforms.readers.dota import Dota
from skypairs.transforms.readers.layout import Place

_LABELS = ("labelTxt-v1.5", "annotations/version1.5")

SPEC = replace(
    dota.SPEC,
    name="dota15",
    title="DOTA v1.5: object detection in aerial images",
    reader=Dota(
        places=(
            *(Place("{split}/images", f"{{split}}/{labels}") for labels in _LABELS),
            *(Place("images", labels, holds="train") for labels in _LABELS),
        )
    ),
    layout=(
        "{train,val,test}/images/P0000.png\n"
        "{train,val}/labelTxt-v1.5/P0000.txt\n"
        "or only train: images/ and labelTxt-v1.5/ directly below the root"
    ),
    citation=(
        "Xia, Bai, Ding, Zhu, Belongie, Luo, Datcu, Pelillo, Zhang: DOTA: A Large-scale Dataset for Object Detection in Aerial "
        "Images. CVPR 2018."
    ),
    obtain=(
        "Open https://captain-whu.github.io/DOTA/dataset.html and follow the links to the sets of v1.5.",
        "Unpack the pictures into train/images, val/images and test/images.",
        "Unpack the labels of oriented boxes into train/labelTxt-v1.5 and val/labelTxt-v1.5.",
    ),
    published=(("train pictures", 1411), ("val pictures", 458), ("test pictures", 937)),
    evidence="second source",
    notes=(
        "The pictures are those of v1.0; objects under ten pixels and the class container-crane were added. Read as "
        "DOTA v1.0 is, with which it shares groups. Where the labels of several versions lie side by side, use one entry."
    ),
)
