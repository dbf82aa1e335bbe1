"""Any dataset of pictures with a mask of objects and a mask of classes each."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.instance_masks import InstanceMasks
from skypairs.transforms.readers.layout import Place


def _places(masks: str) -> tuple[Place, ...]:
    return (
        Place("{split}/images", f"{{split}}/{masks}"),
        Place("images/{split}", f"{masks}/{{split}}"),
        Place("images", masks),
    )


SPEC = DatasetSpec(
    name="instance-masks",
    title="any pictures with masks of objects and masks of classes",
    task="segmentation",
    reader=InstanceMasks(_places("instances"), class_places=_places("classes"), parent=""),
    layout=(
        "images/NAME.jpg, instances/NAME.png and classes/NAME.png\n"
        "or all three in a folder a split, or a folder a split in each of the three\n"
        "instances: one colour or number an object, 0 or black for none; classes: one colour or number a class\n"
        "classes.json beside the class masks or in the root:\n"
        '  {"building": 1, "road": 2} for class masks of numbers, {"building": [255, 0, 0]} for those of colours,\n'
        '  or ["background", "building"] by position; or classes.csv with a first line of name,value or name,r,g,b\n'
        "`images` and `annotations` of a source name other folders of pictures and of instance masks"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures with two masks each, of the same size and name, and classes.json.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="assumed",
    notes=(
        "An object is of the class that most of its pixels have in the class mask, background not counted; objects that lie "
        "on background alone are counted as lost. Values that classes.json does not list are background, and so are classes "
        "called background, unlabelled, ignore, void or no data. A class mask without instance mask gives regions, so that "
        "touching objects count as one; an instance mask without class mask fails. Instance masks with a colour table are "
        "read by number. JPEG masks are refused: compression changes their values."
    ),
)
