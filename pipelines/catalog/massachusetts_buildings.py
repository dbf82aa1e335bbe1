"""Massachusetts buildings: Boston and around at one metre."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="massachusetts-buildings",
    title="Massachusetts buildings",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}/sat", "{split}/map"),),
        encoding="threshold",
        classes=(MaskClass((1,), "building"),),
    ),
    layout="{train,valid,test}/sat/22678915_15.tiff\n{train,valid,test}/map/22678915_15.tif      the suffixes differ",
    licence="not stated; free for research",
    redistributable=False,
    homepage="https://www.cs.toronto.edu/~vmnih/data/",
    citation="Mnih: Machine Learning for Aerial Image Labeling. PhD thesis, University of Toronto, 2013.",
    obtain=(
        "Open https://www.cs.toronto.edu/~vmnih/data/ and get the Massachusetts buildings dataset.",
        "Put pictures into train/sat, valid/sat and test/sat, maps into train/map, valid/map and test/map, below a folder with "
        "`building` in its name.",
    ),
    splits=(Split("train", "train"), Split("valid", "test"), Split("test", "test")),
    classes=(named("building"),),
    gsd=1.0,
    sensor="airborne camera",
    published=(("train pictures", 137), ("valid pictures", 4), ("test pictures", 10)),
    evidence="documented",
    notes=(
        "Masks are RGB with buildings in red: a pixel with any channel above 0 is building. Touching buildings count as one "
        "region. The size of valid is not confirmed. "
        "Roads and buildings have the same folders: `init` tells them apart by the name of the root."
    ),
)
