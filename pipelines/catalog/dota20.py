"""DOTA v2.0: 18 classes and more pictures."""

from dataclasses import replace

from skypairs.pipelines.catalog import dota
from skypairs.transforms.readers.dota import Dota
from skypairs.transforms.readers.layout import Place

_LABELS = ("labelTxt-v2.0", "annotations/version2.0")

SPEC = replace(
    dota.SPEC,
    name="dota20",
    title="DOTA v2.0: object detection in aerial images",
    reader=Dota(
        places=(
            *(Place("{split}/images", f"{{split}}/{labels}") for labels in _LABELS),
            *(Place("images", labels, holds="train") for labels in _LABELS),
        )
    ),
    layout=(
        "{train,val,test}/images/P0000.png\n"
        "{train,val}/labelTxt-v2.0/P0000.txt\n"
        "or only train: images/ and labelTxt-v2.0/ directly below the root"
    ),
    citation=(
        "Ding, Xue, Xia, Bai, Yang, Yang, Belongie, Luo, Datcu, Pelillo, Zhang: Object Detection in Aerial Images: A "
        "Large-Scale Benchmark and Challenges. IEEE Transactions on Pattern Analysis and Machine Intelligence 44, 2022."
    ),
    obtain=(
        "Open https://captain-whu.github.io/DOTA/dataset.html and follow the links to the sets of v2.0.",
        "Unpack the pictures into train/images, val/images and test/images.",
        "Unpack the labels of oriented boxes into train/labelTxt-v2.0 and val/labelTxt-v2.0.",
    ),
    published=(("train and val pictures", 2423),),
    evidence="documented",
    notes=(
        "Pictures of v1.0 and new ones; the classes airport and helipad were added. Read as "
        "DOTA v1.0 is, with which it shares groups. Where the labels of several versions lie side by side, use one entry."
    ),
)
