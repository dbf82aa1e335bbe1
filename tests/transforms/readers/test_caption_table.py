"""Caption tables and NWPU-Captions: encodings, delimiters, columns, several rows a picture."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Source

SPECS = load()


def captions(root, name="captions", split=""):
    """Captions by key of the pictures that are listed."""
    reader = SPECS[name].reader
    scenes = list(reader.scenes(Source(name, str(root), "s", split), "f"))
    return {scene.key: list(reader.annotation(scene).captions) for scene in scenes if scene.annotated and not scene.problem}


def put(root, table, data, pictures=("a.jpg", "b.jpg")):
    (root / "images").mkdir(parents=True, exist_ok=True)
    for name in pictures:
        (root / "images" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "images" / name).write_bytes(b"x")
    (root / table).parent.mkdir(parents=True, exist_ok=True)
    (root / table).write_bytes(data)
    return root


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("head", ["filename{}title", "filepath{}caption", "Image{}Text"])
def test_encodings_delimiters_and_columns(tmp_path, encoding, delimiter, head):
    text = f"{head.format(delimiter)}\na.jpg{delimiter}树木 near a road\nb.jpg{delimiter}a ship\n"
    found = captions(put(tmp_path, "captions.csv", text.encode(encoding)))
    assert found == {"a": ["树木 near a road"], "b": ["a ship"]}


def test_fields_hold_quotes_delimiters_and_line_breaks(tmp_path):
    data = b'filepath,title\r\nimages/a.jpg,"a sign, ""no entry"",\r\nand a road"\r\n\r\nb.jpg,plain\r\n'
    assert captions(put(tmp_path, "captions.csv", data)) == {"a": ['a sign, "no entry",\r\nand a road'], "b": ["plain"]}


def test_several_rows_and_several_columns_are_several_captions(tmp_path):
    data = b"filename\tcaption_10\tcaption_2\tcaption\na.jpg\tten\ttwo\tfirst\nb.jpg\t\t \tonly\na.jpg\t\t\tagain\n"
    assert captions(put(tmp_path, "captions.tsv", data)) == {"a": ["first", "two", "ten", "again"], "b": ["only"]}


def test_json_lines_with_a_list(tmp_path):
    lines = [{"file_name": "a.jpg", "captions": ["one", "", "two"]}, {"file_name": "b.jpg", "text": "a line\u2028break"}]
    data = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    found = captions(put(tmp_path, "metadata.jsonl", data.encode()))
    assert found == {"a": ["one", "two"], "b": ["a line\u2028break"]}


def test_parquet(tmp_path):
    put(tmp_path, "captions.parquet", b"")
    table = pa.table(
        {"filepath": ["a.jpg", "b.jpg", "a.jpg"], "title": ["one", None, "two"], "caption": [["x", "y"], [], None]}
    )
    pq.write_table(table, tmp_path / "captions.parquet")
    assert captions(tmp_path) == {"a": ["x", "y", "one", "two"], "b": []}


def test_splits_by_file_and_by_column(tmp_path):
    put(tmp_path / "files", "train.csv", b"filename,title\na.jpg,one\n")
    put(tmp_path / "files", "test.csv", b"filename,title\nb.jpg,two\n")
    put(tmp_path / "column", "captions.csv", b"filename,title,split\na.jpg,one,train\nb.jpg,two,test\n")
    for kind in ("files", "column"):
        assert captions(tmp_path / kind, split="train") == {"a": ["one"]}
        assert captions(tmp_path / kind, split="test") == {"b": ["two"]}
    with pytest.raises(LayoutError, match="no picture of split 'val'; it has test, train"):
        captions(tmp_path / "column", split="val")


def test_rows_without_a_name_or_a_picture_fail_alone(tmp_path):
    put(tmp_path, "captions.csv", b"filename,title\na.jpg,one\n,lost\ngone.jpg,two\n")
    scenes = {
        scene.key: scene.problem for scene in SPECS["captions"].reader.scenes(Source("captions", str(tmp_path), "s"), "f")
    }
    assert scenes == {"a": "", "b": "", "row 2": "annotation without picture", "gone": "annotation without picture"}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("captions.csv", b"id,label\n1,ship\n", "no caption table.*has id, label"),
        ("captions.csv", b"", "no caption table.*has nothing"),
        ("captions.jsonl", b'{"filename": "a.jpg", "title": "x"}\n{', "cannot be parsed as a table"),
        ("captions.jsonl", b"[1]\n", "line 1 is no object"),
        ("captions.parquet", b"PAR1 no", "cannot be parsed as a table"),
        ("captions.csv", b'filename,title\na.jpg,"' + b"x" * 200_000, "cannot be parsed as a table"),
    ],
)
def test_what_is_no_caption_table_is_refused(tmp_path, name, data, words):
    with pytest.raises(LayoutError, match=words):
        captions(put(tmp_path, name, data))


def nwpu(root, content):
    return put(root, "dataset_nwpu.json", json.dumps(content).encode(), ("airport/airport_001.jpg", "sea_ice/sea_ice_001.jpg"))


def test_nwpu_captions_are_in_order_of_their_number(tmp_path):
    content = {
        "airport": [{"filename": "airport_001.jpg", "split": "train", "raw_4": "e", "raw": "a", "raw_1": " ", "raw_10": "z"}],
        "sea_ice": [{"filename": "sea_ice/sea_ice_001.jpg", "split": "test", "raw": "ice", "rawness": "no"}],
    }
    nwpu(tmp_path, content)
    assert captions(tmp_path, "nwpu-captions") == {"airport/airport_001": ["a", "", "e", "z"], "sea_ice/sea_ice_001": ["ice"]}
    assert captions(tmp_path, "nwpu-captions", "test") == {"sea_ice/sea_ice_001": ["ice"]}


@pytest.mark.parametrize("content", [[], {}, {"a": {}}, {"a": ["x"]}])
def test_what_is_no_nwpu_file_is_refused(tmp_path, content):
    with pytest.raises(LayoutError, match="is no caption file"):
        captions(nwpu(tmp_path, content), "nwpu-captions")
