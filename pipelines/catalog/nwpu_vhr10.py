"""NWPU VHR-10: ten classes in pictures of very high resolution."""

from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.box_lines import BoxLines
from skypairs.transforms.readers.layout import Place

_NAMES = (
    *("airplane", "ship", "storage tank", "baseball diamond", "tennis court", "basketball court", "ground track field"),
    *("harbor", "bridge", "vehicle"),
)

SPEC = DatasetSpec(
    name="nwpu-vhr10",
    title="NWPU VHR-10: geospatial object detection",
    task="detection",
    reader=BoxLines(
        places=(Place("positive image set", "ground truth"),),
        suffix=".txt",
        negative="negative image set",
        fields=("x0", "y0", "x1", "y1", "class"),
        classes=tuple(enumerate(_NAMES, 1)),
    ),
    layout=(
        "positive image set/001.jpg and ground truth/001.txt\n"
        "negative image set/001.jpg      pictures without any of the objects"
    ),
    licence="research use only",
    redistributable=False,
    homepage="https://gcheng-nwpu.github.io/",
    citation=(
        "Cheng, Han, Zhou, Guo: Multi-class geospatial object detection and geographic image classification based on "
        "collection of part detectors. ISPRS Journal of Photogrammetry and Remote Sensing 98, 2014."
    ),
    obtain=(
        "Follow the link to NWPU VHR-10 on the authors' page.",
        "Unpack it; the root is the folder that holds `positive image set`.",
    ),
    classes=tuple(named(name) for name in _NAMES),
    sensor="Google Earth; Vaihingen, pan-sharpened, in false colours",
    published=(("positive pictures", 650), ("negative pictures", 150), ("objects", 3896)),
    evidence="second source",
    notes=(
        "There are no splits. Pictures of the negative set have the same numbers as others: their keys start with "
        "`negative`. They show none of the ten classes, and get no caption. The count of objects comes from a third party. "
        "Some pictures are in false colours."
    ),
)
