"""What the search finds and what it does not: recall of changed copies, and different pictures merged, by distance.

    recall.py PICTURES [--side 256] [--count 500] [--svg docs/recall.svg]

PICTURES is a folder of real overhead pictures (real_crops.py says which were taken). Of windows of them that are not flat each
is changed, hashed and compared with its original as a build compares two pictures: the original turned in eight ways, with and
without the second look. A recall is the share of changed copies found within the distance. For different pictures, all windows
of 64, 128 and 256 px are compared with all others of their side that surely show something else. Prints Markdown.
"""

import argparse
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from real_crops import RGB, Crop, different, real_crops

from skypairs.transforms.lanczos import thumbnail
from skypairs.transforms.orientations import turn
from skypairs.transforms.second_look import alike
from skypairs.transforms.thumbnail_hash import FLAT_BELOW, turned_hashes

DISTANCES = (0, 2, 4, 6, 8)
Hashed = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64]]
"""A thumbnail and its hashes in eight turns."""


def jpeg(rgb: RGB, quality: int) -> RGB:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out).convert("RGB"))


def resized(rgb: RGB, factor: float) -> RGB:
    side = round(rgb.shape[0] * factor)
    return np.asarray(Image.fromarray(rgb).resize((side, side), Image.Resampling.BICUBIC))


def linear(rgb: RGB, gain: float, offset: float) -> RGB:
    return np.clip(np.round(rgb * float(gain) + offset), 0, 255).astype(np.uint8)


def noisy(rgb: RGB, levels: float) -> RGB:
    draw = np.random.default_rng(int(rgb[::7, ::7].sum()))
    return np.clip(np.round(rgb + draw.normal(0, levels, rgb.shape)), 0, 255).astype(np.uint8)


def cropped(rgb: RGB, percent: float) -> RGB:
    edge = round(rgb.shape[0] * percent / 100)
    return rgb[edge : rgb.shape[0] - edge, edge : rgb.shape[1] - edge]


CHANGES: dict[str, Callable[[RGB], npt.NDArray[np.generic]]] = {
    "JPEG, quality 90": lambda rgb: jpeg(rgb, 90),
    "JPEG, quality 50": lambda rgb: jpeg(rgb, 50),
    "JPEG, quality 30": lambda rgb: jpeg(rgb, 30),
    "JPEG, quality 10": lambda rgb: jpeg(rgb, 10),
    "half the size": lambda rgb: resized(rgb, 0.5),
    "a quarter of the size": lambda rgb: resized(rgb, 0.25),
    "10 % brighter": lambda rgb: linear(rgb, 1.1, 0),
    "30 levels brighter": lambda rgb: linear(rgb, 1.0, 30),
    "contrast 1.2": lambda rgb: linear(rgb, 1.2, -25.6),
    "contrast 0.7": lambda rgb: linear(rgb, 0.7, 38.4),
    "noise of 5 levels": lambda rgb: noisy(rgb, 5),
    "noise of 15 levels": lambda rgb: noisy(rgb, 15),
    "mirrored, JPEG 75": lambda rgb: jpeg(np.ascontiguousarray(turn(rgb, 1)), 75),
    "quarter turn": lambda rgb: turn(rgb, 5),
    "1 % off each border": lambda rgb: cropped(rgb, 1),
    "2 % off each border": lambda rgb: cropped(rgb, 2),
    "5 % off each border": lambda rgb: cropped(rgb, 5),
    "10 % off each border": lambda rgb: cropped(rgb, 10),
}


def hashed(rgb: npt.NDArray[np.generic]) -> Hashed:
    small = thumbnail(np.ascontiguousarray(rgb, np.uint8))
    return small, np.array([int.from_bytes(one, "big") for one in turned_hashes(small)], np.uint64)


def is_flat(one: Hashed) -> bool:
    return bool(one[0].std() < FLAT_BELOW) or int(one[1][0]).bit_count() != 32


def distances(original: Hashed, copy: Hashed) -> tuple[int, int]:
    """Least distance of a copy to its original over all turns; the same over those that a second look confirms (or 65)."""
    apart = np.bitwise_count(original[1] ^ copy[1][0])
    turned = np.stack([turn(original[0], g) for g in range(8)])
    same = alike(turned, np.broadcast_to(copy[0], turned.shape))
    return int(apart.min()), int(np.where(same, apart, 65).min())


def recalls(crops: list[Crop], originals: list[Hashed]) -> dict[str, tuple[list[float], list[float]]]:
    """Share found by change: by distance without, and with the second look."""
    found = {}
    for name, change in CHANGES.items():
        pairs = [distances(original, hashed(change(crop.rgb))) for crop, original in zip(crops, originals, strict=True)]
        by_hash, looked = np.array(pairs).T
        found[name] = [float((by_hash <= d).mean()) for d in DISTANCES], [float((looked <= d).mean()) for d in DISTANCES]
    return found


