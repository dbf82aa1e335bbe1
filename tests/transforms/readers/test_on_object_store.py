"""Readers on an object store: the same scenes and annotations as from a disk, videos and members of tars included."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skypairs.pipelines.catalog import load
from skypairs.pipelines.catalog.recognise import recognise
from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import DataError
from skypairs.schemas.recipe import Boxes, Pictures, Source
from skypairs.schemas.records import Annotation, Scene
from skypairs.transforms import storage
from skypairs.transforms.prepare_scene import SceneOptions, prepare_scene
from tests.emulators import s3_store
from tests.fakes import write

NAMES = ("capera", "coco", "webdataset", "yolo")
SPECS = load()
OPTIONS = SceneOptions(Pictures(), Boxes(), "phash")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A fake of each dataset on the disk, and the same files in a bucket."""
    root = tmp_path_factory.mktemp("stored")
    storage._client.cache_clear()
    with s3_store() as bucket:
        for name in NAMES:
            write(name, root / name)
        for path in sorted(root.rglob("*")):
            if path.is_file():
                storage.publish(path, storage.join(bucket, str(path.relative_to(root))))
        yield root, bucket
    storage._client.cache_clear()


def read(name: str, root: str) -> dict[str, tuple[Scene, Annotation | None]]:
    reader = SPECS[name].reader
    found = {}
    for scene in reader.scenes(Source(name, root, name, "train"), name):
        try:
            found[scene.key] = scene, None if scene.problem else reader.annotation(scene)
        except DataError:  # one that the fake spoilt
            found[scene.key] = scene, None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_store_gives_what_the_disk_gives(stored: tuple[Path, str], name: str) -> None:
    root, bucket = stored
    here, there = read(name, f"{root}/{name}"), read(name, f"{bucket}/{name}")
    assert list(there) == list(here) and len(here) > 3
    entry = Input(Source(name, f"{bucket}/{name}", name, "train"), SPECS[name], 0, False)
    local = Input(Source(name, f"{root}/{name}", name, "train"), SPECS[name], 0, False)
    prepared = 0
    for key, (scene, annotation) in there.items():
        at_home, expected = here[key]
        assert (scene.group, scene.annotated, scene.problem, annotation) == (
            at_home.group,
            at_home.annotated,
            at_home.problem,
            expected,
        )
        if not scene.problem:
            one, other = (prepare_scene(item, source, OPTIONS) for item, source in ((scene, entry), (at_home, local)))
            assert (one.fate, one.reason, one.samples) == (other.fate, other.reason, other.samples)
            prepared += bool(one.samples)
    assert prepared > 2


def test_init_looks_into_a_bucket(stored: tuple[Path, str]) -> None:
    root, bucket = stored
    found = [(source.dataset, source.root.removeprefix(bucket), source.split) for source in recognise(bucket)]
    assert found == [(item.dataset, item.root.removeprefix(str(root)), item.split) for item in recognise(str(root))]
