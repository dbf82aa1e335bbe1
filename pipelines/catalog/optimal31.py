"""OPTIMAL-31: 31 classes of scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "airplane airport baseball_diamond basketball_court beach bridge chaparral church circular_farmland commercial_area "
    "dense_residential desert forest freeway golf_course ground_track_field harbor industrial_area intersection island "
    "lake meadow medium_residential mobile_home_park mountain overpass parking_lot railway rectangular_farmland "
    "roundabout runway"
)

SPEC = DatasetSpec(
    name="optimal31",
    title="OPTIMAL-31: 31 classes of scenes",
    task="classification",
    reader=ClassFolders((Place("Images"), Place(".")), tuple(item.native for item in _CLASSES)),
    layout="Images/airplane/airplane (1).jpg      31 folders",
    licence="not stated; for research",
    redistributable=False,
    homepage="",
    citation=(
        "Wang, Liu, Chanussot, Li: Scene Classification With Recurrent Attention of VHR Remote Sensing Images. IEEE "
        "Transactions on Geoscience and Remote Sensing, 2019."
    ),
    obtain=(
        "Ask the authors of the paper, or take a copy that you trust.",
        "Unpack it so that the root holds the 31 folders of classes as shown.",
    ),
    classes=_CLASSES,
    published=(("pictures", 1860), ("classes", 31)),
    evidence="second source",
    default_role="reference",
    notes=(
        "60 pictures a class. The folder Images is that of the archives in use. Names of files were not seen; any will "
        "do. The classes are 31 of those of RESISC45. One of the sets that RemoteCLIP is evaluated on."
    ),
)
