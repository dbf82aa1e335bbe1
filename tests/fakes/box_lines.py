"""Text files of numbers, a line an object: CARPK, PUCPR+, VisDrone-DET, LEVIR, NWPU VHR-10."""

from skypairs.schemas.recipe import Source
from tests.fakes.by_picture import bare_key, plan, store
from tests.fakes.pictures import save_text, size
from tests.fakes.truth import TruePicture

UNREADABLE = "<html>Too many requests</html>\n"


def write_carpk(root, rng, pictures):
    return _parking(root, rng, pictures, "carpk", "CARPK_devkit", "png")


def write_pucpr(root, rng, pictures):
    return _parking(root, rng, pictures, "pucpr", "PUCPR+_devkit", "jpg")


def _parking(root, rng, pictures, name, devkit, suffix):
    """A byte order mark, and blank lines at the end."""
    splits = [("train", True), ("test", True)]
    lost = (("car", "no area", 1), ("category 2", "unknown class", 1))
    found = plan(rng, pictures, ("car",), splits, "2016_lot_{:05d}".format, lost=lost)
    data = root / devkit / "data"
    for item in found:
        lines = [f"{box.x0:g} {box.y0:g} {box.x1:g} {box.y1:g} 1" for box in item.boxes]
        lines += ["5 5 5 9 1", "1 1 4 4 2"] if item.lost else []
        text = "\ufeff" + "\n".join(lines) + "\n\n \n" if item.parsable else UNREADABLE
        store(rng, item, data / f"Images/{item.key}.{suffix}", data / f"Annotations/{item.key}.txt", text)
    for split, _ in splits:
        keys = [item.key for item in found if item.split == split]
        save_text(data / f"ImageSets/{split}.txt", "".join(f"{key}\n" for key in keys))
    roles = (("train", "train"), ("test", "reference"))
    return found, [Source(name, str(root), split=split, role=role) for split, role in roles]


def write_visdrone(root, rng, pictures):
    """Objects of score 0, a comma at the end of a line, a box without area."""
    names = ("pedestrian", "people", "bicycle", "car", "van", "truck", "tricycle", "awning-tricycle", "bus", "motor")
    splits = [("train", True), ("val", True), ("test-dev", True), ("test-challenge", False)]
    why = "ignored by the dataset"
    lost = (("car", why, 1), ("car", "no area", 1), ("ignored regions", why, 2), ("others", why, 1))
    found = plan(rng, pictures, names, splits, "0000{:03d}_0_d".format, lost=lost, difficult=True, cut=True)
    for item in found:
        lines = [
            f"{box.x0:g},{box.y0:g},{box.x1 - box.x0:g},{box.y1 - box.y0:g},1,{names.index(box.label) + 1},"
            f"{int(box.cut)},{2 if box.difficult else 1}{',' if at % 2 else ''}"
            for at, box in enumerate(item.boxes)
        ]
        if item.lost:
            lines += ["1,1,9,9,0,0,0,0", "2,2,9,9,0,0,0,0,", "1,1,9,9,0,11,0,0", "3,3,9,9,0,4,0,0", "7,7,0,4,1,4,0,0"]
        folder = root / f"VisDrone2019-DET-{item.split}"
        text = "".join(f"{line}\n" for line in lines) or "\n" if item.parsable else UNREADABLE
        store(rng, item, folder / f"images/{item.key}.jpg", folder / f"annotations/{item.key}.txt", text)
    roles = [(split, "reference" if split != "train" else "train") for split, _ in splits]
    return found, [Source("visdrone-det", str(root), split=split, role=role) for split, role in roles]


def write_levir(root, rng, pictures):
    names = ("airplane", "ship", "oilpot")
    lost = (("category 7", "unknown class", 1), ("ship", "no area", 1))
    found = plan(rng, pictures, names, [("", True)], str, lost=lost)
    for item in found:
        lines = [f"{names.index(box.label) + 1} {box.x0:g} {box.y0:g} {box.x1:g} {box.y1:g}" for box in item.boxes]
        lines += ["7 1 1 5 5", "2 5 5 5 5"] if item.lost else []
        folder = root / "imageWithLabel"
        text = "\r\n".join([*lines, ""]) or "\r\n" if item.parsable else UNREADABLE
        store(rng, item, folder / f"{item.key}.jpg", folder / f"{item.key}.txt", text)
    return found, [Source("levir", str(root))]


def write_nwpu(root, rng, pictures):
    """Corners in brackets, blank lines, and pictures without objects that have the same numbers as others."""
    names = ("airplane", "ship", "storage tank", "baseball diamond", "tennis court", "basketball court", "ground track field")
    splits = [("", True)]
    found = plan(rng, pictures, names, splits, "{:03d}".format, lost=(("", "too few fields", 1),))
    for item in found:
        lines = [
            f"({box.x0:g},{box.y0:g}),({box.x1:g}, {box.y1:g} ),{names.index(box.label) + 1}" + " " * (at % 2)
            for at, box in enumerate(item.boxes)
        ]
        text = "\r\n".join([*lines, *(["(1,2),(3,4)"] if item.lost else []), "", ""]) if item.parsable else UNREADABLE
        text = None if item.key == bare_key(found, pictures, splits) else text
        store(rng, item, root / f"positive image set/{item.key}.jpg", root / f"ground truth/{item.key}.txt", text)
    for number in (1, 2):
        item = TruePicture(f"negative/{number:03d}", "", *size(rng))
        store(rng, item, root / f"negative image set/{number:03d}.jpg", None, None)
        found.append(item)
    return found, [Source("nwpu-vhr10", str(root))]
