"""VisDrone-DET: people and vehicles in pictures from drones."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import ignored, named
from skypairs.transforms.readers.box_lines import BoxLines
from skypairs.transforms.readers.layout import Place

_CATEGORIES = (
    "ignored regions",
    "pedestrian",
    "people",
    "bicycle",
    "car",
    "van",
    "truck",
    "tricycle",
    "awning-tricycle",
    "bus",
)
_NAMES = (*_CATEGORIES, "motor", "others")

SPEC = DatasetSpec(
    name="visdrone-det",
    title="VisDrone-DET: object detection in pictures from drones",
    task="detection",
    reader=BoxLines(
        places=(Place("VisDrone2019-DET-{split}/images", "VisDrone2019-DET-{split}/annotations"),),
        suffix=".txt",
        fields=("x0", "y0", "w", "h", "score", "class", "truncation", "occlusion"),
        classes=tuple(enumerate(_NAMES)),
    ),
    layout=(
        "VisDrone2019-DET-{train,val,test-dev,test-challenge}/images/NAME.jpg\n"
        "VisDrone2019-DET-{train,val,test-dev}/annotations/NAME.txt"
    ),
    licence="academic use only",
    redistributable=False,
    homepage="https://github.com/VisDrone/VisDrone-Dataset",
    citation=(
        "Zhu, Wen, Du, Bian, Fan, Hu, Ling: Detection and Tracking Meet Drones Challenge. IEEE Transactions on Pattern "
        "Analysis and Machine Intelligence 44, 2022."
    ),
    obtain=(
        "Open https://github.com/VisDrone/VisDrone-Dataset and follow the links of Task 1 (object detection in images).",
        "Unpack the archives into one folder, so that it holds VisDrone2019-DET-train and its kin.",
    ),
    splits=(
        Split("train", "train"),
        Split("val", "test"),
        Split("test-dev", "test"),
        Split("test-challenge", "test", annotated=False),
    ),
    classes=(
        ignored("ignored regions"),
        named("pedestrian"),
        named("people"),
        *(named(name) for name in _CATEGORIES[3:]),
        named("motor"),
        ignored("others"),
    ),
    published=(
        ("train pictures", 6471),
        ("val pictures", 548),
        ("test-dev pictures", 1610),
        ("test-challenge pictures", 1580),
    ),
    evidence="second source",
    notes=(
        "Objects of score 0 (ignored regions, others, and whatever else has it) are left out and counted as lost. "
        "Truncation means cut; occlusion 2, more than half hidden, means difficult. Objects without area are lost. "
        "`people` are those who do not stand or walk, `pedestrian` those who do. Labels of test-challenge are not "
        "public."
    ),
)
