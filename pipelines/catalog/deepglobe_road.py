"""DeepGlobe road extraction: roads of Thailand, Indonesia and India."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="deepglobe-road",
    title="DeepGlobe 2018 road extraction",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}", "{split}"),),
        encoding="threshold",
        classes=(MaskClass((128,), "road"),),
        picture=r"(?P<key>\d+)_sat",
        mask=r"(?P<key>\d+)_mask",
    ),
    layout="{train,valid,test}/104_sat.jpg\ntrain/104_mask.png      three bands, not strictly 0 and 255",
    licence="DeepGlobe terms: research use only",
    redistributable=False,
    homepage="https://competitions.codalab.org/competitions/18467",
    citation=(
        "Demir, Koperski, Lindenbaum, Pang, Huang, Basu, Hughes, Tuia, Raskar: DeepGlobe 2018: A Challenge to Parse the Earth "
        "through Satellite Images. CVPR Workshops 2018."
    ),
    obtain=(
        "Open https://competitions.codalab.org/competitions/18467, register and get the road track.",
        "Unpack train, valid and test into a folder with `road` in its name.",
    ),
    splits=(Split("train", "train"), Split("valid", "test", annotated=False), Split("test", "test", annotated=False)),
    classes=(named("road"),),
    gsd=0.5,
    sensor="WorldView, GeoEye",
    published=(("train pictures", 6226),),
    evidence="second source",
    notes=(
        "A pixel with any channel of at least 128 is road. Only train has masks. The land-cover track has the same folders "
        "and names: `init` tells them apart by `road` or `land` in the name of the root."
    ),
)
