"""Any pairs in WebDataset tars."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.webdataset_tars import WebDatasetTars

SPEC = DatasetSpec(
    name="webdataset",
    title="any pictures and captions in WebDataset tars",
    task="caption",
    reader=WebDatasetTars((Place("{split}"), Place("."))),
    layout=(
        "NAME-00000.tar, ...      each of KEY.jpg with KEY.txt or KEY.json, one after the other\n"
        "or by split: {train,val,test}/NAME-00000.tar\n"
        "`images` of a source names another folder"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="https://github.com/webdataset/webdataset",
    citation="Cite the dataset itself.",
    obtain=("Bring your own tars, not compressed.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="documented",
    notes=(
        "Members are grouped as open_clip groups them. Captions are the txt member and caption, text, title, captions or texts "
        "of the json member, numbered or not; all of them count as written by people. In tars of a build of skypairs the json "
        "says who wrote a caption: those of people are taken, those of rules are written anew from the boxes in it. "
        "Pictures are read in place. A key is the name of the tar and that of the sample."
    ),
)
