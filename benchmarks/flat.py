"""What the measure of flatness does: pictures called flat, different ones merged without it, copies missed with it.

    flat.py PICTURES

PICTURES is a folder of real overhead pictures (benchmarks/real_crops.py). To windows of 64, 128 and 256 px of them come made
tiles of 256 px, saved as JPEG: open water and no-data (one level, with noise of 0 to 3 levels), haze and vignettes (gradients),
and tiles of which a part is no-data. Hashes are compared within 2 bits in all eight turns, flat pictures not at all: they are
compared by their pixels, which no copy that was saved again keeps. Prints Markdown.
"""

import argparse
from pathlib import Path

import numpy as np
from real_crops import RGB, different, real_crops
from recall import Hashed, hashed, jpeg

THRESHOLDS = (0.0, 1.0, 2.0, 4.0, 8.0)
NEAR = 2


def made_tiles(count: int) -> list[RGB]:
    """Tiles without content, every one with levels and noise of its own."""
    draw = np.random.default_rng(11)
    ramp = np.linspace(-1, 1, 256)
    tiles = []
    for number in range(count):
        level, noise = draw.uniform(20, 200, 3), draw.choice([0.0, 1.0, 3.0])
        tile = np.ones((256, 256, 1)) * level
        if number % 3 == 1:
            tile = tile + np.add.outer(draw.uniform(-12, 12) * ramp, draw.uniform(-12, 12) * ramp)[:, :, None]
        tile = tile + draw.normal(0, noise, tile.shape)
        if number % 3 == 2:
            tile[: int(draw.integers(32, 224))] = 0
        tiles.append(jpeg(np.clip(np.round(tile), 0, 255).astype(np.uint8), 92))
    return tiles


def near(one: Hashed, other: Hashed) -> bool:
    return int(np.bitwise_count(one[1] ^ other[1][0]).min()) <= NEAR


def measure(pictures: list[RGB], pairs_of: list[list[int]]) -> list[tuple[str, float, int, int, int]]:
    """(rule, share flat, different pairs merged, copies of flat pictures that the hash finds, and that it does not).

    pairs_of: of each picture the later ones that surely differ from it.
    """
    ones = [hashed(picture) for picture in pictures]
    found = np.array([near(one, hashed(jpeg(picture, 60))) for one, picture in zip(ones, pictures, strict=True)])
    spread = np.array([float(one[0].std()) for one in ones])
    tied = np.array([int(one[1][0]).bit_count() != 32 for one in ones])
    upright = np.array([one[1][0] for one in ones])
    alike = []
    for at, one in enumerate(ones):
        later = np.array(pairs_of[at], np.intp)
        apart = np.bitwise_count(one[1][:, None] ^ upright[None, later]).min(0) if len(later) else later
        alike += [(at, int(other)) for other in later[apart <= NEAR]]
    rows = []
    for name, flat in [("none", np.zeros(len(ones), bool)), *((_name(t), tied | (spread < t)) for t in THRESHOLDS)]:
        merged = sum(not (flat[a] or flat[b]) for a, b in alike)
        rows.append((name, float(flat.mean()), merged, int((flat & found).sum()), int((flat & ~found).sum())))
    return rows


def _name(threshold: float) -> str:
    return f"below {threshold:g}, or tied" if threshold else "tied alone"


def main(folder: Path) -> None:
    made = made_tiles(600)
    lots = [("made tiles", made, [list(range(at + 1, len(made))) for at in range(len(made))])]
    for side in (64, 128, 256):
        crops = real_crops(folder, side, 3000)
        later = [[j for j in range(i + 1, len(crops)) if different(one, crops[j])] for i, one in enumerate(crops)]
        lots.append((f"real, {side} px", [crop.rgb for crop in crops], later))
    print("| pictures | flat is | share flat | different pairs merged | flat: copy near by hash | flat: copy not near |")
    print("|---|---|---:|---:|---:|---:|")
    for name, pictures, pairs_of in lots:
        for rule, share, merged, lost, never in measure(pictures, pairs_of):
            cells = f"{name} ({len(pictures):,})", rule, f"{100 * share:.1f} %", f"{merged:,}", f"{lost:,}", f"{never:,}"
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The measure of flatness against what it costs and saves.")
    parser.add_argument("pictures", type=Path)
    main(parser.parse_args().pictures)
