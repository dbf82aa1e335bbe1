"""Pascal VOC XML: what may stand in it."""

import pickle
from xml.etree import ElementTree

import pytest

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Lost, Scene
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.voc import Voc

READER = Voc(places=(Place("JPEGImages", "Annotations"),), lists=("ImageSets/Main/{split}.txt",))


def parse(tmp_path, text, reader=READER):
    path = tmp_path / "a.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    stamp = FileStamp(str(path), path.stat().st_size, "1")
    return reader.annotation(Scene("s", "a", "s/a", FileStamp("a.jpg", 1, "1"), (stamp,)))


def thing(inner, name="ship"):
    return f"<object><name>{name}</name>{inner}</object>"


def box(*values):
    tags = ("xmin", "ymin", "xmax", "ymax")
    return "<bndbox>" + "".join(f"<{tag}>{value}</{tag}>" for tag, value in zip(tags, values, strict=True)) + "</bndbox>"


def whole(*things):
    return f"<annotation>{''.join(things)}</annotation>"


GOOD = thing(box(10, 20, 30, 40))


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (box(10, 20, 30, 40), (10, 20, 30, 40)),
        (box("1.5", " 2.25 ", "3e1", "+4.5"), (1.5, 2.25, 30, 4.5)),  # floats, spaces, exponents
        (box(-3, 0, 5, 6), (-3, 0, 5, 6)),  # over the edge: clipped later
        ("<bndbox><ymax>4</ymax><xmax>3</xmax><ymin>2</ymin><xmin>1</xmin></bndbox>", (1, 2, 3, 4)),  # any order
        (box(1, 2, 3, 4) + "<part><name>head</name>" + box(7, 7, 9, 9) + "</part>", (1, 2, 3, 4)),  # parts are no objects
        ("<part>" + box(7, 7, 9, 9) + "</part>" + box(1, 2, 3, 4), (1, 2, 3, 4)),  # even where they stand first
    ],
)
def test_boxes(tmp_path, inner, expected):
    (found,) = parse(tmp_path, whole(thing(inner))).boxes
    assert tuple(found.rect) == expected


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        (box("one", 2, 3, 4), "not a number"),
        (box("", 2, 3, 4), "not a number"),
        (box("nan", 2, 3, 4), "not a number"),
        (box("inf", 2, 3, 4), "not a number"),
        (box("1_0", 2, 30, 4), "not a number"),  # Python reads underscores, the format has none
        ("<bndbox><xmin>1</xmin></bndbox>", "not a number"),
        (box(5, 5, 5, 9), "no area"),
        (box(9, 5, 5, 9), "no area"),  # inverted
        ("", "no box"),
        ("<robndbox><cx>1</cx></robndbox>", "no box"),
    ],
)
def test_one_bad_object_is_counted_and_the_others_stay(tmp_path, inner, reason):
    found = parse(tmp_path, whole(thing(inner, "plane"), GOOD))
    assert [item.native for item in found.boxes] == ["ship"]
    assert found.lost == (Lost("plane", reason, 1),)


def test_an_object_without_a_class_is_counted(tmp_path):
    found = parse(tmp_path, whole(f"<object>{box(1, 2, 3, 4)}</object>", GOOD))
    assert found.lost == (Lost("", "no class", 1),)


def test_alike_losses_are_counted_together(tmp_path):
    bad = thing(box(1, 1, 1, 1))
    assert parse(tmp_path, whole(bad, bad, GOOD)).lost == (Lost("ship", "no area", 2),)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("", (False, False)),  # neither is there
        ("<difficult>1</difficult><truncated>0</truncated>", (True, False)),
        ("<difficult>0</difficult><truncated>1</truncated>", (False, True)),
        ("<difficult>Unspecified</difficult><truncated/>", (False, False)),
    ],
)
def test_flags(tmp_path, tags, expected):
    (found,) = parse(tmp_path, whole(thing(tags + box(1, 2, 3, 4)))).boxes
    assert (found.difficult, found.cut) == expected


def test_one_based_inclusive_pixels(tmp_path):
    # xmin = xmax = 1 is the first pixel of the original specification: [0, 1) here
    (found,) = parse(tmp_path, whole(thing(box(1, 1, 1, 2))), Voc(READER.places, one_based=True)).boxes
    assert tuple(found.rect) == (0, 0, 1, 2)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("<size><width>640</width><height>480</height></size>", (640, 480)),
        ("<size><width>640.0</width><height>480</height></size>", (640, 480)),
        ("<size><width>0</width><height>0</height></size>", None),  # tools that never looked
        ("<size><width>640</width></size>", None),
        ("", None),
    ],
)
def test_size(tmp_path, size, expected):
    assert parse(tmp_path, whole(size, GOOD)).size == expected


def test_an_annotation_without_objects_is_empty(tmp_path):
    found = parse(tmp_path, whole())
    assert (found.boxes, found.lost) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"not xml",
        b"<annotation><object>",  # torn
        b"<HRSC_Image><HRSC_Objects/></HRSC_Image>",  # another format: not an empty picture
        b'<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>',  # entities are refused
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation>&b;</annotation>',
        b"\x00\x01\x02\x03",
        b'<?xml version="1.0" encoding="no-such"?><annotation/>',
        whole(thing(box("one", "two", "three", "four"))).encode(),  # not one object can be read
    ],
)
def test_what_cannot_be_parsed_is_a_data_error(tmp_path, text):
    with pytest.raises(AnnotationError) as caught:
        parse(tmp_path, text)
    assert caught.value.code == "unparsable annotation"
    assert str(tmp_path) not in caught.value.reason
    assert pickle.loads(pickle.dumps(caught.value)).reason == caught.value.reason


