"""HRRSD: 13 classes in pictures from Google Earth and Baidu Map."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.voc import Voc

SPEC = DatasetSpec(
    name="hrrsd",
    title="HRRSD: high resolution remote sensing detection",
    task="detection",
    reader=Voc(
        places=(Place("OPT2017/JPEGImages", "OPT2017/Annotations"), Place("JPEGImages", "Annotations")),
        lists=("OPT2017/ImageSets/Main/{split}.txt", "ImageSets/Main/{split}.txt"),
    ),
    layout=(
        "OPT2017/JPEGImages/00001.jpg and OPT2017/Annotations/00001.xml\n"
        "OPT2017/ImageSets/Main/{train,val,test}.txt      the names of each split\n"
        "the root may also be OPT2017"
    ),
    licence="MulanPSL-1.0 for the annotations; not stated for the pictures",
    redistributable=False,
    homepage="https://github.com/CrazyStoneonRoad/TGRS-HRRSD-Dataset",
    citation=(
        "Zhang, Yuan, Feng, Lu: Hierarchical and Robust Convolutional Neural Network for Very High-Resolution Remote Sensing "
        "Object Detection. IEEE Transactions on Geoscience and Remote Sensing 57, 2019."
    ),
    obtain=(
        "Open https://github.com/CrazyStoneonRoad/TGRS-HRRSD-Dataset and follow its links to the pictures.",
        "Put the pictures into OPT2017/JPEGImages beside Annotations and ImageSets.",
    ),
    splits=(Split("train", "train"), Split("val", "train"), Split("test", "test")),
    classes=(
        named("ship"),
        named("bridge"),
        named("ground track field"),
        named("storage tank"),
        named("basketball court"),
        named("tennis court"),
        named("airplane"),
        named("baseball diamond"),
        named("harbor"),
        named("vehicle"),
        named("crossroad"),
        named("T junction"),
        named("parking lot"),
    ),
    sensor="Google Earth, Baidu Map",
    published=(
        ("pictures", 21761),
        ("train pictures", 5401),
        ("val pictures", 5417),
        ("test pictures", 10943),
        ("objects", 57137),
    ),
    evidence="sample",
    notes=(
        "Boxes are 0-based in practice. No object is marked difficult or cut. The lists of single classes (`T "
        "junction_test.txt`) are not read. Work on it trains on train and val together, so that val is no reference; "
        "trainval is the two of them. The README counts 55,740 objects, the files hold 57,137. The COCO files divide the "
        "pictures otherwise and are not read."
    ),
)
