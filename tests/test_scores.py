"""`scores`: a whole build with open_clip's own model and Beam's RunInference, on any number of workers; who stays is exact."""

import io
import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from skypairs.api import explain, read, verify
from skypairs.pipelines.extend_dataset import extend
from skypairs.schemas.errors import OutputError, UserError
from skypairs.schemas.execution import Execution
from skypairs.schemas.identity import order_hash
from skypairs.schemas.packed import LOW_SCORE
from tests import drawn, small_clip
from tests.whole_builds import build_here, digest, resolved, stamps

pytestmark = pytest.mark.slow
torch = pytest.importorskip("torch")
open_clip = pytest.importorskip("open_clip")

PROCESSES = ["--direct_num_workers=2", "--direct_running_mode=multi_processing"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model's description, and a checkpoint of chance weights beside it."""
    base = tmp_path_factory.mktemp("model")
    name = small_clip.write_config(base / "small")
    torch.manual_seed(1)
    torch.save(open_clip.create_model(name).state_dict(), base / "chance.pt")
    return base


@pytest.fixture(scope="module")
def recipe(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources: 37 pictures, one of them flat and one a copy of another, and 12."""
    root = tmp_path_factory.mktemp("drawn")
    drawn.write_coco(root / "many", range(37))
    drawn.write_coco(root / "few", range(500, 512))
    Image.open(root / "many/images/3.jpg").save(root / "many/images/4.jpg", quality=80)
    path = root / "recipe.yaml"
    path.write_text(
        f"name: scored\nreferences: []\nscores: {{model: 'local-dir:{model / 'small'}', weights: {model / 'chance.pt'}}}\n"
        f"sources: [{{dataset: coco, name: many, root: {root / 'many'}}}, {{dataset: coco, name: few, root: {root / 'few'}}}]\n"
    )
    return path


@pytest.fixture(scope="module")
def scored(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scored, and nothing dropped for it."""
    out = tmp_path_factory.mktemp("scored") / "out"
    build_here(recipe, out, execution=Execution(1))
    return out


def ledger(out: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in pq.read_table(out / "ledger").to_pylist()}


def manifest_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return found


def test_the_ledger_has_what_open_clip_says(model: Path, scored: Path) -> None:
    rows, seen = ledger(scored), set()
    clip, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{model / 'small'}")
    open_clip.load_checkpoint(clip, str(model / "chance.pt"))
    tokenizer = open_clip.get_tokenizer(f"local-dir:{model / 'small'}")
    clip.eval()
    for sample in read(str(scored)).samples():
        row = rows[sample.json["id"]]
        texts = [sample.json[f"caption_{at}"] for at in range(row["captions"])]
        if row["id"] not in seen:
            seen.add(row["id"])
            with torch.inference_mode():
                picture = preprocess(Image.open(io.BytesIO(sample.picture)).convert("RGB"))[None]
                cosines = clip.encode_image(picture, normalize=True) @ clip.encode_text(tokenizer(texts), normalize=True).T
            assert row["caption_scores"] == pytest.approx(cosines[0].tolist(), abs=0.000051)
            assert row["score"] == max(row["caption_scores"])
    assert len(seen) == sum(row["fate"] == "kept" for row in rows.values()) == 48
    assert len({row["score"] for row in rows.values()}) > 30


def test_any_number_of_workers_and_processes_makes_the_same_bytes(recipe: Path, scored: Path, tmp_path: Path) -> None:
    keep = ("scores.keep=0.5", "scores.batch=5")
    one = build_here(recipe, tmp_path / "one", *keep, execution=Execution(1))
    assert build_here(recipe, tmp_path / "four", *keep, execution=Execution(4)) == one
    assert build_here(recipe, tmp_path / "two", *keep, execution=Execution(2, "processes"), beam_args=PROCESSES) == one
    before, after = ledger(scored), ledger(tmp_path / "one")
    assert before.keys() == after.keys()
    differ = [abs(row["score"] - after[name]["score"]) for name, row in before.items()]
    assert max(differ) < 1.5e-4 and np.mean(np.array(differ) > 0) < 0.2  # batches of another size


def test_a_share_keeps_the_best_of_each_source_rounded_up(recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_here(recipe, out, "scores.keep=0.3", "sources.1.cap=2")
    rows = ledger(out)
    best = defaultdict(list)
    for name, row in rows.items():
        best[row["source"]].append((-row["score"], order_hash(0, name), name))
    stated = manifest_of(out)["scores"]
    for source, kept in (("many", 12), ("few", 4)):
        ranked = [name for _, _, name in sorted(best[source])]
        assert kept == math.ceil(0.3 * len(ranked))
        low = {name for name in ranked if rows[name]["reason"] == LOW_SCORE}
        assert low == set(ranked[kept:]) and {rows[name]["fate"] for name in low} == {"filtered"}
        values = sorted(rows[name]["score"] for name in ranked)
        assert stated[source] == {
            "scored": len(ranked), "kept": kept, "median": values[(len(values) - 1) // 2], "least": values[-kept]
        }  # fmt: skip
    fates = [row["fate"] for row in rows.values() if row["source"] == "few" and row["reason"] != LOW_SCORE]
    assert sorted(fates) == ["capped", "capped", "kept", "kept"]  # a cap counts what is left
    assert verify(str(out)).ok
    copies = [rows[f"many/{number}"] for number in (3, 4)]
    assert all(row["keeper"] is None or rows[row["keeper"]]["fate"] == "kept" for row in copies)


def test_a_limit_keeps_exactly_what_scores_more_and_no_other_is_a_keeper(recipe: Path, scored: Path, tmp_path: Path) -> None:
    before = ledger(scored)
    twins = sorted((before[f"many/{number}"]["score"], f"many/{number}") for number in (3, 4))
    assert {before[name]["fate"] for _, name in twins} == {"kept", "duplicate"}
    (_, lower), (limit, _) = twins
    keeper = next(name for _, name in twins if before[name]["fate"] == "kept")
    out = tmp_path / "out"
    above = before[keeper]["score"]
    build_here(recipe, out, f"scores.above={above}", "captions.recipe=remoteclip")
    rows = ledger(out)
    assert {name for name, row in rows.items() if row["reason"] == LOW_SCORE} == {
        name for name, row in before.items() if row["score"] <= above
    }
    assert rows[keeper]["reason"] == LOW_SCORE
    assert lower in rows and limit >= above
    loser = next(name for _, name in twins if name != keeper)
    assert rows[loser]["fate"] == ("kept" if before[loser]["score"] > above else "filtered")
    assert {row["fate"] for row in rows.values()} == {"kept", "filtered"}
    said = explain(str(out), keeper).text
    assert (
        f"its best caption scores {above:.4f}, too little" in said[0]
        and f"score: {above:.4f}, the best of its captions" in said
    )
    left = sum(row["reason"] == LOW_SCORE for row in rows.values())
    assert f"those of more than {above:g} stay. {left} were left out for their score." in (out / "README.md").read_text()
    assert "before duplicates and leaks were looked for" in (out / "report.html").read_text()
    funnel = manifest_of(out)["funnel"]
    for source, counts in funnel.items():
        total = sum(row["source"] == source for row in rows.values())
        assert counts["scenes"] == total == counts["kept"] + counts["filtered"]
    assert verify(str(out)).ok


def test_crops_of_objects_are_scored_and_go_where_their_pictures_go(recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_here(recipe, out, "scores.keep=0.5", "regions={min_side: 32}", "captions.recipe=rich")
    rows = ledger(out)
    crops = {name: row for name, row in rows.items() if row["region"] is not None}
    assert len(crops) > 49 and all(row["score"] is not None for row in crops.values())
    low = {name for name, row in rows.items() if row["reason"] == LOW_SCORE}
    assert len(low) == 37 - 19 + 12 - 6 and not low & crops.keys()
    left = {name for name, row in crops.items() if row["reason"] == "crop of a picture that is left out"}
    assert left == {name for name, row in crops.items() if rows[row["parent"]]["fate"] != "kept"} and len(left) < len(crops)
    assert {source: figures["scored"] for source, figures in manifest_of(out)["scores"].items()} == {"few": 12, "many": 37}
    verdict = verify(str(out))
    assert verdict.ok, verdict.problems


def test_a_restart_finds_the_scores_and_another_choice_needs_no_model(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = Execution(1, staging=str(tmp_path / "staging"), keep_staging=True)
    build_here(recipe, tmp_path / "a", "scores.keep=0.5", execution=execution)
    files = stamps(tmp_path / "staging/scores")
    assert len(files) == 2

    def never(*_: object) -> None:
        raise AssertionError("scored again")

    monkeypatch.setattr("skypairs.transforms.score_captions.score_part", never)
    build_here(recipe, tmp_path / "b", "scores.above=0.0", execution=execution)
    assert stamps(tmp_path / "staging/scores") == files
    with pytest.raises(AssertionError, match="scored again"):
        build_here(recipe, tmp_path / "c", "scores.precision=amp_bf16", execution=execution)


def test_where_the_model_lies_does_not_show(model: Path, recipe: Path, scored: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/small").symlink_to(model / "small")
    (tmp_path / "elsewhere/chance.pt").symlink_to(model / "chance.pt")
    moved = (f"scores.model=local-dir:{tmp_path}/elsewhere/small", f"scores.weights={tmp_path}/elsewhere/chance.pt")
    assert build_here(recipe, tmp_path / "out", *moved) == digest(scored)
    stated = manifest_of(scored)["recipe"]["scores"]
    assert (stated["model"], stated["weights"]) == ("local-dir:small", "chance.pt") and len(stated["sha256"]) == 64
    assert {"torch", "open_clip_torch"} <= manifest_of(scored)["versions"].keys()


def test_what_is_wrong_with_the_model_is_said_before_anything_is_touched(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.pt").write_bytes(b"no checkpoint")
    wrong = [
        (f"scores.weights={tmp_path}/bad.pt", "bad.pt cannot be loaded"),
        ("scores.model=ViT-Z-1", "open_clip knows no model ViT-Z-1"),
        (f"scores.weights={tmp_path}/gone.pt", "gone.pt: there is no such file"),
        (f"scores.model=local-dir:{tmp_path}/gone", "gone: there is no such folder"),
        (f"scores.sha256={'ab' * 32}", "other files than scores.sha256 says: theirs is"),
    ]
    for override, said in wrong:
        with pytest.raises(UserError, match=said):
            build_here(recipe, tmp_path / "out", override)
    monkeypatch.setitem(sys.modules, "open_clip", None)
    with pytest.raises(UserError, match=r"pip install 'skypairs\[clip\]'"):
        build_here(recipe, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_extension_scores_new_pictures_by_the_same_limit(recipe: Path, scored: Path, tmp_path: Path) -> None:
    before, out = ledger(scored), tmp_path / "out"
    values = sorted(row["score"] for row in before.values())
    limit = f"scores.above={values[len(values) // 2]}"
    few = recipe.with_name("few.yaml")
    text = recipe.read_text()
    few.write_text(text[: text.index(", {dataset: coco, name: few")] + "]\n")
    build_here(few, out, limit)
    old = {name: (row["score"], row["fate"]) for name, row in ledger(out).items()}
    _, state = extend(resolved(recipe, (limit,)), str(out), Execution(2))
    rows = ledger(out)
    assert state == "extended" and rows.keys() == before.keys() and {row["source"] for row in rows.values()} == {"many", "few"}
    assert {name: (rows[name]["score"], rows[name]["fate"]) for name in old} == old
    low = {name for name, row in rows.items() if row["reason"] == LOW_SCORE}
    assert low == {name for name, row in before.items() if row["score"] <= values[len(values) // 2]}
    assert verify(str(out)).ok
    build_here(recipe, tmp_path / "whole", limit)
    assert manifest_of(out)["scores"] == manifest_of(tmp_path / "whole")["scores"]


def test_an_output_with_a_share_is_not_extended(recipe: Path, tmp_path: Path) -> None:
    build_here(recipe, tmp_path / "out", "scores.keep=0.5")
    with pytest.raises(OutputError, match=r"scores\.keep cannot be extended"):
        extend(resolved(recipe, ("scores.keep=0.5", "max_failed=0.02")), str(tmp_path / "out"), Execution(1))
