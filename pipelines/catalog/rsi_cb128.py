"""RSI-CB128: 45 classes of scenes, 128 x 128."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "airport_runway artificial_grassland avenue bare_land bridge city_avenue city_building city_green_tree city_road "
    "coastline container crossroads dam desert dry_farm forest fork_road grave green_farmland highway hirst lakeshore "
    "mangrove marina mountain mountain_road natural_grassland overpass parkinglot pipeline rail residents river "
    "river_protection_forest sandbeach sapling sea shrubwood snow_mountain sparse_forest storage_room stream tower town "
    "turning_circle"
)

SPEC = DatasetSpec(
    name="rsi-cb128",
    title="RSI-CB128: 45 classes of scenes, 128 x 128",
    task="classification",
    reader=ClassFolders((Place("."),), tuple(item.native for item in _CLASSES), depth=2),
    layout="THEME/CLASS/NAME.tif      45 folders, in folders of themes or without them",
    licence="not stated; for research",
    redistributable=False,
    homepage="https://github.com/lehaifeng/RSI-CB",
    citation=(
        "Li, Dou, Tao, Wu, Chen, Peng, Deng, Zhao: RSI-CB: A Large-Scale Remote Sensing Image Classification Benchmark "
        "Using Crowdsourced Data. Sensors, 2020."
    ),
    obtain=(
        "Get the archive from https://github.com/lehaifeng/RSI-CB.",
        "Unpack it so that the root holds the 45 folders of classes as shown.",
    ),
    classes=_CLASSES,
    published=(("pictures", 36707), ("classes", 45)),
    evidence="assumed",
    default_role="reference",
    notes=(
        "The last folder is the class. `hirst` is a sandbank, `residents` a residential area, `grave` a graveyard. One of "
        "the sets that RemoteCLIP is evaluated on."
    ),
)
