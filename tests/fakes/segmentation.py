"""Semantic segmentation sets in their own folders and names: what differs between them is in `SETS`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, save_text, scatter, size
from tests.fakes.truth import TruePicture

_ISPRS = {
    "impervious surface": (255, 255, 255),
    "building": (0, 0, 255),
    "low vegetation": (0, 255, 255),
    "tree": (0, 255, 0),
    "car": (255, 255, 0),
}
_OEM = ("Bareland", "Grass", "Pavement", "Road", "Tree", "Water", "Cropland", "Buildings")
_FAULTS = ("empty", "plain", "broken", "orphan")
_TWO = (("train", True), ("val", True))
_THREE = (*_TWO, ("test", True))


@dataclass(frozen=True)
class Fake:
    """How one dataset lies on disk."""

    colours: dict
    """Value of the mask for each class: a number, or a colour."""
    splits: tuple
    """Name of each split, and whether it is annotated; the first is for training."""
    picture: Callable
    """Path of a picture below the root, from split and key."""
    mask: Callable
    key: Callable = lambda split, at: f"{split}{at}"
    """Key of picture number `at` of a split."""
    lists: bool = False
    """A text file a split names its pictures."""
    spare: bool = False
    """Masks without picture are not looked at."""
    scene: Callable = lambda key: ""


def _numbered(split, at):
    return str(("train", "val", "valid", "test").index(split) * 1000 + at)


def _potsdam(split, at):
    tiles = {"train": "2_10 2_11 3_10 4_12 5_10 6_7 7_10 7_12", "test": "2_13 3_14 4_15 5_13 6_15 7_13"}
    return f"top_potsdam_{tiles[split].split()[at]}"


def _vaihingen(split, at):
    return f"top_mosaic_09cm_area{({'train': (1, 3, 5, 17, 21, 23, 30, 37), 'test': (2, 4, 20, 22, 29, 38)})[split][at]}"


def _crops(key, end):
    """mmsegmentation's crops: numbers in the order of the classes, test called val."""
    return Fake(
        {name: at for at, name in enumerate(_ISPRS, 1)},
        _TWO,
        lambda split, key: f"img_dir/{split}/{key}.png",
        lambda split, key: f"ann_dir/{split}/{key}.png",
        lambda split, at: key({"val": "test"}.get(split, split), at),
        scene=lambda key: key.removesuffix(end),
    )


def _inria(split, at):
    cities = ("austin", "chicago", "kitsap", "tyrol-w", "vienna")
    return {"train": f"{cities[at % 5]}{6 + at}", "val": f"{cities[at % 5]}{1 + at % 5}", "test": f"sfo{1 + at}"}[split]


