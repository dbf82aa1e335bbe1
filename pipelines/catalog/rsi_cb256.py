"""RSI-CB256: 35 classes of scenes, 256 x 256."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "airplane airport_runway artificial_grassland avenue bare_land bridge city_building coastline container crossroads "
    "dam desert dry_farm forest green_farmland highway hirst lakeshore mangrove marina mountain parkinglot pipeline "
    "residents river river_protection_forest sandbeach sapling sea shrubwood snow_mountain sparse_forest storage_room "
    "stream town"
)

SPEC = DatasetSpec(
    name="rsi-cb256",
    title="RSI-CB256: 35 classes of scenes, 256 x 256",
    task="classification",
    reader=ClassFolders((Place("."),), tuple(item.native for item in _CLASSES), depth=2),
    layout="THEME/CLASS/NAME(1).tif      35 folders, in 7 folders of themes or without them",
    licence="not stated; for research",
    redistributable=False,
    homepage="https://github.com/lehaifeng/RSI-CB",
    citation=(
        "Li, Dou, Tao, Wu, Chen, Peng, Deng, Zhao: RSI-CB: A Large-Scale Remote Sensing Image Classification Benchmark "
        "Using Crowdsourced Data. Sensors, 2020."
    ),
    obtain=(
        "Get the archive from https://github.com/lehaifeng/RSI-CB.",
        "Unpack it so that the root holds the 35 folders of classes as shown.",
    ),
    classes=_CLASSES,
    published=(("pictures", 24747), ("classes", 35)),
    evidence="second source",
    default_role="reference",
    notes=(
        "The last folder is the class: `water area/river/`. `hirst` is a sandbank, `residents` a residential area. Copies "
        "in BMP and JPEG are read too. One of the sets that RemoteCLIP is evaluated on."
    ),
)
