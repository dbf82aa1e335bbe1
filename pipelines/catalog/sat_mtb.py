"""SAT-MTB: airplanes, cars, ships and trains in satellite videos."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.sat_mtb import SatMtb

SPEC = DatasetSpec(
    name="sat-mtb",
    title="SAT-MTB: objects in satellite videos",
    task="detection",
    reader=SatMtb(),
    layout=(
        "{airplane,car,ship,train}/01/img/000001.png\n"
        "{airplane,car,ship,train}/01/det/HBB/000001.xml      or only mot/01.txt\n"
        "data_split.xlsx                                      says which sequences are train and test"
    ),
    licence="not stated",
    redistributable=False,
    homepage="https://github.com/ShanZard/ROS-SAM",
    citation=(
        "Li, Zhou, Zhao, et al.: A Multitask Benchmark Dataset for Satellite Video: Object Detection, Tracking, and "
        "Segmentation. IEEE Transactions on Geoscience and Remote Sensing 2023."
    ),
    obtain=(
        "Ask the authors of the dataset for it.",
        "Unpack it, so that one folder holds airplane, car, ship, train and data_split.xlsx.",
        "Set `video: {keep: 0.05, by: stride}` in the recipe, or less: frames that follow each other are nearly alike.",
    ),
    splits=(Split("train", "train"), Split("test", "test")),
    classes=(
        named("airplane"),
        named("car"),
        named("ship"),
        named("train"),
        named("WA", "wide-bodied airplane"),
        named("NA", "narrow-bodied airplane"),
        named("RA", "rear-engined airplane"),
        named("FA", "four-engined airplane"),
        named("CA", "corporate airplane"),
        named("SB", "speedboat"),
        named("YH", "yacht"),
        named("CS", "cruise ship"),
        named("FH", "freighter"),
        named("NV", "naval vessel"),
        named("OS", "ship"),
        named("LC", "large car"),
        named("SC", "small car"),
        named("TN", "train"),
    ),
    sensor="satellite video",
    published=(("videos", 249), ("objects", 1_033_511)),
    evidence="assumed",
    notes=(
        "The layout is that of one third-party loader; no file was seen. Boxes are those of det/HBB; a frame without an XML "
        "shows no object. Sequences without det/HBB take the boxes of their tracks, by coarse class and whatever the "
        "confidence; there cars are labelled only while they move, so that captions may count too few. Oriented boxes and "
        "masks are not read. Frames are taken to be numbered alike in names and tracks. Of the sheets of data_split.xlsx the "
        "first of det_HBB, det_OBB, mot, seg that names a sequence counts; one that none names is in no split. There is no "
        "official val."
    ),
)
