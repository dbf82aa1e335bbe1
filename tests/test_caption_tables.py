"""What lies beside the shards: caption tables, the index for random access, against the shards as tarfile reads them."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.execution import Execution
from tests.corpus import write_corpus
from tests.test_build import samples


@pytest.fixture(scope="module", params=["pairs", "images"])
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"))
    folder = tmp_path_factory.mktemp("built") / "out"
    overrides = (f"shards.layout={request.param}", "split.val=0.2", "shards.group_by=source")
    build(resolve(read_recipe(str(corpus.recipe), overrides), load()), str(folder), Execution(2))
    return folder


def expected(key: str, members: dict[str, bytes], layout: str) -> list[dict[str, Any]]:
    """The rows of one sample, from its members alone."""
    card = json.loads(members["json"])
    suffix = next(name for name in ("jpg", "png", "webp") if name in members)
    numbers = range(len(card["captions"])) if layout == "images" else [card["caption"]]
    if layout == "pairs":
        assert card[f"caption_{card['caption']}"].encode() == members["txt"]
    return [
        {
            "key": key,
            "picture": f"{key}.{suffix}",
            "number": number,
            "caption": card[f"caption_{number}"],
            "kind": card["captions"][number]["kind"],
            "rule": card["captions"][number]["rule"] or None,
            "from": card["captions"][number]["from"] or None,
            **{name: card[name] for name in ("id", "source", "licence")},
        }
        for number in numbers
    ]


def test_tables_hold_every_caption_of_the_shards(out: Path) -> None:
    layout = json.loads((out / "manifest.json").read_text())["recipe"]["shards"]["layout"]
    rows = pq.read_table(out / "captions").to_pylist()
    owed = [row for key, members in samples(out).items() for row in expected(key, members, layout)]
    order = [(row["key"], row["number"]) for row in rows]
    assert len(set(order)) == len(order)
    without_shard = [{name: value for name, value in row.items() if name != "shard"} for row in rows]
    by_place = sorted(without_shard, key=lambda row: (row["key"], row["number"]))
    assert by_place == sorted(owed, key=lambda row: (row["key"], row["number"]))
    assert any(row["from"] for row in rows)
    names = {path.stem for path in (out / "captions").glob("*.parquet")}
    assert {"train-trees-00000", "train-captions-00000", "val-trees-00000"} <= names


def test_the_tsv_says_the_same_as_open_clip_reads_it(out: Path) -> None:
    for parquet in sorted((out / "captions").glob("*.parquet")):
        rows = pq.read_table(parquet).to_pylist()
        with (out / "tsv" / f"{parquet.stem}.tsv").open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file, delimiter="\t"))
        wanted = [{"filepath": f"{row['shard'].split('/')[0]}/{row['picture']}", "title": row["caption"]} for row in rows]
        assert found == wanted


def test_the_index_describes_every_shard(out: Path) -> None:
    for split in ("train", "val"):
        index = json.loads((out / split / "wids.json").read_text())
        sizes = json.loads((out / split / "sizes.json").read_text())
        assert index["wids_version"] == 1
        assert {shard["url"]: shard["nsamples"] for shard in index["shardlist"]} == sizes
        assert all((out / split / shard["url"]).stat().st_size == shard["filesize"] for shard in index["shardlist"])
