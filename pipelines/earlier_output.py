"""An earlier output as a reference: `{output: FOLDER}` becomes an input like any other, and its fingerprint files."""

from skypairs.schemas.dataset import DatasetSpec, Input
from skypairs.schemas.recipe import OutputSource, Source
from skypairs.transforms import storage
from skypairs.transforms.readers.output_shards import OutputShards
from skypairs.transforms.sinks.read_tables import read_manifest

OUTPUT = DatasetSpec(
    name="skypairs",
    title="a finished output of skypairs",
    task="caption",
    reader=OutputShards(),
    layout="manifest.json\nledger/*.parquet\ntrain/*.tar      and val/*.tar where there is one",
    licence="that of its sources",
    redistributable=False,
    homepage="",
    citation="",
    obtain=("Build it.",),
    default_role="reference",
)
"""No dataset of the catalogue: it is named by `output`, and compared with only."""


def output_name(reference: OutputSource) -> str:
    """Its own name, else that of its folder."""
    return reference.name or reference.output.rstrip("/").rpartition("/")[2]


def input_of(reference: OutputSource, order: int) -> Input:
    """The kept pictures of an output, to be compared with."""
    return Input(Source(OUTPUT.name, reference.output, name=output_name(reference), role="reference"), OUTPUT, order, True)


def fingerprint_files(reference: OutputSource) -> list[str]:
    """Fingerprints of the output's own references, where they are asked for. Raises OutputError where it is not finished."""
    if not reference.references:
        return []
    files = read_manifest(reference.output)["files"]
    return [
        storage.join(reference.output, file["path"])
        for file in files
        if file["path"].startswith("references/") and file["rows"]
    ]
