"""Any dataset in COCO JSON."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.coco import Coco
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="coco",
    title="any dataset in COCO JSON",
    task="detection",
    reader=Coco(
        places=(
            Place("{split}", "annotations/instances_{split}.json"),
            Place("images/{split}", "annotations/instances_{split}.json"),
            Place("images", "annotations/instances_{split}.json"),
            Place("{split}/images", "annotations/{split}.json"),
            Place("{split}", "annotations/{split}.json"),
            Place("images", "annotations/{split}.json"),
            Place("{split}/images", "{split}/annotations.json"),
            Place("{split}", "{split}/_annotations.coco.json"),
            Place("{split}/images", "{split}.json"),
            Place("images", "{split}.json"),
            Place("images", "annotations.json"),
            Place("images", "labels.json"),
            Place("images", "annotations/instances.json"),
            Place(".", "_annotations.coco.json"),
            Place(".", "annotations.json"),
        )
    ),
    layout=(
        "images/NAME.jpg and annotations.json      one file of images, annotations and categories\n"
        "or by split: {train,val,test}/ or images/ with annotations/instances_{train,val,test}.json\n"
        "`images` and `annotations` of a source name another folder and file"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="https://cocodataset.org/#format-data",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures with one COCO file of their boxes or outlines.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="documented",
    notes=(
        "The box is `bbox` where it is usable, else the bounds of `segmentation`. `iscrowd` marks a group of objects, "
        "`ignore` a difficult one. Pictures are found by `file_name` below the folder, or by the end of it. A picture "
        "that the file lists without objects is annotated and empty."
    ),
)
