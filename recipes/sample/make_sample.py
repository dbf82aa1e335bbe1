"""Writes the sample's datasets from the pictures inside two downloaded packages.

    make_sample.py WHEELS OUT

WHEELS is the folder that holds the two packages of wheels.txt; they are opened as archives, nothing of them is run. OUT gets

    trees/       Pascal VOC: tree crowns in aerial pictures, with what real data has: copies, holes and broken files
    held-out/    Pascal VOC: pictures to be kept out of the training set; some show what `trees` shows
    buildings/   index masks: 1 is a building, 2 a road

The same packages give the same bytes; files that are there already with those bytes are left alone.
"""

import io
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
from PIL import Image, ImageOps

Files = dict[str, bytes]
"""Path below OUT to content."""

GRID = 5
"""The largest scene is cut into GRID x GRID crops; the lowest row is held out."""

NEON = "deepforest/data/"
SPACENET = "solaris/data/"
LARGE = "2019_YELL_2_528000_4978000_image_crop2"
MEDIUM = "2019_YELL_2_541000_4977000_image_crop"
SMALL, LABELLED = "OSBS_029", "SOAP_061"
NAMES = {"Dead": "dead tree", "Alive": "living tree"}
BARE = ("SOAP_031.png", "AWPE Pigeon Lake 2020 DJI_0005.JPG")


@dataclass(frozen=True, slots=True)
class Crown:
    """A labelled box in pixels, half-open; `cut` where part of the crown lies outside the picture."""

    name: str
    x0: int
    y0: int
    x1: int
    y1: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """An RGB picture and the crowns in it."""

    image: Image.Image
    crowns: tuple[Crown, ...]


def crowns_of(xml: bytes) -> tuple[Crown, ...]:
    """The boxes of a Pascal VOC annotation."""
    found = []
    for item in ElementTree.fromstring(xml).iter("object"):
        x0, y0, x1, y1 = (int(item.findtext(f"bndbox/{name}", "0")) for name in ("xmin", "ymin", "xmax", "ymax"))
        found.append(Crown(item.findtext("name", ""), x0, y0, x1, y1))
    return tuple(found)


def cropped(picture: Picture, window: tuple[int, int, int, int]) -> Picture:
    """A window of a picture with the crowns of which at least three tenths lie inside."""
    left, top, right, bottom = window
    kept = []
    for crown in picture.crowns:
        x0, y0 = max(crown.x0, left), max(crown.y0, top)
        x1, y1 = min(crown.x1, right), min(crown.y1, bottom)
        whole, part = (crown.x1 - crown.x0) * (crown.y1 - crown.y0), max(0, x1 - x0) * max(0, y1 - y0)
        if part and part >= 0.3 * whole:
            kept.append(Crown(crown.name, x0 - left, y0 - top, x1 - left, y1 - top, cut=part < whole))
    return Picture(picture.image.crop(window), tuple(kept))


def mirrored(picture: Picture) -> Picture:
    """Left and right changed over."""
    width = picture.image.width
    crowns = tuple(replace(crown, x0=width - crown.x1, x1=width - crown.x0) for crown in picture.crowns)
    return Picture(ImageOps.mirror(picture.image), crowns)


def turned(picture: Picture) -> Picture:
    """A quarter turn against the clock: the right edge becomes the upper one."""
    width = picture.image.width
    crowns = tuple(
        replace(crown, x0=crown.y0, y0=width - crown.x1, x1=crown.y1, y1=width - crown.x0) for crown in picture.crowns
    )
    return Picture(picture.image.transpose(Image.Transpose.ROTATE_90), crowns)


def as_it_is(picture: Picture) -> Picture:
    """The same picture: its copy differs by its encoding alone."""
    return picture


