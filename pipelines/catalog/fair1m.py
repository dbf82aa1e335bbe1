"""FAIR1M: fine-grained airplanes, ships, vehicles, courts and roads, with oriented boxes."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.fair1m import Fair1m
from skypairs.transforms.readers.layout import Place

_PLANES = (
    *("Boeing737", "Boeing747", "Boeing777", "Boeing787", "ARJ21", "C919", "A220", "A321", "A330", "A350"),
    "other-airplane",
)

SPEC = DatasetSpec(
    name="fair1m",
    title="FAIR1M: fine-grained object recognition",
    task="detection",
    reader=Fair1m(
        places=(
            Place("{split}/*/images", "{split}/*/labelXml"),
            Place("{split}/images", "{split}/labelXml"),
            Place("{split}/images", "{split}/labelXmls"),
        )
    ),
    layout=(
        "train/{part1,part2}/images/0.tif and train/{part1,part2}/labelXml/0.xml\n"
        "validation/images/0.tif and validation/labelXml/0.xml      or labelXmls\n"
        "test/images/0.tif"
    ),
    licence="CC-BY-NC-SA-3.0",
    redistributable=False,
    homepage="https://www.gaofen-challenge.com/benchmark",
    citation=(
        "Sun, Wang, Yan, Xu, Wang, Diao, Chen, Li, Feng, Xu, Weinmann, Hinz, Wang, Fu: FAIR1M: A benchmark dataset for "
        "fine-grained object recognition in high-resolution remote sensing imagery. ISPRS Journal of Photogrammetry and Remote "
        "Sensing 184, 2022."
    ),
    obtain=(
        "Register at https://www.gaofen-challenge.com/benchmark and get the archives.",
        "Unpack them into train/part1, train/part2, validation and test.",
    ),
    splits=(Split("train", "train"), Split("validation", "test"), Split("test", "test", annotated=False)),
    classes=(
        named("Passenger Ship"),
        named("Motorboat"),
        named("Fishing Boat"),
        named("Tugboat"),
        named("other-ship", "ship"),
        named("Engineering Ship"),
        named("Liquid Cargo Ship"),
        named("Dry Cargo Ship"),
        named("Warship"),
        named("Small Car", "car"),
        named("Bus"),
        named("Cargo Truck"),
        named("Dump Truck"),
        named("other-vehicle", "vehicle"),
        named("Van"),
        named("Trailer"),
        named("Tractor"),
        named("Excavator"),
        named("Truck Tractor"),
        *(named(name, "airplane") for name in _PLANES),
        named("Baseball Field"),
        named("Basketball Court"),
        named("Football Field", "soccer field"),
        named("Tennis Court"),
        named("Roundabout"),
        named("Intersection"),
        named("Bridge"),
    ),
    sensor="Gaofen, Google Earth",
    evidence="documented",
    notes=(
        "Every type of plane is called airplane, and the `other-` classes by their kind: their own names stay in the records. "
        "Points are in pixels; what says otherwise is lost. Labels of test are not public. The licence, and the names of "
        "the folders of validation, are assumed."
    ),
)
