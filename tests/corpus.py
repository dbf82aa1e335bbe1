"""A small corpus with everything in it, written from a seed: VOC pictures with copies, leaks and faults planted.

trees/    JPEGImages, Annotations, ImageSets/Main/{train,test}.txt: train is a source, test holds references
captions/ images and a Karpathy JSON: some of the same pictures with human captions (keepers and donors)
"""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

RGB = npt.NDArray[np.uint8]
SIZE = 160


def texture(seed: int, width: int = SIZE, height: int = SIZE) -> RGB:
    """Smooth noise over several octaves: hashes of two seeds are about 32 bits apart."""
    rng = np.random.default_rng([9, seed])
    total = np.zeros((height, width, 3), np.float32)
    for octave in range(5):
        cells = 4 << octave
        noise = rng.normal(size=(cells, cells, 3)).astype(np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC) / (1 << octave)
    return np.clip(128 + 48 * total, 0, 255).astype(np.uint8)


def jpeg(rgb: RGB, quality: int = 92) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def voc_xml(name: str, width: int, height: int, boxes: list[tuple[str, int, int, int, int]]) -> str:
    objects = "".join(
        f"<object><name>{label}</name><difficult>0</difficult><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin>"
        f"<xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object>"
        for label, x0, y0, x1, y1 in boxes
    )
    size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    return f"<annotation><filename>{name}.jpg</filename>{size}{objects}</annotation>"


def some_boxes(seed: int, width: int = SIZE, height: int = SIZE) -> list[tuple[str, int, int, int, int]]:
    rng = np.random.default_rng([5, seed])
    boxes = []
    for _ in range(int(rng.integers(1, 14))):
        side = int(rng.integers(8, 40))
        x0, y0 = int(rng.integers(0, width - side)), int(rng.integers(0, height - side))
        boxes.append((str(rng.choice(["tree", "small-vehicle", "storage tank", "ship"])), x0, y0, x0 + side, y0 + side))
    return boxes


@dataclass
class Corpus:
    """Where it lies, and what must become of what."""

    root: Path
    recipe: Path
    fates: dict[str, str] = field(default_factory=dict)
    """Fate of every planted row, by id."""
    keepers: dict[str, str] = field(default_factory=dict)


def write_corpus(root: Path, pictures: int = 60, recipe: str = "") -> Corpus:
    """Writes the corpus and a recipe for it; `recipe` is appended to the recipe's text."""
    folder = root / "trees"
    for name in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    corpus = Corpus(root, root / "recipe.yaml")
    train, test = [], []

    def put(name: str, rgb: RGB, fate: str, keeper: str = "", split: str = "train", quality: int = 92) -> None:
        (folder / "JPEGImages" / f"{name}.jpg").write_bytes(jpeg(rgb, quality))
        height, width = rgb.shape[:2]
        seed = sum(name.encode())
        (folder / "Annotations" / f"{name}.xml").write_text(voc_xml(name, width, height, some_boxes(seed, width, height)))
        (train if split == "train" else test).append(name)
        if split == "train":
            corpus.fates[f"trees/{name}"] = fate
        if keeper:
            corpus.keepers[f"trees/{name}"] = keeper

    for number in range(pictures):
        put(f"P{number:04d}", texture(number), "kept")
    large = cv2.resize(texture(0), (SIZE + 40, SIZE + 40), interpolation=cv2.INTER_CUBIC)
    put("larger-copy", large, "kept")  # more pixels: it keeps, the original is the duplicate
    corpus.fates["trees/P0000"], corpus.keepers["trees/P0000"] = "duplicate", "trees/larger-copy"
    put("twice", texture(1), "")  # the same bytes: which of the two is kept is the hash's choice
    del corpus.fates["trees/P0001"], corpus.fates["trees/twice"]
    put("turned", np.rot90(texture(2)), "")
    del corpus.fates["trees/P0002"], corpus.fates["trees/turned"]
    put("cut-me", texture(900, 400, 150), "cut")
    put("blank", np.full((SIZE, SIZE, 3), 90, np.uint8), "kept")
    put("held-1", texture(5000), "", split="test")
    put("held-2", np.rot90(texture(4)), "", split="test")
    put("leak", texture(5000), "leak", "held/held-1", quality=80)
    corpus.fates["trees/P0004"], corpus.keepers["trees/P0004"] = "leak", "held/held-2"
    put("no-xml", texture(901), "filtered")
    (folder / "Annotations" / "no-xml.xml").unlink()
    put("empty-xml", texture(902), "filtered")
    (folder / "Annotations" / "empty-xml.xml").write_text(voc_xml("empty-xml", SIZE, SIZE, []))
    put("half", texture(903), "failed")
    whole = (folder / "JPEGImages" / "half.jpg").read_bytes()
    (folder / "JPEGImages" / "half.jpg").write_bytes(whole[: len(whole) // 2])
    put("bad-xml", texture(904), "failed")
    (folder / "Annotations" / "bad-xml.xml").write_text("<annotation><object>")
    put("no-picture", texture(905), "failed")
    (folder / "JPEGImages" / "no-picture.jpg").unlink()
    (folder / "ImageSets/Main/train.txt").write_text("\n".join(train) + "\n")
    (folder / "ImageSets/Main/test.txt").write_text("\n".join(test) + "\n")
    _write_captions(root / "captions")
    corpus.fates |= {"captions/c0": "kept", "captions/c1": "kept", "captions/c1-copy": "duplicate", "captions/c2": "filtered"}
    corpus.keepers |= {"captions/c1-copy": "captions/c1"}
    corpus.recipe.write_text(
        "name: corpus\n"
        "sources:\n"
        "  - {dataset: voc, name: trees, root: trees, split: train}\n"
        "  - {dataset: karpathy, name: captions, root: captions, split: train}\n"
        "references:\n"
        "  - {dataset: voc, name: held, root: trees, split: test}\n"
        "pictures: {whole: 256, tile: 128, overlap: 16, max_side: 128}\n"
        "shards: {samples: 40}\n" + recipe
    )
    return corpus


def _write_captions(folder: Path) -> None:
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rgb = texture(700)
    pictures = {
        "c0.jpg": (texture(701), ["A river bends .", "A river in a forest .", "  A river bends . "]),
        "c1.jpg": (cv2.resize(rgb, (200, 200), interpolation=cv2.INTER_CUBIC), ["Many planes are parked ."]),
        "c1-copy.jpg": (rgb, ["Planes stand near a building .", "Many planes are parked ."]),
        "c2.jpg": (texture(702), ["", "  "]),
    }
    images = []
    for number, (name, (pixels, texts)) in enumerate(pictures.items()):
        (folder / "images" / name).write_bytes(jpeg(pixels))
        sentences = [{"raw": text, "tokens": text.split(), "imgid": number, "sentid": at} for at, text in enumerate(texts)]
        images.append({"filename": name, "imgid": number, "split": "train", "sentences": sentences, "sentids": []})
    (folder / "dataset.json").write_text(json.dumps({"images": images, "dataset": "captions"}))
