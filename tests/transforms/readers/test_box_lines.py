"""Text files of numbers, a line an object: what may stand in a line."""

import pytest

from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import FileStamp, Lost, Scene
from skypairs.transforms.readers.box_lines import IGNORED, BoxLines
from skypairs.transforms.readers.layout import Place

PLACES = (Place("images", "labels"),)
CORNERS = BoxLines(PLACES, ".txt", classes=((1, "car"), (2, "ship")))
FIRST = BoxLines(PLACES, ".txt", fields=("class", "x0", "y0", "x1", "y1"), classes=((1, "car"), (2, "ship")))
NAMED = BoxLines(PLACES, ".txt")
VISDRONE = BoxLines(
    PLACES,
    ".txt",
    fields=("x0", "y0", "w", "h", "score", "class", "truncation", "occlusion"),
    classes=((0, "ignored regions"), (4, "car"), (11, "others")),
)


def parse(tmp_path, text, reader=CORNERS):
    path = tmp_path / "a.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return reader.annotation(Scene("s", "a", "s/a", None, (FileStamp(str(path), path.stat().st_size, "1"),)))


@pytest.mark.parametrize(
    ("reader", "text", "label", "rect"),
    [
        (CORNERS, "5 6 30 40 1", "car", (5, 6, 30, 40)),
        (CORNERS, "\ufeff5 6 30 40 1\n\n \n", "car", (5, 6, 30, 40)),  # byte order mark, blank lines
        (CORNERS, "5\t6  30 40 1\r\n", "car", (5, 6, 30, 40)),
        (CORNERS, "(563,478),(630,573),1", "car", (563, 478, 630, 573)),
        (CORNERS, "( 563, 478) ,(630,573) , 2 ", "ship", (563, 478, 630, 573)),
        (CORNERS, "5.5 6 30.25 40 2.0", "ship", (5.5, 6, 30.25, 40)),
        (CORNERS, "-5 6 30 40 1", "car", (-5, 6, 30, 40)),  # over the edge: clipped later
        (FIRST, "2 5 6 30 40", "ship", (5, 6, 30, 40)),
        (NAMED, "5 6 30 40 tank", "tank", (5, 6, 30, 40)),
        (VISDRONE, "684,8,27,16,1,4,0,0", "car", (684, 8, 711, 24)),
        (VISDRONE, "684,8,27,16,1,4,0,0,", "car", (684, 8, 711, 24)),  # a comma at the end
        (VISDRONE, "684,8,27,16,1,4", "car", (684, 8, 711, 24)),
    ],
)
def test_lines(tmp_path, reader, text, label, rect):
    (found,) = parse(tmp_path, text, reader).boxes
    assert (found.native, tuple(found.rect)) == (label, rect)


@pytest.mark.parametrize(
    ("reader", "line", "lost"),
    [
        (CORNERS, "5 six 30 40 1", ("car", "not a number")),
        (CORNERS, "5,,30,40,1", ("car", "not a number")),  # an empty field does not shift the others
        (CORNERS, "5 6 5 40 1", ("car", "no area")),
        (CORNERS, "5 6 30 40 3", ("category 3", "unknown class")),
        (CORNERS, "5 6 30 40 car", ("category car", "unknown class")),
        (CORNERS, "5 6 30 40", ("", "too few fields")),
        (CORNERS, "5 6 30 40 1 1", ("", "too many fields")),
        (VISDRONE, "9,9,0,5,1,4,0,0", ("car", "no area")),  # as three pictures of the training set have
        (VISDRONE, "9,9,5,5,x,4,0,0", ("car", "not a number")),
        (VISDRONE, "1,7,9,9,5,5,1,4,0,0", ("", "too many fields")),  # a line of the video task
    ],
)
def test_one_bad_line_is_counted_and_the_others_stay(tmp_path, reader, line, lost):
    good = {CORNERS: "5 6 30 40 1", VISDRONE: "5,6,25,34,1,4,0,0"}[reader]
    found = parse(tmp_path, f"{good}\n{line}\n", reader)
    assert [tuple(box.rect) for box in found.boxes] == [(5, 6, 30, 40)]
    assert found.lost == (Lost(*lost, 1),)


