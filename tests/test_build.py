"""A whole build over the planted corpus: every fate, every file, every promise of the output."""

import io
import json
import re
import shutil
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.arrow import SAMPLE_JSON
from skypairs.schemas.errors import BuildStopped, OutputError
from skypairs.schemas.execution import Execution
from tests.corpus import Corpus, write_corpus
from tests.whole_builds import contents


def run(corpus: Corpus, out: Path, *overrides: str, limit: int | None = None) -> dict[str, Any]:
    resolved = resolve(read_recipe(str(corpus.recipe), overrides, limit), load())
    manifest, state = build(resolved, str(out), Execution(2))
    assert state == "built"
    return manifest


def ledger(out: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in pq.read_table(out / "ledger").to_pylist()}


def samples(out: Path) -> dict[str, dict[str, bytes]]:
    """Members of every sample by key, read by tarfile."""
    found: dict[str, dict[str, bytes]] = {}
    for path in sorted(out.glob("*/*.tar")):
        with tarfile.open(path, format=tarfile.USTAR_FORMAT) as tar:
            for member in tar:
                key, _, suffix = member.name.partition(".")
                data = tar.extractfile(member)
                assert data is not None
                assert suffix not in found.setdefault(key, {}), f"{key} twice"
                found[key][suffix] = data.read()
    return found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def out(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "out"
    run(corpus, folder)
    return folder


def test_every_planted_fate_is_found(corpus: Corpus, out: Path) -> None:
    rows = ledger(out)
    assert {name: rows[name]["fate"] for name in corpus.fates} == corpus.fates
    assert {name: rows[name]["keeper"] for name in corpus.keepers} == corpus.keepers
    twins = [("trees/P0001", "trees/twice"), ("trees/P0002", "trees/turned")]
    for pair in twins:
        assert sorted(rows[name]["fate"] for name in pair) == ["duplicate", "kept"]
        lost = next(rows[name] for name in pair if rows[name]["fate"] == "duplicate")
        assert lost["keeper"] in pair
        assert lost["distance"] is not None and lost["distance"] <= 2
    turned = next(rows[name] for name in twins[1] if rows[name]["fate"] == "duplicate")
    assert turned["orientation"] > 0
    assert rows["trees/blank"]["flat"] is True
    tiles = [row for row in rows.values() if row["parent"] == "trees/cut-me"]
    assert [row["window"] for row in sorted(tiles, key=lambda row: row["window"])] == [
        [0, 0, 128, 150],
        [91, 0, 219, 150],
        [181, 0, 309, 150],
        [272, 0, 400, 150],
    ]


def test_reasons_say_what_was_wrong(out: Path) -> None:
    rows = ledger(out)
    reasons = {
        name: rows[f"trees/{name}"]["reason"] for name in ("half", "bad-xml", "no-picture", "no-xml", "empty-xml", "leak")
    }
    assert reasons["half"].startswith("truncated picture")
    assert reasons["bad-xml"].startswith("unparsable annotation")
    assert reasons["no-picture"] == "annotation without picture"
    assert reasons["no-xml"] == "no annotation"
    assert reasons["empty-xml"] == "no caption"
    assert reasons["leak"] == "near a reference"
    assert not [row for row in rows.values() if row["fate"] == "kept" and row["reason"]]


def test_the_accounts_add_up(corpus: Corpus, out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    rows = list(ledger(out).values())
    for source, funnel in manifest["funnel"].items():
        mine = [row for row in rows if row["source"] == source]
        fates = Counter(row["fate"] for row in mine)
        assert {fate: funnel[fate] for fate in fates} == dict(fates)
        assert funnel["scenes"] + funnel["tiles"] == len(mine)
        assert funnel["captions"] == sum(row["captions"] for row in mine if row["fate"] == "kept")
    listed = {path.stem for path in (corpus.root / "trees/JPEGImages").iterdir()} - {"held-1", "held-2"}
    assert manifest["funnel"]["trees"]["scenes"] == len(listed | {"no-picture"})
    assert manifest["references"] == {"listed": 2, "hashed": 2, "pictures": 2, "unread": []}


def test_shards_hold_what_the_ledger_says(out: Path) -> None:
    found = samples(out)
    rows = ledger(out)
    by_key = {row["key"]: row for row in rows.values() if row["fate"] == "kept"}
    assert len(by_key) == sum(row["fate"] == "kept" for row in rows.values())
    seen: Counter[str] = Counter()
    for key, members in found.items():
        assert re.fullmatch(r"[A-Za-z0-9_-]+", key)
        base, _, number = key.rpartition("-")
        row = by_key[base]
        seen[base] += 1
        about = json.loads(members["json"])
        picture = members[next(suffix for suffix in members if suffix not in ("json", "txt"))]
        assert sorted(members) == sorted(["json", "txt", "jpg"])
        assert members["txt"].decode() == about[f"caption_{number}"]
        assert about["id"] == row["id"]
        texts = [about[f"caption_{at}"] for at in range(row["captions"])]
        assert len(set(texts)) == row["captions"] == len(about["captions"])
        assert Image.open(io.BytesIO(picture)).size == (row["width"], row["height"])
        assert {*about} <= {*SAMPLE_JSON.names, *(f"caption_{at}" for at in range(5))}
        for box in about.get("boxes", []):
            x0, y0, x1, y1 = box["box"]
            assert 0 <= x0 < x1 <= row["width"]
            assert 0 <= y0 < y1 <= row["height"]
    assert seen == Counter({key: row["captions"] for key, row in by_key.items()})
    sizes = json.loads((out / "train/sizes.json").read_text())
    assert sum(sizes.values()) == len(found)
    assert max(sizes.values()) - min(sizes.values()) <= 1
    assert sorted(sizes) == sorted(path.name for path in (out / "train").glob("*.tar"))


def test_captions_of_one_picture_never_share_a_shard(out: Path) -> None:
    for row in ledger(out).values():
        if row["fate"] == "kept":
            assert len(row["shards"]) == row["captions"]


def test_human_captions_come_first_and_pass_to_the_keeper(out: Path) -> None:
    abouts = {about["id"]: about for about in (json.loads(members["json"]) for members in samples(out).values())}
    first, keeper = abouts["captions/c0"], abouts["captions/c1"]
    assert [first["caption_0"], first["caption_1"]] == ["A river bends.", "A river in a forest."]
    assert "caption_2" not in first
    assert [keeper["caption_0"], keeper["caption_1"]] == ["Many planes are parked.", "Planes stand near a building."]
    assert keeper["captions"][1]["from"] == "captions/c1-copy"
    assert keeper["captions"][0]["from"] == ""


def test_captions_that_were_not_taken_leave_a_trace(corpus: Corpus, out: Path, tmp_path: Path) -> None:
    rows = ledger(out)
    dropped = {row["id"]: row["dropped_captions"] for row in rows.values() if row["dropped_captions"]}
    assert dropped == {
        "captions/c0": [{"reason": "repeated", "count": 1}],
        "captions/c2": [{"reason": "blank", "count": 2}],
    }
    assert rows["captions/c2"]["reason"] == "no caption"
    funnel = json.loads((out / "manifest.json").read_text())["funnel"]["captions"]
    assert (funnel["blank_captions"], funnel["repeated_captions"], funnel["surplus_captions"]) == (2, 1, 0)
    assert funnel["short"] == 2  # c0 and c1 have two captions each, of five
    run(corpus, tmp_path / "out", "captions.per_picture=1")
    assert ledger(tmp_path / "out")["captions/c0"]["dropped_captions"][1] == {"reason": "surplus", "count": 1}
    assert json.loads((tmp_path / "out/manifest.json").read_text())["funnel"]["captions"]["short"] == 0


def test_an_untouched_picture_passes_byte_for_byte(corpus: Corpus, tmp_path: Path) -> None:
    run(
        corpus, tmp_path / "out", "pictures.max_side=null", "pictures.tile=512", "pictures.whole=1024", "pictures.max_aspect=16"
    )
    found = samples(tmp_path / "out")
    row = ledger(tmp_path / "out")["trees/P0010"]
    assert found[f"{row['key']}-0"]["jpg"] == (corpus.root / "trees/JPEGImages/P0010.jpg").read_bytes()
    assert row["width"] == 160


def test_layout_images(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out", "shards.layout=images", "shards.samples=10")
    rows = {name: row for name, row in ledger(tmp_path / "out").items() if row["fate"] == "kept"}
    found = samples(tmp_path / "out")
    assert sorted(found) == sorted(row["key"] for row in rows.values())
    numbers = Counter(json.loads(members["json"])["caption"] for members in found.values())
    assert len(numbers) == 5  # drawn by hash, not always the first
    sizes = json.loads((tmp_path / "out/train/sizes.json").read_text())
    assert len(sizes) == -(-len(rows) // 10)
    assert max(sizes.values()) - min(sizes.values()) <= 1


def test_cap_limit_and_split(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "capped", "sources.0.cap=20", "split.val=0.3")
    rows = ledger(tmp_path / "capped")
    trees = Counter(row["fate"] for row in rows.values() if row["source"] == "trees")
    assert trees["kept"] + trees["duplicate"] + trees["leak"] == 20
    assert trees["capped"] > 20
    splits = {name: {shard.partition("/")[0] for shard in row["shards"]} for name, row in rows.items() if row["fate"] == "kept"}
    assert all(len(split) == 1 for split in splits.values())
    assert {"train"} in splits.values()
    assert {"val"} in splits.values()
    assert (tmp_path / "capped/val/sizes.json").exists()
    manifest = run(corpus, tmp_path / "limited", limit=10)
    assert manifest["funnel"]["trees"]["scenes"] == 10
    assert manifest["recipe"]["limit"] == 10


def test_flat_pictures_can_be_dropped(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out", "pictures.flat=drop")
    assert ledger(tmp_path / "out")["trees/blank"]["fate"] == "flat"


def test_too_many_failures_stop_the_build_with_their_reasons(corpus: Corpus, tmp_path: Path) -> None:
    broken = write_corpus(tmp_path / "broken", 20)
    for number in range(6):
        (broken.root / "trees/JPEGImages" / f"P{number:04d}.jpg").write_bytes(b"")
    with pytest.raises(BuildStopped, match=r"9 of 31 scenes of trees failed.*6 x empty picture, 1 x"):
        run(broken, tmp_path / "out")
    assert not (tmp_path / "out/manifest.json").exists()
    run(broken, tmp_path / "out2", "max_failed=0.5")


def test_an_unread_reference_stops_the_build_unless_allowed(tmp_path: Path) -> None:
    broken = write_corpus(tmp_path / "broken", 10)
    (broken.root / "trees/JPEGImages/held-2.jpg").write_bytes(b"\xff\xd8\xff broken")
    with pytest.raises(BuildStopped, match="1 of 2 reference pictures of held could not be read"):
        run(broken, tmp_path / "out")
    manifest = run(broken, tmp_path / "out2", "allow_unread_references=true")
    assert manifest["references"]["hashed"] == 1
    [[name, reason]] = manifest["references"]["unread"]
    assert name == "held/held-2"
    assert reason.startswith("unreadable picture")


def test_nothing_is_touched_that_is_not_ours(corpus: Corpus, out: Path, tmp_path: Path) -> None:
    resolved = resolve(read_recipe(str(corpus.recipe), ["seed=1"]), load())
    with pytest.raises(OutputError, match="another recipe"):
        build(resolved, str(out), Execution(1))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty and not an output of skypairs"):
        build(resolved, str(tmp_path), Execution(1))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    again, state = build(resolve(read_recipe(str(corpus.recipe)), load()), str(out), Execution(1))
    assert state == "already finished"
    assert again == json.loads((out / "manifest.json").read_text())


def test_whoever_has_the_pictures_makes_the_same_output(corpus: Corpus, out: Path, tmp_path: Path) -> None:
    shutil.copytree(corpus.root, tmp_path / "theirs")
    theirs = Corpus(tmp_path / "theirs", tmp_path / "theirs" / corpus.recipe.name)
    run(theirs, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(out)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # webdataset leaves its files to the collector
def test_webdataset_reads_every_sample(out: Path) -> None:
    import webdataset

    urls = [str(path) for path in sorted((out / "train").glob("*.tar"))]
    dataset = webdataset.WebDataset(urls, shardshuffle=False).decode("pilrgb").to_tuple("jpg;png;webp", "txt")
    read = [(picture.size, text) for picture, text in dataset]
    assert len(read) == sum(json.loads((out / "train/sizes.json").read_text()).values())
    assert all(size[0] <= 128 and text for size, text in read)


def test_published_fingerprints_serve_as_references(corpus: Corpus, out: Path, tmp_path: Path) -> None:
    from skypairs.pipelines.build_fingerprints import build as fingerprint

    text = corpus.recipe.read_text()
    source = f"  - {{dataset: voc, name: held, root: {corpus.root}/trees, split: test}}\n"
    pictures = next(line for line in text.splitlines() if line.startswith("pictures:"))
    held = tmp_path / "held.yaml"
    held.write_text(f"name: held\nsources:\n{source}references: []\n{pictures}\n")
    file = tmp_path / "held.parquet"
    assert fingerprint(resolve(read_recipe(str(held)), load()), str(file), Execution(1)) == 2
    table = pq.read_table(file)
    assert table.column("id").to_pylist() == ["held/held-1", "held/held-2"]
    assert all(len(np.unique([row[f"phash_{turn}"] for turn in range(8)])) == 8 for row in table.to_pylist())
    recipe = corpus.root / "published.yaml"
    recipe.write_text(text.replace("{dataset: voc, name: held, root: trees, split: test}", f"{{fingerprints: {file}}}"))
    manifest = run(Corpus(corpus.root, recipe), tmp_path / "out")
    recipe.unlink()
    fates = {name: (row["fate"], row["keeper"], row["distance"]) for name, row in ledger(tmp_path / "out").items()}
    assert fates == {name: (row["fate"], row["keeper"], row["distance"]) for name, row in ledger(out).items()}
    assert manifest["references"]["hashed"] == 2
