"""CapERA: five captions of each clip of ERA, events seen from drones."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.capera import CapEra
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="capera",
    title="CapERA: captions of events in aerial videos",
    task="caption",
    reader=CapEra(
        places=tuple(
            Place(videos, "*{split}*.json")
            for videos in ("{split}", "videos/{split}", "ERA_Dataset/{split}", "videos", "ERA_Dataset", ".")
        )
    ),
    layout=(
        "{Train,Test}/EVENT/EVENT_001.mp4      or below videos/ or ERA_Dataset/, in folders by event or not\n"
        "a JSON file a split, with `train` or `test` in its name, beside them"
    ),
    licence="not stated",
    redistributable=False,
    homepage="https://github.com/yakoubbazi/CapEra",
    citation=(
        "Bashmal, Bazi, Al Rahhal, Zuair, Melgani: CapERA: Captioning Events in Aerial Videos. Remote Sensing 15(8), 2023."
    ),
    obtain=(
        "Open https://github.com/yakoubbazi/CapEra and get the caption files of train and test.",
        "Open https://lcmou.github.io/ERA_Dataset/ and get the videos of ERA.",
        "Unpack the videos into Train and Test beside the caption files.",
    ),
    splits=(Split("train", "train"), Split("test", "test")),
    published=(("train clips", 1473), ("test clips", 1391)),
    evidence="assumed",
    notes=(
        "The frame in the middle of a clip stands for it, so that `video.keep` takes nothing away. The content of the "
        "caption files was measured; the names of files and the folders of the videos are assumed, so videos are found by "
        "their bare names in any folder. Five captions of a clip; blank ones are left out. By the authors' words one of "
        "them was written by people and the others were made from it by machine; the file does not say which, and all "
        "count as written by people."
    ),
)