def jpeg(image: Image.Image, quality: int = 92) -> bytes:
    """Encoded as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(pixels: np.ndarray) -> bytes:
    """(H, W) uint8 encoded as a grey PNG."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def voc(name: str, picture: Picture) -> bytes:
    """A Pascal VOC annotation."""
    root = ElementTree.Element("annotation")
    ElementTree.SubElement(root, "filename").text = name
    size = ElementTree.SubElement(root, "size")
    for key, value in (("width", picture.image.width), ("height", picture.image.height), ("depth", 3)):
        ElementTree.SubElement(size, key).text = str(value)
    for crown in picture.crowns:
        item = ElementTree.SubElement(root, "object")
        for key, text in (("name", crown.name), ("truncated", str(int(crown.cut))), ("difficult", "0")):
            ElementTree.SubElement(item, key).text = text
        box = ElementTree.SubElement(item, "bndbox")
        for key, value in (("xmin", crown.x0), ("ymin", crown.y0), ("xmax", crown.x1), ("ymax", crown.y1)):
            ElementTree.SubElement(box, key).text = str(value)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8")) + b"\n"


def add(files: Files, folder: str, name: str, picture: Picture, quality: int = 92) -> None:
    """Puts a picture and its annotation into a VOC dataset."""
    files[f"{folder}/JPEGImages/{name}.jpg"] = jpeg(picture.image, quality)
    files[f"{folder}/Annotations/{name}.xml"] = voc(f"{name}.jpg", picture)


def neon(wheel: zipfile.ZipFile) -> Files:
    """The datasets `trees` and `held-out`."""

    def data(name: str) -> bytes:
        return wheel.read(NEON + name)

    image = Image.open(io.BytesIO(data(LARGE + ".png"))).convert("RGB")
    large = Picture(image, crowns_of(data(LARGE + ".xml")))
    wide, high = image.width // GRID, image.height // GRID
    crops = {
        (row, column): cropped(large, (column * wide, row * high, (column + 1) * wide, (row + 1) * high))
        for row in range(GRID)
        for column in range(GRID)
    }
    files: Files = {}
    for (row, column), crop in crops.items():
        add(files, "held-out" if row == GRID - 1 else "trees", f"yell-{row}-{column}", crop)
    files[f"trees/JPEGImages/{SMALL}.png"] = data(SMALL + ".png")  # as it comes: its annotation names another file
    files[f"trees/Annotations/{SMALL}.xml"] = data(SMALL + ".xml")
    files[f"trees/JPEGImages/{LABELLED}.png"] = data(LABELLED + ".png")
    small = Image.open(io.BytesIO(data(LABELLED + ".png")))
    crowns = tuple(replace(crown, name=NAMES.get(crown.name, crown.name)) for crown in crowns_of(data(LABELLED + ".xml")))
    files[f"trees/Annotations/{LABELLED}.xml"] = voc(f"{LABELLED}.png", Picture(small, crowns))
    files["trees/JPEGImages/yell-large.png"] = data(MEDIUM + ".png")  # longer than 1,024 pixels: it is cut into tiles
    files["trees/Annotations/yell-large.xml"] = data(MEDIUM + ".xml")

    # Copies inside the training set, and copies of training pictures among those that are to be kept out of it.
    copies: tuple[tuple[str, str, tuple[int, int], Callable[[Picture], Picture], int], ...] = (
        ("trees", "copy-recoded", (0, 3), as_it_is, 60),
        ("trees", "copy-mirrored", (1, 2), mirrored, 92),
        ("trees", "copy-turned", (2, 3), turned, 92),
        ("held-out", "seen-recoded", (0, 4), as_it_is, 60),
        ("held-out", "seen-mirrored", (1, 4), mirrored, 75),
        ("held-out", "seen-turned", (3, 1), turned, 75),
    )
    for folder, name, place, change, quality in copies:
        add(files, folder, name, change(crops[place]), quality)

    # What goes wrong in real data: no annotation, no picture, half a picture.
    for name in BARE:
        files[f"trees/JPEGImages/{name}"] = data(name)
    files["trees/Annotations/no-picture.xml"] = voc("no-picture.jpg", crops[0, 0])
    whole = jpeg(crops[1, 3].image)
    files["trees/JPEGImages/truncated.jpg"] = whole[: len(whole) // 2]
    files["trees/Annotations/truncated.xml"] = voc("truncated.jpg", crops[1, 3])
    return files


def stretched(encoded: bytes) -> np.ndarray:
    """One band of 16 bits as (H, W) uint8: the middle 96 % of its values spread over 0 to 255."""
    band = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)
    if band is None or band.ndim != 2:
        raise SystemExit("a SpaceNet tile is not a picture of one band")
    low, high = np.percentile(band, (2, 98))
    share = (band.astype(np.float64) - low) / max(1.0, high - low)
    pixels: np.ndarray = np.clip(np.rint(share * 255), 0, 255).astype(np.uint8)
    return pixels


