"""EuroSAT: land use and cover in pictures of Sentinel-2, RGB."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.recipe import Bands
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "AnnualCrop Forest HerbaceousVegetation Highway Industrial Pasture PermanentCrop Residential River SeaLake"
)

SPEC = DatasetSpec(
    name="eurosat",
    title="EuroSAT: land use and cover in pictures of Sentinel-2, RGB",
    task="classification",
    reader=ClassFolders((Place("2750"), Place(".")), tuple(item.native for item in _CLASSES)),
    layout="2750/AnnualCrop/AnnualCrop_1.jpg      10 folders",
    licence="MIT",
    redistributable=True,
    homepage="https://github.com/phelber/EuroSAT",
    citation=(
        "Helber, Bischke, Dengel, Borth: EuroSAT: A Novel Dataset and Deep Learning Benchmark for Land Use and Land Cover "
        "Classification. IEEE Journal of Selected Topics in Applied Earth Observations and Remote Sensing, 2019."
    ),
    obtain=(
        "Get the archive from https://github.com/phelber/EuroSAT.",
        "Unpack it so that the root holds the 10 folders of classes as shown.",
    ),
    classes=_CLASSES,
    gsd=10,
    sensor="Sentinel-2",
    published=(("pictures", 27000), ("classes", 10)),
    evidence="second source",
    bands=((13, Bands(choose=(4, 3, 2))),),
    default_role="reference",
    notes=(
        "Of the release of all 13 bands, 4, 3 and 2 are shown, each picture stretched by itself. Pictures are 64 x 64. "
        "One of the sets that RemoteCLIP is evaluated on."
    ),
)
