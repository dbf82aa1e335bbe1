"""Captions by others: exported, written by somebody, checked, and used by a build that says whose they are."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from skypairs.api import verify
from skypairs.pipelines.cli import main
from skypairs.pipelines.extend_dataset import extend
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.schemas.execution import Execution
from tests.corpus import write_corpus
from tests.whole_builds import build_here, resolved

SECRET = "A river nobody sees glows at dawn."


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus"), 24).recipe


@pytest.fixture(scope="module")
def out(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "out"
    build_here(recipe, folder, "split.val=0.2")
    return folder


def exported(out: Path, file: Path) -> list[dict]:
    assert main(["captions", "export", str(out), str(file)]) == 0
    return [json.loads(line) for line in file.read_text().splitlines()]


def assert_whole(rows: list[dict], out: Path) -> None:
    """Every kept picture once, with its own boxes and captions."""
    kept = {row["id"]: row for row in pq.read_table(out / "ledger").to_pylist() if row["fate"] == "kept"}
    assert Counter(row["id"] for row in rows) == Counter(kept.keys())
    for row in rows:
        found = kept[row["id"]]
        assert (len(row["boxes"]), row["width"], row["height"]) == (found["boxes"], found["width"], found["height"])
        assert row["shard"] in found["shards"] and row["picture"].startswith(found["key"])
        assert len(row["captions"]) == found["captions"]


def test_every_picture_goes_out_once(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert_whole(exported(out, tmp_path / "all.jsonl"), out)
    capsys.readouterr()
    assert main(["captions", "export", str(out)]) == 0
    assert capsys.readouterr().out == (tmp_path / "all.jsonl").read_text()


def others(out: Path, folder: Path) -> tuple[Path, list[dict]]:
    """A file by somebody: of every picture with ships a true, a false and an unreadable caption, and one of no picture."""
    rows = [row for row in exported(out, folder / "all.jsonl") if row["source"] == "trees"]
    lines = [{"id": "trees/nowhere", "caption": "A ship.", "by": "nobody"}]
    for row in rows:
        some = Counter(box["label"] for box in row["boxes"]).most_common(1)[0][0]
        lines.append({"id": row["id"], "caption": f"More than a hundred {some}s.", "by": "M"})
        lines.append({"id": row["id"], "caption": SECRET, "by": "M"})
        lines.append({"id": row["id"], "caption": f"There are 777 {some}s in the picture .", "by": "M"})
    path = folder / "by-others.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path, lines


def test_captions_come_back(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, lines = others(out, tmp_path)
    capsys.readouterr()
    assert main(["captions", "import", str(path), "--check", str(out)]) == 0
    said = capsys.readouterr()
    passed = [json.loads(line) for line in (tmp_path / "by-others.passed.jsonl").read_text().splitlines()]
    rejected = [json.loads(line) for line in (tmp_path / "by-others.rejected.jsonl").read_text().splitlines()]
    assert len(passed) + len(rejected) == len(lines)
    assert "trees/nowhere" in said.err and "no picture of 1 captions" in said.err
    assert rejected[-1] == lines[0] | {"reason": "unknown id"}
    assert {row["reason"].split(":")[0] for row in rejected} == {"false", "unknown id"}
    assert all("there are" in row["reason"] for row in rejected[:-1])
    assert {(row["caption"], row["checked"]) for row in passed if row["caption"] == SECRET} == {(SECRET, "not read")}


def test_a_build_uses_what_passes(recipe: Path, out: Path, tmp_path: Path) -> None:
    path, lines = others(out, tmp_path)
    options = (f"captions.imported={path}", "captions.per_picture=3", "captions.max_same=3", "shards.layout=images")
    one = build_here(recipe, tmp_path / "one", *options, execution=Execution(1))
    moved = tmp_path / "elsewhere" / path.name
    moved.parent.mkdir()
    moved.write_bytes(path.read_bytes())
    assert build_here(recipe, tmp_path / "two", f"captions.imported={moved}", *options[1:], execution=Execution(3)) == one
    table = pq.read_table(tmp_path / "one/captions").to_pylist()
    used = [row for row in table if row["kind"] == "imported"]
    assert used and {row["caption"] for row in used} == {SECRET}
    assert not any("777" in row["caption"] for row in table)
    manifest = json.loads((tmp_path / "one/manifest.json").read_text())
    stated = manifest["imported"]
    assert stated["lines"] == len(lines) and stated["unknown"] == 1 and stated["false"] >= len(used)
    assert manifest["recipe"]["captions"]["imported"] == path.name and str(tmp_path) not in json.dumps(manifest["recipe"])
    again = exported(tmp_path / "one", tmp_path / "again.jsonl")
    assert_whole(again, tmp_path / "one")
    kinds = {item["kind"] for row in again for item in row["captions"] if item["text"] == SECRET}
    assert kinds == {"imported"}
    verdict = verify(str(tmp_path / "one"))
    assert verdict.ok, verdict.problems
    path.write_text(path.read_text().replace("glows", "shone"))
    other = resolved(recipe, (f"captions.imported={path}",)).recipe.captions
    assert other.imported_sha256 != manifest["recipe"]["captions"]["imported_sha256"]


def test_mistakes_are_named(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.jsonl").write_text("{}\n")
    for value, said in (("nowhere.jsonl", "no such file of captions"), (str(tmp_path / "bad.jsonl"), "bad.jsonl:1: a line is")):
        command = ["build", str(recipe), str(tmp_path / "out"), "--set", f"captions.imported={value}"]
        assert main(command) == 2
        assert said in capsys.readouterr().err
    (tmp_path / "good.jsonl").write_text('{"id": "a", "caption": "b"}\n')
    command += ["--set", f"captions.imported={tmp_path / 'good.jsonl'}", "--set", "captions.imported_sha256=" + "f" * 64]
    assert main(command) == 2
    assert "is another file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert read_recipe(str(recipe), ["captions.imported=x.jsonl"]).captions.imported == str(recipe.parent / "x.jsonl")


def test_an_extension_counts_the_captions_of_old_and_new(recipe: Path, tmp_path: Path) -> None:
    lines = [("trees/P0010", SECRET), ("captions/c0", "Nobody has read this."), ("trees/nowhere", "A ship.")]
    path = tmp_path / "written.jsonl"
    path.write_text("".join(json.dumps({"id": name, "caption": text, "by": "M"}) + "\n" for name, text in lines))
    whole = recipe.read_text()
    first = whole.replace("  - {dataset: karpathy, name: captions, root: captions, split: train}\n", "")
    assert first != whole
    (recipe.parent / "first.yaml").write_text(first)
    build_here(recipe.parent / "first.yaml", tmp_path / "out", f"captions.imported={path}")
    manifest, _ = extend(resolved(recipe, (f"captions.imported={path}",)), str(tmp_path / "out"), Execution(2))
    assert manifest["imported"] == {"lines": 3, "unknown": 1, "false": 0, "taken": 2}
    table = pq.read_table(tmp_path / "out/captions").to_pylist()
    assert {(row["id"], row["caption"]) for row in table if row["kind"] == "imported"} == set(lines[:2])
    verdict = verify(str(tmp_path / "out"))
    assert verdict.ok, verdict.problems
