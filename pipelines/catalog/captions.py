"""Any pictures with a table of captions."""

from skypairs.schemas.dataset import DatasetSpec, Split
from skypairs.transforms.readers.caption_table import CaptionTable
from skypairs.transforms.readers.layout import Place

_SUFFIXES = ("csv", "tsv", "jsonl", "parquet")

SPEC = DatasetSpec(
    name="captions",
    title="any pictures with a table of captions: CSV, TSV, JSON Lines or Parquet",
    task="caption",
    reader=CaptionTable(
        (
            *(
                Place(folder, f"{{split}}.{suffix}")
                for suffix in _SUFFIXES
                for folder in ("{split}", "images/{split}", "images")
            ),
            *(
                Place(folder, f"{{split}}/{name}.{suffix}")
                for suffix in _SUFFIXES
                for name in ("captions", "metadata")
                for folder in ("{split}/images", "{split}")
            ),
            *(
                Place(folder, f"{name}.{suffix}")
                for suffix in _SUFFIXES
                for name in ("captions", "metadata", "*")
                for folder in ("images", "imgs", ".")
            ),
        )
    ),
    layout=(
        "captions.csv or .tsv, .jsonl, .parquet      columns filepath (or filename, image) and title (or caption, text)\n"
        "images/NAME.jpg, or pictures below the root\n"
        "by split: train.csv, val.csv, test.csv; or {train,val,test}/captions.csv; or a column split\n"
        "`images` and `annotations` of a source name another folder and file"
    ),
    licence="not stated; give `licence` in the source",
    redistributable=False,
    homepage="",
    citation="Cite the dataset itself.",
    obtain=("Bring your own pictures with one table of their captions.",),
    splits=(Split("train", "train"), Split("val", "test"), Split("test", "test")),
    evidence="documented",
    notes=(
        "Several rows of one picture are several captions, and so are columns caption_0, caption_1, ... and lists. UTF-8 "
        "with or without a byte order mark, or GB18030. Fields in quotes may hold delimiters, quotes and line breaks. "
        "Pictures are found by their path below the folder, or by the end of it."
    ),
)
