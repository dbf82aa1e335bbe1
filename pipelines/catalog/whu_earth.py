"""SIRI-WHU: 12 classes of scenes from Google Earth."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes("agriculture commercial harbor idle_land industrial meadow overpass park pond residential river water")

SPEC = DatasetSpec(
    name="whu-earth",
    title="SIRI-WHU: 12 classes of scenes from Google Earth",
    task="classification",
    reader=ClassFolders((Place("12class_tif"), Place(".")), tuple(item.native for item in _CLASSES)),
    layout="12class_tif/agriculture/0001.tif      12 folders",
    licence="not stated; for research",
    redistributable=False,
    homepage="",
    citation=(
        "Zhao, Zhong, Xia, Zhang: Dirichlet-Derived Multiple Topic Scene Classification Model for High Spatial Resolution "
        "Remote Sensing Imagery. IEEE Transactions on Geoscience and Remote Sensing, 2016."
    ),
    obtain=(
        "Ask the authors of the paper, or take a copy that you trust.",
        "Unpack it so that the root holds the 12 folders of classes as shown.",
    ),
    classes=_CLASSES,
    sensor="Google Earth",
    published=(("pictures", 2400), ("classes", 12)),
    evidence="second source",
    default_role="reference",
    notes="200 pictures a class; pond/0002.tif is 190 x 200. One of the sets that RemoteCLIP is evaluated on.",
)
