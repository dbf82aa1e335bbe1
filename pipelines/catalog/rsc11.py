"""RSC11: 11 classes of scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "denseforest grassland harbor highbuildings lowbuildings overpass railway residentialarea roads sparseforest stroagetanks"
)

SPEC = DatasetSpec(
    name="rsc11",
    title="RSC11: 11 classes of scenes",
    task="classification",
    reader=ClassFolders((Place("."),), tuple(item.native for item in _CLASSES)),
    layout="denseforest/NAME.tif      11 folders",
    licence="not stated; for research",
    redistributable=False,
    homepage="",
    citation=(
        "Zhao, Tang, Huo: Feature significance-based multibag-of-visual-words model for remote sensing image scene "
        "classification. Journal of Applied Remote Sensing, 2016."
    ),
    obtain=(
        "Ask the authors of the paper, or take a copy that you trust.",
        "Unpack it so that the root holds the 11 folders of classes as shown.",
    ),
    classes=_CLASSES,
    sensor="Google Earth",
    published=(("pictures", 1232), ("classes", 11)),
    evidence="assumed",
    default_role="reference",
    notes=(
        "About 100 pictures a class. `stroagetanks` is how the folder is spelt; storagetanks is read alike. Names of "
        "files were not seen; any will do. One of the sets that RemoteCLIP is evaluated on."
    ),
)
