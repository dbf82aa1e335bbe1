"""Class folders: any, and the scene classification sets, each with its folders as they are called on disk."""

from functools import partial

from skypairs.pipelines.catalog import load
from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, paint, save, size
from tests.fakes.truth import TruePicture

_PLACES = {
    "eurosat": "2750",
    "mlrsnet": "Images",
    "optimal31": "Images",
    "patternnet": "images",
    "rs2800": "RS_images_2800",
    "ucmerced": "Images",
    "whu-earth": "12class_tif",
}
_SUFFIXES = {"rsc11": "tif", "rsi-cb128": "tif", "rsi-cb256": "tif", "ucmerced": "tif", "whu-earth": "tif"}
_THEMES = {"rsi-cb128": ("water area", "woodland"), "rsi-cb256": ("other land", "transportation")}
NAMES = ("aid", "resisc45", "rsc11", "whu-rs19", *_PLACES, *_THEMES)


def write(root, rng, pictures):
    """By split, with a class of two words and one in capitals."""
    found = []
    for split in ("train", "test"):
        for native in ("Harbor", "DenseResidential", "storage_tank"):
            found += _fill(root / split / native, rng, f"{native}/", native, pictures, split, "jpg")
    found += _faults(root / "train", rng, "Harbor/", "Harbor", "train", "jpg")
    return found, [Source("folders", str(root), split="train"), Source("folders", str(root), split="test", role="reference")]


def _write_set(name, root, rng, pictures):
    """At least one picture a class, and more of the first."""
    base, suffix = root / _PLACES.get(name, "."), _SUFFIXES.get(name, "jpg")
    themes, found = _THEMES.get(name, ("",)), []
    natives = [item.native for item in load()[name].classes]
    for at, native in enumerate(natives):
        theme = themes[at % len(themes)]
        folder = f"{'abcdefg'[at]}{native}" if name == "rs2800" else native
        prefix = f"{theme}/{folder}/" if theme else f"{folder}/"
        found += _fill(base / prefix, rng, prefix, native, pictures if at == 0 else 1, "", suffix)
        if at == 0:
            found += _faults(base, rng, prefix, native, "", suffix)
    return found, [Source(name, str(root))]


def _fill(folder, rng, prefix, native, pictures, split, suffix):
    for number in range(pictures):
        width, height = size(rng)
        save(paint(rng, width, height), folder / f"{number:03d}.{suffix}")
        yield TruePicture(f"{prefix}{number:03d}", split, width, height, scene_class=native)


def _faults(base, rng, prefix, native, split, suffix):
    """A picture that is cut off, and one that lies in no class folder."""
    width, height = size(rng)
    save(paint(rng, width, height), base / prefix / f"broken.{suffix}")
    cut_off(base / prefix / f"broken.{suffix}")
    yield TruePicture(f"{prefix}broken", split, width, height, scene_class=native, readable=False)
    save(paint(rng, width, height), base / f"stray.{suffix}")
    yield TruePicture("stray", split, width, height, annotated=False)


WRITERS = {"folders": write} | {name: partial(_write_set, name) for name in NAMES}
