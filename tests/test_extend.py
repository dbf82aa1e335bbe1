"""A finished output that is added to: the old shards stay byte for byte, and what is added obeys the same rules."""

import copy
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import pytest

from skypairs.api import explain, read, verify
from skypairs.pipelines import cli
from skypairs.pipelines.extend_dataset import extend
from skypairs.schemas.errors import BuildStopped, OutputError
from skypairs.schemas.execution import Execution
from skypairs.transforms.lanczos import thumbnail
from skypairs.transforms.orientations import turn
from skypairs.transforms.second_look import Thumbnails, alike
from tests.corpus import SIZE, jpeg, some_boxes, texture, voc_xml, write_corpus
from tests.test_restart import ended, kill, started, wait_until
from tests.whole_builds import build_here, contents, resolved, stamps

HEAD = """name: corpus
sources:
  - {dataset: voc, name: trees, root: trees, split: train}
  - {dataset: karpathy, name: captions, root: captions, split: train, cap: 2}
"""
REST = """pictures: {whole: 256, tile: 128, overlap: 16, max_side: 128}
shards: {samples: 40}
"""
HELD = "references:\n  - {dataset: voc, name: held, root: trees, split: test}\n"
MORE = "  - {dataset: voc, name: more, root: more, split: train}\n"
SAID = "  - {dataset: karpathy, name: said, root: said, split: train}\n"
NEW_HELD = "  - {dataset: voc, name: also-held, root: more, split: test}\n"


def put(folder: Path, split: str, **pictures: np.ndarray) -> None:
    """Pictures with some boxes, in VOC's layout."""
    for name in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, rgb in pictures.items():
        height, width = rgb.shape[:2]
        (folder / "JPEGImages" / f"{name}.jpg").write_bytes(jpeg(rgb))
        boxes = some_boxes(sum(name.encode()), width, height)
        (folder / "Annotations" / f"{name}.xml").write_text(voc_xml(name, width, height, boxes))
    listed = folder / "ImageSets/Main" / f"{split}.txt"
    listed.write_text((listed.read_text() if listed.exists() else "") + "".join(f"{name}\n" for name in pictures))


