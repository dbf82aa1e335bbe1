"""WHU-RS19: 19 classes of scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "Airport Beach Bridge Commercial Desert Farmland footballField Forest Industrial Meadow Mountain Park Parking Pond "
    "Port railwayStation Residential River Viaduct"
)

SPEC = DatasetSpec(
    name="whu-rs19",
    title="WHU-RS19: 19 classes of scenes",
    task="classification",
    reader=ClassFolders((Place("."),), tuple(item.native for item in _CLASSES)),
    layout="Airport/airport_01.jpg      19 folders",
    licence="not stated; for research",
    redistributable=False,
    homepage="",
    citation=(
        "Dai, Yang: Satellite Image Classification via Two-Layer Sparse Coding With Biased Image Representation. IEEE "
        "Geoscience and Remote Sensing Letters, 2011."
    ),
    obtain=(
        "Ask the authors of the paper, or take a copy that you trust.",
        "Unpack it so that the root holds the 19 folders of classes as shown.",
    ),
    classes=_CLASSES,
    sensor="Google Earth",
    published=(("pictures", 1005), ("classes", 19)),
    evidence="second source",
    default_role="reference",
    notes="About 50 pictures a class. One of the sets that RemoteCLIP is evaluated on.",
)
