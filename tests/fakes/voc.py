"""Pascal VOC: JPEGImages, Annotations, ImageSets/Main."""

from dataclasses import replace

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, scatter, size
from tests.fakes.truth import TruePicture

LABELS = ("airplane", "storage tank", "T junction")


def xml(picture, extra=""):
    """The annotation of a picture. `difficult` is left out where it is not set, as some tools do."""
    objects = "".join(
        f"<object><name>{box.label}</name><pose>overlook</pose><truncated>{int(box.cut)}</truncated>"
        + ("<difficult>1</difficult>" if box.difficult else "")
        + f"<bndbox><xmin>{box.x0:g}</xmin><ymin>{box.y0:g}</ymin><xmax>{box.x1:g}</xmax><ymax>{box.y1:g}</ymax></bndbox>"
        # parts of an object have boxes of their own, which are not objects
        + "<part><name>wing</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part></object>"
        for box in picture.boxes
    )
    return (
        "<annotation><folder>junk</folder><filename>another-name.jpg</filename>"
        f"<size><width>{picture.width}</width><height>{picture.height}</height><depth>3</depth></size>"
        f"<segmented>0</segmented>{objects}{extra}</annotation>"
    )


def letters(label):
    """An object with letters for a number."""
    return f"<object><name>{label}</name><bndbox><xmin>1</xmin><ymin>one</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object>"


def write(root, rng, pictures):
    found = []
    for split in ("train", "test"):
        names = []
        for at in range(pictures):
            width, height = size(rng)
            boxes = scatter(rng, width, height, LABELS, int(rng.integers(1, 6)))
            if at == 0:
                boxes = (replace(boxes[0], difficult=True, cut=True), *boxes[1:])
            names.append(TruePicture(f"{split}_{at:05d}", split, width, height, boxes))
        width, height = size(rng)
        names.append(TruePicture(f"{split}_empty", split, width, height))
        names.append(TruePicture(f"{split}_plain", split, width, height, annotated=False))
        if split == "train":
            boxes = scatter(rng, width, height, LABELS, 3)
            names.append(TruePicture("broken", split, width, height, boxes, readable=False))
            names.append(TruePicture("orphan", split, width, height, boxes, picture=False))
            names.append(TruePicture("letters", split, width, height, boxes, lost=(("ship", "not a number", 1),)))
            names.append(TruePicture("torn", split, width, height, parsable=False))
        for item in names:
            path = root / "JPEGImages" / f"{item.key}.{'JPG' if item.key == 'letters' else 'jpg'}"
            if item.picture:
                save(paint(rng, item.width, item.height), path)
            if not item.readable:
                cut_off(path)
            if item.annotated:
                text = xml(item, letters("ship") if item.lost else "")
                save_text(root / "Annotations" / f"{item.key}.xml", text if item.parsable else text[: len(text) // 2])
        save_text(root / "ImageSets" / "Main" / f"{split}.txt", "".join(f"{item.key}\n" for item in names))
        found += names
    sources = [Source("voc", str(root), split="train"), Source("voc", str(root), split="test", role="reference")]
    return found, sources
