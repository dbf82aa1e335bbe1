"""AID: 30 classes of aerial scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "Airport BareLand BaseballField Beach Bridge Center Church Commercial DenseResidential Desert Farmland Forest "
    "Industrial Meadow MediumResidential Mountain Park Parking Playground Pond Port RailwayStation Resort River School "
    "SparseResidential Square Stadium StorageTanks Viaduct"
)

SPEC = DatasetSpec(
    name="aid",
    title="AID: 30 classes of aerial scenes",
    task="classification",
    reader=ClassFolders((Place("."),), tuple(item.native for item in _CLASSES)),
    layout="Airport/airport_1.jpg      30 folders",
    licence="not stated; for research",
    redistributable=False,
    homepage="https://captain-whu.github.io/AID/",
    citation=(
        "Xia, Hu, Hu, Shi, Bai, Zhong, Zhang, Lu: AID: A Benchmark Data Set for Performance Evaluation of Aerial Scene "
        "Classification. IEEE Transactions on Geoscience and Remote Sensing, 2017."
    ),
    obtain=(
        "Get the archive from https://captain-whu.github.io/AID/.",
        "Unpack it so that the root holds the 30 folders of classes as shown.",
    ),
    classes=_CLASSES,
    sensor="Google Earth",
    published=(("pictures", 10000), ("classes", 30)),
    evidence="second source",
    default_role="reference",
    notes=(
        "200 to 400 pictures a class. RSICD names its pictures by the same classes, so that the two may share some. One "
        "of the sets that RemoteCLIP is evaluated on."
    ),
)
