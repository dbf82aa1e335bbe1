"""VOC with folders of its own: DIOR with upright and with oriented boxes, HRRSD, RSOD."""

from skypairs.schemas.recipe import Source
from tests.fakes.by_picture import bare_key, plan, store
from tests.fakes.pictures import save_text
from tests.fakes.voc import letters, xml

LOST = (("ship", "not a number", 1),)
ROLES = {"train": "train", "val": "train", "test": "reference"}


def oriented(item, extra=""):
    """DIOR-R: four named corners, names in mixed case, junk in folder and path."""
    corners = ("left_top", "x0", "y0"), ("right_top", "x1", "y0"), ("right_bottom", "x1", "y1"), ("left_bottom", "x0", "y1")
    objects = "".join(
        f"<object><type>robndbox</type><name>{box.label.title()}</name><pose>Unspecified</pose>"
        f"<truncated>{int(box.cut)}</truncated><difficult>{int(box.difficult)}</difficult><robndbox>"
        + "".join(f"<x_{at}>{getattr(box, x):g}</x_{at}><y_{at}>{getattr(box, y):g}</y_{at}>" for at, x, y in corners)
        + "</robndbox><angle>0</angle></object>"
        for box in item.boxes
    )
    size = f"<size><width>{item.width}</width><height>{item.height}</height><depth>3</depth></size>"
    return f"<annotation><folder>/a.zip/b</folder><path>/a.zip/b</path>{size}{objects}{extra}</annotation>"


def _text(item, write=xml):
    whole = write(item, letters("ship") if item.lost else "")
    return whole if item.parsable else whole[: len(whole) // 2]


def _sources(name, root):
    return [Source(name, str(root), split=split, role=role) for split, role in ROLES.items()]


def write(root, rng, pictures):
    def mixed(item, extra):
        return xml(item, extra).replace("expressway-service-area", "Expressway-Service-area")

    return _dior(root, rng, pictures, "dior", "Horizontal Bounding Boxes", "ImageSets/Main", mixed)


def write_oriented(root, rng, pictures):
    return _dior(root, rng, pictures, "dior-oriented", "Oriented Bounding Boxes", "Main", oriented)


def _dior(root, rng, pictures, name, kind, lists, text):
    labels = ("ship", "expressway-service-area", "groundtrackfield")
    splits = [(split, True) for split in ROLES]
    found = plan(rng, pictures, labels, splits, "{:05d}".format, lost=LOST, difficult=True, cut=True)
    for item in found:
        folder = root / ("JPEGImages-test" if item.split == "test" else "JPEGImages-trainval")
        store(rng, item, folder / f"{item.key}.jpg", root / "Annotations" / kind / f"{item.key}.xml", _text(item, text))
    for split in ROLES:
        save_text(root / lists / f"{split}.txt", "".join(f"{item.key}\n" for item in found if item.split == split))
    return found, _sources(name, root)


def write_hrrsd(root, rng, pictures):
    labels = ("ship", "T junction", "parking lot")
    found = plan(rng, pictures, labels, [(split, True) for split in ROLES], "{:05d}".format, lost=LOST)
    for item in found:
        folder = root / "OPT2017"
        store(rng, item, folder / f"JPEGImages/{item.key}.jpg", folder / f"Annotations/{item.key}.xml", _text(item))
    for split in ROLES:
        keys = [item.key for item in found if item.split == split]
        save_text(root / f"OPT2017/ImageSets/Main/{split}.txt", "".join(f"{key}\n" for key in keys))
        save_text(root / f"OPT2017/ImageSets/Main/T junction_{split}.txt", "".join(f"{key} -1\n" for key in keys))
    return found, _sources("hrrsd", root)


def write_rsod(root, rng, pictures):
    """Four folders, pictures without XML, and a coordinate that is negative."""
    classes = ("aircraft", "oiltank", "overpass", "playground")
    splits = [("", True)]

    def name(number):
        return f"{classes[number % 4]}/{classes[number % 4]}_{number}"

    found = plan(rng, pictures, classes, splits, name, lost=LOST, complete=True, x0=-4.0)
    for item in found:
        label, _, stem = item.key.partition("/")
        text = None if item.key == bare_key(found, pictures, splits) else _text(item)
        store(rng, item, root / label / f"JPEGImages/{stem}.jpg", root / label / f"Annotation/xml/{stem}.xml", text)
    return found, [Source("rsod", str(root))]
