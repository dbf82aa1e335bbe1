"""HRSC2016: FullDataSet with lists, BMP, no file where there is no ship."""

from skypairs.schemas.recipe import Source
from tests.fakes.by_picture import bare_key, plan, store
from tests.fakes.pictures import save_text

CLASSES = {"ship": 1, "aircraft carrier": 2, "OXo|--)": 19, "Ford-class": 31}


def xml(item):
    """The annotation of a picture; the oriented box is the upright one turned by a right angle, its sides exchanged."""
    objects = "".join(
        f"<HRSC_Object><Object_ID>1</Object_ID><Class_ID>{100000000 + CLASSES[box.label]}</Class_ID>"
        f"<truncated>{int(box.cut)}</truncated><difficult>{int(box.difficult)}</difficult>"
        f"<box_xmin>{box.x0:g}</box_xmin><box_ymin>{box.y0:g}</box_ymin><box_xmax>{box.x1:g}</box_xmax>"
        f"<box_ymax>{box.y1:g}</box_ymax><mbox_cx>{(box.x0 + box.x1) / 2}</mbox_cx><mbox_cy>{(box.y0 + box.y1) / 2}</mbox_cy>"
        f"<mbox_w>{box.y1 - box.y0}</mbox_w><mbox_h>{box.x1 - box.x0}</mbox_h><mbox_ang>-1.5707963</mbox_ang>"
        "<header_x>1</header_x><header_y>1</header_y></HRSC_Object>"
        for box in item.boxes
    )
    if item.lost:
        objects += "<HRSC_Object><Class_ID>100000001</Class_ID><box_xmin>one</box_xmin></HRSC_Object>"
    inside = f"<HRSC_Objects>{objects}</HRSC_Objects>" if objects else ""
    size = f"<Img_SizeWidth>{item.width}</Img_SizeWidth><Img_SizeHeight>{item.height}</Img_SizeHeight>"
    return f"<HRSC_Image><Img_FileName>1</Img_FileName><Img_FileFmt>bmp</Img_FileFmt>{size}{inside}</HRSC_Image>"


def write(root, rng, pictures):
    splits = [(split, True) for split in ("train", "val", "test")]
    lost = (("ship", "not a number", 1),)
    name = "1{:08d}".format
    found = plan(rng, pictures, list(CLASSES), splits, name, lost=lost, complete=True, difficult=True, cut=True)
    for item in found:
        text = xml(item) if item.parsable else xml(item)[:-9]
        text = None if item.key == bare_key(found, pictures, splits) else text
        folder = root / "FullDataSet"
        store(rng, item, folder / f"AllImages/{item.key}.bmp", folder / f"Annotations/{item.key}.xml", text)
    for split, _ in splits:
        save_text(root / "ImageSets" / f"{split}.txt", "".join(f"{item.key}\r\n" for item in found if item.split == split))
    roles = (("train", "train"), ("val", "train"), ("test", "reference"))
    return found, [Source("hrsc2016", str(root), split=split, role=role) for split, role in roles]