def laughs(levels=12):
    """Entities that stand for ten of the one before: 10 ** levels letters from a kilobyte."""
    lines = ['<!ENTITY l0 "ha">'] + [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels)]
    return f"<!DOCTYPE annotation [{''.join(lines)}]>" + whole(thing(box(1, 2, 3, 4), f"&l{levels - 1};"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize(
    "document",
    [
        laughs(),
        '<!DOCTYPE a [<!ENTITY x "' + "y" * 100_000 + '">]>' + whole(thing(box(1, 2, 3, 4), "&x;" * 10_000)),  # quadratic
        '<!DOCTYPE a [<!ENTITY b SYSTEM "OUTSIDE">]>' + whole(thing(box(1, 2, 3, 4), "&b;")),
        '<!DOCTYPE a PUBLIC "-//x//y" "OUTSIDE">' + whole(GOOD),
        '<!DOCTYPE a SYSTEM "OUTSIDE" [<!ENTITY % p SYSTEM "OUTSIDE"> %p;]>' + whole(GOOD),
        '<!-- first --><?pi?>\n<!DOCTYPE\na\n[<!ENTITY b "c">]>' + whole(GOOD),
    ],
)
def test_entities_can_neither_grow_nor_fetch(tmp_path, document, encoding):
    outside = tmp_path / "outside.txt"
    outside.write_text("ship")
    text = document.replace("OUTSIDE", outside.as_uri())
    for data in (text.encode(encoding), (f'<?xml version="1.0" encoding="{encoding}"?>' + text).encode(encoding)):
        with pytest.raises(AnnotationError) as caught:
            parse(tmp_path, data)
        assert "document type" in caught.value.detail or "not XML" in caught.value.detail


def test_a_document_type_cannot_hide_in_another_encoding(tmp_path):
    """What is declared is what the check decodes; the parser gets the checked text and not the bytes."""
    hidden = '<!DOCTYPE a [<!ENTITY b "ship">]>'.encode("utf-7").replace(b"<", b"+ADw-").replace(b"!", b"+ACE-")
    with pytest.raises(AnnotationError, match="document type"):
        parse(tmp_path, b'<?xml version="1.0" encoding="utf-7"?>' + hidden + whole(thing(box(1, 2, 3, 4), "&b;")).encode())


def test_the_five_entities_of_xml_itself_and_characters_by_number_are_read(tmp_path):
    found = parse(tmp_path, whole(thing(box("&#49;", 2, 3, 4), "bar &amp; grill")))
    assert [(item.native, item.x0) for item in found.boxes] == [("bar & grill", 1)]


def test_an_annotation_that_is_gone_is_a_data_error(tmp_path):
    scene = Scene("s", "a", "s/a", None, (FileStamp(str(tmp_path / "gone.xml"), 1, "1"),))
    with pytest.raises(AnnotationError, match="missing annotation"):
        READER.annotation(scene)


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", '<?xml version="1.0" encoding="utf-8"?>'),
        ("utf-16", '<?xml version="1.0" encoding="utf-16"?>'),
        ("gb18030", '<?xml version="1.0" encoding="gb2312"?>'),
        ("gb18030", ""),  # not declared at all
        ("latin-1", '<?xml version="1.0" encoding="ISO-8859-1"?>'),
    ],
)
def test_encodings(tmp_path, encoding, head):
    name = "voilà" if encoding == "latin-1" else "船"
    found = parse(tmp_path, (head + whole(thing(box(1, 2, 3, 4), name))).encode(encoding))
    assert [item.native for item in found.boxes] == [name]


def test_a_list_names_the_pictures_of_a_split(tmp_path):
    for name in ("1", "2", "3", "T junction 1"):
        for folder, suffix in (("JPEGImages", "jpg"), ("Annotations", "xml")):
            path = tmp_path / folder / f"{name}.{suffix}"
            path.parent.mkdir(exist_ok=True)
            path.write_text(whole(GOOD))
    (tmp_path / "JPEGImages" / "2.jpg").unlink()
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    # with a suffix, with a class flag, twice, a space in the name, and one that is nowhere
    (lists / "train.txt").write_text("1.jpg\r\n2 1\n1.jpg\n\nT junction 1\nnowhere -1\n")
    source = Source("voc", str(tmp_path), "s", "train")
    problems = {scene.key: scene.problem for scene in READER.scenes(source, "s")}
    assert problems == {
        "1": "",
        "2": "annotation without picture",
        "T junction 1": "",
        "nowhere": "listed without picture",
    }
    look = READER.look(source)
    assert (look.pictures, look.annotations) == (2, 3)
    everything = list(READER.scenes(Source("voc", str(tmp_path), "s"), "s"))
    assert [scene.key for scene in everything] == ["1", "2", "3", "T junction 1"]


def test_real_annotations_agree_with_a_plain_count(samples):
    folder = samples / "TGRS-HRRSD-Dataset" / "OPT2017" / "Annotations"
    if not folder.is_dir():
        pytest.skip("no HRRSD sample")
    boxes = lost = 0
    paths = sorted(folder.glob("*.xml"))
    for path in paths:
        stamp = FileStamp(str(path), path.stat().st_size, "1")
        found = READER.annotation(Scene("s", path.stem, "s", None, (stamp,)))
        plain = ElementTree.fromstring(path.read_bytes())
        corners = [
            [int(item.find("bndbox").find(tag).text) for tag in ("xmin", "ymin", "xmax", "ymax")]
            for item in plain.iter("object")
        ]
        assert [list(item.rect) for item in found.boxes] == corners
        assert found.size == (int(plain.find("size/width").text), int(plain.find("size/height").text))
        boxes, lost = boxes + len(found.boxes), lost + len(found.lost)
    assert len(paths) > 300 and lost == 0
    assert boxes == sum(path.read_text().count("<bndbox>") for path in paths)
