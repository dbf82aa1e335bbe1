"""FAIR1M XML: what may stand in it."""

import pytest

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Lost, Scene
from skypairs.transforms.readers.fair1m import Fair1m
from skypairs.transforms.readers.layout import Place

READER = Fair1m((Place("{split}/*/images", "{split}/*/labelXml"), Place("{split}/images", "{split}/labelXml")))
SQUARE = ("10,20", "30,20", "30,40", "10,40", "10,20")


def thing(*points, name="Boeing737", unit="pixel"):
    drawn = "".join(f"<point>{point}</point>" for point in points)
    return (
        f"<object><coordinate>{unit}</coordinate><possibleresult><name>{name}</name></possibleresult>"
        f"<points>{drawn}</points></object>"
    )


def parse(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(text)
    return READER.annotation(Scene("s", "a", "s/a", None, (FileStamp(str(path), path.stat().st_size, "1"),)))


def whole(*things):
    return f"<annotation><objects>{''.join(things)}</objects></annotation>"


@pytest.mark.parametrize(
    ("points", "polygon"),
    [
        (SQUARE, (10, 20, 30, 20, 30, 40, 10, 40)),  # the fifth point repeats the first
        (SQUARE[:4], (10, 20, 30, 20, 30, 40, 10, 40)),
        (("20.5,10.0", " 30 , 20", "20,30", "10,20", "20.5,10.0"), (20.5, 10, 30, 20, 20, 30, 10, 20)),
    ],
)
def test_points(tmp_path, points, polygon):
    (found,) = parse(tmp_path, whole(thing(*points))).boxes
    assert (found.native, found.polygon) == ("Boeing737", polygon)
    xs, ys = polygon[0::2], polygon[1::2]
    assert tuple(found.rect) == (min(xs), min(ys), max(xs), max(ys))


@pytest.mark.parametrize(
    ("given", "lost"),
    [
        (thing("1,2", "3,four", "5,6", "7,8", name="Van"), ("Van", "not a number")),
        (thing("1", "3,4,5", "5,6", "7,8", name="Van"), ("Van", "not a number")),
        (thing("1,2", "3,4", name="Van"), ("Van", "not a number")),
        (thing(*["5,5"] * 5, name="Van"), ("Van", "no area")),
        (thing(name="Van"), ("Van", "no box")),
        (thing(*SQUARE, name="Van", unit="lonlat"), ("Van", "not in pixels")),
        (thing(*SQUARE, name=""), ("", "no class")),
    ],
)
def test_one_bad_object_is_counted_and_the_others_stay(tmp_path, given, lost):
    found = parse(tmp_path, whole(thing(*SQUARE), given))
    assert len(found.boxes) == 1
    assert found.lost == (Lost(*lost, 1),)


@pytest.mark.parametrize("text", ["", "<objects/>", "<annotation><objects>", whole(thing("1"))])
def test_what_cannot_be_parsed_is_a_data_error(tmp_path, text):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        parse(tmp_path, text)


def test_parts_have_keys_of_their_own(tmp_path):
    for part in ("part1", "part2"):
        for folder, suffix in (("images", "tif"), ("labelXml", "xml")):
            (tmp_path / "train" / part / folder).mkdir(parents=True)
            (tmp_path / "train" / part / folder / f"0.{suffix}").write_text(whole())
    scenes = list(READER.scenes(Source("fair1m", str(tmp_path), "f", "train"), "f"))
    assert [(scene.key, scene.annotated) for scene in scenes] == [("part1/0", True), ("part2/0", True)]
