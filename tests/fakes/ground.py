"""Vector labels: xBD's JSON with WKT in pixels, and GeoJSON on the ground beside GeoTIFF."""

import json
from functools import partial

import numpy as np
import tifffile

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, scatter, size
from tests.fakes.truth import TrueBox, TruePicture

WEST, NORTH, METRES = 733601.0, 3725139.0, 0.5
"""Powers of two and whole numbers: the way to the ground and back is exact."""
_DAMAGE = ("no-damage", "minor-damage", "major-damage", "destroyed", "un-classified")


def wkt(box, third=""):
    """The outline of a box with a small hole in it."""
    x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
    rings = (
        ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)),
        ((x0 + 2, y0 + 2), (x0 + 3, y0 + 2), (x0 + 3, y0 + 3), (x0 + 2, y0 + 2)),
    )
    text = ", ".join("(" + ", ".join(f"{x:g} {y:g}{third}" for x, y in ring) + ")" for ring in rings)
    return f"POLYGON ({text})"


def write_xbd(root, rng, pictures):
    found = []
    number = 0
    for split in ("train", "tier3", "test", "hold"):
        for at in range(pictures):
            width, height = size(rng)
            for when, labels in (("pre", ("building",)), ("post", _DAMAGE)):
                boxes = scatter(rng, width, height, labels, int(rng.integers(1, 6)))
                lost = (("building", "bad outline", 1), ("building", "no area", 1)) if (at, when) == (0, "pre") else ()
                scene = f"guatemala-volcano_{number:08d}"
                found.append(TruePicture(f"{scene}_{when}_disaster", split, width, height, boxes, lost=lost, scene=scene))
            number += 1
    width, height = size(rng)
    boxes = scatter(rng, width, height, ("building",), 3)
    for name, changes in {
        "hurricane-michael_00000900": {},
        "hurricane-michael_00000901": {"annotated": False},
        "hurricane-michael_00000902": {"readable": False, "boxes": boxes},
        "hurricane-michael_00000903": {"picture": False, "boxes": boxes},
        "hurricane-michael_00000904": {"parsable": False},
    }.items():
        found.append(TruePicture(f"{name}_pre_disaster", "train", width, height, **changes, scene=name))
    for item in found:
        path = root / item.split / "images" / f"{item.key}.png"
        if item.picture:
            save(paint(rng, item.width, item.height), path)
        if not item.readable:
            cut_off(path)
        if item.annotated:
            text = json.dumps(_xbd_json(item))
            save_text(root / item.split / "labels" / f"{item.key}.json", text if item.parsable else text[:-9])
    roles = (("train", "train"), ("tier3", "train"), ("test", "reference"), ("hold", "reference"))
    return found, [Source("xbd", str(root), split=split, role=role) for split, role in roles]


def _xbd_json(item):
    features = []
    for at, box in enumerate(item.boxes):
        about = {"feature_type": "building", "uid": f"{at}"} | ({} if box.label == "building" else {"subtype": box.label})
        features.append({"properties": about, "wkt": wkt(box)})
    if item.lost:
        features += [
            {"properties": {"feature_type": "building"}, "wkt": text} for text in ("POLYGON ((1 1, 2", "POLYGON EMPTY")
        ]
    meta = {"width": item.width, "height": item.height, "gsd": 1.5, "img_name": f"{item.key}.png"}
    return {"features": {"lng_lat": [], "xy": features}, "metadata": meta}


def geotiff(rng, path, width, height, dtype=np.uint16):
    """A picture of UTM zone 16N whose upper left corner is WEST, NORTH."""
    rgb = np.asarray(paint(rng, width, height)).astype(dtype)
    keys = (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32616)
    tags = [
        (33550, "d", 3, (METRES, METRES, 0.0), True),
        (33922, "d", 6, (0.0, 0.0, 0.0, WEST, NORTH, 0.0), True),
        (34735, "H", len(keys), keys, True),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, rgb * (9 if dtype == np.uint16 else 1), photometric="rgb", extratags=tags, metadata=None)


