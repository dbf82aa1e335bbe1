"""LEVIR: airplanes, ships and oil tanks (not LEVIR-CD, LEVIR-CC or LEVIR-Ship)."""

from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.box_lines import BoxLines
from skypairs.transforms.readers.layout import Place

SPEC = DatasetSpec(
    name="levir",
    title="LEVIR: target detection in aerial images",
    task="detection",
    reader=BoxLines(
        places=(Place("imageWithLabel", "imageWithLabel"),),
        suffix=".txt",
        fields=("class", "x0", "y0", "x1", "y1"),
        classes=((1, "airplane"), (2, "ship"), (3, "oilpot")),
    ),
    layout=("imageWithLabel/NAME.jpg and imageWithLabel/NAME.txt\n`images` and `annotations` of a source name other folders"),
    licence="not stated; research use",
    redistributable=False,
    homepage="http://levir.buaa.edu.cn/Code.htm",
    citation=(
        "Zou, Shi: Random Access Memories: A New Paradigm for Target Detection in High Resolution Aerial Remote Sensing "
        "Images. IEEE Transactions on Image Processing 27, 2018."
    ),
    obtain=("Follow the link on the authors' page.", "Unpack it, so that the folder holds imageWithLabel."),
    classes=(named("airplane"), named("ship"), named("oilpot", "storage tank")),
    sensor="Google Earth",
    published=(("pictures", 21952), ("airplanes", 4724), ("ships", 3025), ("storage tanks", 3279)),
    evidence="assumed",
    notes=(
        "Folders, the order of a line (class x0 y0 x1 y1) and the numbers of classes are assumed: compare a few boxes with "
        "their pictures before you rely on it. Most pictures show none of the objects: an empty file means so, while a "
        "picture without file is unannotated. There are no splits."
    ),
)
