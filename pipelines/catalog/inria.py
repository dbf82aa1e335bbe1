"""Inria aerial image labelling: buildings of ten cities in tiles of 5000x5000."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

_TRAIN = "austin|chicago|kitsap|tyrol-w|vienna"
_TEST = "bellingham|bloomington|innsbruck|sfo|tyrol-e"

SPEC = DatasetSpec(
    name="inria",
    title="Inria aerial image labelling",
    task="segmentation",
    reader=Masks(
        places=(Place("train/images", "train/gt"), Place("{split}/images", "{split}/gt")),
        encoding="threshold",
        classes=(MaskClass((128,), "building"),),
        picture=f"(?P<key>(?:{_TRAIN}|{_TEST})[0-9]+)",
        members=(("train", r"\D+(?:[6-9]|[1-9]\d)"), ("val", r"\D+[1-5]")),
    ),
    layout="train/images/austin1.tif\ntrain/gt/austin1.tif      0 and 255\ntest/images/bellingham1.tif",
    licence="not stated; free for research",
    redistributable=False,
    homepage="https://project.inria.fr/aerialimagelabeling/",
    citation=(
        "Maggiori, Tarabalka, Charpiat, Alliez: Can Semantic Labeling Methods Generalize to Any City? The Inria Aerial Image "
        "Labeling Benchmark. IGARSS 2017."
    ),
    obtain=(
        "Open https://project.inria.fr/aerialimagelabeling/ and get the five parts of aerialimagelabeling.7z.",
        "Unpack them; the root is the folder AerialImageDataset.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test", annotated=False)),
    classes=(named("building"),),
    gsd=0.3,
    sensor="airborne camera",
    published=(("train and val pictures", 180), ("test pictures", 180)),
    evidence="second source",
    notes=(
        "train and val lie in one folder: val are tiles 1 to 5 of each city, as is usual; a source without a split reads both. "
        "Values of at least 128 are building. Touching buildings count as one region."
    ),
)
