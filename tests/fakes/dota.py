"""DOTA: {train,val,test}/images and {train,val}/labelTxt, lines ending in CR LF."""

from dataclasses import replace

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, scatter, size
from tests.fakes.truth import TrueBox, TruePicture

LABELS = ("plane", "small-vehicle", "storage-tank")


def line(box, corners=None):
    """A line of labelTxt; a plain box goes clockwise from its upper left corner."""
    quad = corners or (box.x0, box.y0, box.x1, box.y0, box.x1, box.y1, box.x0, box.y1)
    flag = 2 if box.cut else int(box.difficult)
    return " ".join([*(f"{value:g}" for value in quad), box.label, str(flag)])


def text(lines):
    return "".join(f"{item}\r\n" for item in ("imagesource:GoogleEarth", "gsd:0.25", *lines))


def write(root, rng, pictures):
    return _write(root, rng, pictures, "dota", "labelTxt")


def write_v15(root, rng, pictures):
    return _write(root, rng, pictures, "dota15", "labelTxt-v1.5")


def write_v20(root, rng, pictures):
    return _write(root, rng, pictures, "dota20", "labelTxt-v2.0")


def _write(root, rng, pictures, name, labels):
    found = []
    number = 0
    for split in ("train", "val", "test"):
        for at in range(pictures):
            width, height = size(rng)
            boxes = scatter(rng, width, height, LABELS, int(rng.integers(1, 6)))
            if at == 0 and split == "train":
                boxes = (replace(boxes[0], difficult=True), *boxes[1:], TrueBox("plane", -3.0, 2.0, 6.0, 11.0))
            annotated = split != "test"
            found.append(TruePicture(f"P{number:04d}", split, width, height, boxes if annotated else (), annotated=annotated))
            number += 1
    width, height = size(rng)
    boxes = scatter(rng, width, height, LABELS, 4)
    cut = (replace(boxes[0], difficult=True, cut=True), *boxes[1:])
    found += [
        TruePicture("P0900", "train", width, height),
        TruePicture("P0901", "train", width, height, annotated=False),
        TruePicture("P0902", "train", width, height, boxes, readable=False),
        TruePicture("P0903", "train", width, height, boxes, picture=False),
        TruePicture("P0904", "train", width, height, parsable=False),
        TruePicture("P0905", "train", width, height, boxes, lost=(("ship", "no area", 1), ("ship", "not a number", 1))),
        TruePicture("P0906__1__0___32", "train", width, height, cut, scene="P0906"),
    ]
    for item in found:
        path = root / item.split / "images" / f"{item.key}.png"
        if item.picture:
            save(paint(rng, item.width, item.height, "L" if item.key == "P0001" else "RGB"), path)
        if not item.readable:
            cut_off(path)
        if item.annotated:
            lines = [line(box, _diamond(box) if box.x0 < 0 else None) for box in item.boxes]
            if item.lost:
                lines += ["5 5 5 5 5 5 5 5 ship 0", "1 1 four 1 4 4 1 4 ship 0"]
            if not item.parsable:
                lines = ["1 one 4 1 4 4 1 4 ship 0"]
            if item.key == "P0001":
                lines = [entry.rpartition(" ")[0] for entry in lines]  # nine fields: no difficult flag
            content = "".join(f"{entry}\n" for entry in lines) if item.scene else text(lines)  # patches have no headers
            save_text(root / item.split / labels / f"{item.key}.txt", content)
    roles = (("train", "train"), ("val", "reference"), ("test", "reference"))
    return found, [Source(name, str(root), split=split, role=role) for split, role in roles]


def _diamond(box):
    """A turned quad with the same bounds."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return x, box.y0, box.x1, y, x, box.y1, box.x0, y
