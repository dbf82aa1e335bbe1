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
        "{airplane,car,ship,train}/01/seg/000001.json         or det/OBB or det/HBB/000001.xml, or only mot/01.txt\n"
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
    evidence="second source",
    notes=(
        "The layout is that of third-party readers, of which three agree on folders and frames (from 1) and two on "
        "oriented boxes; seg, mot and the workbook are known from one; no file was seen. Where an object has a subname, "
        "that is its fine class. The objects of a frame are those of one file, the richest: the outlines of seg, else the "
        "oriented boxes of det/OBB, else the boxes of det/HBB. A frame without such a file, in a sequence that has them "
        "for others, shows no object. The bounds of all its polygons are an object's box; one polygon is its outline, "
        "several are none, and where none has three corners the box is bbox, read as xmin, ymin, xmax, ymax. Sequences "
        "without seg and det take the boxes of their tracks, by coarse class and whatever the confidence. There cars are "
        "labelled only while they move: each frame of such a sequence counts at least one car as lost in its record, and "
        "the caption rules, which count boxes alone, may still say too few. Frames are taken to be numbered alike in "
        "names and tracks. Of the sheets of data_split.xlsx the first of det_HBB, det_OBB, mot, seg that names a sequence "
        "counts; one that none names is in no split. There is no official val."
    ),
)
