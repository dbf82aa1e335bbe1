"""Any dataset with a caption file in the layout of Karpathy's splits."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.karpathy import Karpathy
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="karpathy",
    title="any pictures with a caption file in Karpathy's layout",
    task="caption",
    reader=Karpathy(
        places=tuple(
            Place(pictures, captions) for captions in ("dataset.json", "dataset_*.json") for pictures in ("images", "imgs", ".")
        )
    ),
    layout=(
        "dataset.json or dataset_NAME.json      images[] of filename, split, sentences[].raw\n"
        "images/ or imgs/, or pictures below the root\n"
        "`images` and `annotations` of a source name another folder and file"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="https://cs.stanford.edu/people/karpathy/deepimagesent/",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures with one caption file.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="documented",
    notes="The split of a picture stands in the file. Blank captions are left out. UTF-8 or GB18030.",
)
