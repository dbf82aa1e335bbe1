"""UC Merced Land Use: 21 classes of scenes."""

from skypairs.pipelines.catalog.scene_names import scene_classes
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.class_folders import ClassFolders
from skypairs.transforms.readers.layout import Place

_CLASSES = scene_classes(
    "agricultural airplane baseballdiamond beach buildings chaparral denseresidential forest freeway golfcourse harbor "
    "intersection mediumresidential mobilehomepark overpass parkinglot river runway sparseresidential storagetanks "
    "tenniscourt"
)

SPEC = DatasetSpec(
    name="ucmerced",
    title="UC Merced Land Use: 21 classes of scenes",
    task="classification",
    reader=ClassFolders((Place("Images"), Place(".")), tuple(item.native for item in _CLASSES)),
    layout="Images/agricultural/agricultural00.tif      21 folders",
    licence="public domain pictures of USGS",
    redistributable=True,
    homepage="http://weegee.vision.ucmerced.edu/datasets/landuse.html",
    citation="Yang, Newsam: Bag-Of-Visual-Words and Spatial Extensions for Land-Use Classification. ACM SIGSPATIAL GIS, 2010.",
    obtain=(
        "Get the archive from http://weegee.vision.ucmerced.edu/datasets/landuse.html.",
        "Unpack it so that the root holds the 21 folders of classes as shown.",
    ),
    classes=_CLASSES,
    gsd=0.3,
    sensor="USGS National Map Urban Area Imagery",
    published=(("pictures", 2100), ("classes", 21)),
    evidence="documented",
    default_role="reference",
    notes=(
        "100 pictures a class, not all of them 256 x 256. UCM-Captions describes the same pictures under numbers: as a "
        "reference beside it, this set makes leaks of all of them."
    ),
)
