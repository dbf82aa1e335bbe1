"""leaks: shards that no build has made, against tars, outputs and fingerprint files, judged by imagehash on all pairs."""

import csv
import io
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from skypairs.api import find_leaks, leak_files, leaks
from skypairs.pipelines import cli
from skypairs.schemas import arrow
from skypairs.schemas.errors import UserError
from skypairs.schemas.recipe import Recipe, Source
from skypairs.schemas.recipe_identity import picture_policy
from skypairs.transforms import leak_search
from skypairs.transforms.orientations import turn
from tests import fakes_output as fakes
from tests.fakes.webdataset_tars import write_tar

TEST = {f"t{number}": fakes.pixels(500 + number) for number in range(6)} | {"sea": fakes.plain(90)}


def pairs(pictures):
    return [(f"{name}.{suffix}", data) for name, members in pictures.items() for suffix, data in members.items()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two tars of samples: some near the test pictures, some not, some broken; the test pictures as a tar."""
    root = tmp_path_factory.mktemp("leaks")
    text = {"txt": b"a caption"}
    one = {f"{number:04d}": {"jpg": fakes.encode(fakes.pixels(number))} | text for number in range(8)}
    one["0003"] = {"jpg": fakes.encode(TEST["t1"], quality=70)} | text
    one["0005"] = {"txt": b"first", "png": fakes.encode(turn(TEST["t2"], 5), "PNG")}
    one["broken"] = {"jpg": fakes.encode(fakes.pixels(77))[:300]} | text
    one["text-only"] = {"txt": b"no picture here"}
    two = {f"x/{number:04d}": {"jpg": fakes.encode(fakes.pixels(40 + number))} for number in range(4)}
    two["x/same-sea"] = {"png": fakes.encode(TEST["sea"], "PNG", compress_level=1)} | text
    two["x/other-sea"] = {"png": fakes.encode(fakes.plain(91), "PNG")} | text
    two["x/mosaic"] = {"png": fakes.encode(np.hstack([TEST["t4"], fakes.pixels(99), fakes.pixels(98)]), "PNG")}
    write_tar(root / "some/one.tar", pairs(one))
    write_tar(root / "some/two.tar", pairs(two))
    write_tar(root / "test.tar", pairs({name: {"png": fakes.encode(rgb, "PNG")} for name, rgb in TEST.items()}))
    write_tar(root / "far.tar", pairs({"a": {"jpg": fakes.encode(fakes.pixels(4321))}}))
    return root


def fingerprints(path, cut=False):
    """A fingerprint file of the test pictures, its hashes by imagehash."""
    policy = picture_policy(Recipe("x", (Source("a", "b"),)))
    if cut:
        policy = policy.replace('"whole": 1024', '"whole": 128').replace('"tile": 768', '"tile": 96')
    rows = []
    for name, rgb in TEST.items():
        data = fakes.encode(rgb, "PNG")
        turns = {f"phash_{g}": value for g, value in enumerate(fakes.hashes(data))}
        more = {"flat": name == "sea", "pixels_sha256": fakes.pixels_digest(data), "hash": "phash", "policy": policy}
        rows.append({"id": f"lab/{name}", "source": "lab", "window": None, "group": name} | turns | more)
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow.REFERENCES), path)
    return str(path)


EXPECTED = {("one.tar", "0003", "t1", 0), ("one.tar", "0005", "t2", 5), ("two.tar", "x/same-sea", "sea", None)}


def found_in(found):
    return {
        (leak.tar.rpartition("/")[2], leak.sample, leak.reference.rpartition("/")[2], leak.orientation) for leak in found.leaks
    }


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("kind", ["tar", "file"])
def test_leaks_are_found_and_nothing_else(folder, kind, workers, tmp_path):
    reference = str(folder / "test.tar") if kind == "tar" else fingerprints(tmp_path / "lab.parquet")
    steps = []
    found = leaks([str(folder / "some")], [reference], workers=workers, progress=lambda *step: steps.append(step))
    assert found_in(found) == EXPECTED and found.leaked == 3
    assert (found.tars, found.samples, found.references, steps[-1]) == (2, 17, 7, (2, 2))
    assert {(item.sample, item.reason.partition(":")[0]) for item in found.unread} == {
        ("broken", "unreadable picture"),
        ("text-only", "no picture"),
    }
    assert all(bool(leak.reference_place) == (kind == "tar") for leak in found.leaks)


def test_the_distances_are_those_of_imagehash(folder):
    found = leaks([str(folder / "some")], [str(folder / "test.tar")], distance=8, workers=1)
    assert found_in(found) >= EXPECTED
    sample = fakes.hashes(fakes.encode(TEST["t1"], quality=70))[0]
    [leak] = [leak for leak in found.leaks if leak.sample == "0003"]
    assert leak.distance == min(fakes.distance(turned, sample) for turned in fakes.hashes(fakes.encode(TEST["t1"], "PNG")))


def test_above_two_bits_pairs_have_to_agree_in_their_thumbnails_too(folder, tmp_path, monkeypatch):
    names = [str(folder / "some")], [str(folder / "test.tar")]
    found = leaks(*names, distance=4, workers=1)
    assert found.confirm and found_in(found) == EXPECTED and found.warnings == ()
    assert all(leak.correlation is None if leak.orientation is None else leak.correlation > 0.98 for leak in found.leaks)
    monkeypatch.setattr(leak_search, "alike", lambda left, _: np.zeros(len(left), bool))  # nothing agrees
    assert [leak.reason for leak in leaks(*names, distance=4, workers=1).leaks] == ["same pixels as a reference"]
    assert [leak.reason for leak in leaks(*names, confirm=True, workers=1).leaks] == ["same pixels as a reference"]
    assert found_in(leaks(*names, workers=1)) == found_in(leaks(*names, distance=4, confirm=False, workers=1)) == EXPECTED
    bare = leaks(names[0], [fingerprints(tmp_path / "lab.parquet")], distance=4, workers=1)
    assert found_in(bare) == EXPECTED and all(leak.correlation is None for leak in bare.leaks)
    assert bare.warnings == ("6 references have no thumbnail: what is near one of them by its hash counts as a leak",)


def test_upright_only(folder):
    found = leaks([str(folder / "some")], [str(folder / "test.tar")], orientations=1, workers=1)
    assert found_in(found) == {item for item in EXPECTED if item[1] != "0005"}


def test_batches_make_no_difference(folder, monkeypatch):
    whole = leaks([str(folder / "some")], [str(folder / "test.tar")], workers=1)
    monkeypatch.setattr(find_leaks, "BATCH", 1)
    assert leaks([str(folder / "some")], [str(folder / "test.tar")], workers=1) == whole


def test_samples_are_cut_as_the_references_were(folder, tmp_path):
    found = leaks([str(folder / "some")], [fingerprints(tmp_path / "lab.parquet", cut=True)], workers=1)
    windows = {leak.window for leak in found.leaks if leak.sample == "x/mosaic"}
    assert all(window is not None and window[3] == 72 for window in windows)
    assert found.pictures > found.samples - len(found.unread)


def test_an_output_is_a_reference_picture_by_picture(folder, tmp_path):
    out = fakes.finished().write(tmp_path / "out")
    tar = tmp_path / "copy.tar"
    write_tar(
        tar,
        pairs(
            {"a": {"jpg": fakes.encode(turn(fakes.pixels(1), 6), quality=80)}, "b": {"jpg": fakes.encode(fakes.pixels(777))}}
        ),
    )
    found = leaks([str(tar)], [str(out)], workers=1)
    assert [(leak.sample, leak.reference, leak.orientation) for leak in found.leaks] == [("a", "alpha/P0001", 6)]
    assert found.references == 11 and found.unread_references == ()
    assert leaks([str(out)], [str(folder / "far.tar")], workers=1).samples == 33


@pytest.mark.parametrize("keep", [0.5, 700, -1024, -1])
def test_a_damaged_tar_is_named_and_the_rest_goes_on(folder, keep, tmp_path):
    data = (folder / "some/one.tar").read_bytes()
    end = len(data.rstrip(b"\0"))
    cut = (
        data[: int(len(data) * keep)] if isinstance(keep, float) else data[:keep] if keep > 0 else data[: end - end % 512 + 512]
    )
    if keep == -1:
        cut = data[: end - 1000] + b"\xff" * 1000
    (tmp_path / "cut.tar").write_bytes(cut)
    found = leaks([str(tmp_path / "cut.tar"), str(folder / "some/two.tar")], [str(folder / "test.tar")], workers=1)
    assert any(item.sample == "" and item.tar.endswith("cut.tar") for item in found.unread)
    assert ("two.tar", "x/same-sea", "sea", None) in found_in(found)


def test_table_and_page(folder, tmp_path):
    found = leaks([str(folder / "some")], [str(folder / "test.tar")], workers=1)
    leak_files.write_table(found, str(tmp_path / "t.tsv"))
    leak_files.write_table(found, str(tmp_path / "t.parquet"))
    text = list(csv.reader(io.StringIO((tmp_path / "t.tsv").read_text()), "excel-tab"))
    table = pq.read_table(tmp_path / "t.parquet").to_pylist()
    assert text[0] == leak_files.LEAKS.names and len(text) == 1 + len(table) == 6
    assert [row["fate"] for row in table] == ["leak"] * 3 + ["unread"] * 2
    assert {row["sample"]: (row["reference"], row["distance"]) for row in table if row["fate"] == "leak"} == {
        leak.sample: (leak.reference, leak.distance) for leak in found.leaks
    }
    leak_files.write_page(found, str(tmp_path / "p.html"))
    page = (tmp_path / "p.html").read_text()
    assert page.count("data:image/jpeg;base64,") == 6 and "http" not in page.replace("http-equiv", "")
    assert "sample: one.tar: 0005" in page and "the reference turned by 90 degrees clockwise" in page
    assert "broken" in page and "no picture" in page
    assert page.count("correlation ") == 2 and "below 0.95 look twice" in page
    with pytest.raises(UserError, match=r"\.tsv or \.parquet"):
        leak_files.write_table(found, str(tmp_path / "t.csv"))


def test_a_page_without_reference_pictures_names_them(folder, tmp_path):
    found = leaks([str(folder / "some")], [fingerprints(tmp_path / "lab.parquet")], workers=1)
    leak_files.write_page(found, str(tmp_path / "p.html"))
    page = (tmp_path / "p.html").read_text()
    assert page.count("data:image/jpeg;base64,") == 3 and "reference: lab/t2" in page
    assert len(re.findall("not shown", page)) == 3


@pytest.mark.parametrize(
    ("tars", "references", "said"),
    [
        (["none.tar"], ["test.tar"], "none.tar: there is no such tar"),
        (["some"], ["none.parquet"], "no such fingerprint file"),
        (["some"], ["some/one.tar.gz"], "there is no such tar"),
    ],
)
def test_what_is_not_there_is_said(folder, tars, references, said):
    with pytest.raises(UserError, match=said):
        leaks([f"{folder}/{name}" for name in tars], [f"{folder}/{name}" for name in references], workers=1)


def test_another_hash_is_refused_and_another_policy_is_a_warning(folder, tmp_path):
    one, other = fingerprints(tmp_path / "one.parquet"), fingerprints(tmp_path / "two.parquet", cut=True)
    assert "two.parquet was prepared in another way than" in leaks([f"{folder}/far.tar"], [one, other], workers=1).warnings[0]
    table = pq.read_table(one)
    at = table.column_names.index("hash")
    pq.write_table(table.set_column(at, "hash", pa.array(["dhash"] * table.num_rows)), tmp_path / "d.parquet")
    with pytest.raises(UserError, match="is of the hash dhash, which this version does not know"):
        leaks([f"{folder}/far.tar"], [str(tmp_path / "d.parquet")], workers=1)
    pq.write_table(table.set_column(at, "hash", pa.array(["phash-fast"] * table.num_rows)), tmp_path / "f.parquet")
    with pytest.raises(UserError, match="two hashes are never compared"):
        leaks([f"{folder}/far.tar"], [one, str(tmp_path / "f.parquet")], workers=1)


def test_exit_status_and_output(folder, tmp_path, capsys):
    words = ["--references", str(folder / "test.tar"), "--workers", "1"]
    assert cli.main(["leaks", str(folder / "some"), *words, "--page", str(tmp_path / "p.html")]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 6 and said.out.startswith("tar\tsample\twindow\tfate")
    assert "3 of 17 samples in 2 tars are near one of 7 references; not read: 2 samples, 0 references" in said.err
    assert (tmp_path / "p.html").exists()
    assert cli.main(["leaks", str(folder / "far.tar"), *words]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(["leaks", str(folder / "far.tar"), *words, "--distance", "9"]) == 2
    bare = ["--references", fingerprints(tmp_path / "lab.parquet"), "--workers", "1", "--confirm"]
    assert cli.main(["leaks", str(folder / "far.tar"), *bare, "true"]) == 0
    assert "references have no thumbnail" in capsys.readouterr().err
    assert cli.main(["leaks", str(folder / "far.tar"), *bare, "false", "--distance", "4"]) == 0
    assert "references have no thumbnail" not in capsys.readouterr().err
    write_tar(tmp_path / "bad.tar", pairs({"a": {"png": fakes.encode(TEST["t1"], "PNG")}, "b": {"png": b"none"}}))
    assert cli.main(["leaks", str(folder / "far.tar"), "--references", str(tmp_path / "bad.tar"), "--workers", "1"]) == 3
    assert "reference not compared: " in capsys.readouterr().err


def test_pictures_turned_by_exif_are_taken_as_they_are_shown(folder, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.fromarray(turn(TEST["t3"], 6)).save(out, "JPEG", quality=95, exif=exif)
    write_tar(tmp_path / "e.tar", pairs({"a": {"jpg": out.getvalue()}}))
    [leak] = leaks([str(tmp_path / "e.tar")], [str(folder / "test.tar")], workers=1).leaks
    assert (leak.reference, leak.orientation) == ("test/t3", 0)
