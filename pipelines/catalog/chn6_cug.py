"""CHN6-CUG: roads of six Chinese cities."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="chn6-cug",
    title="CHN6-CUG: roads of six Chinese cities",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}/images", "{split}/gt"),),
        encoding="threshold",
        classes=(MaskClass((128,), "road"),),
        picture="(?P<key>.+)_sat",
        mask="(?P<key>.+)_mask",
    ),
    layout="{train,val}/images/am100000_sat.jpg\n{train,val}/gt/am100000_mask.png      0 and 255",
    licence="free for research",
    redistributable=False,
    homepage="https://github.com/CUG-URS/CHN6-CUG-Roads-Dataset",
    citation=(
        "Zhu, Zhang, Wang, Zhong, Guan, Lu, Zhang, Li: A Global Context-aware and Batch-independent Network for road "
        "extraction from VHR satellite imagery. ISPRS Journal of Photogrammetry and Remote Sensing 175, 2021."
    ),
    obtain=(
        "Open https://github.com/CUG-URS/CHN6-CUG-Roads-Dataset and follow the link to the data.",
        "Unpack it, so that the root holds train and val.",
    ),
    splits=(Split("train", "train"), Split("val", "test")),
    classes=(named("road"),),
    gsd=0.5,
    sensor="Google Earth",
    published=(("pictures", 4511),),
    evidence="documented",
    notes="Values of at least 128 are road. A connected net of roads is one region.",
)