def merged(folder: Path, sides: tuple[int, ...], most: int) -> tuple[int, int, list[int], list[int]]:
    """Windows, pairs of different ones, and of these how many are near by distance: without, and with the second look."""
    windows, pairs, by_hash, looked = 0, 0, [0] * len(DISTANCES), [0] * len(DISTANCES)
    for side in sides:
        kept = [(crop, one) for crop in real_crops(folder, side, most) if not is_flat(one := hashed(crop.rgb))]
        upright = np.array([one[1][0] for _, one in kept])
        windows += len(kept)
        for at, (crop, one) in enumerate(kept):
            pairs += sum(different(crop, other) for other, _ in kept[at + 1 :])
            apart = np.bitwise_count(one[1][:, None] ^ upright[None, at + 1 :]).min(0)
            for other in np.flatnonzero(apart <= DISTANCES[-1]) + at + 1:
                if different(crop, kept[other][0]):
                    near = distances(one, kept[other][1])
                    for number, d in enumerate(DISTANCES):
                        by_hash[number] += near[0] <= d
                        looked[number] += near[1] <= d
    return windows, pairs, by_hash, looked


def table(found: dict[str, tuple[list[float], list[float]]]) -> str:
    lines = ["| change | " + " | ".join(f"{d}" for d in DISTANCES) + " |", "|---|" + "---:|" * len(DISTANCES)]
    for name, (by_hash, looked) in found.items():
        shares = [(round(100 * alone), round(100 * left)) for alone, left in zip(by_hash, looked, strict=True)]
        cells = [f"{alone}" if alone == left else f"{alone} ({left})" for alone, left in shares]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def drawing(found: dict[str, tuple[list[float], list[float]]]) -> str:
    """Recall by distance, a small chart a change: the line is the hash alone, the dots what the second look leaves."""
    columns, wide, high, left, top = 6, 150, 118, 34, 62
    rows = -(-len(found) // columns)
    width, height = columns * wide + 20, rows * high + top + 6
    text = 'font-family="system-ui, sans-serif" fill="#333"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        'aria-label="Share of changed copies found, by distance and change">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="14" y="22" {text} font-size="15" font-weight="600">Changed copies found, by distance</text>',
        f'<text x="14" y="40" {text} font-size="11">Upright: share found, 0 to 100 %. Across: distance 0, 2, 4, 6, 8. '
        '<tspan fill="#2a6f97">Line: the hash alone.</tspan> <tspan fill="#c1121f">Dots: with the second look.</tspan></text>',
    ]
    for number, (name, (by_hash, looked)) in enumerate(found.items()):
        x0, y0 = 14 + number % columns * wide, top + number // columns * high
        x = [x0 + left - 10 + (wide - left - 24) * i / (len(DISTANCES) - 1) for i in range(len(DISTANCES))]
        y = [[y0 + 84 - 64 * value for value in values] for values in (by_hash, looked)]
        out.append(f'<text x="{x0}" y="{y0 + 10}" {text} font-size="11">{name}</text>')
        for share in (0, 1):
            level = y0 + 84 - 64 * share
            out.append(f'<path d="M{x[0]:.0f} {level}H{x[-1]:.0f}" stroke="#ddd"/>')
            out.append(f'<text x="{x[0] - 6:.0f}" y="{level + 3}" {text} font-size="8" text-anchor="end">{100 * share}</text>')
        for d, at in zip(DISTANCES, x, strict=True):
            out.append(f'<text x="{at:.0f}" y="{y0 + 96}" {text} font-size="8" text-anchor="middle">{d}</text>')
        line = " ".join(f"{at:.1f},{up:.1f}" for at, up in zip(x, y[0], strict=True))
        out.append(f'<polyline points="{line}" fill="none" stroke="#2a6f97" stroke-width="2"/>')
        out += [f'<circle cx="{at:.1f}" cy="{up:.1f}" r="2.6" fill="#c1121f"/>' for at, up in zip(x, y[1], strict=True)]
    return "\n".join([*out, "</svg>", ""])


def main(folder: Path, side: int, count: int, svg: Path | None) -> None:
    crops = real_crops(folder, side, count)
    both = [(crop, one) for crop in crops if not is_flat(one := hashed(crop.rgb))]
    found = recalls([crop for crop, _ in both], [one for _, one in both])
    print(f"{len(both)} windows of {side} px that are not flat. Per cent found; with the second look in brackets.\n")
    print(table(found))
    windows, pairs, by_hash, looked = merged(folder, (64, 128, 256), 5000)
    print(f"\n{windows:,} windows of 64, 128 and 256 px, {pairs:,} pairs of different ones. Of these near each other:\n")
    print("| distance | " + " | ".join(f"{d}" for d in DISTANCES) + " |\n|---|" + "---:|" * len(DISTANCES))
    print("| by the hash alone | " + " | ".join(f"{n:,}" for n in by_hash) + " |")
    print("| with the second look | " + " | ".join(f"{n:,}" for n in looked) + " |")
    if svg:
        svg.write_text(drawing(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Recall and precision of the search for duplicates on real pictures.")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    main(options.pictures, options.side, options.count, options.svg)
