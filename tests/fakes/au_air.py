"""AU-AIR and xView: one file of a whole source."""

import json
from dataclasses import replace

from skypairs.schemas.recipe import Source
from tests.fakes.by_picture import plan, store
from tests.fakes.pictures import save_text

CATEGORIES = ["Human", "Car", "Truck", "Van", "Motorbike", "Bicycle", "Bus", "Trailer"]
FLIGHTS = ("20190829091111", "20190905103112")
TYPES = {"Fixed-wing Aircraft": 11, "Small Car": 18, "Truck Tractor w/ Box Trailer": 25, "Building": 73}


def write(root, rng, pictures):
    """`image_width:` with a colon, sizes as floats, frames of `_x_` and `_xx_`."""

    def name(number):
        return f"frame_{FLIGHTS[number % 2]}_{'xx' if number % 3 else 'x'}_{number:07d}"

    lost = (("Car", "no area", 1), ("Car", "not a number", 1), ("category 8", "unknown class", 1))
    planned = plan(rng, pictures, CATEGORIES, [("", True)], name, lost=lost)
    found = [replace(item, scene=item.key.split("_")[1]) for item in planned if item.parsable]
    frames = []
    for item in found:
        store(rng, item, root / f"images/{item.key}.jpg", None, None)
        boxes = [
            {"top": box.y0, "left": box.x0, "height": box.y1 - box.y0, "width": box.x1 - box.x0}
            | {"class": CATEGORIES.index(box.label)}
            for box in item.boxes
        ]
        if item.lost:
            for top, kind in ((1, 8), (None, 1)):
                boxes.append({"top": top, "left": 1, "height": 4, "width": 4, "class": kind})
            boxes.append({"top": 1, "left": 1, "height": 0, "width": 4, "class": 1})
        frame = {"image_name": f"{item.key}.jpg", "image_width:": float(item.width), "image_height": float(item.height)}
        frames += [frame | {"longtitude": 10.1, "altitude": 19921.6, "bbox": boxes}] if item.annotated else []
    content = {"info": {}, "licenses": [], "categories": CATEGORIES, "annotations": frames}
    save_text(root / "annotations.json", json.dumps(content))
    return found, [Source("au-air", str(root))]


def write_xview(root, rng, pictures):
    """Types that belong to no class, empty bounds, spaces in bounds; val has pictures only."""
    splits = [("train", True), ("val", False)]
    lost = (("Building", "no area", 1), ("Building", "no box", 1), ("type 99", "unknown class", 1))
    found = [item for item in plan(rng, pictures, list(TYPES), splits, str, lost=lost) if item.parsable]
    found = [item for item in found if item.boxes or not item.annotated]  # a picture without features is not annotated
    features = []
    for item in found:
        store(rng, item, root / f"{item.split}_images/{item.key}.tif", None, None)
        rows = [(f"{box.x0:g},{box.y0:g}, {box.x1:g},{box.y1:g}", TYPES[box.label]) for box in item.boxes]
        rows += [("1,1,4,4", 99), ("", 73), ("5,5,5,5", 73)] if item.lost else []
        for bounds, kind in rows:
            properties = {"bounds_imcoords": bounds, "type_id": kind, "image_id": f"{item.key}.tif", "feature_id": 1}
            features.append({"type": "Feature", "properties": properties, "geometry": {"type": "Polygon"}})
    save_text(root / "xView_train.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    roles = (("train", "train"), ("val", "reference"))
    return found, [Source("xview", str(root), split=split, role=role) for split, role in roles]
