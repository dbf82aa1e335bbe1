"""Headers against Python's tarfile and the tar program; the reader against both, and against damage."""

import io
import shutil
import subprocess
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skypairs.transforms.sinks.ustar import BLOCK, END, Member, TarError, header, members, padding

names = st.text("abcXYZ019_-.", min_size=1, max_size=100)
files = st.lists(st.tuples(names, st.binary(max_size=1500)), max_size=6)


def archive(content):
    return b"".join(header(name, len(data)) + data + padding(len(data)) for name, data in content) + END


def listed(data):
    return list(members(lambda offset, length: data[offset : offset + length], len(data)))


@given(files)
def test_tarfile_reads_what_is_written(content):
    with tarfile.open(fileobj=io.BytesIO(archive(content))) as tar:
        infos = tar.getmembers()
        assert [(info.name, tar.extractfile(info).read()) for info in infos] == content
    for info in infos:
        assert (info.mode, info.uid, info.gid, info.mtime) == (0o644, 0, 0, 0)
        assert (info.uname, info.gname, info.isreg()) == ("", "", True)


@given(files)
def test_the_reader_finds_names_and_places(content):
    data = archive(content)
    assert [(name, data[offset : offset + size]) for name, offset, size in listed(data)] == content


@given(files)
def test_the_reader_reads_what_tarfile_writes(content):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, body in content:
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    data = out.getvalue()
    used = sum(BLOCK + len(body) + len(padding(len(body))) for _, body in content) + len(END)
    assert [(m.name, data[m.offset : m.offset + m.size]) for m in listed(data[:used])] == content


@pytest.mark.skipif(shutil.which("tar") is None, reason="there is no tar program")
def test_the_tar_program_lists_it(tmp_path):
    content = [("a-0.jpg", b"x" * 513), ("a-0.json", b"{}"), ("a-0.txt", b"")]
    (tmp_path / "x.tar").write_bytes(archive(content))
    ran = subprocess.run(
        ["tar", "--numeric-owner", "--utc", "-tvf", tmp_path / "x.tar"], capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    for line, (name, data) in zip(ran.stdout.splitlines(), content, strict=True):
        assert line.split() == ["-rw-r--r--", "0/0", str(len(data)), "1970-01-01", "00:00", name]


def test_sizes_up_to_the_limit_of_the_format():
    assert tarfile.TarInfo.frombuf(header("a", 8**11 - 1), "ascii", "strict").size == 8**11 - 1
    assert len(header("n" * 100, 0)) == BLOCK


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("", 0),  # no name
        ("a" * 101, 0),  # one byte too many: would need a prefix
        ("café.jpg", 0),  # not ASCII
        ("a\0b", 0),  # the name would end early
        ("a", -1),
        ("a", 8**11),  # 8 GiB
    ],
)
def test_what_does_not_fit_is_refused(name, size):
    with pytest.raises(ValueError):
        header(name, size)


WHOLE = archive([("a.jpg", b"12345"), ("a.txt", b"6")])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "ends at 0 without two zero blocks"),
        (WHOLE[:-1024], "ends at 2048 without two zero blocks"),
        (WHOLE[:-512], "the end of the archive at 2048 is not two zero blocks"),
        (WHOLE + bytes(512), "the end of the archive at 2048 is not two zero blocks"),  # padded
        (WHOLE[:-1] + b"x", "the end of the archive at 2048 is not two zero blocks"),
        (WHOLE[:600], "within a.jpg"),  # cut short
        (b"b" + WHOLE[1:], "wrong checksum in the header at 0"),
        (WHOLE[:257] + b"usTar" + WHOLE[262:], "no ustar header at 0"),
        (WHOLE[:124] + b"x" + WHOLE[125:], "wrong checksum"),
        (WHOLE[:148] + b"x" + WHOLE[149:], "checksum in the header at 0 is not an octal number"),
    ],
)
def test_damage_is_named(data, message):
    with pytest.raises(TarError, match=message):
        listed(data)


def remade(**fields):
    """A header by tarfile with one field that shards never have."""
    info = tarfile.TarInfo("a.jpg")
    for field, value in fields.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.USTAR_FORMAT) + END


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (remade(mtime=7), "mtime of a.jpg is 7"),
        (remade(mode=0o600), "mode of a.jpg is 600"),
        (remade(uid=5), "uid of a.jpg is 5"),
        (remade(gid=5), "gid of a.jpg is 5"),
        (remade(uname="root"), "a.jpg has a link name or names of owners"),
        (remade(type=tarfile.DIRTYPE), "member of type b'5' at 0"),
        (remade(name="d" * 60 + "/" + "e" * 60), "name with a prefix at 0"),
    ],
)
def test_whatever_would_differ_between_runs_is_named(data, message):
    with pytest.raises(TarError, match=message):
        listed(data)


def test_only_headers_are_fetched():
    asked = []

    def fetch(offset, length):
        asked.append((offset, length))
        return WHOLE[offset : offset + length]

    assert list(members(fetch, len(WHOLE))) == [Member("a.jpg", 512, 5), Member("a.txt", 1536, 1)]
    assert asked == [(0, 512), (1024, 512), (2048, 512), (2048, 1024)]
