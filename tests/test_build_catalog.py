"""Every entry of the catalogue through one whole build, from its fake in the true layout, and verified afterwards."""

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from skypairs.api import verify
from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.resolve import default_name, resolve
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe import Recipe, Source
from tests.fakes import WRITERS, Truth, write


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, tuple[Source, Truth]], Path]:
    root = tmp_path_factory.mktemp("catalog")
    sources, truths = [], {}
    for name in sorted(WRITERS):
        truth = write(name, root / name)
        training = next((source for source in truth.sources if source.role == "train"), truth.sources[0])
        source = dataclasses.replace(training, name=default_name(training), role="train")
        sources.append(source)
        truths[source.name] = (source, truth)
    recipe = Recipe("catalog", tuple(sources), references=(), max_failed=1.0)
    _, state = build(resolve(recipe, load()), str(root / "out"), Execution(2))
    assert state == "built"
    return truths, root / "out"


def test_the_output_verifies(built: tuple[dict[str, tuple[Source, Truth]], Path]) -> None:
    verdict = verify(str(built[1]))
    assert verdict.problems == ()
    assert verdict.ok
    assert verdict.pictures > 20


def test_each_picture_has_the_fate_that_was_planted(built: tuple[dict[str, tuple[Source, Truth]], Path]) -> None:
    truths, out = built
    assert sorted(source.dataset for source, _ in truths.values()) == sorted(load())
    rows: dict[str, dict[str, Any]] = {row["id"]: row for row in pq.read_table(out / "ledger").to_pylist()}
    kept: Counter[str] = Counter()
    for source, truth in truths.values():
        for key, picture in truth.of(source.split).items():
            row = rows[f"{source.name}/{key}"]
            if not picture.picture or (picture.annotated and not (picture.readable and picture.parsable)):
                assert row["fate"] == "failed", (row, picture)
            elif not picture.annotated:
                assert (row["fate"], row["reason"]) == ("filtered", "no annotation")
            elif row["fate"] == "cut":
                assert any(tile["parent"] == row["id"] for tile in rows.values())
            elif not picture.boxes and not picture.scene_class and not any(text.strip() for text in picture.captions):
                assert (row["fate"], row["reason"]) == ("filtered", "no caption")
            else:
                assert row["fate"] in ("kept", "duplicate"), (row, picture)
            kept[source.dataset] += row["fate"] == "kept"
    assert not [name for name in load() if not kept[name]]  # every dataset reaches the shards
