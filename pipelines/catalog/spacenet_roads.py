"""SpaceNet 3 and 5: centre lines of roads."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.recipe import Bands
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.geojson import GeoJson
from skypairs.transforms.readers.layout import Place

_CITY = r"(?P<city>AOI_\d+_[A-Za-z]+)"
_NAME = rf"(?:.*/)?[^/]*{_CITY}[^/]*_(?P<number>(?:img|chip)\d+)"

SPEC = DatasetSpec(
    name="spacenet-roads",
    title="SpaceNet 3 and 5: roads",
    task="segmentation",
    reader=GeoJson(
        places=(
            Place("{split}/*/PS-RGB", "{split}/*/geojson_roads"),
            Place("{split}_public/*/PS-RGB", "{split}_public/*/geojson_roads"),
            Place("*/PS-RGB", "*/geojson_roads", holds="train"),
            Place("*/RGB-PanSharpen", "*/geojson/spacenetroads", holds="train"),
        ),
        label="road",
        line_width=8.0,
        picture=_NAME,
    ),
    layout=(
        "train/AOI_2_Vegas/PS-RGB/SN3_roads_train_AOI_2_Vegas_PS-RGB_img1.tif\n"
        "train/AOI_2_Vegas/geojson_roads/SN3_roads_train_AOI_2_Vegas_geojson_roads_img1.geojson\n"
        "SpaceNet 5: chip1 for img1"
    ),
    licence="CC-BY-SA-4.0",
    redistributable=True,
    homepage="https://spacenet.ai/datasets/",
    citation="Van Etten, Lindenbaum, Bacastow: SpaceNet: A Remote Sensing Dataset and Challenge Series. 2018.",
    obtain=(
        "Open https://spacenet.ai/datasets/ and follow the instructions for SpaceNet 3 (or 5) to the bucket.",
        "Get and unpack PS-RGB and geojson_roads of the cities; the root is the folder that holds train.",
    ),
    splits=(Split("train", "train"), Split("test", "test", annotated=False)),
    classes=(named("road"),),
    sensor="WorldView-2 and -3",
    bands=((8, Bands(choose=(5, 3, 2))),),
    published=(
        ("pictures of Las Vegas", 854),
        ("pictures of Paris", 257),
        ("pictures of Shanghai", 1028),
        ("pictures of Khartoum", 283),
        ("pictures of Moscow", 1353),
        ("pictures of Mumbai", 1016),
    ),
    evidence="second source",
    notes=(
        "Labels are centre lines: a road is taken to be 8 m wide, whatever its lanes. Each line is a region of its own, so "
        "that regions are stretches of road and their number is no number of roads. Pictures of 16 bits are stretched "
        "between their 2nd and 98th percentile; of eight bands 5, 3 and 2 are shown. "
        "A file of 0 bytes stands for no roads; some pictures have no file and are "
        "unannotated. Test pictures have no labels; the names of their folders are assumed."
    ),
)
