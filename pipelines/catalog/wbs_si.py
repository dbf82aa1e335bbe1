"""WBS-SI: water bodies in satellite pictures."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="wbs-si",
    title="WBS-SI: water body segmentation in satellite images",
    task="segmentation",
    reader=Masks(
        places=(Place("images", "masks"), Place("image", "mask")),
        encoding="threshold",
        classes=(MaskClass((128,), "water body"),),
        picture=r"(?P<key>water_body_\d+)",
        lists=("{split}.txt", "{split}.csv"),
    ),
    layout=(
        "Images/water_body_1.jpg\nMasks/water_body_1.jpg      JPEG, white is water\n"
        "train.txt and val.txt      optional: the names of each split"
    ),
    licence="not stated",
    redistributable=False,
    homepage="https://www.kaggle.com/datasets/franciscoescobar/satellite-images-of-water-bodies",
    citation="Escobar: Satellite Images of Water Bodies.",
    obtain=("Get the archive from the page of the dataset.", "Unpack it; the root is the folder that holds Images and Masks."),
    splits=(Split("train", "train"), Split("val", "test")),
    classes=(named("water body", "body of water", "bodies of water"),),
    sensor="Sentinel-2",
    published=(("pairs", 2841),),
    evidence="documented",
    notes=(
        "The masks are JPEG: a pixel with any channel of at least 128 is water. The set has no splits of its own: without "
        "lists in the root a source of it names none."
    ),
)