@pytest.mark.parametrize(
    ("end", "flags"),
    [("0,0", (False, False)), ("1,0", (False, True)), ("0,1", (False, False)), ("0,2", (True, False)), ("1,2", (True, True))],
)
def test_truncation_is_cut_and_heavy_occlusion_difficult(tmp_path, end, flags):
    (found,) = parse(tmp_path, f"1,2,3,4,1,4,{end}", VISDRONE).boxes
    assert (found.difficult, found.cut) == flags


def test_score_zero_is_left_out_whatever_the_class_and_counted(tmp_path):
    rows = ["1,1,9,9,0,0,0,0", "1,1,8,8,0,0,0,0", "1,1,9,9,0,11,0,0", "1,1,9,9,0,4,0,0", "1,1,9,9,1,4,0,0"]
    found = parse(tmp_path, "\n".join(rows), VISDRONE)
    assert len(found.boxes) == 1
    assert found.lost == (Lost("car", IGNORED, 1), Lost("ignored regions", IGNORED, 2), Lost("others", IGNORED, 1))


def test_a_picture_of_ignored_regions_alone_is_no_fault(tmp_path):
    found = parse(tmp_path, "1,1,9,9,0,0,0,0\n", VISDRONE)
    assert (found.boxes, found.lost) == ((), (Lost("ignored regions", IGNORED, 1),))


@pytest.mark.parametrize("text", ["", "\n", "\ufeff\r\n \r\n"])
def test_no_lines_are_an_empty_picture(tmp_path, text):
    found = parse(tmp_path, text)
    assert (found.boxes, found.lost) == ((), ())


@pytest.mark.parametrize("text", [b"<html>Too many requests</html>", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xfe\x00", b"1 2 3"])
def test_a_file_of_which_nothing_can_be_read_is_a_data_error(tmp_path, text):
    with pytest.raises(AnnotationError) as caught:
        parse(tmp_path, text)
    assert caught.value.code == "unparsable annotation"


def fill(root, **folders):
    for folder, names in folders.items():
        (root / folder).mkdir(parents=True)
        for name in names:
            (root / folder / name).write_text("1 1 5 5 1\n")
    return Source("set", str(root), "s")


def test_a_folder_of_negatives_is_annotated_and_empty(tmp_path):
    reader = BoxLines(PLACES, ".txt", negative="none", classes=CORNERS.classes)
    source = fill(tmp_path, images=["1.jpg", "2.jpg"], labels=["1.txt"], none=["1.jpg"])
    scenes = {scene.key: scene for scene in reader.scenes(source, "s")}
    assert {key: scene.annotated for key, scene in scenes.items()} == {"1": True, "2": False, "negative/1": True}
    assert {key: len(reader.annotation(scene).boxes) for key, scene in scenes.items()} == {"1": 1, "2": 0, "negative/1": 0}
    assert (reader.look(source).pictures, reader.look(source).annotations) == (3, 1)


def test_where_only_pictures_with_objects_have_a_file_the_others_are_empty(tmp_path):
    reader = BoxLines(PLACES, ".txt", complete=True, classes=CORNERS.classes)
    source = fill(tmp_path, images=["1.jpg", "2.jpg"], labels=["1.txt", "3.txt"])
    scenes = {scene.key: (scene.annotated, scene.problem) for scene in reader.scenes(source, "s")}
    assert scenes == {"1": (True, ""), "2": (True, ""), "3": (True, "annotation without picture")}


def test_pictures_without_any_annotation_are_another_layout(tmp_path):
    source = fill(tmp_path, images=["1.jpg"])
    with pytest.raises(LayoutError, match="images with labels"):
        CORNERS.look(source)


def test_a_split_without_its_list_is_the_users_error(tmp_path):
    reader = BoxLines(PLACES, ".txt", lists=("lists/{split}.txt",), classes=CORNERS.classes)
    fill(tmp_path, images=["1.jpg", "2.jpg"], labels=["1.txt"])
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "train.txt").write_text("2\n1\n")
    train = list(reader.scenes(Source("set", str(tmp_path), "s", "train"), "s"))
    assert [scene.key for scene in train] == ["1", "2"]
    with pytest.raises(LayoutError, match=r"no split 'test' under .*; expected there: lists/test\.txt"):
        list(reader.scenes(Source("set", str(tmp_path), "s", "test"), "s"))
