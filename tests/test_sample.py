"""The sample is made of two downloaded packages; here two stand-ins with pictures drawn by the test."""

import importlib.util
import io
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import imagehash
import numpy as np
import pytest
import tifffile
import yaml
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "recipes" / "sample"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sample", SAMPLE / "make_sample.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_sample"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


make_sample = load()


def texture(width: int, height: int, seed: int) -> Image.Image:
    """Soft blobs over fine noise: p-Hash sees the blobs, an encoder something to do."""
    draw = np.random.default_rng(seed)
    coarse = Image.fromarray(draw.integers(0, 256, (height // 40, width // 40, 3), dtype=np.uint8))
    soft = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.int16)
    return Image.fromarray(np.clip(soft + draw.integers(-12, 13, soft.shape), 0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def annotation(boxes: list[tuple[int, int, int, int]]) -> bytes:
    objects = "".join(
        f"<object><name>Tree</name><bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax><ymax>{d}</ymax></bndbox></object>"
        for a, b, c, d in boxes
    )
    return f"<annotation>{objects}</annotation>".encode()


def tiff(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, pixels)
    return out.getvalue()


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    grid = [(x, y, x + 30, y + 24) for x in range(5, 970, 60) for y in range(5, 970, 60)]
    trees = {
        make_sample.LARGE + ".png": encoded(texture(1000, 1000, 1), "PNG"),
        make_sample.LARGE + ".xml": annotation(grid),
        make_sample.MEDIUM + ".png": encoded(texture(1200, 400, 2), "PNG"),
        make_sample.MEDIUM + ".xml": annotation([(10, 10, 60, 60)]),
        "SOAP_031.png": encoded(texture(200, 200, 3), "PNG"),
        "AWPE Pigeon Lake 2020 DJI_0005.JPG": encoded(texture(200, 200, 4), "JPEG"),
    }
    for at, name in enumerate((make_sample.SMALL, make_sample.LABELLED)):
        trees |= {f"{name}.png": encoded(texture(200, 200, 5 + at), "PNG"), f"{name}.xml": annotation([(1, 2, 30, 40)])}
    trees["SOAP_061.xml"] = trees["SOAP_061.xml"].replace(b"Tree", b"Dead")
    with zipfile.ZipFile(folder / "deepforest-0-py3-none-any.whl", "w") as wheel:
        for name, data in trees.items():
            wheel.writestr("deepforest/data/" + name, data)

    ramp = np.arange(300 * 300, dtype=np.uint16).reshape(300, 300)
    ring = [[10.0, 10.0], [40.0, 10.0], [40.0, 40.0], [10.0, 40.0], [10.0, 10.0]]
    hole = [[20.0, 20.0], [30.0, 20.0], [30.0, 30.0], [20.0, 30.0], [20.0, 20.0]]
    far = [[[200.0, 200.0, 0.0], [220.0, 200.0, 0.0], [220.0, 220.0, 0.0], [200.0, 200.0, 0.0]]]
    outlines = [{"type": "Polygon", "coordinates": [ring, hole]}, {"type": "MultiPolygon", "coordinates": [far]}]
    road = np.zeros((300, 300), np.uint8)
    road[100:110] = 255
    buildings = {
        "sample_geotiff.tif": tiff(ramp),
        "gj_to_px_result.geojson": json.dumps({"features": [{"geometry": shape} for shape in outlines]}).encode(),
        "road_mask_input.tif": tiff(ramp[::-1]),
        "sample_road_raster_mask.tif": tiff(road),
        "preproc_tutorial/pan1.tif": tiff(ramp.T.copy()),
    }
    with zipfile.ZipFile(folder / "solaris-0-py3-none-any.whl", "w") as wheel:
        for name, data in buildings.items():
            wheel.writestr("solaris/data/" + name, data)
    return folder


@pytest.fixture(scope="module")
def made(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("made")
    make_sample.make(wheels, out)
    return out


def opened(path: Path) -> Image.Image:
    """A picture, decoded, its file closed again."""
    with Image.open(path) as image:
        image.load()
    return image


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def stems(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()}


def boxes(xml: Path) -> list[tuple[int, ...]]:
    found = ElementTree.parse(xml).iter("bndbox")
    return sorted(tuple(int(box.findtext(name, "")) for name in ("xmin", "ymin", "xmax", "ymax")) for box in found)


def test_same_packages_make_the_same_bytes(wheels: Path, made: Path, tmp_path: Path) -> None:
    make_sample.make(wheels, tmp_path)
    assert contents(tmp_path) == contents(made)


def test_a_second_run_removes_what_is_not_its_own_and_leaves_the_rest_alone(wheels: Path, tmp_path: Path) -> None:
    make_sample.make(wheels, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jpg")}
    (tmp_path / "trees" / "JPEGImages" / "stray.jpg").write_bytes(b"")
    (tmp_path / "old" / "folder").mkdir(parents=True)
    make_sample.make(wheels, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jpg")} == before
    assert not (tmp_path / "old").exists()


def test_there_are_enough_pictures_of_every_kind(made: Path) -> None:
    trees, held = made / "trees", made / "held-out"
    assert 25 <= len(stems(trees / "JPEGImages")) <= 40
    assert len(stems(held / "JPEGImages")) == 8
    assert stems(trees / "JPEGImages") - stems(trees / "Annotations") == {Path(name).stem for name in make_sample.BARE}
    assert stems(trees / "Annotations") - stems(trees / "JPEGImages") == {"no-picture"}
    assert max(opened(trees / "JPEGImages" / "yell-large.png").size) > 1024
    with pytest.raises(OSError, match="truncated"):
        opened(trees / "JPEGImages" / "truncated.jpg")


@pytest.mark.parametrize(
    ("copy", "original", "way_back"),
    [
        ("trees/JPEGImages/copy-recoded", "yell-0-3", None),  # another quality
        ("trees/JPEGImages/copy-mirrored", "yell-1-2", Image.Transpose.FLIP_LEFT_RIGHT),
        ("trees/JPEGImages/copy-turned", "yell-2-3", Image.Transpose.ROTATE_270),
        ("held-out/JPEGImages/seen-recoded", "yell-0-4", None),  # the same, among the references
        ("held-out/JPEGImages/seen-mirrored", "yell-1-4", Image.Transpose.FLIP_LEFT_RIGHT),
        ("held-out/JPEGImages/seen-turned", "yell-3-1", Image.Transpose.ROTATE_270),
    ],
)
def test_copies_are_within_the_distance_of_their_originals(
    made: Path, copy: str, original: str, way_back: Image.Transpose | None
) -> None:
    image = opened(made / f"{copy}.jpg")
    back = image if way_back is None else image.transpose(way_back)
    other = made / "trees" / "JPEGImages" / f"{original}.jpg"
    assert (made / f"{copy}.jpg").read_bytes() != other.read_bytes()
    assert imagehash.phash(back) - imagehash.phash(opened(other)) <= 2


def test_boxes_follow_their_crowns_through_crop_flip_and_turn() -> None:
    image = Image.new("RGB", (100, 60))
    image.paste((255, 255, 255), (30, 10, 50, 40))
    picture = make_sample.Picture(image, (make_sample.Crown("Tree", 30, 10, 50, 40),))
    part = make_sample.cropped(picture, (40, 0, 100, 30))
    for change in (make_sample.as_it_is, make_sample.mirrored, make_sample.turned):
        for before in (picture, part):
            after = change(before)
            (crown,) = after.crowns
            assert after.image.convert("L").getbbox() == (crown.x0, crown.y0, crown.x1, crown.y1)
    assert part.crowns[0].cut


@pytest.mark.parametrize(
    ("window", "kept"),
    [
        ((0, 0, 30, 60), 0),  # beside the crown
        ((0, 0, 35, 60), 0),  # a quarter of it
        ((0, 0, 36, 60), 1),  # three tenths
    ],
)
def test_a_crop_names_crowns_of_which_enough_is_seen(window: tuple[int, int, int, int], kept: int) -> None:
    picture = make_sample.Picture(Image.new("RGB", (100, 60)), (make_sample.Crown("Tree", 30, 10, 50, 40),))
    assert len(make_sample.cropped(picture, window).crowns) == kept


def test_crops_share_no_pixel_and_keep_the_crowns(made: Path) -> None:
    assert boxes(made / "trees" / "Annotations" / "yell-0-0.xml")[0] == (5, 5, 35, 29)
    assert opened(made / "trees" / "JPEGImages" / "yell-0-0.jpg").size == (200, 200)


def test_health_is_named_so_that_a_caption_can_say_it(made: Path) -> None:
    root = ElementTree.parse(made / "trees" / "Annotations" / "SOAP_061.xml").getroot()
    assert [item.text for item in root.iter("name")] == ["dead tree"]


def test_masks_are_of_the_pictures_size_except_the_one_that_is_not(made: Path) -> None:
    pictures, masks = made / "buildings" / "images", made / "buildings" / "masks"
    assert stems(pictures) == stems(masks)
    different = {
        name for name in stems(pictures) if opened(pictures / f"{name}.png").size != opened(masks / f"{name}.png").size
    }
    assert different == {"wrong-size"}
    corner = np.asarray(opened(masks / "atlanta-0-0.png"))
    assert corner[15, 15] == 1 and corner[25, 25] == 0 and corner[5, 5] == 0  # a building with a yard
    assert np.asarray(opened(masks / "atlanta-1-1.png"))[51, 60] == 1  # of a polygon with heights
    assert set(np.unique(np.asarray(opened(masks / "suburb.png")))) == {0, 2}


def test_sixteen_bits_are_stretched_over_eight(made: Path) -> None:
    pixels = np.asarray(opened(made / "buildings" / "images" / "suburb.png"))
    assert pixels.dtype == np.uint8
    assert (pixels == 0).mean() == pytest.approx(0.02, abs=0.005)
    assert (pixels == 255).mean() == pytest.approx(0.02, abs=0.005)


def test_a_missing_package_is_said(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="deepforest"):
        make_sample.make(tmp_path, tmp_path / "out")


def test_the_recipe_names_the_folders_that_are_made(made: Path) -> None:
    recipe = yaml.safe_load((SAMPLE / "sample.yaml").read_text("utf-8"))
    entries = [*recipe["sources"], *recipe["references"]]
    assert {Path(entry["root"]).name for entry in entries} == {path.name for path in made.iterdir()}
    for entry in entries:
        assert (SAMPLE / entry["root"]).resolve().parent == ROOT / "output" / "sample-pictures"


def test_packages_are_pinned_by_digest() -> None:
    lines = [line for line in (SAMPLE / "wheels.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) == 2
    for line in lines:
        requirement, _, digest = line.partition(" --hash=sha256:")
        assert requirement.count("==") == 1
        assert len(bytes.fromhex(digest)) == 32
