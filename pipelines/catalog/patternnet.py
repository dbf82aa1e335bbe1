"""PatternNet: 38 classes of scenes for retrieval."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "airplane baseball_field basketball_court beach bridge cemetery chaparral christmas_tree_farm closed_road "
    "coastal_mansion crosswalk dense_residential ferry_terminal football_field forest freeway golf_course harbor "
    "intersection mobile_home_park nursing_home oil_gas_field oil_well overpass parking_lot parking_space railway river "
    "runway runway_marking shipping_yard solar_panel sparse_residential storage_tank swimming_pool tennis_court "
    "transformer_station wastewater_treatment_plant"
)

SPEC = DatasetSpec(
    name="patternnet",
    title="PatternNet: 38 classes of scenes for retrieval",
    task="classification",
    reader=ClassFolders((Place("images"), Place(".")), tuple(item.native for item in _CLASSES)),
    layout="images/airplane/airplane001.jpg      38 folders",
    licence="not stated; for research",
    redistributable=False,
    homepage="https://sites.google.com/view/zhouwx/dataset",
    citation=(
        "Zhou, Newsam, Li, Shao: PatternNet: A benchmark dataset for performance evaluation of remote sensing image "
        "retrieval. ISPRS Journal of Photogrammetry and Remote Sensing, 2018."
    ),
    obtain=(
        "Get the archive from https://sites.google.com/view/zhouwx/dataset.",
        "Unpack it so that the root holds the 38 folders of classes as shown.",
    ),
    classes=_CLASSES,
    published=(("pictures", 30400), ("classes", 38)),
    evidence="second source",
    default_role="reference",
    notes="800 pictures a class. One of the sets that RemoteCLIP is evaluated on.",
)
