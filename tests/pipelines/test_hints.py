"""What is said where a root is nearly right."""

from pathlib import Path

import pytest

from skypairs.pipelines.catalog import load
from skypairs.pipelines.hints import Around, hints, look_around
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Recipe, Source
from tests.fakes import write

SOURCE = Source("dota", "/d/DOTA", split="train")


def seen(dataset: str, root: str, split: str = "train") -> Source:
    return Source(dataset, root, split=split)


CASES = [
    # what was seen, what is said
    (Around(True), ["found there: nothing, it is empty"]),
    (Around(True, ("a", "b"), ("readme.txt",)), ["found there: a/, b/, readme.txt"]),
    (Around(True, tuple("abcdefgh")), ["found there: a/, b/, c/, d/, e/, f/ and 2 more"]),
    (
        Around(True, ("DOTA",), below=(seen("dota", "/d/DOTA/DOTA"), seen("dota", "/d/DOTA/DOTA", "val"))),
        ["found there: DOTA/", "too shallow by a folder or two? dota is in /d/DOTA/DOTA: set root to it"],
    ),
    (
        Around(True, ("images",), above=(seen("dota", "/d"),)),
        ["found there: images/", "too deep by a folder or two? dota is in /d: set root to it"],
    ),
    (
        Around(True, ("val",), here=(seen("dota", "/d/DOTA", "val"), seen("dota", "/d/DOTA", "test"))),
        ["found there: val/", "splits found: val, test; name one in `split`"],
    ),
    (
        Around(True, ("images",), here=(seen("dota", "/d/DOTA", ""),)),
        ["found there: images/", "it is not divided: remove `split`"],
    ),
    (
        Around(True, ("train",), here=(seen("dota15", "/d/DOTA"), seen("isaid", "/d/DOTA"))),
        ["found there: train/", "it looks like dota15, isaid: set `dataset` to that"],
    ),
    (
        Around(True, (), ("train.zip",), archives=("/d/DOTA/train.zip",)),
        ["found there: train.zip", "still packed: train.zip; unpack it in the root"],
    ),
    (
        Around(True, (), ("a.tar.gz",), archives=("/d/DOTA/a.tar.gz", "/d/dota_b.rar")),
        ["found there: a.tar.gz", "still packed: a.tar.gz, dota_b.rar; unpack them in the root"],
    ),
    (Around(False, beside=("DOTA_v1", "iSAID")), ["did you mean /d/DOTA_v1?"]),
    (Around(False, archives=("/d/DOTA.zip",)), ["still packed: DOTA.zip; unpack it in the root"]),
    (Around(False), []),
    (
        Around(True, ("x",), below=(seen("rsod", "/d/DOTA/x"),), above=(seen("voc", "/d"),)),
        ["found there: x/", "recognised below it: rsod in /d/DOTA/x", "recognised above it: voc in /d"],
    ),
]


@pytest.mark.parametrize(("around", "said"), CASES)
def test_what_was_seen_and_what_is_said(around: Around, said: list[str]) -> None:
    assert hints(SOURCE, around) == said


def said_of(dataset: str, root: Path, split: str = "train") -> str:
    with pytest.raises(LayoutError) as caught:
        resolve(Recipe("mini", (Source(dataset, str(root), split=split),), ()), load())
    return str(caught.value)


def test_a_folder_too_shallow_or_too_deep(tmp_path: Path) -> None:
    fake = write("dota", tmp_path / "data" / "DOTA")
    for root, where in ((tmp_path / "data", "shallow"), (tmp_path, "shallow"), (Path(fake.root) / "train", "deep")):
        text = said_of("dota", root, "val")
        assert f"too {where} by a folder or two? dota is in {fake.root}: set root to it" in text
        assert "layout expected below the root" in text and "found there: " in text


def test_another_dataset_and_another_split(tmp_path: Path) -> None:
    isaid, loveda = write("isaid", tmp_path / "iSAID"), write("loveda", tmp_path / "LoveDA")
    assert "it looks like isaid: set `dataset` to that" in said_of("loveda", Path(isaid.root))
    assert "it looks like loveda: set `dataset` to that" in said_of("isaid", Path(loveda.root))
    for path in sorted((Path(loveda.root) / "Train").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (Path(loveda.root) / "Train").rmdir()
    assert "splits found: val, test; name one in `split`" in said_of("loveda", Path(loveda.root))


@pytest.mark.parametrize("name", ["Train.zip", "Train.tar.gz", "train.rar", "TRAIN.ZIP"])
def test_still_packed(tmp_path: Path, name: str) -> None:
    root = tmp_path / "LoveDA"
    root.mkdir()
    (root / name).write_bytes(b"PK")
    assert f"still packed: {name}; unpack it in the root" in said_of("loveda", root)


def test_packed_beside_a_root_that_is_not_there(tmp_path: Path) -> None:
    for name in ("LoveDA.zip", "unrelated.zip"):
        (tmp_path / name).write_bytes(b"PK")
    (tmp_path / "LoveDA2").mkdir()
    text = said_of("loveda", tmp_path / "LoveDA")
    assert "there is no such folder" in text and f"did you mean {tmp_path}/LoveDA2?" in text
    assert "still packed: LoveDA.zip;" in text


def test_what_cannot_be_listed_is_no_error() -> None:
    assert look_around(Source("dota", "ftp://host/data"), load()) == Around(False)
    assert hints(Source("dota", "/"), look_around(Source("dota", "/nowhere/at/all"), load())) == []
