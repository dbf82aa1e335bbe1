"""Shards by the names that people and trainers give them."""

import pytest

from skypairs.schemas.errors import UserError
from skypairs.transforms.tar_lists import list_tars


@pytest.fixture
def folder(tmp_path):
    for name in ("a-00000.tar", "a-00001.tar", "a-00002.tar", "b.tar", "deep/c.tar", "notes.txt", "d.tar.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["b.tar"], ["b.tar"]),
        (["b.tar", "b.tar", "a-00001.tar"], ["a-00001.tar", "b.tar"]),
        (["a-*.tar"], ["a-00000.tar", "a-00001.tar", "a-00002.tar"]),
        (["?.tar"], ["b.tar"]),
        (["a-{00001..00002}.tar"], ["a-00001.tar", "a-00002.tar"]),
        (["{00000..00000}/../a-{00000..00001}.tar::b.tar"], ["a-00000.tar", "a-00001.tar", "b.tar"]),
        ([""], ["a-00000.tar", "a-00001.tar", "a-00002.tar", "b.tar", "deep/c.tar"]),
    ],
)
def test_names(folder, names, found):
    asked = ["::".join(f"{folder}/{part}" for part in name.split("::")) for name in names]
    assert [file.uri.removeprefix(f"{folder}/") for file in list_tars(asked)] == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.tar", "there is no such tar"),
        ("a-{00001..00003}.tar", "a-00003.tar: there is no such tar"),
        ("z*", "there is no such tar"),
        ("d.tar.gz", "compressed ones have to be unpacked"),
        ("notes.txt", "is no .tar"),
    ],
)
def test_names_that_mean_nothing(folder, name, said):
    with pytest.raises(UserError, match=said):
        list_tars([f"{folder}/{name}"])
