"""xBD, the data of xView2: buildings before and after disasters."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.wkt import Wkt

SPEC = DatasetSpec(
    name="xbd",
    title="xBD: building damage before and after disasters",
    task="detection",
    reader=Wkt(
        places=(Place("{split}/images", "{split}/labels"),),
        picture=r"(?P<key>.+_(?:pre|post)_disaster)",
        parent=r"(.+)_(?:pre|post)_disaster",
    ),
    layout=(
        "{train,tier3,test,hold}/images/guatemala-volcano_00000000_pre_disaster.png      and post\n"
        "{train,tier3,test,hold}/labels/guatemala-volcano_00000000_pre_disaster.json     and post"
    ),
    licence="CC-BY-NC-SA-4.0",
    redistributable=True,
    homepage="https://xview2.org/",
    citation=(
        "Gupta, Hosfelt, Sajeev, Patel, Goodman, Doshi, Heim, Choset, Gaston: xBD: A Dataset for Assessing Building Damage "
        "from Satellite Imagery. CVPR Workshops 2019."
    ),
    obtain=(
        "Open https://xview2.org/, register and get the training, tier 3, test and holdout sets.",
        "Unpack them into train, tier3, test and hold below one folder.",
    ),
    splits=(Split("train", "train"), Split("tier3", "train"), Split("test", "test"), Split("hold", "test")),
    classes=(
        named("building"),
        named("no-damage", "undamaged building", "undamaged buildings"),
        named("minor-damage", "slightly damaged building", "slightly damaged buildings"),
        named("major-damage", "heavily damaged building", "heavily damaged buildings"),
        named("destroyed", "destroyed building", "destroyed buildings"),
        named("un-classified", "building", "buildings"),
    ),
    sensor="WorldView, GeoEye, QuickBird",
    published=(("pictures", 22068), ("buildings", 850736)),
    evidence="second source",
    notes=(
        "Pictures from before and after are both read and share a group. Damage is known after the disaster only; before it, "
        "and where it is un-classified, a building is a building. Damage to a roof may not show in a picture: captions that "
        "name it are as true as the labels. Holes in outlines are left out. Counts come from a third party. The masks in "
        "targets/ are not read."
    ),
)
