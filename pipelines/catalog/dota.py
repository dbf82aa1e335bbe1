"""DOTA v1.0, and what v1.5 and v2.0 (dota15.py, dota20.py) have in common with it: oriented boxes of 15 to 18 classes."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.dota import Dota
from skypairs.transforms.readers.layout import Place

_LABELS = (
    "labelTxt",
    "labelTxt-v1.0/labelTxt",
    "labelTxt-v1.0",
    "annotations/version1.0",
)

SPEC = DatasetSpec(
    name="dota",
    title="DOTA: object detection in aerial images",
    task="detection",
    reader=Dota(
        places=(
            *(Place("{split}/images", f"{{split}}/{labels}") for labels in _LABELS),
            *(Place("images", labels, holds="train") for labels in _LABELS),
        )
    ),
    layout=(
        "{train,val,test}/images/P0000.png\n"
        "{train,val}/labelTxt/P0000.txt      or labelTxt-v1.0\n"
        "or only train: images/ and labelTxt/ directly below the root"
    ),
    licence="academic use only; commercial use prohibited; Google Earth terms of use",
    redistributable=False,
    homepage="https://captain-whu.github.io/DOTA/",
    citation=(
        "Xia, Bai, Ding, Zhu, Belongie, Luo, Datcu, Pelillo, Zhang: DOTA: A Large-scale Dataset for Object Detection in Aerial "
        "Images. CVPR 2018."
    ),
    obtain=(
        "Open https://captain-whu.github.io/DOTA/dataset.html and follow the links to the training, validation and test sets.",
        "Unpack the pictures into train/images, val/images and test/images.",
        "Unpack the labels into train/labelTxt and val/labelTxt.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test", annotated=False)),
    classes=tuple(
        named(native)
        for native in (
            "plane",
            "ship",
            "storage-tank",
            "baseball-diamond",
            "tennis-court",
            "basketball-court",
            "ground-track-field",
            "harbor",
            "bridge",
            "large-vehicle",
            "small-vehicle",
            "helicopter",
            "roundabout",
            "soccer-ball-field",
            "swimming-pool",
            "container-crane",
            "airport",
            "helipad",
        )
    ),
    family="dota",
    sensor="Google Earth, GF-2, JL-1, CycloMedia",
    published=(
        ("train pictures", 1411),
        ("val pictures", 458),
        ("test pictures", 937),
        ("objects of v1.0", 188282),
    ),
    evidence="sample",
    notes=(
        "Classes go by name: tools disagree on numbers. `labelTxt` is taken for v1.0; labels in labelTxt-v1.5 and "
        "labelTxt-v2.0 are the entries dota15 and dota20. The gsd of each picture is read from its label file. Pictures are "
        "RGB, RGBA or grey. A difficult flag of 2 (left by the devkit's splitter) means cut. Patches (P0004__1__0___0) "
        "belong to the group of their scene. Labels of test are "
        "not public; val is what most work reports on, and is held out unless a recipe names it as a source."
    ),
)
