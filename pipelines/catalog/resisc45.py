"""NWPU-RESISC45: 45 classes of scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "airplane airport baseball_diamond basketball_court beach bridge chaparral church circular_farmland cloud "
    "commercial_area dense_residential desert forest freeway golf_course ground_track_field harbor industrial_area "
    "intersection island lake meadow medium_residential mobile_home_park mountain overpass palace parking_lot railway "
    "railway_station rectangular_farmland river roundabout runway sea_ice ship snowberg sparse_residential stadium "
    "storage_tank tennis_court terrace thermal_power_station wetland"
)

SPEC = DatasetSpec(
    name="resisc45",
    title="NWPU-RESISC45: 45 classes of scenes",
    task="classification",
    reader=ClassFolders((Place("."),), tuple(item.native for item in _CLASSES)),
    layout="airplane/airplane_001.jpg      45 folders",
    licence="not stated; for research",
    redistributable=False,
    homepage="https://doi.org/10.1109/JPROC.2017.2675998",
    citation=(
        "Cheng, Han, Lu: Remote Sensing Image Scene Classification: Benchmark and State of the Art. Proceedings of the "
        "IEEE, 2017."
    ),
    obtain=(
        "Get the archive from https://doi.org/10.1109/JPROC.2017.2675998.",
        "Unpack it so that the root holds the 45 folders of classes as shown.",
    ),
    classes=_CLASSES,
    sensor="Google Earth",
    published=(("pictures", 31500), ("classes", 45)),
    evidence="second source",
    default_role="reference",
    notes=(
        "700 pictures a class. NWPU-Captions describes the same pictures: an NWPU source beside this reference loses all "
        "of them. `terrace` is a terraced field, `snowberg` a snow-covered mountain. One of the sets that RemoteCLIP is "
        "evaluated on."
    ),
)
