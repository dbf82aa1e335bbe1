"""WHU building dataset, the aerial part: Christchurch in tiles of 512 pixels."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="whu-aerial",
    title="WHU building dataset: aerial imagery",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}/image", "{split}/label"),),
        encoding="threshold",
        classes=(MaskClass((128,), "building"),),
    ),
    layout="{train,val,test}/image/0.tif\n{train,val,test}/label/0.tif      0 and 255",
    licence="not stated; free for research",
    redistributable=False,
    homepage="https://gpcv.whu.edu.cn/data/building_dataset.html",
    citation=(
        "Ji, Wei, Lu: Fully Convolutional Networks for Multisource Building Extraction From an Open Aerial and Satellite "
        "Imagery Data Set. IEEE TGRS 57(1), 2019."
    ),
    obtain=(
        "Open https://gpcv.whu.edu.cn/data/building_dataset.html and get the cropped aerial tiles.",
        "Unpack train, val and test into a folder with WHU in its name.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    classes=(named("building"),),
    gsd=0.3,
    sensor="airborne camera",
    published=(("train pictures", 4736), ("val pictures", 1036), ("test pictures", 2416)),
    evidence="documented",
    notes=(
        "Values of at least 128 are building. Counts come from a third party; 8,189 tiles are cited too. Touching buildings "
        "count as one region. `init` recognises it where the name of the root holds WHU or aerial."
    ),
)
