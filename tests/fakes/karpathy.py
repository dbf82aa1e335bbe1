"""Caption files in Karpathy's layout: of any name, RSICD's, RSITMD's and UCM-Captions'."""

import json

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, size
from tests.fakes.truth import TruePicture

_THINGS = ("planes", "tennis courts", "green trees", "storage tanks", "boats", "a bridge", "white buildings")
_PLACES = ("a road", "a lake", "the sea", "bare land", "a car park")


def write(root, rng, pictures):
    return _write(root, rng, pictures, "karpathy", "dataset.json", "images", "picture_{}.jpg")


def write_rsicd(root, rng, pictures):
    return _write(root, rng, pictures, "rsicd", "dataset_rsicd.json", "RSICD_images", "airport_{}.jpg", "gb18030")


def write_rsitmd(root, rng, pictures):
    return _write(root, rng, pictures, "rsitmd", "dataset_RSITMD.json", "images", "bridge_{}.tif", "utf-8-sig")


def write_ucm(root, rng, pictures):
    return _write(root, rng, pictures, "ucm", "dataset.json", "imgs", "{}.tif")


def write_sydney(root, rng, pictures):
    return _write(root, rng, pictures, "sydney", "dataset.json", "imgs", "{}.tif")


def _write(root, rng, pictures, name, file, folder, pattern, encoding="utf-8"):
    found = []
    number = 0
    for split in ("train", "val", "test"):
        for _ in range(pictures):
            number += 1
            width, height = size(rng)
            texts = (*_captions(rng), *([""] if number == 1 else []))  # a blank one, as RSITMD has them
            found.append(TruePicture(pattern.format(number).rpartition(".")[0], split, width, height, captions=texts))
    stem, _, suffix = pattern.rpartition(".")
    width, height = size(rng)
    found += [
        TruePicture(stem.format(900), "train", width, height),  # sentences: []
        TruePicture(stem.format(901), "train", width, height, captions=_captions(rng), readable=False),
        TruePicture(stem.format(902), "train", width, height, captions=_captions(rng), picture=False),
        TruePicture(stem.format(903), "", width, height, annotated=False),  # the file does not list it
        TruePicture(stem.format(904), "train", width, height, captions=("树木 beside a \u201croad\u201d .",)),
    ]
    images = []
    for at, item in enumerate(found):
        path = root / folder / f"{item.key}.{suffix}"
        if item.picture:
            save(paint(rng, item.width, item.height), path)
        if not item.readable:
            cut_off(path)
        sentences = [
            {"tokens": text.split(), "raw": text, "imgid": at, "sentid": 5 * at + n} for n, text in enumerate(item.captions)
        ]
        if item.annotated:
            images.append({"filename": path.name, "imgid": at, "sentences": sentences, "split": item.split})
    save_text(root / file, json.dumps({"images": images, "dataset": name}, ensure_ascii=False), encoding)
    roles = (("train", "train"), ("val", "reference"), ("test", "reference"))
    return found, [Source(name, str(root), split=split, role=role) for split, role in roles]


def _captions(rng):
    """Five captions, the first two alike, as they are in real sets."""
    texts = [f"there are {rng.choice(_THINGS)} and {rng.choice(_THINGS)} near {rng.choice(_PLACES)} ." for _ in range(4)]
    return (texts[0], *texts)
