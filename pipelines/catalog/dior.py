"""DIOR with upright boxes, and what DIOR with oriented boxes (dior_oriented.py) has in common with it."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.oriented_voc import OrientedVoc

LISTS = ("Main/{split}.txt", "ImageSets/Main/{split}.txt")
SPLITS = (Split("train", "train"), Split("val", "train"), Split("test", "test"))
CLASSES = (
    named("airplane"),
    named("airport"),
    named("baseballfield"),
    named("basketballcourt"),
    named("bridge"),
    named("chimney"),
    named("dam"),
    named("expressway-service-area"),
    named("expresswayservicearea"),
    named("expressway-toll-station"),
    named("expresswaytollstation"),
    named("golffield"),
    named("groundtrackfield"),
    named("harbor"),
    named("overpass"),
    named("ship"),
    named("stadium"),
    named("storagetank"),
    named("tenniscourt"),
    named("trainstation"),
    named("vehicle"),
    named("windmill"),
)
PUBLISHED = (
    ("pictures", 23463),
    ("train pictures", 5862),
    ("val pictures", 5863),
    ("test pictures", 11738),
    ("objects", 192472),
)
NOTES = (
    "Names are spelt in mixed case, with hyphens or without, and read in lower case. Pictures are found by their bare "
    "names in any folder of the root. Most work trains on train and val together, so that val is no reference. Counts "
    "of the splits come from a third party. Where both kinds of boxes lie in one root, use one entry: the pictures are "
    "the same, and both share groups."
)

SPEC = DatasetSpec(
    name="dior",
    title="DIOR: object detection in optical remote sensing images",
    task="detection",
    reader=OrientedVoc(
        places=(Place("*", "Annotations/Horizontal Bounding Boxes"),),
        lists=LISTS,
        stems=True,
        lower=True,
    ),
    layout=(
        "JPEGImages-trainval/00001.jpg and JPEGImages-test/11726.jpg\n"
        "Annotations/Horizontal Bounding Boxes/00001.xml\n"
        "Main/{train,val,test}.txt      or ImageSets/Main/: the names of each split"
    ),
    licence="not stated; research use",
    redistributable=False,
    homepage="http://www.escience.cn/people/gongcheng/DIOR.html",
    citation=(
        "Li, Wan, Cheng, Meng, Han: Object detection in optical remote sensing images: A survey and a new benchmark. ISPRS "
        "Journal of Photogrammetry and Remote Sensing 159, 2020."
    ),
    obtain=(
        "Follow the links on the authors' page to the pictures, the annotations and the lists of the splits.",
        "Unpack all archives into one folder, so that it holds JPEGImages-trainval, JPEGImages-test, Annotations and Main.",
    ),
    splits=SPLITS,
    classes=CLASSES,
    family="dior",
    sensor="Google Earth",
    published=PUBLISHED,
    evidence="second source",
    notes=NOTES,
)
