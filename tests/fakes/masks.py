"""Class masks: {train,test}/{images,masks} with classes.json, and LoveDA."""

import json

import numpy as np
from PIL import Image

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, scatter, size
from tests.fakes.truth import TruePicture

CLASSES = {"building": 1, "road": 2, "tree crown": 5}
LOVEDA = {"building": 2, "road": 3, "water": 4, "barren": 5, "forest": 6, "agriculture": 7}


def index_mask(item, values, background=0):
    """(H, W) class numbers of a picture's boxes."""
    mask = np.full((item.height, item.width), background, np.uint8)
    for box in item.boxes:
        mask[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = values[box.label]
    return mask


def _store(rng, item, picture, mask, values, background):
    if item.picture:
        save(paint(rng, item.width, item.height), picture)
    if not item.readable:
        cut_off(picture)
    if item.annotated:
        save(Image.fromarray(index_mask(item, values, background)), mask)


def split_pictures(rng, pictures, labels):
    """Two splits of sound pictures and, in train, the faults: without masks, cut off, masks without picture."""
    found = []
    for split in ("train", "test"):
        for at in range(pictures):
            width, height = size(rng)
            boxes = scatter(rng, width, height, labels, int(rng.integers(1, 6)))
            found.append(TruePicture(f"{split}-{at}", split, width, height, boxes))
        found.append(TruePicture(f"{split}-empty", split, *size(rng)))
    width, height = size(rng)
    boxes = scatter(rng, width, height, labels, 3)
    found += [
        TruePicture("plain", "train", width, height, annotated=False),
        TruePicture("broken", "train", width, height, boxes, readable=False),
        TruePicture("orphan", "train", width, height, boxes, picture=False),
    ]
    return found


def write(root, rng, pictures):
    found = split_pictures(rng, pictures, list(CLASSES))
    for item in found:
        folder = root / item.split
        mark = "_mask" if item.key == "train-0" else ""
        _store(rng, item, folder / f"images/{item.key}.jpg", folder / f"masks/{item.key}{mark}.png", CLASSES, 0)
    save_text(root / "classes.json", json.dumps({"background": 0, **CLASSES}))
    return found, [Source("masks", str(root), split="train"), Source("masks", str(root), split="test", role="reference")]


def write_loveda(root, rng, pictures):
    found = []
    number = 0
    for split in ("train", "val", "test"):
        for at in range(pictures):
            width, height = size(rng)
            boxes = scatter(rng, width, height, list(LOVEDA), int(rng.integers(1, 6))) if split != "test" else ()
            key = f"{('Urban', 'Rural')[at % 2]}/{number}"
            found.append(TruePicture(key, split, width, height, boxes, annotated=split != "test"))
            number += 1
    width, height = size(rng)
    boxes = scatter(rng, width, height, list(LOVEDA), 3)
    found += [
        TruePicture("Urban/900", "train", width, height),
        TruePicture("Rural/901", "train", width, height, annotated=False),
        TruePicture("Urban/902", "train", width, height, boxes, readable=False),
        TruePicture("Rural/903", "train", width, height, boxes, picture=False),
    ]
    for item in found:
        area, _, name = item.key.partition("/")
        folder = root / item.split.title() / area
        # background is 1, and the first rows of one mask are 0: no data
        _store(rng, item, folder / f"images_png/{name}.png", folder / f"masks_png/{name}.png", LOVEDA, 1)
    roles = (("train", "train"), ("val", "reference"), ("test", "reference"))
    return found, [Source("loveda", str(root), split=split, role=role) for split, role in roles]
