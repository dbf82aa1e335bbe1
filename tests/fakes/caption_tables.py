"""Caption tables of any name, and NWPU-Captions."""

import csv
import io
import json

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, size
from tests.fakes.truth import TruePicture

_THINGS = ("planes", "tennis courts", "green trees", "storage tanks", "boats", "a bridge", "white buildings")
_ROLES = (("train", "train"), ("val", "reference"), ("test", "reference"))


def write(root, rng, pictures):
    """A CSV with a byte order mark and a column for the split, several rows a picture, quotes and line breaks in fields."""
    found = _pictures(root / "images", rng, pictures, lambda number: f"part {number % 2}/p{number}")
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["filepath", "title", "split"])
    for item in found:
        name = f"images/{item.key}.jpg" if item.picture else f"{item.key}.jpg"
        table.writerows([name, text, item.split] for text in item.captions or ("",) if item.annotated)
    save_text(root / "captions.csv", out.getvalue(), "utf-8-sig")
    return found, [Source("captions", str(root), split=split, role=role) for split, role in _ROLES]


def write_nwpu(root, rng, pictures):
    """A class -> list of pictures, five captions each in raw, raw_1, ..."""
    names = ("airplane", "sea_ice")
    found = _pictures(
        root / "NWPU_images", rng, pictures, lambda number: f"{names[number % 2]}/{names[number % 2]}_{number:03d}"
    )
    content = {name: [] for name in names}
    for at, item in enumerate(found):
        name, _, file = item.key.rpartition("/")
        raws = {"raw" if number == 0 else f"raw_{number}": text for number, text in enumerate(item.captions)}
        if item.annotated:
            content[name].append({"filename": f"{file}.jpg", "split": item.split, "imgid": at, **raws})
    save_text(root / "dataset_nwpu.json", json.dumps(content))
    return found, [Source("nwpu-captions", str(root), split=split, role=role) for split, role in _ROLES]


def _pictures(folder, rng, pictures, key_of):
    found, number = [], 0

    def put(split, captions, **kind):
        nonlocal number
        number += 1
        width, height = size(rng)
        item = TruePicture(key_of(number), split, width, height, captions=captions, **kind)
        path = folder / f"{item.key}.jpg"
        if item.picture:
            save(paint(rng, width, height), path)
        if not item.readable:
            cut_off(path)
        found.append(item)

    for split, _ in _ROLES:
        for _ in range(pictures):
            put(split, tuple(f"There are {rng.choice(_THINGS)}, and {rng.choice(_THINGS)} ." for _ in range(5)))
    put("train", ('A sign says "no entry", twice.', "Two lines:\nand a road ."))
    put("train", ())
    put("train", ("A ship .",), readable=False)
    put("train", ("A harbor .",), picture=False)
    put("", (), annotated=False)
    return found


WRITERS = {"captions": write, "nwpu-captions": write_nwpu}
