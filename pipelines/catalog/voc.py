"""Any dataset in Pascal VOC XML."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.voc import Voc

SPEC = DatasetSpec(
    name="voc",
    title="any dataset in Pascal VOC XML",
    task="detection",
    reader=Voc(
        places=(
            Place("{split}/JPEGImages", "{split}/Annotations"),
            Place("{split}/images", "{split}/Annotations"),
            Place("{split}/images", "{split}/labels"),
            Place("images/{split}", "Annotations/{split}"),
            Place("JPEGImages", "Annotations"),
            Place("images", "Annotations"),
            Place("images", "labels"),
        ),
        lists=("ImageSets/Main/{split}.txt", "ImageSets/{split}.txt", "Main/{split}.txt"),
    ),
    layout=(
        "JPEGImages/NAME.jpg and Annotations/NAME.xml      or images/, or both in a folder a split\n"
        "ImageSets/Main/{train,trainval,val,test}.txt      optional: the names of each split\n"
        "`images` and `annotations` of a source name other folders"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="http://host.robots.ox.ac.uk/pascal/VOC/",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures with one XML of `annotation/object/bndbox` each.",),
    splits=(Split("train", "train"), Split("trainval", "train"), Split("val", "test"), Split("test", "test")),
    evidence="sample",
    notes=(
        "Boxes are read as 0-based and half-open, which is what remote-sensing datasets write in practice. Only boxes "
        "of objects are read, not those of their parts. The file's own name counts, not <filename>. `truncated` means "
        "cut."
    ),
)
