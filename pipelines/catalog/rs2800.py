"""RSSCN7, as RS2800: 7 classes of scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes("Grass Field Industry RiverLake Forest Resident Parking")

SPEC = DatasetSpec(
    name="rs2800",
    title="RSSCN7, as RS2800: 7 classes of scenes",
    task="classification",
    reader=ClassFolders((Place("RS_images_2800"), Place(".")), tuple(item.native for item in _CLASSES), prefix="[a-g]"),
    layout="RS_images_2800/aGrass/a001.jpg      7 folders, with or without their letters a to g",
    licence="not stated; for research",
    redistributable=False,
    homepage="https://github.com/palewithout/RSSCN7",
    citation=(
        "Zou, Ni, Zhang, Wang: Deep Learning Based Feature Selection for Remote Sensing Scene Classification. IEEE "
        "Geoscience and Remote Sensing Letters, 2015."
    ),
    obtain=(
        "Get the archive from https://github.com/palewithout/RSSCN7.",
        "Unpack it so that the root holds the 7 folders of classes as shown.",
    ),
    classes=_CLASSES,
    sensor="Google Earth",
    published=(("pictures", 2800), ("classes", 7)),
    evidence="sample",
    default_role="reference",
    notes=(
        "400 pictures a class. The letter before a class in the names of the folders is left out. One of the sets that "
        "RemoteCLIP is evaluated on."
    ),
)
