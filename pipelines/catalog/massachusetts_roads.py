"""Massachusetts roads: Boston and around at one metre."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="massachusetts-roads",
    title="Massachusetts roads",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}/sat", "{split}/map"),),
        encoding="threshold",
        classes=(MaskClass((128,), "road"),),
    ),
    layout="{train,valid,test}/sat/22678915_15.tiff\n{train,valid,test}/map/22678915_15.tif      the suffixes differ",
    licence="not stated; free for research",
    redistributable=False,
    homepage="https://www.cs.toronto.edu/~vmnih/data/",
    citation="Mnih: Machine Learning for Aerial Image Labeling. PhD thesis, University of Toronto, 2013.",
    obtain=(
        "Open https://www.cs.toronto.edu/~vmnih/data/ and get the Massachusetts roads dataset.",
        "Put pictures into train/sat, valid/sat and test/sat, maps into train/map, valid/map and test/map, below a folder with "
        "`road` in its name.",
    ),
    splits=(Split("train", "train"), Split("valid", "test"), Split("test", "test")),
    classes=(named("road"),),
    gsd=1.0,
    sensor="airborne camera",
    published=(("train pictures", 1108), ("valid pictures", 14), ("test pictures", 49)),
    evidence="documented",
    notes=(
        "Values of at least 128 are road. Parts of the pictures are white without data and have no roads in the mask. A "
        "connected net of roads is one region. The counts come from a third party. "
        "Roads and buildings have the same folders: `init` tells them apart by the name of the root."
    ),
)
