"""Any dataset in YOLO text."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.yolo import Yolo

SPEC = DatasetSpec(
    name="yolo",
    title="any dataset in YOLO text: boxes, outlines or oriented boxes",
    task="detection",
    reader=Yolo(
        (
            Place("images/{split}", "labels/{split}"),
            Place("{split}/images", "{split}/labels"),
            Place("images", "labels"),
        )
    ),
    layout=(
        "images/{train,val,test}/NAME.jpg and labels/{train,val,test}/NAME.txt      or {train,val,test}/images and labels\n"
        "or images/ and labels/ directly below the root\n"
        "data.yaml with `names`, or classes.txt, in the root; where data.yaml has `train`, `val` or `test`, they count\n"
        "`images` and `annotations` of a source name other folders"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="https://docs.ultralytics.com/datasets/",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures with one text file each, and data.yaml.",),
    splits=(Split("train", "train"), Split("valid", "test"), Split("val", "test"), Split("test", "test")),
    evidence="documented",
    notes=(
        "An empty text file is a picture without objects; a picture without one is not annotated. `path`, `train`, "
        "`val` and `test` of data.yaml are followed as they are written (folders, lists of folders, text files of pictures) as "
        "far as they stay below the root and lead to pictures; else folders are found by their names. Objects of a number that "
        "data.yaml does not name, or whose coordinates are no shares, are counted as lost. Key points are left out where "
        "data.yaml has `kpt_shape`, and cannot be told from outlines without it."
    ),
)
