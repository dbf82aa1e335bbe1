"""Any dataset of GeoTIFF pictures with GeoJSON features."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.geojson import GeoJson
from skypairs.transforms.readers.layout import Place

_FOLDERS = ("geojson", "labels", "annotations")

SPEC = DatasetSpec(
    name="geojson",
    title="any GeoTIFF pictures with GeoJSON",
    task="detection",
    reader=GeoJson(
        places=(
            *(Place("{split}/images", f"{{split}}/{features}") for features in _FOLDERS),
            *(Place("images/{split}", f"{features}/{{split}}") for features in _FOLDERS),
            *(Place("images", features) for features in _FOLDERS),
        )
    ),
    layout=(
        "images/NAME.tif and geojson/NAME.geojson      or labels/, annotations/; or both in a folder a split\n"
        "a feature's class is its property class, label, category, class_name, type or name, the first that it has\n"
        "`images` and `annotations` of a source name other folders"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="https://www.rfc-editor.org/rfc/rfc7946",
    citation="Cite the dataset itself.",
    obtain=("Bring your own GeoTIFF pictures, and for each a GeoJSON of the same name in the same coordinate system.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="sample",
    notes=(
        "Features are put into pixels by the picture's header; nothing is reprojected, and another coordinate system is an "
        "error. A file of 0 bytes stands for no features. A multipolygon is one object. Null geometries and lines, which have "
        "no width, count as lost (no area), and points as lost (no box)."
    ),
)
