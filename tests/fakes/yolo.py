"""YOLO text: boxes as shares of width and height, data.yaml with a list of names."""

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, scatter
from tests.fakes.truth import TruePicture

LABELS = ("small-vehicle", "ship", "storage tank")


def line(box, width, height):
    """Shares with all their digits; pictures of 64 pixels, so that none is rounded."""
    x, y = (box.x0 + box.x1) / 2 / width, (box.y0 + box.y1) / 2 / height
    return f"{LABELS.index(box.label)} {x!r} {y!r} {(box.x1 - box.x0) / width!r} {(box.y1 - box.y0) / height!r}"


def write(root, rng, pictures):
    found = []
    width = height = 64
    for split in ("train", "val"):
        for number in range(pictures):
            boxes = scatter(rng, width, height, LABELS, int(rng.integers(1, 6)))
            found.append(TruePicture(f"{split}_{number}", split, width, height, boxes))
        found.append(TruePicture(f"{split}_empty", split, width, height))
        found.append(TruePicture(f"{split}_plain", split, width, height, annotated=False))
    boxes = scatter(rng, width, height, LABELS, 3)
    found += [
        TruePicture("broken", "train", width, height, boxes, readable=False),
        TruePicture("orphan", "train", width, height, boxes, picture=False),
        TruePicture(
            "letters", "train", width, height, boxes, lost=(("ship", "not a number", 1), ("class 7", "unknown class", 1))
        ),
        TruePicture("words", "train", width, height, parsable=False),
    ]
    for item in found:
        path = root / "images" / item.split / f"{item.key}.jpg"
        if item.picture:
            save(paint(rng, width, height), path)
        if not item.readable:
            cut_off(path)
        if item.annotated:
            lines = [line(box, width, height) for box in item.boxes]
            lines += ["1 0.5 half 0.1 0.1", "7 0.5 0.5 0.1 0.1"] if item.lost else []
            lines = lines if item.parsable else ["0 left top right bottom"]
            save_text(root / "labels" / item.split / f"{item.key}.txt", "".join(f"{entry}\n" for entry in lines))
    names = "".join(f"  - {label}\n" for label in LABELS)
    save_text(root / "data.yaml", f"path: .\ntrain: images/train\nval: images/val\nnames:\n{names}")
    return found, [Source("yolo", str(root), split="train"), Source("yolo", str(root), split="val", role="reference")]
