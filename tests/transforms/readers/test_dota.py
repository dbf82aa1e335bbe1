"""DOTA labelTxt: what may stand in a line."""

import pytest

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Lost, Scene
from skypairs.transforms.readers.dota import Dota
from skypairs.transforms.readers.layout import Place

READER = Dota(places=(Place("images", "labelTxt"),))
QUAD = "10 20 30 20 30 40 10 40"
GOOD = f"{QUAD} ship 0"


def parse(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return READER.annotation(Scene("s", "a", "s/a", None, (FileStamp(str(path), path.stat().st_size, "1"),)))


@pytest.mark.parametrize(
    ("line", "label", "rect", "flags"),
    [
        (f"{QUAD} plane 0", "plane", (10, 20, 30, 40), (False, False)),
        (f"{QUAD} plane 1", "plane", (10, 20, 30, 40), (True, False)),
        (f"{QUAD} plane 2", "plane", (10, 20, 30, 40), (True, True)),  # cut by the devkit's splitter
        (f"{QUAD} plane", "plane", (10, 20, 30, 40), (False, False)),  # nine fields
        (f"{QUAD} storage tank 1", "storage tank", (10, 20, 30, 40), (True, False)),  # spaces for hyphens
        (f"{QUAD}  plane\t0", "plane", (10, 20, 30, 40), (False, False)),  # any blanks
        ("10.5 20 30.25 20 30 40 10 4e1 plane 0", "plane", (10, 20, 30.25, 40), (False, False)),
        ("-5 -6 30 20 30 40 10 40 plane 0", "plane", (-5, -6, 30, 40), (False, False)),  # corners outside: clipped later
        ("10 20 30 40 30 20 10 40 plane 0", "plane", (10, 20, 30, 40), (False, False)),  # crosses itself
        ("20 20 30 30 20 40 10 30 plane 0", "plane", (10, 20, 30, 40), (False, False)),  # turned
    ],
)
def test_lines(tmp_path, line, label, rect, flags):
    (found,) = parse(tmp_path, line).boxes
    assert (found.native, tuple(found.rect), (found.difficult, found.cut)) == (label, rect, flags)
    assert found.polygon == tuple(float(field) for field in line.split()[:8])


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("10 20 30 twenty 30 40 10 40 plane 0", ("plane", "not a number")),
        ("10 20 30 nan 30 40 10 40 plane 0", ("plane", "not a number")),
        ("10 20 10 20 10 40 10 40 plane 0", ("plane", "no area")),
        ("10 20 30 20 30 40 10", ("", "too few fields")),  # the last line of a file that broke off
        (QUAD, ("", "too few fields")),
    ],
)
def test_one_bad_line_is_counted_and_the_others_stay(tmp_path, line, lost):
    found = parse(tmp_path, f"{GOOD}\n{line}\n")
    assert len(found.boxes) == 1
    assert found.lost == (Lost(*lost, 1),)


@pytest.mark.parametrize(
    ("head", "gsd"),
    [
        ("imagesource:GoogleEarth\r\ngsd:0.255589285596\r\n", 0.255589285596),
        ("imagesource:GF\r\ngsd:1\r\n", 1.0),
        ("imagesource:GoogleEarth\r\ngsd:null\r\n", None),
        ("imagesource:GoogleEarth\r\ngsd:None\r\n", None),
        ("imagesource:GoogleEarth\ngsd:\n", None),
        ("gsd:0\n", None),
        ("GSD: 0.5\n\n", 0.5),
        ("\ufeffimagesource:JL\ngsd:0.7\n", 0.7),  # byte order mark
        ("", None),  # patches have no head
    ],
)
def test_headers(tmp_path, head, gsd):
    found = parse(tmp_path, head + GOOD + "\r\n")
    assert found.gsd == gsd
    assert len(found.boxes) == 1


@pytest.mark.parametrize("text", ["", "\r\n", "imagesource:GoogleEarth\r\ngsd:0.25\r\n"])
def test_no_objects_is_an_empty_picture(tmp_path, text):
    found = parse(tmp_path, text)
    assert (found.boxes, found.lost) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>Too many requests</body></html>",  # a download that is a web page
        "one two three four five six seven eight plane 0",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xff\xfe\x00",
        "10 20 30",
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_a_data_error(tmp_path, text):
    with pytest.raises(AnnotationError) as caught:
        parse(tmp_path, text)
    assert caught.value.code == "unparsable annotation"


@pytest.mark.parametrize(
    ("key", "scene"),
    [
        ("P0004", "P0004"),
        ("P0004__1__0___0", "P0004"),  # devkit: id, rate, x, y
        ("P0004__0.5__1024___512", "P0004"),
        ("P0004_0_0_800_800", "P0004"),  # iSAID's devkit
        ("P0004_0_800", "P0004_0_800"),  # not a patch of either
        ("harbour__1__0___0", "harbour__1__0___0"),
    ],
)
def test_patches_share_the_group_of_their_scene(tmp_path, key, scene):
    for folder, suffix in (("images", "png"), ("labelTxt", "txt")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{key}.{suffix}").write_text(GOOD)
    (found,) = READER.scenes(Source("dota", str(tmp_path), "d"), "dota")
    assert (found.key, found.group) == (key, f"dota/{scene}")


def test_archives_that_unpack_into_parts(tmp_path):
    for at, folder in enumerate(("images/part1/images", "images/part2/images")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / f"P000{at}.png").write_text("x")
    (tmp_path / "labelTxt").mkdir()
    (tmp_path / "labelTxt" / "P0001.txt").write_text(GOOD)
    found = {scene.key: scene.annotated for scene in READER.scenes(Source("dota", str(tmp_path), "d"), "dota")}
    assert found == {"P0000": False, "P0001": True}


def test_the_devkits_example_is_accounted_for(samples):
    root = samples / "DOTA_devkit" / "example"
    if not root.is_dir():
        pytest.skip("no DOTA sample")
    scenes = {scene.key: scene for scene in READER.scenes(Source("dota", str(root), "d"), "dota")}
    assert {key for key, scene in scenes.items() if scene.picture} == {path.stem for path in (root / "images").iterdir()}
    labels = {path.stem: path.read_text().splitlines() for path in (root / "labelTxt").iterdir()}
    assert set(scenes) == set(labels)
    missing = [key for key, scene in scenes.items() if scene.problem == "annotation without picture"]
    assert len(missing) == 5
    for key, scene in scenes.items():
        found = READER.annotation(scene)
        lines = [line.split() for line in labels[key][2:]]
        assert len(found.boxes) + sum(item.count for item in found.lost) == len(lines)
        assert [item.native for item in found.boxes] == [line[8] for line in lines]
        assert sum(item.difficult for item in found.boxes) == sum(line[9] == "1" for line in lines)
        assert found.gsd == float(labels[key][1].partition(":")[2])


def test_a_patch_of_another_tool_is_read(samples):
    folder = samples / "mmrotate" / "tests" / "data" / "labelTxt"
    if not folder.is_dir():
        pytest.skip("no mmrotate sample")
    for path in sorted(folder.iterdir()):
        found = READER.annotation(Scene("s", path.stem, "s", None, (FileStamp(str(path), 1, "1"),)))
        assert len(found.boxes) == len([line for line in path.read_text().splitlines() if len(line.split()) >= 9])
