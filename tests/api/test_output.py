"""A finished build read back, local and from an object store's point of view: ranges only."""

import hashlib
import json

import pytest

from skypairs.api import output
from skypairs.api.verify_output import verify
from skypairs.schemas.arrow import REFERENCES
from skypairs.schemas.errors import OutputError
from skypairs.transforms import storage
from skypairs.transforms.sinks import read_shard
from tests import fakes_output as fakes
from tests.emulators import s3_store


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    fake = fakes.finished()
    return fake, fake.write(tmp_path_factory.mktemp("out"))


def test_tables_and_manifest(built):
    fake, out = built
    opened = output.read(str(out))
    assert opened.manifest["name"] == "fake"
    assert opened.ledger.to_pylist() == [row | {"window": row["window"] and list(row["window"])} for row in fake.ledger]
    assert opened.references.to_pylist() == [dict.fromkeys(REFERENCES.names) | row for row in fake.references]
    assert opened.duplicates.to_pylist() == fake.duplicates
    assert opened.shards == tuple(sorted(fake.shards))


def test_samples_come_in_the_order_of_the_shards(built):
    fake, out = built
    found = list(output.read(str(out)).samples())
    written = [(path, sample) for path in sorted(fake.shards) for sample in fake.shards[path]]
    assert len(found) == len(written) == 33
    for sample, (path, members) in zip(found, written, strict=True):
        parts = fakes.dict_of(members)
        assert sample.shard == path and members[0][0] == f"{sample.key}.{sample.format}"
        assert (sample.picture, sample.text) == (parts[sample.format], parts["txt"].decode())
        assert sample.json == json.loads(parts["json"])
    assert any(sample.text.endswith("café") for sample in found)


def test_samples_of_one_shard(built):
    _, out = built
    opened = output.read(str(out))
    assert {sample.shard for sample in opened.samples([opened.shards[2]])} == {opened.shards[2]}


@pytest.mark.parametrize("chunk", [1, 600, 10_000, 1 << 24])
def test_a_shard_is_read_once_whatever_the_buffer(built, chunk, monkeypatch):
    fake, out = built
    path = next(iter(fake.shards))
    data = (out / path).read_bytes()
    asked = []
    read = storage.read
    monkeypatch.setattr(storage, "read", lambda uri, at, length: asked.append((at, length)) or read(uri, at, length))
    fetch = read_shard.Forward(str(out / path), len(data), chunk)
    assert fetch(0, 512) == data[:512]
    assert fetch(700, 90) == data[700:790]
    assert fetch(750, 2000) == data[750:2750]
    assert fetch(len(data) - 3, 10) == data[-3:]
    assert fetch(len(data), 512) == b""
    assert fetch.sha256() == hashlib.sha256(data).hexdigest()
    assert sum(length for _, length in asked) == len(data)
    assert [at for at, _ in asked] == [sum(length for _, length in asked[:n]) for n in range(len(asked))]


def test_what_is_no_finished_build_is_an_error(tmp_path, built):
    with pytest.raises(OutputError, match=r"has no manifest\.json"):
        output.read(str(tmp_path))
    (tmp_path / "manifest.json").write_text("[1]")
    with pytest.raises(OutputError, match="not the manifest of a build"):
        output.read(str(tmp_path))
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(OutputError, match="is not JSON"):
        output.read(str(tmp_path))


@pytest.mark.parametrize(
    ("plant", "message"),
    [
        (lambda sample: sample.pop(0), "has 0 pictures"),
        (lambda sample: sample.pop(2), "'txt'"),
        (lambda sample: sample.__setitem__(1, (sample[1][0], b"{")), "is damaged"),
    ],
)
def test_a_broken_sample_is_an_error(plant, message, tmp_path):
    fake = fakes.finished("images")
    plant(fake.shards[next(iter(fake.shards))][1])
    out = fake.write(tmp_path)
    with pytest.raises(OutputError, match=message):
        list(output.read(str(out)).samples())


def test_a_missing_or_cut_shard_is_an_error(tmp_path):
    out = fakes.finished("images").write(tmp_path)
    opened = output.read(str(out))
    path = out / opened.shards[0]
    path.write_bytes(path.read_bytes()[:-1024])
    with pytest.raises(OutputError, match=r"is damaged .*without two zero blocks"):
        list(opened.samples())
    path.unlink()
    with pytest.raises(OutputError, match="is missing from"):
        list(opened.samples())


def test_a_build_in_an_object_store_is_read_and_verified(built):
    fake, out = built
    storage._client.cache_clear()
    with s3_store() as bucket:
        for path in sorted(out.rglob("*")):
            if path.is_file():
                storage.publish(path, storage.join(bucket, "builds/one", path.relative_to(out).as_posix()))
        there = storage.join(bucket, "builds/one")
        assert verify(there).problems == ()
        assert len(list(output.read(there).samples())) == 33
        storage.delete(storage.join(there, next(iter(fake.shards))))
        assert verify(there).counts == {"missing file": 1}
    storage._client.cache_clear()
