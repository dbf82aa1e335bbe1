"""AU-AIR: traffic seen from a drone at low altitude."""

from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.au_air import AuAir
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="au-air",
    title="AU-AIR: traffic surveillance from low altitude",
    task="detection",
    reader=AuAir(
        places=(Place("images", "annotations.json"), Place("images", "annotations/*.json"), Place(".", "annotations.json"))
    ),
    layout="images/frame_20190829091111_x_0000001.jpg and annotations.json",
    licence="the annotation file names CC-BY-NC-SA-2.0 and CC-BY-NC-2.0",
    redistributable=False,
    homepage="https://bozcani.github.io/auairdataset",
    citation=(
        "Bozcan, Kayacan: AU-AIR: A Multi-modal Unmanned Aerial Vehicle Dataset for Low Altitude Traffic Surveillance. ICRA "
        "2020."
    ),
    obtain=(
        "Open https://bozcani.github.io/auairdataset and follow the links to pictures and annotations.",
        "Unpack the pictures into images/, and put annotations.json beside that folder.",
    ),
    classes=(
        named("Human"),
        named("Car"),
        named("Truck"),
        named("Van"),
        named("Motorbike"),
        named("Bicycle"),
        named("Bus"),
        named("Trailer"),
    ),
    sensor="Parrot Bebop 2, 1920 x 1080",
    published=(
        ("pictures", 32823),
        ("objects", 132031),
        ("cars", 102619),
        ("vans", 9995),
        ("trucks", 9545),
        ("people", 5158),
        ("trailers", 2538),
        ("bicycles", 1128),
        ("buses", 729),
        ("motorcycles", 319),
    ),
    evidence="sample",
    notes=(
        "There are no splits. Frames follow each other in time: those of one flight, by the date in their names, share a "
        "group. Classes go by the list in the file; that of the README is in another order. The width stands in "
        "image_width, or in `image_width:`. Objects are neither marked difficult nor cut; those at the border are not "
        "marked at all. The README's 32,283 pictures are a slip for 32,823."
    ),
)
