"""Files of captions by others: every line found by its id, whatever its place; what is no line named."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.pipelines.catalog import load
from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import BuildStopped, UserError
from skypairs.schemas.recipe import Captions, Source
from skypairs.transforms import imported
from skypairs.transforms.imported import ImportFile, admitted, import_file

LINE = st.tuples(st.sampled_from(["a/1", "a/2", "b/1/0_0_9_9"]), st.text(max_size=12), st.booleans())


def line(identifier: str, text: str, ascii_only: bool = True) -> bytes:
    return json.dumps({"id": identifier, "caption": text}, ensure_ascii=ascii_only).encode(errors="replace") + b"\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, max_size=30), st.integers(1, 40), st.booleans())
def test_every_line_is_found(tmp_path_factory: pytest.TempPathFactory, lines: list, chunk: int, ended: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "captions.jsonl"
    data = b"\n".join(line(*item)[:-1] for item in lines)
    path.write_bytes(data + b"\n" * ended)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imported, "_CHUNK", chunk)
        found = ImportFile(str(path))
    assert found.captions == len(lines)
    everything = list(found.each())
    assert [item.id for item in everything] == [identifier for identifier, _, _ in lines]
    for identifier in ("a/1", "a/2", "b/1/0_0_9_9", "c"):
        assert found.of(identifier) == tuple((at, item) for at, item in enumerate(everything) if item.id == identifier)


BROKEN = [
    (b"no json\n", r":1: not JSON"),
    (line("a", "b") + b"[1]\n", r":2: a line is"),
    (b'\n{"id": 1, "caption": "x"}\n', r":2: a line is"),
    (b'{"id": "a"}\n', r":1: a line is"),
    (b'{"id": "a", "caption": "x", "by": 7}\n', r":1: by is the name"),
]


@pytest.mark.parametrize(("data", "said"), BROKEN)
def test_what_is_no_line_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "file.jsonl").write_bytes(data)
    with pytest.raises(UserError, match=said):
        ImportFile(str(tmp_path / "file.jsonl"))


def test_a_file_that_is_not_there_or_changes(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    with pytest.raises(UserError, match="no such file of captions"):
        ImportFile(str(path))
    path.write_bytes(line("a", "x"))
    found = import_file(str(path))
    path.write_bytes(b"x" * 40)
    with pytest.raises(BuildStopped, match="changed"):
        found.of("a")
    with pytest.raises(BuildStopped, match="changed"):
        path.write_bytes(line("a", "other"))
        import_file(str(path), found.sha256)


VERDICTS = [
    # caption, what becomes of it
    ("A tree and two ships.", "true"),
    ("There are two ships in the picture .", "not read"),
    ("There are 2 ships in the picture .", "true"),
    ("Three ships.", "false"),
    ("A bridge.", "false"),
    ("Two ships. They glow at dawn.", "not read"),
    ("Three ships. They glow at dawn.", "false"),
    ("They glow at dawn.", "not read"),
]


def row(**more: object) -> dict:
    def box(label: str, x: float) -> dict:
        same = {"kind": "instance", "polygon": [], "difficult": False, "crowd": False, "cut": False, "area": None}
        return {"label": label, "native": label, "x0": x, "y0": 10.0, "x1": x + 30, "y1": 40.0} | same

    boxes = [box("ship", 10), box("ship", 60), box("tree", 110)]
    return {
        "id": "a/1", "width": 200, "height": 200, "gsd": None, "boxes": boxes, "lost": [], "scene_class": None, "captions": []
    } | more  # fmt: skip


@pytest.mark.parametrize(("caption", "verdict"), VERDICTS)
def test_what_a_caption_of_others_comes_to(tmp_path: Path, caption: str, verdict: str) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(json.dumps({"id": "a/1", "caption": f" {caption} ", "by": "M 1"}) + "\n")
    source = Input(Source("dota", "", name="a"), load()["dota"], 0, False)
    found = admitted(row(), source, Captions(imported=str(path)))
    assert (found.lines, found.false) == (1, verdict == "false")
    if verdict == "false":
        assert found.captions == ()
    else:
        [item] = found.captions
        assert (item.text, item.kind, item.by, item.checked) == (caption, "imported", "M 1", verdict)
    assert admitted(row(id="a/2"), source, Captions(imported=str(path))) == imported.Admitted()