def on_ground(points, height=()):
    return [[WEST + METRES * x, NORTH - METRES * y, *height] for x, y in points]


def polygon(box, height=()):
    corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1), (box.x0, box.y0))
    return [on_ground(corners, height)]


def _area(at, box):
    """Polygons flat and with heights, and a multipolygon of two parts."""
    if at % 3 == 2:
        middle = (box.x0 + box.x1) / 2
        parts = (TrueBox("", box.x0, box.y0, middle - 1, box.y1), TrueBox("", middle + 1, box.y0, box.x1, box.y1))
        return {"type": "MultiPolygon", "coordinates": [polygon(part) for part in parts]}
    return {"type": "Polygon", "coordinates": polygon(box, (0.0,) if at % 3 else ())}


def _line(at, box):
    middle = (box.y0 + box.y1) / 2
    return {"type": "LineString", "coordinates": on_ground(((box.x0, middle), (box.x1, middle)), (3.0,) if at % 2 else ())}


def collection(features):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32616"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


def _write(name, labels, splits, picture, features, roads, root, rng, pictures):
    found = []
    for split, annotated in splits:
        faults = ("empty", "plain", "broken", "orphan", "null") if split == "train" else ()
        for at, fault in enumerate(("",) * pictures + faults):
            key = f"AOI_2_Vegas_img{at + 1}" if name != "geojson" else f"{split}{at}"
            width, height = size(rng)
            boxes = scatter(rng, width, height, labels, int(rng.integers(1, 6)))
            if roads:  # 8 m are 16 pixels
                boxes = tuple(TrueBox(box.label, box.x0, box.y0, box.x1, box.y0 + 16) for box in boxes)
            item = TruePicture(
                key,
                split,
                width,
                height,
                boxes if annotated and fault not in ("empty", "plain") else (),
                annotated=annotated and fault != "plain",
                picture=fault != "orphan",
                readable=fault != "broken",
                lost=((labels[0], "no area", 1),) if fault == "null" else (),
            )
            found.append(item)
            path = root / picture(split, key)
            if item.picture:
                geotiff(rng, path, width, height)
            if not item.readable:
                cut_off(path)
            if item.annotated:
                shape = _line if roads else _area
                items = [
                    {"type": "Feature", "properties": {"class": box.label}, "geometry": shape(n, box)}
                    for n, box in enumerate(item.boxes)
                ]
                if item.lost:
                    items.append({"type": "Feature", "properties": {"class": labels[0]}, "geometry": None})
                save_text(root / features(split, key), collection(items))
    return found, [Source(name, str(root), split=s, role="train" if s == "train" else "reference") for s, _ in splits]


_SN2 = "AOI_2_Vegas_Train"
WRITERS = {
    "xbd": write_xbd,
    "geojson": partial(
        _write,
        "geojson",
        ("crane", "silo"),
        (("train", True), ("val", True)),
        lambda split, key: f"{split}/images/{key}.tif",
        lambda split, key: f"{split}/geojson/{key}.geojson",
        False,
    ),
    "spacenet-buildings": partial(
        _write,
        "spacenet-buildings",
        ("building",),
        (("train", True),),
        lambda split, key: f"{_SN2}/RGB-PanSharpen/RGB-PanSharpen_{key}.tif",
        lambda split, key: f"{_SN2}/geojson/buildings/buildings_{key}.geojson",
        False,
    ),
    "spacenet-roads": partial(
        _write,
        "spacenet-roads",
        ("road",),
        (("train", True), ("test", False)),
        lambda split, key: f"{split}/AOI_2_Vegas/PS-RGB/SN3_roads_{split}_{key.replace('_img', '_PS-RGB_img')}.tif",
        lambda split, key: (
            f"{split}/AOI_2_Vegas/geojson_roads/SN3_roads_{split}_{key.replace('_img', '_geojson_roads_img')}.geojson"
        ),
        True,
    ),
}
