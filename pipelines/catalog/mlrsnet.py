"""MLRSNet: 46 classes of scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "airplane airport bareland baseball_diamond basketball_court beach bridge chaparral cloud commercial_area "
    "dense_residential_area desert eroded_farmland farmland forest freeway golf_course ground_track_field harbor&port "
    "industrial_area intersection island lake meadow mobile_home_park mountain overpass park parking_lot parkway railway "
    "railway_station river roundabout shipping_yard snowberg sparse_residential_area stadium storage_tank swimmimg_pool "
    "tennis_court terrace transmission_tower vegetable_greenhouse wetland wind_turbine"
)

SPEC = DatasetSpec(
    name="mlrsnet",
    title="MLRSNet: 46 classes of scenes",
    task="classification",
    reader=ClassFolders((Place("Images"), Place(".")), tuple(item.native for item in _CLASSES)),
    layout="Images/airplane/airplane_00001.jpg      46 folders, one archive each",
    licence="not stated; for research",
    redistributable=False,
    homepage="https://github.com/cugbrs/MLRSNet",
    citation=(
        "Qi, Zhu, Wang, Zhang, Peng, Wu, Chen, Zhao, Zang, Mathiopoulos: MLRSNet: A multi-label high spatial resolution "
        "remote sensing dataset for semantic scene understanding. ISPRS Journal of Photogrammetry and Remote Sensing, "
        "2020."
    ),
    obtain=(
        "Get the archive from https://github.com/cugbrs/MLRSNet.",
        "Unpack it so that the root holds the 46 folders of classes as shown.",
    ),
    classes=_CLASSES,
    published=(("pictures", 109161), ("classes", 46)),
    evidence="sample",
    default_role="reference",
    notes=(
        "The folder of the swimming pools is spelt `swimmimg_pool`; the right spelling is read too. The tags of "
        "labels/*.csv are not read: the class of a picture is its folder. One of the sets that RemoteCLIP is evaluated "
        "on."
    ),
)