def larger(rgb: np.ndarray) -> np.ndarray:
    return cv2.resize(rgb, (SIZE + 60, SIZE + 60), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus, a second source beside it, recipes, and a finished output of the first one."""
    root = tmp_path_factory.mktemp("extend")
    write_corpus(root, 10)
    put(
        root / "more",
        "train",
        new_1=texture(3001),
        new_2=texture(3002),
        new_2_copy=np.rot90(texture(3002)),
        larger_than_old=larger(texture(7)),  # more pixels than the old one, and loses all the same
        old_turned=np.rot90(texture(8)),
        leak_of_old_reference=texture(5000),
        blank_again=np.full((SIZE, SIZE, 3), 90, np.uint8),
        new_mosaic=texture(3003, 400, 150),
        leak_of_new_reference=np.rot90(texture(6000)),
    )
    put(root / "more", "test", new_reference=texture(6000))
    (root / "said/images").mkdir(parents=True)
    (root / "said/images/old.jpg").write_bytes(jpeg(texture(9)))
    (root / "said/images/own.jpg").write_bytes(jpeg(texture(3100)))
    sentences = [{"raw": "A field written of by a person .", "tokens": [], "imgid": 0, "sentid": 0}]
    images = [
        {"filename": f"{name}.jpg", "imgid": at, "split": "train", "sentences": sentences, "sentids": []}
        for at, name in enumerate(("old", "own"))
    ]
    (root / "said/dataset.json").write_text(json.dumps({"images": images, "dataset": "said"}))
    for name, text in {
        "first": HEAD + HELD + REST,
        "second": HEAD + MORE + HELD + NEW_HELD + REST,
        "third": HEAD + MORE + SAID + HELD + NEW_HELD + REST,
    }.items():
        (root / f"{name}.yaml").write_text(text)
    build_here(root / "first.yaml", root / "out")
    return root


def extended(root: Path, recipe: str, source: Path, out: Path, *overrides: str) -> Path:
    shutil.copytree(source, out)
    _, state = extend(resolved(root / f"{recipe}.yaml", overrides), str(out), Execution(2))
    assert state == "extended"
    return out


@pytest.fixture(scope="module")
def twice(root: Path) -> tuple[Path, Path]:
    """Extended, and extended again with what decides nothing changed."""
    once = extended(root, "second", root / "out", root / "once")
    return once, extended(root, "third", once, root / "twice", "max_failed=0.5", "dedup.max_pairs=1000")


def rows(out: Path) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in read(str(out)).ledger.to_pylist()}


def test_old_shards_and_tables_stay_byte_for_byte(root: Path, twice: tuple[Path, Path]) -> None:
    for before, after in ((root / "out", twice[0]), twice):
        old, new = contents(before), contents(after)
        written_again = {"manifest.json", "README.md", "report.html", "train/sizes.json", "train/wids.json"}
        assert {name for name in old if new.get(name) != old[name]} == written_again
        assert any(name.endswith(".tar") for name in new.keys() - old.keys())


def test_old_and_new_verify_and_add_up(root: Path, twice: tuple[Path, Path]) -> None:
    for out in twice:
        assert verify(str(out)).problems == ()
        assert verify(str(out), quick=True).problems == ()
        table = rows(out)
        assert len(table) == read(str(out)).ledger.num_rows
        manifest = read(str(out)).manifest
        for source, counts in manifest["funnel"].items():
            fates = Counter(row["fate"] for row in table.values() if row["source"] == source)
            assert {fate: counts[fate] for fate in fates} == fates
        sizes = json.loads((out / "train/sizes.json").read_text())
        assert sum(sizes.values()) == manifest["samples"]["train"] == sum(1 for _ in read(str(out)).samples())
    old = rows(root / "out")
    assert {name: row for name, row in rows(twice[1]).items() if name in old} == old


def test_what_is_added_obeys_the_rules(twice: tuple[Path, Path]) -> None:
    table = rows(twice[0])
    found = {name: (row["fate"], row["keeper"]) for name, row in table.items() if row["source"] == "more"}
    two = {found.pop("more/new_2")[0], found.pop("more/new_2_copy")[0]}
    tiles = [found.pop(name) for name in sorted(found) if name.startswith("more/new_mosaic/")]
    assert two == {"kept", "duplicate"} and set(tiles) == {("kept", None)} and len(tiles) > 1
    assert found == {
        "more/new_1": ("kept", None),
        "more/larger_than_old": ("duplicate", "trees/P0007"),
        "more/old_turned": ("duplicate", "trees/P0008"),
        "more/leak_of_old_reference": ("leak", "held/held-1"),
        "more/leak_of_new_reference": ("leak", "also-held/new_reference"),
        "more/blank_again": ("duplicate", "trees/blank"),
        "more/new_mosaic": ("cut", None),
    }
    assert table["more/blank_again"]["reason"] == "same pixels"
    assert "lost to it: 1" in explain(str(twice[0]), "trees/P0008").text
    assert "more/old_turned" in (twice[0] / "report.html").read_text()


def test_a_person_s_caption_of_an_old_picture_changes_nothing(twice: tuple[Path, Path]) -> None:
    once, out = rows(twice[0]), rows(twice[1])
    assert (out["said/old"]["fate"], out["said/old"]["keeper"]) == ("duplicate", "trees/P0009")
    assert out["trees/P0009"] == once["trees/P0009"] and out["said/own"]["fate"] == "kept"


def test_the_manifest_names_each_build_and_its_shards(root: Path, twice: tuple[Path, Path]) -> None:
    first, once, both = (json.loads((out / "manifest.json").read_text()) for out in (root / "out", *twice))
    assert "earlier" not in first and [build["digest"] for build in both["earlier"]] == [first["digest"], once["digest"]]
    for build in both["earlier"]:
        assert build["shards"] and all(f"-{build['digest'][:6]}-" in path for path in build["shards"])
    assert both["earlier"][0]["shards"] == [file["path"] for file in first["files"] if file["path"].endswith(".tar")]
    assert both["references"] == {"listed": 3, "hashed": 3, "pictures": 3, "unread": []}
    assert "::" in (twice[1] / "README.md").read_text()


def test_a_manifest_that_tells_of_other_builds_is_found_out(twice: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(twice[1], tmp_path / "out")
    path = tmp_path / "out/manifest.json"
    whole = json.loads(path.read_text())

    def said(change: Callable[[list[dict[str, Any]]], object]) -> set[str]:
        plain = copy.deepcopy(whole)
        change(plain["earlier"])
        path.write_text(json.dumps(plain))
        return set(verify(str(tmp_path / "out"), quick=True).counts)

    assert said(lambda earlier: None) == set()
    assert said(lambda earlier: earlier[0]["recipe"].update(seed=1)) == {"wrong digest"}
    assert said(lambda earlier: earlier[0].update(digest="0" * 32)) >= {"wrong digest", "wrong names"}
    assert "wrong names" in said(lambda earlier: earlier[0]["shards"].append(earlier[1]["shards"][0]))
    assert "wrong names" in said(lambda earlier: earlier[1]["shards"].append("train/none-000000-00000.tar"))
    assert said(lambda earlier: earlier.pop(0)) != set()


@pytest.mark.slow
def test_with_a_second_look_it_decides_by_thumbnails_too(root: Path, tmp_path: Path) -> None:
    wide = ("dedup.distance=4", "dedup.reference_distance=4")
    build_here(root / "first.yaml", tmp_path / "out", *wide)
    eighth = thumbnail(texture(8))

    def but_for_the_eighth(left: Thumbnails, right: Thumbnails) -> np.ndarray:
        return alike(left, right) & ~np.any(
            [alike(left, np.broadcast_to(turn(eighth, g), left.shape)) for g in range(8)], axis=0
        )

    with mock.patch("skypairs.transforms.second_look.alike", but_for_the_eighth):
        table = rows(extended(root, "second", tmp_path / "out", tmp_path / "seen", *wide))
    fates = {
        name: table[f"more/{name}"]["fate"] for name in ("old_turned", "larger_than_old", "leak_of_old_reference", "new_1")
    }
    assert fates == dict(zip(fates, ("kept", "duplicate", "leak", "kept"), strict=True))
    verdict = verify(str(tmp_path / "seen"))  # which takes a look of its own
    assert verdict.counts == {"near duplicate": 1} and "more/old_turned" in verdict.problems[0]


def test_a_new_reference_near_an_old_picture_stops_it(root: Path, tmp_path: Path) -> None:
    put(root / "near", "test", copy_of_five=np.rot90(texture(5)))
    recipe = root / "near.yaml"
    recipe.write_text(HEAD + MORE + HELD + "  - {dataset: voc, name: near, root: near, split: test}\n" + REST)
    shutil.copytree(root / "out", tmp_path / "out")
    with pytest.raises(BuildStopped, match=r"near a new reference.*trees/P0005 and near/copy_of_five \([02] bits apart\)"):
        extend(resolved(recipe), str(tmp_path / "out"), Execution(2))
    assert verify(str(tmp_path / "out")).problems == ()
    assert {path.name for path in (tmp_path / "out/train").iterdir()} == {path.name for path in (root / "out/train").iterdir()}


REFUSED = [
    (HEAD + MORE + HELD + REST.replace("128, overlap", "96, overlap"), "pictures.tile must stay as it was"),
    (HEAD + MORE + HELD + REST + "seed: 1\n", "seed must stay as it was"),
    (HEAD + MORE + HELD + REST + "captions: {per_picture: 3}\n", "captions.per_picture must stay as it was"),
    (HEAD + MORE + "references: []\n" + REST, "references: held is not there any more"),
    (HEAD.replace("split: train}", "split: train, cap: 4}", 1) + MORE + HELD + REST, "sources: trees is not there any more"),
    (HEAD.replace("sources:\n", f"sources:\n{MORE}") + HELD + REST, "sources: new ones must follow the old ones"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_recipe_that_does_more_than_add_is_refused_by_name(root: Path, text: str, said: str) -> None:
    recipe = root / "refused.yaml"
    recipe.write_text(text)
    before = stamps(root / "out")
    with pytest.raises(OutputError, match=said):
        extend(resolved(recipe), str(root / "out"), Execution(2))
    assert stamps(root / "out") == before


def test_there_must_be_something_to_extend(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build", "--extend", str(root / "second.yaml"), str(tmp_path / "none")]) == 2
    assert "holds no finished output that could be extended" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
    assert cli.main(["build", str(root / "second.yaml"), str(root / "out")]) == 2
    assert "add --extend if the recipe only adds to it" in capsys.readouterr().err


def test_the_same_recipe_takes_up_what_is_new_in_the_folders(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(root, folder, ignore=shutil.ignore_patterns("once", "twice", "near", "near.yaml"))
    put(folder / "trees", "train", grown=texture(4001), grown_copy=larger(texture(6)))
    said = json.loads((folder / "captions/dataset.json").read_text())
    said["images"].append({**said["images"][0], "filename": "c9.jpg", "imgid": 9})
    (folder / "captions/dataset.json").write_text(json.dumps(said))
    (folder / "captions/images/c9.jpg").write_bytes(jpeg(texture(4003)))
    out = extended(folder, "first", folder / "out", folder / "grown")
    old, new = contents(root / "out"), contents(out)
    assert all(new[name] == old[name] for name in old if name.endswith((".tar", ".parquet")))
    assert verify(str(out)).problems == ()
    table = rows(out)
    assert (table["trees/grown"]["fate"], table["trees/grown_copy"]["keeper"]) == ("kept", "trees/P0006")
    assert table["captions/c9"]["fate"] == "capped"  # by the two that are there already

    before = stamps(out)
    for words in (["build"], ["build", "--extend"]):  # nothing is new any more
        assert cli.main([*words, str(folder / "first.yaml"), str(out)]) == 0
    assert stamps(out) == before
    put(folder / "trees", "train", once_more=texture(4002))
    _, state = extend(resolved(folder / "first.yaml"), str(out), Execution(2))
    manifest = read(str(out)).manifest
    assert (state, rows(out)["trees/once_more"]["fate"]) == ("extended", "kept")
    assert [build["recipe"].get("grown", 0) for build in (*manifest["earlier"], manifest)] == [0, 1, 2]
    assert verify(str(out)).problems == ()


def test_a_picture_that_changed_stops_it(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(root, folder, ignore=shutil.ignore_patterns("once", "twice", "near", "near.yaml"))
    picture = folder / "trees/JPEGImages/P0003.jpg"
    picture.write_bytes(jpeg(texture(9999)))
    shutil.copytree(folder / "out", folder / "changed")
    with pytest.raises(BuildStopped, match=r"trees: trees/P0003 is not the picture any more that the output was made from"):
        extend(resolved(folder / "second.yaml"), str(folder / "changed"), Execution(2))
    assert verify(str(folder / "changed")).problems == ()


@pytest.mark.slow
def test_killed_in_the_middle(root: Path, twice: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(root / "out", out)
    shards = len(list((out / "train").glob("*.tar")))
    recipe = root / "second.yaml"
    with started(recipe, out, "--extend", scratch=tmp_path / "one") as process:
        wait_until(process, lambda: len(list((out / "train").glob("*.tar"))) > shards)
        kill(process)
    before = {name: digest for name, digest in contents(root / "out").items() if name.endswith((".tar", ".parquet"))}
    assert before.items() <= contents(out).items()
    verdict = verify(str(out))
    assert verdict.problems == () and any("an extension is at work, or was stopped" in note for note in verdict.notes)
    with started(recipe, out, "--extend", scratch=tmp_path / "two") as process:
        status, said = ended(process, tmp_path / "two")
    assert status == 0, said
    assert contents(out) == contents(twice[0])  # started twice, the same bytes
    assert not (out / ".staging").exists() and os.listdir(tmp_path / "two") == []
    before = stamps(out)
    for words in (["build", "--extend"], ["build"]):
        assert cli.main([*words, str(recipe), str(out)]) == 0
    assert stamps(out) == before
