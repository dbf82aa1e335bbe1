"""Cuts a large GeoTIFF into tiles: peak memory in a child process, and time beside rasterio's windowed reading.

    tiles.py [--side 12000] [--tile 1024] [--overlap 64] [--rounds 3] [--folder .cache/benchmark]

The picture is tiled by 256, deflate, 8-bit RGB, and once more 16-bit. Each contestant is a process of its own that takes every
window, reduces it to 512 pixels by area and encodes it as JPEG of quality 92; memory is its greatest resident set. `read` does
no more than read the windows. Rounds are interleaved; a ratio is taken within a round, and the median over the rounds is shown.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
import simplejpeg
from pictures import octaves
from rasterio.windows import Window

from skypairs.schemas.recipe import Bands, Pictures
from skypairs.schemas.records import FileStamp
from skypairs.transforms.cut_tiles import cut_windows
from skypairs.transforms.emit_picture import emit_picture
from skypairs.transforms.open_scene import look_at_file

CONTESTANTS = ("skypairs read", "rasterio read", "skypairs tiles", "rasterio tiles")


def write(path: Path, side: int, dtype: str) -> None:
    """A picture made of one pattern, shifted and shaded anew in every block, so that writing it takes seconds."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    block = 1024
    pattern = octaves(np.random.default_rng(1), block, 3) * 40 + 110
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": dtype, "photometric": "RGB"}
    layout = {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "DEFLATE", "predictor": 2, "bigtiff": "YES"}
    top = 255 if dtype == "uint8" else 3000
    partial = path.with_suffix(".part")
    with rasterio.open(partial, "w", **profile, **layout) as out:
        for y in range(0, side, block):
            for x in range(0, side, block):
                high, wide = min(block, side - y), min(block, side - x)
                shaded = np.roll(pattern, (x // 7, y // 5), (0, 1))[:high, :wide] * (0.8 + 0.4 * ((x + y) / (2 * side)))
                values = np.clip(shaded / 255 * top, 0, top).astype(dtype)
                out.write(values.transpose(2, 0, 1), window=Window(x, y, wide, high))
    partial.rename(path)


def take(contestant: str, path: Path, options: Pictures) -> dict[str, Any]:
    """One contestant, in this process."""
    start = time.perf_counter()
    size, tiles = 0, 0
    if contestant.startswith("skypairs"):
        header, opener = look_at_file(FileStamp(str(path), path.stat().st_size, ""))
        picture = opener(Bands())
        for window in cut_windows(header.width, header.height, options):
            read = picture.pixels(window).nbytes if contestant.endswith("read") else 0
            size += read or len(emit_picture(picture, window, options)[0].data)
            tiles += 1
    else:
        with rasterio.open(path) as source:
            for x0, y0, x1, y1 in cut_windows(source.width, source.height, options):
                rgb = source.read((1, 2, 3), window=Window(x0, y0, x1 - x0, y1 - y0)).transpose(1, 2, 0)
                if rgb.dtype != np.uint8:
                    rgb = np.clip(rgb * (255 / 3000), 0, 255).astype(np.uint8)
                if contestant.endswith("tiles"):
                    small = cv2.resize(np.ascontiguousarray(rgb), (512, 512), interpolation=cv2.INTER_AREA)
                    size += len(simplejpeg.encode_jpeg(small, 92, "RGB", "420"))
                tiles += 1
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak": peak, "tiles": tiles, "size": size}


def main() -> None:
    parser = argparse.ArgumentParser(description="Cuts a large GeoTIFF into tiles.")
    parser.add_argument("--side", type=int, default=12_000)
    parser.add_argument("--tile", type=int, default=1024)
    parser.add_argument("--overlap", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(".cache/benchmark"))
    parser.add_argument("--take", nargs=2, metavar=("CONTESTANT", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    options = Pictures(tile=asked.tile, overlap=asked.overlap)
    if asked.take:
        print(json.dumps(take(asked.take[0], Path(asked.take[1]), options)))
        return
    for dtype in ("uint8", "uint16"):
        path = asked.folder / f"mosaic-{asked.side}-{dtype}.tif"
        write(path, asked.side, dtype)
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in CONTESTANTS}
        for number in range(asked.rounds):
            for at in range(len(CONTESTANTS)):
                name = CONTESTANTS[(at + number) % len(CONTESTANTS)]
                command = [sys.executable, __file__, "--take", name, str(path)]
                command += ["--tile", str(asked.tile), "--overlap", str(asked.overlap)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                runs[name].append(json.loads(done.stdout))
        print(f"\n{dtype} RGB, {asked.side} x {asked.side}, {path.stat().st_size / 1e6:.0f} MB, {asked.rounds} rounds")
        print(f"{'contestant':16} {'tiles':>6} {'seconds':>8} {'x rasterio':>10} {'peak MB':>8}")
        for name, found in runs.items():
            peer = runs["rasterio " + name.split()[1]]
            ratio = statistics.median(one["seconds"] / other["seconds"] for one, other in zip(found, peer, strict=True))
            seconds, peak = (statistics.median(run[key] for run in found) for key in ("seconds", "peak"))
            print(f"{name:16} {found[0]['tiles']:6} {seconds:8.1f} {ratio:10.2f} {peak:8.0f}")


if __name__ == "__main__":
    main()
