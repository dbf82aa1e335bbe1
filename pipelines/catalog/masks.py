"""Any dataset of pictures with class masks."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

_FOLDERS = ("masks", "labels", "gt", "label", "mask")

SPEC = DatasetSpec(
    name="masks",
    title="any pictures with class masks",
    task="segmentation",
    reader=Masks(
        places=(
            *(Place("{split}/images", f"{{split}}/{masks}") for masks in _FOLDERS),
            *(Place("images/{split}", f"{masks}/{{split}}") for masks in _FOLDERS),
            *(Place("images", masks) for masks in _FOLDERS),
        )
    ),
    layout=(
        "images/NAME.jpg and masks/NAME.png      or labels/, gt/; NAME_mask and NAME_label will do\n"
        "or both in a folder a split\n"
        "classes.json beside the masks or in the root:\n"
        '  {"building": 1, "road": 2} for masks of numbers, {"building": 255} for binary ones,\n'
        '  {"building": [255, 0, 0]} for masks of colours, or ["background", "building"] by position;\n'
        "  or classes.csv with a first line of name,value or name,r,g,b\n"
        "`images` and `annotations` of a source name other folders"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures with one mask each, of the same size, and classes.json.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="assumed",
    notes=(
        "Values that classes.json does not list are background, and so are classes called background, unlabelled, "
        "ignore, void or no data. Masks with a colour table are read by number. JPEG masks are refused: compression "
        "changes their values."
    ),
)
