"""LoveDA: land cover of urban and rural scenes around three Chinese cities."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="loveda",
    title="LoveDA: land cover for domain-adaptive semantic segmentation",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}/*/images_png", "{split}/*/masks_png"), Place("*/images_png", "*/masks_png", holds="train")),
        encoding="index",
        classes=(
            MaskClass((2,), "building"),
            MaskClass((3,), "road"),
            MaskClass((4,), "water"),
            MaskClass((5,), "barren"),
            MaskClass((6,), "forest"),
            MaskClass((7,), "agriculture"),
        ),
    ),
    layout=("{Train,Val,Test}/{Urban,Rural}/images_png/0.png\n{Train,Val}/{Urban,Rural}/masks_png/0.png      values 0 to 7"),
    licence="CC-BY-NC-SA-4.0",
    redistributable=True,
    homepage="https://github.com/Junjue-Wang/LoveDA",
    citation=(
        "Wang, Zheng, Ma, Lu, Zhong: LoveDA: A Remote Sensing Land-Cover Dataset for Domain Adaptive Semantic Segmentation. "
        "NeurIPS Datasets and Benchmarks 2021."
    ),
    obtain=(
        "Open https://zenodo.org/record/5706578 and get Train.zip, Val.zip and Test.zip.",
        "Unpack all three into one folder, so that it holds Train, Val and Test.",
    ),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test", annotated=False)),
    classes=(
        named("building"),
        named("road"),
        named("water"),
        named("barren"),
        named("forest"),
        named("agriculture"),
    ),
    gsd=0.3,
    published=(("pictures", 5987), ("train pictures", 2522), ("val pictures", 1669), ("test pictures", 1796)),
    evidence="second source",
    notes=(
        "0 (no data) and 1 (background) are background. Counts of the splits come from a third party. Labels of test "
        "are not public; val is held out unless a recipe names it as a source (RemoteCLIP seems to have trained on "
        "train and val)."
    ),
)
