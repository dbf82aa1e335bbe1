"""VisDrone-VID: clips from drones over Chinese cities, objects of ten classes in every frame."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import ignored, named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.visdrone_vid import VisDroneVid

_CATEGORIES = (
    *("ignored regions", "pedestrian", "people", "bicycle", "car", "van", "truck", "tricycle", "awning-tricycle", "bus"),
    *("motor", "others"),
)

SPEC = DatasetSpec(
    name="visdrone-vid",
    title="VisDrone-VID: object detection in drone videos",
    task="detection",
    reader=VisDroneVid(
        places=(
            Place("VisDrone2019-VID-{split}/sequences", "VisDrone2019-VID-{split}/annotations"),
            Place("VisDrone2018-VID-{split}/sequences", "VisDrone2018-VID-{split}/annotations"),
            Place("{split}/sequences", "{split}/annotations"),
            Place("sequences", "annotations", holds="train"),
        ),
        classes=_CATEGORIES,
    ),
    layout=(
        "VisDrone2019-VID-{train,val,test-dev,test-challenge}/sequences/SEQ/0000001.jpg\n"
        "VisDrone2019-VID-{train,val,test-dev}/annotations/SEQ.txt\n"
        "or only train: sequences/ and annotations/ directly below the root"
    ),
    licence="not stated; the authors' repository holds no licence, their toolkits are for research",
    redistributable=False,
    homepage="https://github.com/VisDrone/VisDrone-Dataset",
    citation=(
        "Zhu, Wen, Du, Bian, Fan, Hu, Ling: Detection and Tracking Meet Drones Challenge. IEEE Transactions on Pattern "
        "Analysis and Machine Intelligence 2021."
    ),
    obtain=(
        "Open https://github.com/VisDrone/VisDrone-Dataset and follow the links of Task 2, object detection in videos.",
        "Unpack the archives into one folder, so that it holds VisDrone2019-VID-train and its fellows.",
        "Set `video: {keep: 0.05, by: stride}` in the recipe, or less: frames that follow each other are nearly alike.",
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
        named("people", "person", "people"),
        named("bicycle"),
        named("car"),
        named("van"),
        named("truck"),
        named("tricycle"),
        named("awning-tricycle"),
        named("bus"),
        named("motor", "motorcycle"),
        ignored("others"),
    ),
    published=(
        ("train clips", 56),
        ("val clips", 7),
        ("test-dev clips", 16),
        ("train pictures", 24201),
        ("val pictures", 2819),
        ("test-dev pictures", 6333),
    ),
    evidence="second source",
    notes=(
        "Score 0 means that a box is not to be counted: such boxes, ignored regions and others among them, count as lost. "
        "truncation means cut, heavy occlusion (2) difficult. `people` sit or ride, `pedestrian` stand or walk. "
        "Frames are numbered from 1 in the names of pictures and in the annotations alike. A frame of an annotated "
        "clip without lines shows no object; a line of a frame that is not there fails."
    ),
)
