"""Stanford Drone: people and vehicles on a campus, in 60 videos from above."""

from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.stanford_drone import StanfordDrone

SPEC = DatasetSpec(
    name="stanford-drone",
    title="Stanford Drone: pedestrians, bikers and vehicles on a campus, in videos",
    task="detection",
    reader=StanfordDrone(
        places=(
            Place("videos/*/*", "annotations/*/*"),
            Place("annotations/*/*", "annotations/*/*"),
            Place("*/*", "*/*"),
        )
    ),
    layout=(
        "annotations/SCENE/video0/{annotations.txt,reference.jpg}\n"
        "videos/SCENE/video0/video.mov      or extracted frames there, or neither: then the reference is the one frame\n"
        "or SCENE/video0/ with all of these"
    ),
    licence="CC-BY-NC-SA-3.0",
    redistributable=True,
    homepage="https://cvgl.stanford.edu/projects/uav_data/",
    citation=(
        "Robicquet, Sadeghian, Alahi, Savarese: Learning Social Etiquette: Human Trajectory Understanding in Crowded Scenes. "
        "ECCV 2016."
    ),
    obtain=(
        "Open https://cvgl.stanford.edu/projects/uav_data/ and get the dataset, about 69 GB.",
        "Unpack it, so that one folder holds annotations and videos.",
        "Set `video: {keep: 0.01, by: stride}` in the recipe, or less: frames that follow each other are nearly alike.",
    ),
    classes=(
        named("Pedestrian"),
        named("Biker", "cyclist"),
        named("Skater"),
        named("Cart", "golf cart"),
        named("Car"),
        named("Bus"),
    ),
    published=(("videos", 60),),
    evidence="sample",
    notes=(
        "The frames of a clip are those from the first to the last that its annotations name; one of them without lines shows "
        "no object. lost = 1 means out of view and is no object; generated = 1 (interpolated) is kept; occluded = 1 is kept. "
        "A line that names no frame counts as lost in the first frame listed of its clip. Without a video, extracted frames "
        "are read: the number at the end of a name is taken to be the frame's, from 0; annotated frames that were not "
        "extracted are not listed. With neither, reference.jpg is frame 0. Of a video without annotations the middle frame is "
        "listed. There are no official splits of the pictures. A picture is decoded from the video and encoded as JPEG."
    ),
)
