"""Formats of one file a source: what reading them takes is in proportion to the file, and little more than it."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from skypairs.pipelines.catalog import load
from skypairs.schemas.recipe import Source

PICTURES = 200
BOXES = 30


def coco() -> dict[str, Any]:
    boxes = [
        {
            "id": at,
            "image_id": at % PICTURES,
            "category_id": at % 3,
            "bbox": [at % 500 + 0.25, at % 300 + 0.5, 20.75, 10.25],
            "area": 212.69,
            "iscrowd": 0,
            "segmentation": [[at % 500 + 0.25, 7.5, 20.75, 10.25, 30.5, 11.5, 1.25, 9.5]],
        }
        for at in range(PICTURES * BOXES)
    ]
    images = [{"id": at, "file_name": f"{at}.jpg", "width": 1024, "height": 1024} for at in range(PICTURES)]
    return {"images": images, "annotations": boxes, "categories": [{"id": at, "name": f"class {at}"} for at in range(3)]}


def au_air() -> dict[str, Any]:
    box = {"top": 163, "left": 1098, "height": 185, "width": 420, "class": 1}
    frames = [
        {"image_name": f"{at}.jpg", "image_width:": 1920.0, "image_height": 1080.0, "bbox": [box | {"top": at}] * BOXES}
        for at in range(PICTURES)
    ]
    return {"categories": ["Human", "Car"], "annotations": frames}


def xview() -> dict[str, Any]:
    about = {"bounds_imcoords": "2712,1145,2746,1177", "type_id": 73, "ingest_time": "2017/07/24 12:49:09.118+00:00"}
    ring = [[-90.53169885094464, 14.56603647302396], [-90.53169885094464, 14.56614473144288], [-90.5315, 14.5661]]
    place = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    features = [
        {"type": "Feature", "geometry": place, "properties": about | {"image_id": f"{at % PICTURES}.tif", "feature_id": at}}
        for at in range(PICTURES * BOXES)
    ]
    return {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize(
    ("name", "content", "file", "folder", "suffix"),
    [
        ("coco", coco(), "annotations.json", "images", "jpg"),
        ("au-air", au_air(), "annotations.json", "images", "jpg"),
        ("xview", xview(), "xView_train.geojson", "train_images", "tif"),
    ],
)
def test_memory_is_in_proportion_to_the_file(
    tmp_path: Path, name: str, content: dict[str, Any], file: str, folder: str, suffix: str
) -> None:
    (tmp_path / folder).mkdir()
    for at in range(PICTURES):
        (tmp_path / folder / f"{at}.{suffix}").touch()
    (tmp_path / file).write_text(json.dumps(content))
    spec = load()[name]
    source = Source(name, str(tmp_path), name, spec.splits[0].name if spec.splits and name == "xview" else "")
    tracemalloc.start()
    boxes = 0
    for scene in spec.reader.scenes(source, name):
        boxes += len(spec.reader.annotation(scene).boxes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert boxes == PICTURES * BOXES
    assert peak < 3 * (tmp_path / file).stat().st_size, "as objects, all of it would take five to seven times the file"
