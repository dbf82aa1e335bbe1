"""What a look and its cards hold, pinned with the version that made them.

Output that changes under an unchanged version would be mixed with files of earlier builds in staging. So: raise LOOK_VERSION
or CARD_VERSION in transforms/parts.py, then write the files anew with `SKYPAIRS_GOLDEN=write`, and read the diff.
Encoded pictures and hashes are left out: they follow the libraries, whose versions the manifest names.
"""

import io
import json
import os
from pathlib import Path

import pytest

from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import resolve
from skypairs.transforms.ingest import list_scenes
from skypairs.transforms.parts import CARD_VERSION, LOOK_VERSION
from skypairs.transforms.prepare_part import captions_of
from skypairs.transforms.prepare_scene import SceneOptions, prepare_scene
from skypairs.transforms.records_file import scene_rows
from tests.corpus import write_corpus

GOLDEN = Path(__file__).parent / "golden"
LIBRARY = ("uri", "length", "offset", "sha256", "phash", "pixels_sha256")


def lines(root: Path) -> tuple[list[str], list[str]]:
    """Records and captions of the corpus, a line each."""
    corpus = write_corpus(root, 12)
    resolved = resolve(read_recipe(str(corpus.recipe)), load())
    recipe = resolved.recipe
    records, captions = [], []
    for source in resolved.inputs:
        options = SceneOptions(recipe.pictures, recipe.boxes, recipe.dedup.hash)
        for scene in list_scenes(source, recipe):
            for row in scene_rows(prepare_scene(scene, source, options), "", io.BytesIO(), io.BytesIO()):
                plain = {name: value for name, value in row.items() if name not in LIBRARY}
                records.append(json.dumps(plain, sort_keys=True))
                if not row["fate"] and not source.reference:
                    found = captions_of(row, source, recipe.captions, recipe.seed)
                    captions += [f"{row['id']}\t{item.rule or item.kind}\t{item.text}" for item in found]
    return records, captions


@pytest.mark.parametrize(("name", "version", "part"), [("records.jsonl", LOOK_VERSION, 0), ("captions.tsv", CARD_VERSION, 1)])
def test_output_changes_only_with_its_version(tmp_path: Path, name: str, version: int, part: int) -> None:
    made = f"version {version}\n" + "".join(line + "\n" for line in lines(tmp_path)[part])
    path = GOLDEN / name
    if os.environ.get("SKYPAIRS_GOLDEN") == "write":
        if path.exists() and path.read_text() != made:
            assert path.read_text().partition("\n")[0] != f"version {version}", f"raise the version of {name} first"
        path.parent.mkdir(exist_ok=True)
        path.write_text(made)
    assert made.splitlines() == path.read_text().splitlines()