def filled(outlines: dict[str, Any], shape: tuple[int, int], value: int) -> np.ndarray:
    """GeoJSON polygons in pixels drawn into an (H, W) uint8 mask, holes left open."""
    mask = np.zeros(shape, np.uint8)
    for feature in outlines["features"]:
        shapes = feature["geometry"]["coordinates"]
        for rings in [shapes] if feature["geometry"]["type"] == "Polygon" else shapes:
            cv2.fillPoly(mask, [np.rint(np.array(ring)[:, :2]).astype(np.int32) for ring in rings], value)
    return mask


def spacenet(wheel: zipfile.ZipFile) -> Files:
    """The dataset `buildings`."""

    def data(name: str) -> bytes:
        return wheel.read(SPACENET + name)

    files: Files = {}

    def put(name: str, pixels: np.ndarray, mask: np.ndarray) -> None:
        files[f"buildings/images/{name}.png"] = png(pixels)
        files[f"buildings/masks/{name}.png"] = png(mask)

    # The footprints that belong to this tile are the outlines; sample_fp_mask.tif beside it shows another place.
    tile = stretched(data("sample_geotiff.tif"))
    footprints = filled(json.loads(data("gj_to_px_result.geojson")), (tile.shape[0], tile.shape[1]), 1)
    half_y, half_x = tile.shape[0] // 2, tile.shape[1] // 2
    for row in range(2):
        for column in range(2):
            part = np.s_[row * half_y : (row + 1) * half_y, column * half_x : (column + 1) * half_x]
            put(f"atlanta-{row}-{column}", tile[part], footprints[part])

    roads = stretched(data("road_mask_input.tif"))  # 1,300 pixels: it is cut into tiles
    marked = cv2.imdecode(np.frombuffer(data("sample_road_raster_mask.tif"), np.uint8), cv2.IMREAD_UNCHANGED)
    put("suburb", roads, np.where(np.asarray(marked) > 0, 2, 0).astype(np.uint8))

    other = stretched(data("preproc_tutorial/pan1.tif"))
    put("wrong-size", other, np.ones((other.shape[0] - 8, other.shape[1]), np.uint8))
    files["buildings/classes.json"] = b'{"building": 1, "road": 2}\n'
    return files


def write(files: Files, out: Path) -> None:
    """Makes OUT hold exactly these files. Equal ones keep their time of change, so a second build reuses its work."""
    for path in sorted(out.rglob("*"), reverse=True):  # what is in a folder comes before the folder
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(out).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = out / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def make(wheels: Path, out: Path) -> dict[str, int]:
    """Writes the three datasets and returns how many files each has."""
    files: Files = {}
    for package, build in (("deepforest", neon), ("solaris", spacenet)):
        found = sorted(wheels.glob(f"{package}-*.whl"))
        if not found:
            raise SystemExit(f"{wheels}: no {package}-*.whl here; run_local.sh fetches it")
        with zipfile.ZipFile(found[0]) as wheel:
            files |= build(wheel)
    write(files, out)
    datasets = sorted({name.partition("/")[0] for name in files})
    return {dataset: sum(name.startswith(dataset + "/") for name in files) for dataset in datasets}


if __name__ == "__main__":
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # errors only: it warns of every geographic tag of a TIFF
    if len(sys.argv) != 3:
        raise SystemExit("usage: make_sample.py WHEELS OUT")
    for dataset, count in make(Path(sys.argv[1]), Path(sys.argv[2])).items():
        print(f"{sys.argv[2]}/{dataset}: {count} files")
