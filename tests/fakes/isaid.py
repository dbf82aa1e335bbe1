"""iSAID: a mask of objects and a mask of classes for each picture, in either of the two layouts."""

import numpy as np
from PIL import Image

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, scatter, size
from tests.fakes.truth import TruePicture

PALETTE = {"ship": (0, 0, 63), "storage_tank": (0, 63, 63), "Large_Vehicle": (0, 127, 127), "plane": (0, 127, 255)}


def write(root, rng, pictures, distributed=False):
    """`distributed`: masks in folders of their own, as they are downloaded; else beside the pictures."""
    found = []
    number = 0
    for split in ("train", "val", "test"):
        for _ in range(pictures):
            width, height = size(rng)
            boxes = scatter(rng, width, height, list(PALETTE), int(rng.integers(1, 6))) if split != "test" else ()
            found.append(TruePicture(f"P{number:04d}", split, width, height, boxes, annotated=split != "test"))
            number += 1
    width, height = size(rng)
    boxes = scatter(rng, width, height, list(PALETTE), 3)
    found += [
        TruePicture("P0900", "train", width, height),
        TruePicture("P0901", "train", width, height, annotated=False),
        TruePicture("P0902", "train", width, height, boxes, readable=False),
        TruePicture("P0903", "train", width, height, boxes, picture=False),
        TruePicture("P0904_0_0_800_800", "train", width, height, boxes, scene="P0904"),
    ]
    for item in found:
        folder = root / item.split / "images"
        picture = folder / f"{item.key}.png"
        if item.picture:
            save(paint(rng, item.width, item.height), picture)
        if not item.readable:
            cut_off(picture)
        if item.annotated:
            instances = np.zeros((item.height, item.width, 3), np.uint8)
            classes = np.zeros_like(instances)
            for at, box in enumerate(item.boxes, 1):
                place = slice(int(box.y0), int(box.y1)), slice(int(box.x0), int(box.x1))
                instances[place] = (at * 40 % 256, at * 7 % 256, at)
                classes[place] = PALETTE[box.label]
            for mark, folder_name, mask in (("id", "Instance_masks", instances), ("color", "Semantic_masks", classes)):
                beside = root / item.split / folder_name / "images" if distributed else folder
                save(Image.fromarray(mask), beside / f"{item.key}_instance_{mark}_RGB.png")
    roles = (("train", "train"), ("val", "reference"), ("test", "reference"))
    return found, [Source("isaid", str(root), split=split, role=role) for split, role in roles]
