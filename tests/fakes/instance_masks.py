"""Masks of objects and of classes: {train,test}/{images,instances,classes} with classes.json."""

import json

import numpy as np
from PIL import Image

from skypairs.schemas.recipe import Source
from tests.fakes.masks import split_pictures
from tests.fakes.pictures import cut_off, paint, save, save_text

COLOURS = {"building": (255, 0, 0), "storage tank": (0, 255, 255), "tree": (0, 128, 0)}


def write(root, rng, pictures):
    found = split_pictures(rng, pictures, list(COLOURS))
    for item in found:
        folder = root / item.split
        picture = folder / f"images/{item.key}.jpg"
        if item.picture:
            save(paint(rng, item.width, item.height), picture)
        if not item.readable:
            cut_off(picture)
        if item.annotated:
            instances = np.zeros((item.height, item.width, 3), np.uint8)
            classes = np.zeros_like(instances)
            for at, box in enumerate(item.boxes, 1):
                place = slice(int(box.y0), int(box.y1)), slice(int(box.x0), int(box.x1))
                instances[place] = (at * 50 % 256, at * 11 % 256, at)
                classes[place] = COLOURS[box.label]
            save(Image.fromarray(instances), folder / f"instances/{item.key}.png")
            save(Image.fromarray(classes), folder / f"classes/{item.key}.png")
    save_text(root / "classes.json", json.dumps({"background": (0, 0, 0), **COLOURS}))
    roles = (("train", "train"), ("test", "reference"))
    return found, [Source("instance-masks", str(root), split=split, role=role) for split, role in roles]
