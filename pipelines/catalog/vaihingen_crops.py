"""ISPRS Vaihingen as mmsegmentation's converter cuts it: crops of 512x512 with masks of numbers."""

from dataclasses import replace

from skypairs.pipelines.catalog import potsdam, vaihingen
from skypairs.schemas.dataset import Split
from skypairs.schemas.records import MaskClass
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

_CROP = r"(?:.*/)?(?P<key>area\d+_\d+_\d+_\d+_\d+)"

SPEC = replace(
    vaihingen.SPEC,
    name="vaihingen-crops",
    title="ISPRS 2D semantic labelling, Vaihingen, in the crops of mmsegmentation",
    reader=Masks(
        places=(Place("img_dir/{split}", "ann_dir/{split}"),),
        classes=tuple(MaskClass((value,), native) for value, native in enumerate(potsdam.NAMES, 1)),
        picture=_CROP,
        parent=r"(area\d+)_.+",
    ),
    layout="img_dir/{train,val}/area1_0_0_512_512.png\nann_dir/{train,val}/area1_0_0_512_512.png",
    obtain=(
        *vaihingen.SPEC.obtain[:1],
        "Cut it with mmsegmentation's tools/dataset_converters/vaihingen.py; the root holds img_dir and ann_dir.",
    ),
    splits=(Split("train", "train"), Split("val", "test")),
    published=(("train pictures", 344), ("val pictures", 398)),
    notes=(
        "Numbers of masks are those of the converter: 1 to 6 in the order of the classes, 0 the black edges of eroded "
        "labels, which belong to no class. val holds the tiles of the contest's test set. Crops of a tile belong to one "
        "group, which is that of the whole tile in the entry vaihingen; the pictures of both are the same. RemoteCLIP "
        "took 742 pictures: all of them. Clutter is no object that a caption could name: its regions count as lost. False "
        "colour: captions of this set must not name colours; no caption rule does."
    ),
)
