"""The hashes beside `imagehash.phash(Image.open(...))`: how fast on one core, decoding included, and how many bits differ.

    fingerprints.py [--sides 512,800,4000] [--rounds 15] [--pictures FOLDER]

Speed: CPU time; every contestant hashes the same JPEG from memory in each round, in an order that turns; ratios are
taken within a round and their median is shown. Ours make the hashes of all eight orientations, imagehash one. Agreement:
square crops of the JPEG and PNG files below FOLDER, or else of generated pictures, encoded anew at quality 90.
"""

import argparse
import io
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # one core; has to stand before NumPy is loaded
    os.environ.setdefault(_name, "1")

import cv2  # noqa: E402
import imagehash  # noqa: E402
import numpy as np  # noqa: E402
import pictures  # noqa: E402
from PIL import Image  # noqa: E402

from skypairs.transforms import images  # noqa: E402
from skypairs.transforms.fingerprints import FINGERPRINTS  # noqa: E402

Hash = Callable[[bytes], bytes]
CROP_SIDES = (128, 224, 256, 500, 512, 800)


def by_imagehash(data: bytes) -> bytes:
    """8 bytes: what most people would write."""
    with Image.open(io.BytesIO(data)) as image:
        return np.packbits(imagehash.phash(image).hash).tobytes()


def ours(name: str) -> Hash:
    return lambda data: FINGERPRINTS[name](data, lambda: images.decode_rgb(data)).phash[0]


WAYS: dict[str, Hash] = {"imagehash": by_imagehash, **{name: ours(name) for name in FINGERPRINTS}}


def encoded(rgb: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=90)
    return out.getvalue()


def speeds(side: int, rounds: int) -> str:
    """A line of the table for each way, at one size."""
    image, _ = pictures.picture(np.random.default_rng(7), side)
    data = encoded(np.ascontiguousarray(image[:, :, ::-1]))
    repeats = max(1, 1_000_000 // side**2)
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    for work in WAYS.values():
        work(data)
    for number in range(rounds):
        names = list(WAYS)
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            began = time.process_time()
            for _ in range(repeats):
                WAYS[name](data)
            spent[name].append((time.process_time() - began) / repeats)
    lines = []
    for name, found in spent.items():
        ratio = statistics.median(base / mine for base, mine in zip(spent["imagehash"], found, strict=True))
        lines.append(f"| {side} | {name} | {1e3 * statistics.median(found):.2f} | {ratio:.2f} |")
    return "\n".join(lines)


def crops(folder: Path | None) -> Iterator[np.ndarray]:
    """(side, side, 3) uint8: six of each real picture, or three of each of 120 generated ones."""
    draw = np.random.default_rng(2)
    if folder is None:
        scenes = (pictures.picture(np.random.default_rng(at), 900)[0] for at in range(120))
    else:
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
        scenes = (image for path in found if (image := cv2.imread(str(path))) is not None)
    for scene in scenes:
        for _ in range(6 if folder else 3):
            side = min(*scene.shape[:2], int(draw.choice(CROP_SIDES)))
            top, left = (int(draw.integers(size - side + 1)) for size in scene.shape[:2])
            yield np.ascontiguousarray(scene[top : top + side, left : left + side, ::-1])


def agreement(folder: Path | None) -> str:
    """A line for each of our hashes: share of crops by the bits that differ from imagehash's."""
    apart: dict[str, Counter[int]] = {name: Counter() for name in FINGERPRINTS}
    flat = 0
    for crop in crops(folder):
        data = encoded(crop)
        if FINGERPRINTS["phash"](data, lambda: images.decode_rgb(data)).flat:  # noqa: B023 - called at once
            flat += 1
            continue
        expected = int.from_bytes(by_imagehash(data), "big")
        for name, bits in apart.items():
            bits[(expected ^ int.from_bytes(WAYS[name](data), "big")).bit_count()] += 1
    count = apart["phash"].total()
    lines = [
        f"{count} crops that are not flat, {flat} flat ones left out\n",
        "| hash | equal | at most 2 bits | most |",
        "|---|---|---|---|",
    ]
    for name, bits in apart.items():
        near = sum(number for distance, number in bits.items() if distance <= 2)
        lines.append(f"| {name} | {bits[0] / count:.1%} | {near / count:.1%} | {max(bits)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="The hashes beside imagehash: speed on one core, and bits that differ.")
    parser.add_argument("--sides", default="512,800,4000")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--pictures", type=Path, help="folder of real pictures for the second table")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print("| side | hash | ms a picture | speed / imagehash |\n|---|---|---|---|")
    for side in options.sides.split(","):
        print(speeds(int(side), options.rounds), flush=True)
    print(f"\n{agreement(options.pictures)}")


if __name__ == "__main__":
    main()
