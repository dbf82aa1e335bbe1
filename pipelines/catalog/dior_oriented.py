"""DIOR-R: the pictures of DIOR with oriented boxes."""

from skypairs.pipelines.catalog import dior
from skypairs.schemas.dataset import DatasetSpec
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.oriented_voc import OrientedVoc

SPEC = DatasetSpec(
    name="dior-oriented",
    title="DIOR-R: oriented boxes on the pictures of DIOR",
    task="detection",
    reader=OrientedVoc(
        places=(Place("*", "Annotations/Oriented Bounding Boxes"),),
        lists=dior.LISTS,
        stems=True,
        lower=True,
    ),
    layout=(
        "JPEGImages-trainval/00001.jpg and JPEGImages-test/11726.jpg\n"
        "Annotations/Oriented Bounding Boxes/00001.xml\n"
        "Main/{train,val,test}.txt      or ImageSets/Main/: the names of each split"
    ),
    licence="not stated; research use",
    redistributable=False,
    homepage="https://gcheng-nwpu.github.io/",
    citation=(
        "Cheng, Wang, Li, Xie, Lang, Yao, Han: Anchor-free Oriented Proposal Generator for Object Detection. IEEE "
        "Transactions on Geoscience and Remote Sensing 60, 2022."
    ),
    obtain=(
        "Get the pictures and lists of DIOR (see `skypairs datasets dior`).",
        "Follow the link to DIOR-R on the authors' page and unpack its annotations into the same folder.",
    ),
    splits=dior.SPLITS,
    classes=dior.CLASSES,
    family="dior",
    sensor="Google Earth",
    published=dior.PUBLISHED[:4],
    evidence="sample",
    notes=dior.NOTES,
)
