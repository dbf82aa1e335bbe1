"""A build goes on past a picture that crashes its decoder and one that hangs it: each is a `failed` row."""

import dataclasses
from pathlib import Path

import pyarrow.parquet as pq

from skypairs.api import verify
from skypairs.pipelines.build_dataset import build
from skypairs.schemas.dataset import Input
from skypairs.schemas.execution import Execution
from tests.corpus import write_corpus
from tests.fakes.fatal import Fatal
from tests.whole_builds import resolved


def fatal(item: Input) -> Input:
    return dataclasses.replace(item, spec=dataclasses.replace(item.spec, reader=Fatal(item.spec.reader)))


def test_the_build_goes_on_without_them(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, 20)
    known = resolved(corpus.recipe)
    known = dataclasses.replace(known, inputs=tuple(fatal(item) for item in known.inputs))
    out = tmp_path / "out"
    build(known, str(out), Execution(2, "processes", scene_seconds=3))
    rows = {row["id"]: row for row in pq.read_table(out / "ledger").to_pylist()}
    assert (rows["trees/P0007"]["fate"], rows["trees/P0007"]["reason"]) == ("failed", "decoder crashed: SIGSEGV")
    assert (rows["trees/P0009"]["fate"], rows["trees/P0009"]["reason"]) == ("failed", "decoder took too long: over 3 s")
    for number in (6, 8, 10):
        assert rows[f"trees/P{number:04d}"]["fate"] == "kept"
    assert verify(str(out)).ok
    assert not any(
        "decoder" in (row["reason"] or "") for name, row in rows.items() if name not in ("trees/P0007", "trees/P0009")
    )
