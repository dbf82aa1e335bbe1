"""DeepGlobe land cover: rural scenes of 2448x2448 in six classes."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.schemas.vocabulary import ignored, named
from skypairs.transforms.label_mask import OFF_COLOUR
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

SPEC = DatasetSpec(
    name="deepglobe-landcover",
    title="DeepGlobe 2018 land-cover classification",
    task="segmentation",
    reader=Masks(
        places=(Place("{split}", "{split}"),),
        encoding="palette",
        classes=(
            MaskClass((0, 255, 255), "urban_land"),
            MaskClass((255, 255, 0), "agriculture_land"),
            MaskClass((255, 0, 255), "rangeland"),
            MaskClass((0, 255, 0), "forest_land"),
            MaskClass((0, 0, 255), "water"),
            MaskClass((255, 255, 255), "barren_land"),
        ),
        picture=r"(?P<key>\d+)_sat",
        mask=r"(?P<key>\d+)_mask",
        tolerance=127,
    ),
    layout="{train,valid,test}/119_sat.jpg\ntrain/119_mask.png      colours, not strictly 0 and 255",
    licence="DeepGlobe terms: research use only",
    redistributable=False,
    homepage="https://competitions.codalab.org/competitions/18468",
    citation=(
        "Demir, Koperski, Lindenbaum, Pang, Huang, Basu, Hughes, Tuia, Raskar: DeepGlobe 2018: A Challenge to Parse the Earth "
        "through Satellite Images. CVPR Workshops 2018."
    ),
    obtain=(
        "Open https://competitions.codalab.org/competitions/18468, register and get the land-cover track.",
        "Unpack train, valid and test into a folder with `land` in its name.",
    ),
    splits=(Split("train", "train"), Split("valid", "test", annotated=False), Split("test", "test", annotated=False)),
    classes=(
        named("urban_land", "urban area", "urban areas"),
        named("agriculture_land", "farmland", "farmland"),
        named("rangeland", "rangeland", "rangeland"),
        named("forest_land", "forest", "forests"),
        named("water", "water", "water"),
        named("barren_land"),
        ignored(OFF_COLOUR),
    ),
    gsd=0.5,
    sensor="WorldView, GeoEye",
    published=(("train pictures", 803),),
    evidence="documented",
    notes=(
        "Each channel is taken as 0 below 128 and as 255 from there. Black (unknown) is background; a colour in no class "
        "counts as lost. Only train has masks. The road track has the same folders and names: `init` tells them apart by "
        "`road` or `land` in the name of the root."
    ),
)
