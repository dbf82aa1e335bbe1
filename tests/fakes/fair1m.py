"""FAIR1M: parts of train, TIFF, five points an object."""

from skypairs.schemas.recipe import Source
from tests.fakes.by_picture import plan, store

LABELS = ("Boeing737", "other-ship", "Small Car", "Intersection")


def xml(item):
    """The annotation of a picture; the fifth point repeats the first."""

    def thing(name, points, unit="pixel"):
        drawn = "".join(f"<point>{x:f},{y:f}</point>" for x, y in points)
        return (
            f"<object><coordinate>{unit}</coordinate><type>rectangle</type><description>None</description>"
            f"<possibleresult><name>{name}</name></possibleresult><points>{drawn}</points></object>"
        )

    objects = "".join(
        thing(box.label, [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1), (box.x0, box.y0)])
        for box in item.boxes
    )
    if item.lost:
        objects += thing("Van", [(1, 1)] * 5) + thing("Van", [(100.5, 30.5)] * 5, "lonlat")
    size = f"<size><width>{item.width}</width><height>{item.height}</height><depth>3</depth></size>"
    return f"<annotation><source><filename>0.tif</filename></source>{size}<objects>{objects}</objects></annotation>"


def write(root, rng, pictures):
    splits = [("train", True), ("validation", True), ("test", False)]
    lost = (("Van", "no area", 1), ("Van", "not in pixels", 1))
    count = pictures * len(splits)

    def name(number):
        in_train = number <= pictures or number > count
        return f"part{1 + number % 2}/{number}" if in_train else str(number)

    found = plan(rng, pictures, LABELS, splits, name, lost=lost)
    for item in found:
        folder = root / item.split / item.key.rpartition("/")[0]
        stem = item.key.rpartition("/")[2]
        text = xml(item) if item.parsable else xml(item)[:40]
        store(rng, item, folder / f"images/{stem}.tif", folder / f"labelXml/{stem}.xml", text)
    roles = (("train", "train"), ("validation", "reference"), ("test", "reference"))
    return found, [Source("fair1m", str(root), split=split, role=role) for split, role in roles]
