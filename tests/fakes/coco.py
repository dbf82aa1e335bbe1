"""COCO: {train,test}/ with annotations/instances_{train,test}.json; ids with gaps, and segmentations of every kind."""

import json
from dataclasses import replace

import numpy as np
from pycocotools import mask

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, scatter, size
from tests.fakes.truth import TruePicture

CATEGORIES = {3: "ship", 17: "harbour crane", 90: "container"}


def annotation(at, image, box, kind):
    """One annotation; `kind` says how the object is drawn, and which optional keys are missing."""
    x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
    ring = [x0, y0, x1, y0, x1, y1, x0, y1]
    label = next(number for number, name in CATEGORIES.items() if name == box.label)
    entry = {"id": 1000 + 7 * at, "image_id": image["id"], "category_id": label, "bbox": [x0, y0, x1 - x0, y1 - y0]}
    if kind in ("counts", "text"):
        pixels = np.zeros((image["height"], image["width"]), np.uint8, order="F")
        pixels[int(y0) : int(y1), int(x0) : int(x1)] = 1
        code = mask.encode(pixels)
        counts = code["counts"].decode()
        if kind == "counts":
            flat = np.concatenate([[0], pixels.ravel(order="F")])
            starts = np.flatnonzero(np.diff(flat))
            counts = np.diff([0, *starts.tolist(), pixels.size]).tolist()
        entry["segmentation"] = {"size": [image["height"], image["width"]], "counts": counts}
        del entry["bbox"]
    elif kind == "flat":
        entry["segmentation"] = ring
    elif kind == "polygon":
        entry["segmentation"] = [ring]
    else:
        entry["segmentation"] = []
    if kind != "bare":
        entry |= {"iscrowd": int(box.crowd), "area": (x1 - x0) * (y1 - y0)}
    return entry


def write(root, rng, pictures):
    found = []
    for split in ("train", "test"):
        items = []
        for at in range(pictures):
            width, height = size(rng)
            boxes = scatter(rng, width, height, list(CATEGORIES.values()), 5)
            if at == 0:
                boxes = (*boxes[:-1], replace(boxes[-1], crowd=True))
            items.append(TruePicture(f"{split}_{at}" if at else f"port/{split}_{at}", split, width, height, boxes))
        width, height = size(rng)
        items.append(TruePicture(f"{split}_empty", split, width, height))
        if split == "train":
            boxes = scatter(rng, width, height, list(CATEGORIES.values()), 2)
            lost = (("category 5", "unknown class", 1), ("ship", "no area", 1), ("ship", "not a number", 1))
            items += [
                TruePicture("plain", split, width, height, annotated=False),
                TruePicture("broken", split, width, height, boxes, readable=False),
                TruePicture("orphan", split, width, height, boxes, picture=False),
                TruePicture("lossy", split, width, height, boxes, lost=lost),
            ]
        images, annotations = [], []
        for at, item in enumerate(items):
            path = root / split / f"{item.key}.jpg"
            if item.picture:
                save(paint(rng, item.width, item.height), path)
            if not item.readable:
                cut_off(path)
            if not item.annotated:
                continue
            image = {"id": 11 + 5 * at, "file_name": f"{item.key}.jpg", "width": item.width, "height": item.height}
            images.append(image)
            for number, box in enumerate(item.boxes):
                kind = "text" if box.crowd else ("polygon", "flat", "counts", "text", "bare")[number % 5]
                annotations.append(annotation(len(annotations), image, box, kind))
            if item.lost:
                for category, box in ((5, [1, 1, 4, 4]), (3, [2, 2, 0, 4]), (3, [2, "two", 3, 4])):
                    entry = {"id": len(annotations), "image_id": image["id"], "category_id": category, "bbox": box}
                    annotations.append(entry)
        categories = [{"id": number, "name": name} for number, name in CATEGORIES.items()]
        content = {"info": {}, "images": images, "annotations": annotations, "categories": categories}
        save_text(root / "annotations" / f"instances_{split}.json", json.dumps(content))
        found += items
    sources = [Source("coco", str(root), split="train"), Source("coco", str(root), split="test", role="reference")]
    return found, sources
