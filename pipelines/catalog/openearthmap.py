"""OpenEarthMap: land cover of 97 regions in 44 countries."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="openearthmap",
    title="OpenEarthMap: global high-resolution land cover",
    task="segmentation",
    reader=Masks(
        places=(Place("*/images", "*/labels"),),
        encoding="index",
        classes=(
            MaskClass((1,), "Bareland"),
            MaskClass((2,), "Grass"),
            MaskClass((3,), "Pavement"),
            MaskClass((4,), "Road"),
            MaskClass((5,), "Tree"),
            MaskClass((6,), "Water"),
            MaskClass((7,), "Cropland"),
            MaskClass((8,), "Buildings"),
        ),
        picture=r"([^/]+)/(?P<key>\1_\d+)",
        lists=("{split}.txt",),
        spare_masks=True,
    ),
    layout=(
        "REGION/images/REGION_1.tif\nREGION/labels/REGION_1.tif      values 0 to 8\n"
        "train.txt, val.txt, test.txt      the names of each split"
    ),
    licence="CC-BY-NC-SA-4.0; the pictures of each region under the terms of their owners",
    redistributable=False,
    homepage="https://open-earth-map.org/",
    citation=(
        "Xia, Yokoya, Adriano, Broni-Bediako: OpenEarthMap: A Benchmark Dataset for Global High-Resolution Land Cover Mapping. "
        "WACV 2023."
    ),
    obtain=(
        "Open https://open-earth-map.org/ and follow the link to OpenEarthMap_wo_xBD.",
        "Unpack it; the root is the folder that holds the regions and train.txt.",
        "The pictures of its xBD regions are not in it: those who have xBD can write them with the authors' compile_xbd.py.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test", annotated=False)),
    classes=(
        named("Bareland", "bare land", "bare land"),
        named("Grass", "grass", "grass"),
        named("Pavement", "paved area", "paved areas"),
        named("Road"),
        named("Tree"),
        named("Water", "water", "water"),
        named("Cropland", "cropland", "cropland"),
        named("Buildings"),
    ),
    published=(("pictures", 5000), ("val pictures", 500)),
    evidence="documented",
    notes=(
        "0 (unknown) is background. xBD pictures are absent while their labels and names in the lists are present: labels "
        "and names without a picture are left out and are no failures. Labels are taken to be one band of numbers."
    ),
)
