"""`captions.max_same`: over all texts of a build, on any number of workers; what it cost is stated, and the output verifies."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from skypairs.api import explain, verify
from skypairs.api.verify_captions import check_shared
from skypairs.pipelines.extend_dataset import extend
from skypairs.schemas.errors import OutputError
from skypairs.schemas.execution import Execution
from tests.corpus import SIZE, voc_xml, write_corpus
from tests.whole_builds import build_here, resolved


def texts_of(out: Path) -> dict[str, set[str]]:
    """Ids of the pictures that have each text by rule."""
    found: dict[str, set[str]] = {}
    for row in pq.read_table(out / "captions").to_pylist():
        if row["kind"] == "rule":
            found.setdefault(row["caption"], set()).add(row["id"])
    return found


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pictures: most of one content; some, keepers of duplicates among them, of a single ship."""
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"), 40)
    folder = corpus.root / "trees/Annotations"
    annotation = (folder / "P0010.xml").read_text()
    for path in sorted(folder.glob("P00[1-5]*.xml")):
        path.write_text(annotation)
    for name in (*(path.stem for path in folder.glob("P000*.xml")), "larger-copy", "twice", "turned"):
        side = SIZE + 40 * (name == "larger-copy")
        (folder / f"{name}.xml").write_text(voc_xml(name, side, side, [("ship", 60, 60, 90, 90)]))
    return corpus.recipe


@pytest.fixture(scope="module")
def free(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("free") / "out"
    build_here(recipe, out, "shards.layout=images")
    return out


@pytest.mark.parametrize(("layout", "limit"), [("pairs", 4), ("images", 1)])
def test_no_text_of_a_build_is_shared_by_more(recipe: Path, layout: str, free: Path, tmp_path: Path, limit: int) -> None:
    options = (f"captions.max_same={limit}", f"shards.layout={layout}")
    one = build_here(recipe, tmp_path / "one", *options, execution=Execution(1))
    in_processes = ["--direct_num_workers=2", "--direct_running_mode=multi_processing"] if layout == "pairs" else []
    assert build_here(recipe, tmp_path / "two", *options, execution=Execution(3), beam_args=in_processes) == one
    found, before = texts_of(tmp_path / "one"), texts_of(free)
    assert max(map(len, before.values())) > 10 and max(map(len, found.values())) == limit
    assert {text: ids for text, ids in before.items() if len(ids) == 1}.keys() & found.keys()  # the rest is the same
    manifest = json.loads((tmp_path / "one/manifest.json").read_text())
    cost = manifest["max_same"]
    ledger = {row["id"]: row for row in pq.read_table(tmp_path / "one/ledger").to_pylist()}
    whole = {row["id"]: row for row in pq.read_table(free / "ledger").to_pylist()}
    kept = {name for name, row in whole.items() if row["fate"] == "kept"}
    lost = {name for name in kept if ledger[name]["fate"] != "kept"}
    assert {(ledger[name]["fate"], ledger[name]["reason"]) for name in lost} <= {("filtered", "captions shared by too many")}
    assert cost["without"] == len(lost)
    losers = [row for row in ledger.values() if row["fate"] == "duplicate" and row["keeper"] in lost]
    if limit == 1:
        assert losers
        said = "\n".join(explain(str(tmp_path / "one"), losers[0]["id"]).text)
        assert f"{losers[0]['keeper']}, which was left without a caption (captions.max_same)" in said
    assert cost["dropped"] == sum(whole[name]["captions"] for name in kept) - sum(
        ledger[name]["captions"] for name in kept - lost
    )
    assert cost["reworded"] > 0 and cost["dropped"] > 0
    people = [row["caption"] for row in pq.read_table(tmp_path / "one/captions").to_pylist() if row["kind"] == "human"]
    assert Counter(people) == Counter(
        row["caption"] for row in pq.read_table(free / "captions").to_pylist() if row["kind"] == "human"
    )
    verdict = verify(str(tmp_path / "one"))
    assert verdict.ok, verdict.problems
    shared = list(check_shared(str(free), json.loads((free / "manifest.json").read_text()), limit))
    assert shared and all(problem.kind == "shared caption" for problem in shared)


def test_a_limit_that_nothing_reaches_changes_nothing(recipe: Path, free: Path, tmp_path: Path) -> None:
    build_here(recipe, tmp_path / "out", "captions.max_same=1000")
    assert texts_of(tmp_path / "out") == texts_of(free)
    assert json.loads((tmp_path / "out/manifest.json").read_text())["max_same"] == {"dropped": 0, "reworded": 0, "without": 0}
    with pytest.raises(OutputError, match=r"captions\.max_same cannot be extended"):
        more = resolved(recipe, ("captions.max_same=1000", "max_failed=0.02"))
        extend(more, str(tmp_path / "out"), Execution(1))
