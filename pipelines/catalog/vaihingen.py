"""ISPRS Vaihingen: a village at 9 cm in false colour."""

from skypairs.pipelines.catalog.potsdam import CLASSES, NAMES
from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.schemas.records import MaskClass
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.masks import Masks

_TRAIN = "1|3|5|7|11|13|15|17|21|23|26|28|30|32|34|37"
_TEST = "2|4|6|8|10|12|14|16|20|22|24|27|29|31|33|35|38"
_LABELS = (
    "ISPRS_semantic_labeling_Vaihingen_ground_truth_COMPLETE",
    "gts_for_participants",
    "ISPRS_semantic_labeling_Vaihingen_ground_truth_eroded_COMPLETE",
    "gts_eroded_for_participants",
    ".",
)
_AREA = r"(?:.*/)?(?P<key>top_mosaic_09cm_area(?!9$|9_)\d+)"

SPEC = DatasetSpec(
    name="vaihingen",
    title="ISPRS 2D semantic labelling, Vaihingen",
    task="segmentation",
    reader=Masks(
        places=tuple(Place(top, labels) for labels in _LABELS for top in ("top", "ISPRS_semantic_labeling_Vaihingen/top")),
        encoding="palette",
        classes=tuple(MaskClass(colour, native) for native, colour in NAMES.items()),
        picture=_AREA,
        mask=r"(?P<key>top_mosaic_09cm_area(?!9$|9_)\d+)(?:_noBoundary)?",
        members=(("train", f"top_mosaic_09cm_area(?:{_TRAIN})"), ("test", f"top_mosaic_09cm_area(?:{_TEST})")),
        tolerance=60,
        parent=r"top_mosaic_09cm_(area.+)",
    ),
    layout=(
        "top/top_mosaic_09cm_area1.tif      or ISPRS_semantic_labeling_Vaihingen/top\n"
        "ISPRS_semantic_labeling_Vaihingen_ground_truth_COMPLETE/top_mosaic_09cm_area1.tif\n"
        "or the labels directly in the root, or eroded ones (..._noBoundary.tif); `annotations` names another folder"
    ),
    licence="ISPRS benchmark terms: research use; the German Society for Photogrammetry is to be acknowledged",
    redistributable=False,
    homepage="https://www.isprs.org/education/benchmarks/UrbanSemLab/2d-sem-label-vaihingen.aspx",
    citation="ISPRS Commission II, Working Group 4: 2D Semantic Labeling Contest, Vaihingen.",
    obtain=(
        "Ask for access on https://www.isprs.org/education/benchmarks/UrbanSemLab/ and get Vaihingen.",
        "Unpack the pictures, so that there is a folder top, and beside it the complete ground truth in a folder of its own.",
    ),
    splits=(Split("train", "train"), Split("test", "test")),
    classes=CLASSES,
    family="vaihingen",
    gsd=0.09,
    sensor="airborne camera, near infrared, red and green shown as red, green and blue",
    published=(("pictures", 33), ("train pictures", 16), ("test pictures", 17)),
    evidence="second source",
    notes=(
        "False colour: vegetation looks red, so captions of this set must not name colours; no caption rule does. area9 has "
        "a faulty picture or label and is skipped as if it were not there. The splits are the contest's lists. Labels of "
        "whole extent are preferred; the black edges of eroded ones belong to no class. Clutter is no object that a caption "
        "could name: its regions count as lost, and so do those of a colour more than 60 off in any channel. The folders "
        "of labels are those that several loaders expect; one expects the labels in the root."
    ),
)
