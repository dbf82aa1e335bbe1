"""The same promises on a disk and on object stores."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from skypairs.transforms import storage
from tests.emulators import gs_store, s3_store


@pytest.fixture(scope="module", params=["local", "s3", "gs"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    storage._client.cache_clear()
    if request.param == "local":
        yield str(tmp_path_factory.mktemp("store"))
        return
    with s3_store() if request.param == "s3" else gs_store() as uri:
        yield uri
    storage._client.cache_clear()


def test_a_published_file_is_read_back_in_pieces(base: str, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(data)
    uri = storage.join(base, "pieces", "deep", "file.bin")
    storage.publish(tmp_path / "file", uri)
    assert storage.read(uri) == data
    assert storage.read(uri, 2_999_990) == data[-10:]
    assert storage.read(uri, 1_000_000, 17) == data[1_000_000:1_000_017]
    assert storage.read(uri, 5, 0) == b""
    stamp = storage.stat(uri)
    assert stamp is not None
    assert (stamp.uri, stamp.size) == (uri, len(data))


def test_reading_past_the_end_or_nothing_is_an_error(base: str) -> None:
    uri = storage.join(base, "short")
    storage.publish_bytes(b"12345", uri)
    with pytest.raises(EOFError, match="3 of 10 bytes"):
        storage.read(uri, 2, 10)
    with pytest.raises(FileNotFoundError):
        storage.read(storage.join(base, "absent"))
    assert storage.stat(storage.join(base, "absent")) is None
    assert storage.stat(storage.join(base, "short", "below")) is None


def test_a_file_is_replaced_whole(base: str) -> None:
    uri = storage.join(base, "again")
    storage.publish_bytes(b"a long first version", uri)
    storage.publish_bytes(b"second", uri)
    assert storage.read(uri) == b"second"


def test_folders_are_listed_and_removed(base: str) -> None:
    for name in ("b/2", "b/1", "a", "c/d/e"):
        storage.publish_bytes(name.encode(), storage.join(base, "tree", name))
    tree = storage.join(base, "tree")
    assert [storage.relative(file.uri, tree) for file in storage.list_files(tree)] == ["a", "b/1", "b/2", "c/d/e"]
    assert storage.folders(tree) == ["b", "c"]
    assert storage.is_folder(tree)
    storage.delete(storage.join(tree, "a"))
    storage.delete(storage.join(tree, "a"))  # twice is fine
    storage.delete_folder(storage.join(tree, "b"))
    assert [storage.relative(file.uri, tree) for file in storage.list_files(tree)] == ["c/d/e"]
    storage.delete_folder(tree)
    assert storage.list_files(tree) == []
    assert storage.folders(tree) == []
    storage.delete_folder(tree)


class Breaking(io.RawIOBase):
    """Ten megabytes, then an error."""

    def __init__(self) -> None:
        self.left = 10 << 20

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self.left:
            raise OSError("the disk went away")
        size = min(len(buffer), self.left)
        self.left -= size
        return size


def test_an_error_in_the_middle_of_a_file_leaves_nothing(base: str, tmp_path: Path) -> None:
    uri = storage.join(base, "half", "never")
    with pytest.raises(OSError, match="the disk went away"):
        storage._publish(io.BufferedReader(Breaking()), uri)
    assert storage.stat(uri) is None
    with pytest.raises(FileNotFoundError):
        storage.publish(tmp_path / "absent", uri)
    assert storage.list_files(storage.join(base, "half")) == []
    if storage.is_local(base):
        assert os.listdir(storage.join(base, "half")) == []


@pytest.mark.parametrize(
    ("base", "parts", "joined"),
    [
        ("/data/", ("a", "b/"), "/data/a/b"),
        ("gs://b", ("", "a"), "gs://b/a"),  # empty parts are left out
        ("s3://b/p/", ("/a",), "s3://b/p/a"),
    ],
)
def test_join(base: str, parts: tuple[str, ...], joined: str) -> None:
    assert storage.join(base, *parts) == joined


def test_other_places_are_refused() -> None:
    with pytest.raises(ValueError, match="ftp:// is not a place"):
        storage.read("ftp://host/file")