_WHU2 = "Satellite_dataset_\u2161_East_Asia/1.cropped"
SETS = {
    "potsdam": Fake(
        _ISPRS,
        (("train", True), ("test", True)),
        lambda split, key: f"2_Ortho_RGB/{key}_RGB.tif",
        lambda split, key: f"5_Labels_all/{key}_label.tif",
        _potsdam,
        scene=lambda key: key.removeprefix("top_potsdam_"),
    ),
    "potsdam-crops": _crops(lambda split, at: f"{_potsdam(split, at)[12:]}_0_0_512_512", "_0_0_512_512"),
    "vaihingen": Fake(
        _ISPRS,
        (("train", True), ("test", True)),
        lambda split, key: f"top/{key}.tif",
        lambda split, key: f"ISPRS_semantic_labeling_Vaihingen_ground_truth_COMPLETE/{key}.tif",
        _vaihingen,
        scene=lambda key: key.removeprefix("top_mosaic_09cm_"),
    ),
    "vaihingen-crops": _crops(lambda split, at: f"{_vaihingen(split, at)[16:]}_256_0_768_512", "_256_0_768_512"),
    "openearthmap": Fake(
        {name: at for at, name in enumerate(_OEM, 1)},
        (("train", True), ("val", True), ("test", False)),
        lambda split, key: f"{key.rpartition('_')[0]}/images/{key}.tif",
        lambda split, key: f"{key.rpartition('_')[0]}/labels/{key}.tif",
        lambda split, at: f"{('aachen', 'coxsbazar')[at % 2]}_{_numbered(split, at)}",
        lists=True,
        spare=True,
    ),
    "uavid": Fake(
        {"Building": (128, 0, 0), "Road": (128, 64, 128), "Static_Car": (192, 0, 192), "Moving_Car": (64, 0, 128)},
        (("train", True), ("val", True), ("test", False)),
        lambda split, key: f"uavid_{split}/{key.replace('/', '/Images/')}.png",
        lambda split, key: f"uavid_{split}/{key.replace('/', '/Labels/')}.png",
        lambda split, at: f"seq{_numbered(split, at % 2)}/{at:06d}",
        scene=lambda key: key.partition("/")[0],
    ),
    "udd5": Fake(
        {"Vegetation": (107, 142, 35), "Building": (102, 102, 156), "Road": (128, 64, 128), "Vehicle": (0, 0, 142)},
        _TWO,
        lambda split, key: f"{split}/src/{key}.JPG",
        lambda split, key: f"{split}/gt/{key}.png",
    ),
    "vdd": Fake(
        {"wall": 1, "road": 2, "vegetation": 3, "vehicle": 4, "roof": 5, "water": 6},
        _THREE,
        lambda split, key: f"{split}/src/{key}.JPG",
        lambda split, key: f"{split}/gt/{key}.png",
    ),
    "whu-aerial": Fake(
        {"building": 255},
        _THREE,
        lambda split, key: f"{split}/image/{key}.tif",
        lambda split, key: f"{split}/label/{key}.tif",
        _numbered,
    ),
    "whu-satellite2": Fake(
        {"building": 255},
        (("train", True), ("test", True)),
        lambda split, key: f"{_WHU2}/{split}/image/{key}.tif",
        lambda split, key: f"{_WHU2}/{split}/label/{key}.tif",
        _numbered,
    ),
    "inria": Fake(
        {"building": 255},
        (("train", True), ("val", True), ("test", False)),
        lambda split, key: f"{'test' if split == 'test' else 'train'}/images/{key}.tif",
        lambda split, key: f"train/gt/{key}.tif",
        _inria,
    ),
    "chn6-cug": Fake(
        {"road": 255},
        _TWO,
        lambda split, key: f"{split}/images/{key}_sat.jpg",
        lambda split, key: f"{split}/gt/{key}_mask.png",
    ),
    "deepglobe-road": Fake(
        {"road": (250, 252, 250)},
        (("train", True), ("valid", False), ("test", False)),
        lambda split, key: f"{split}/{key}_sat.jpg",
        lambda split, key: f"{split}/{key}_mask.png",
        _numbered,
    ),
    "deepglobe-landcover": Fake(
        {"urban_land": (0, 255, 255), "agriculture_land": (255, 255, 0), "rangeland": (255, 0, 255), "water": (0, 0, 255)},
        (("train", True), ("valid", False), ("test", False)),
        lambda split, key: f"{split}/{key}_sat.jpg",
        lambda split, key: f"{split}/{key}_mask.png",
        _numbered,
    ),
    "massachusetts-roads": Fake(
        {"road": 255},
        (("train", True), ("valid", True), ("test", True)),
        lambda split, key: f"{split}/sat/{key}.tiff",
        lambda split, key: f"{split}/map/{key}.tif",
        lambda split, at: f"{_numbered(split, at)}_15",
    ),
    "massachusetts-buildings": Fake(
        {"building": (255, 0, 0)},
        (("train", True), ("valid", True), ("test", True)),
        lambda split, key: f"{split}/sat/{key}.tiff",
        lambda split, key: f"{split}/map/{key}.tif",
        lambda split, at: f"{_numbered(split, at)}_15",
    ),
    "wbs-si": Fake(
        {"water body": 255},
        _TWO,
        lambda split, key: f"Images/{key}.jpg",
        lambda split, key: f"Masks/{key}.jpg",
        lambda split, at: f"water_body_{_numbered(split, at)}",
        lists=True,
    ),
}


def draw(item, colours):
    """The mask of a picture's boxes: (H, W) or (H, W, 3)."""
    bands = np.atleast_1d(next(iter(colours.values()))).size
    mask = np.zeros((item.height, item.width) + ((bands,) if bands > 1 else ()), np.uint8)
    for box in item.boxes:
        mask[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = colours[box.label]
    return mask


def _write(name, root, rng, pictures):
    fake = SETS[name]
    found = []
    for split, annotated in fake.splits:
        training = split == fake.splits[0][0]
        for at, fault in enumerate(("",) * pictures + (_FAULTS if training else ())):
            key = fake.key(split, at)
            width, height = size(rng)
            boxes = scatter(rng, width, height, list(fake.colours), int(rng.integers(1, 6)))
            item = TruePicture(
                key,
                split,
                width,
                height,
                boxes if annotated and fault not in ("empty", "plain") else (),
                annotated=annotated and fault != "plain",
                picture=fault != "orphan",
                readable=fault != "broken",
                scene=fake.scene(key),
            )
            path = root / fake.picture(split, key)
            if item.picture:
                save(paint(rng, width, height), path)
            if not item.readable:
                cut_off(path)
            if item.annotated:
                save(Image.fromarray(draw(item, fake.colours)), root / fake.mask(split, key))
            found.append(item)
    if fake.lists:
        for split, _ in fake.splits:
            suffix = fake.picture(split, "_").rpartition(".")[2]
            names = [f"{item.key}.{suffix}\n" for item in found if item.split == split]
            save_text(root / f"{split}.txt", "".join(names))
    if fake.spare:
        found = [item for item in found if item.picture]
    first = fake.splits[0][0]
    roles = {split: "train" if split == first else "reference" for split, _ in fake.splits}
    return found, [Source(name, str(root), split=split, role=role) for split, role in roles.items()]


WRITERS = {name: partial(_write, name) for name in SETS}
