"""Generates a Pascal VOC dataset to measure with: pictures that behave like photographs, some of them near-duplicates.

    pictures.py OUT [--count 5000] [--side 512] [--copies 0.05] [--workers N]

A picture is noise of several octaves with 1/f amplitudes, as natural images have (Field, "Relations between the statistics of
natural images and the response properties of cortical cells", 1987), warped by a smooth field and coloured by a small palette;
the objects of its annotation are drawn into it. JPEG at quality 90 comes to about 50 kB at 512 pixels, as aerial crops do.
"""

import argparse
import functools
import os
import sys
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

CLASSES = ("plane", "ship", "storage-tank", "harbor", "large-vehicle", "small-vehicle", "swimming-pool", "bridge")
_HEAD = "<annotation><filename>{name}.jpg</filename><size><width>{side}</width><height>{side}</height><depth>3</depth></size>"
_OBJECT = (
    "<object><name>{label}</name><difficult>0</difficult><bndbox>"
    "<xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object>"
)

Box = tuple[str, int, int, int, int]


def octaves(draw: np.random.Generator, side: int, channels: int) -> np.ndarray:
    """(side, side, channels) float32: random grids of doubling resolution, each of half the amplitude."""
    total = np.zeros((side, side, channels), np.float32)
    cells, amplitude = 3, 1.0
    while cells < side:
        grid = draw.standard_normal((cells, cells, channels), dtype=np.float32)
        total += amplitude * cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC).reshape(total.shape)
        cells, amplitude = cells * 2, amplitude * 0.55
    return total


def picture(draw: np.random.Generator, side: int) -> tuple[np.ndarray, list[Box]]:
    """(side, side, 3) uint8 BGR and the boxes of the objects in it."""
    heights = octaves(draw, side, 2)
    shift = cv2.resize(octaves(draw, 64, 2) * (side / 40), (side, side), interpolation=cv2.INTER_LINEAR)
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    warped = cv2.remap(heights, columns + shift[..., 0], rows + shift[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    base, one, two = draw.uniform((70, 80, 70), (150, 150, 140)), draw.uniform(-40, 40, 3) + 25, draw.uniform(-25, 25, 3)
    image = base + warped[..., :1] * one + warped[..., 1:] * two + draw.normal(0, 3, (side, side, 1))
    image = np.ascontiguousarray(np.clip(image, 0, 255).astype(np.uint8))
    boxes: list[Box] = []
    for _ in range(int(draw.integers(1, 12))):
        wide, high = (int(length) for length in draw.integers(side // 40 + 2, side // 6, 2))
        x0, y0 = int(draw.integers(0, side - wide)), int(draw.integers(0, side - high))
        shade = tuple(int(value) for value in draw.integers(60, 240, 3))
        cv2.rectangle(image, (x0, y0), (x0 + wide - 1, y0 + high - 1), shade, -1, cv2.LINE_AA)
        boxes.append((str(draw.choice(CLASSES)), x0, y0, x0 + wide, y0 + high))
    return image, boxes


def write_one(out: Path, side: int, copies: float, at: int) -> None:
    """Picture `at` with its annotation; every so often a copy of the one before it: brighter, and encoded again."""
    every = max(2, round(1 / copies)) if copies else 0
    copied = bool(every) and at % every == every - 1
    image, boxes = picture(np.random.default_rng(at - copied), side)
    if copied:
        image = cv2.convertScaleAbs(image, alpha=1.03, beta=4)
    name = f"{at:06d}"
    cv2.imwrite(str(out / "JPEGImages" / f"{name}.jpg"), image, (cv2.IMWRITE_JPEG_QUALITY, 75 if copied else 90))
    objects = (_OBJECT.format(label=label, x0=x0, y0=y0, x1=x1, y1=y1) for label, x0, y0, x1, y1 in boxes)
    text = _HEAD.format(name=name, side=side) + "".join(objects) + "</annotation>\n"
    (out / "Annotations" / f"{name}.xml").write_text(text)


def generate(out: Path, count: int, side: int = 512, copies: float = 0.05, workers: int | None = None) -> None:
    """Writes `count` pictures below `out`, unless they are there already."""
    done, wanted = out / "complete", f"{count} {side} {copies}\n"
    if done.exists() and done.read_text() == wanted:
        return
    for folder in ("JPEGImages", "Annotations"):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for path in (out / folder).iterdir():
            path.unlink()
    with Pool(workers or os.cpu_count(), cv2.setNumThreads, (1,)) as pool:
        work = functools.partial(write_one, out, side, copies)
        for at, _ in enumerate(pool.imap_unordered(work, range(count), chunksize=16), 1):
            if at % 1000 == 0:
                print(f"{at} of {count} pictures", file=sys.stderr)
    done.write_text(wanted)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Generates a Pascal VOC dataset to measure with.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--copies", type=float, default=0.05)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    generate(options.out, options.count, options.side, options.copies, options.workers)
