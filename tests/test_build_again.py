"""The shards of a build as a source of another: what people wrote stays theirs, boxes and pictures come back as they were."""

import json
import tarfile
from pathlib import Path
from typing import Any

from skypairs.api import verify
from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.resolve import resolve
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe import Recipe, Shards, Source
from tests.fakes import write


def samples(out: Path) -> dict[str, dict[str, Any]]:
    """The json of each sample, by the SHA-256 of its picture: read with the standard library alone."""
    found = {}
    for path in sorted((out / "train").glob("*.tar")):
        with tarfile.open(path) as tar:
            for member in tar:
                if member.name.endswith(".json"):
                    content = json.load(tar.extractfile(member))  # type: ignore[arg-type]
                    found[content["sha256"]] = content
    return found


def human(sample: dict[str, Any]) -> list[str]:
    return [sample[f"caption_{at}"] for at, item in enumerate(sample["captions"]) if item["kind"] == "human"]


def test_a_build_of_a_build_keeps_what_people_wrote_and_the_boxes(tmp_path: Path) -> None:
    sources = []
    for name in ("karpathy", "voc", "masks"):
        truth = write(name, tmp_path / name)
        sources += [source for source in truth.sources if source.role == "train"][:1]
    shards = Shards(layout="images")
    build(
        resolve(Recipe("first", tuple(sources), (), shards=shards, max_failed=1.0), load()), str(tmp_path / "one"), Execution(2)
    )
    again = Source("webdataset", str(tmp_path / "one"), split="train")
    build(resolve(Recipe("second", (again,), (), shards=shards), load()), str(tmp_path / "two"), Execution(2))
    assert verify(str(tmp_path / "two")).ok

    one, two = samples(tmp_path / "one"), samples(tmp_path / "two")
    assert two.keys() == one.keys() and any(map(human, one.values())) and not all(map(human, one.values()))
    for picture, sample in two.items():
        before = one[picture]
        assert human(sample) == human(before)
        assert [(box["label"], box["box"], box["kind"]) for box in sample.get("boxes", [])] == [
            (box["label"], box["box"], box["kind"]) for box in before.get("boxes", [])
        ]
        assert sample.get("lost") == before.get("lost") and sample.get("scene") == before.get("scene")
