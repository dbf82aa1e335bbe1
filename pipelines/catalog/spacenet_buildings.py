"""SpaceNet 1 and 2: footprints of buildings in six cities."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.recipe import Bands
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.geojson import GeoJson
from skypairs.transforms.readers.layout import Place

_CITY = r"(?P<city>AOI_\d+_[A-Za-z]+)"

SPEC = DatasetSpec(
    name="spacenet-buildings",
    title="SpaceNet 1 and 2: buildings",
    task="detection",
    reader=GeoJson(
        places=(
            Place("{split}/*/PS-RGB", "{split}/*/geojson_buildings"),
            Place("{split}/*/RGB-PanSharpen", "{split}/*/geojson/buildings"),
            Place("*/RGB-PanSharpen", "*/geojson/buildings", holds="train"),
            Place("3band", "vectordata/geojson", holds="train"),
            Place("3band", "geojson", holds="train"),
        ),
        label="building",
        picture=rf"(?:.*/)?[^/]*{_CITY}[^/]*_(?P<number>img\d+)",
        features=rf"(?:.*/)?[^/]*{_CITY}[^/]*_(?P<number>img\d+)",
    ),
    layout=(
        "AOI_2_Vegas_Train/RGB-PanSharpen/RGB-PanSharpen_AOI_2_Vegas_img1.tif\n"
        "AOI_2_Vegas_Train/geojson/buildings/buildings_AOI_2_Vegas_img1.geojson\n"
        "or train/AOI_2_Vegas/PS-RGB and train/AOI_2_Vegas/geojson_buildings; SpaceNet 1: 3band and vectordata/geojson"
    ),
    licence="CC-BY-SA-4.0",
    redistributable=True,
    homepage="https://spacenet.ai/datasets/",
    citation="Van Etten, Lindenbaum, Bacastow: SpaceNet: A Remote Sensing Dataset and Challenge Series. 2018.",
    obtain=(
        "Open https://spacenet.ai/datasets/ and follow the instructions for SpaceNet 2 (or 1) to the bucket.",
        "Get and unpack the training sets of the cities into one folder.",
    ),
    splits=(Split("train", "train"), Split("test", "test", annotated=False)),
    classes=(named("building"),),
    sensor="WorldView-2 and -3",
    bands=((8, Bands(choose=(5, 3, 2))),),
    published=(
        ("pictures of Rio", 6940),
        ("pictures of Las Vegas", 3850),
        ("pictures of Paris", 1148),
        ("pictures of Shanghai", 4582),
        ("pictures of Khartoum", 1012),
    ),
    evidence="second source",
    notes=(
        "Footprints are on the ground and put into pixels by the picture's header. Pictures of 16 bits are stretched between "
        "their 2nd and 98th percentile; of eight bands (`images: MUL-PanSharpen`) 5, 3 and 2 are shown. "
        "A file of 0 bytes stands for no buildings; a null geometry counts as lost. A building "
        "in several parts is one object. Test pictures have no labels. Folders and prefixes of SpaceNet 2 are those that "
        "several tools read; those of copies by other tools are partly assumed."
    ),
)
