"""Pascal VOC annotations to records: our reader beside datumaro's VOC import, on the same files in one run.

    benchmarks/readers.py [--count 5000] [--rounds 5] [--datumaro PYTHON] [--work FOLDER]

datumaro brings its own versions of many packages, so it gets an environment of its own, and is run by that one's Python:

    python3 -m venv .cache/datumaro
    .cache/datumaro/bin/pip install datumaro
    .venv/bin/python benchmarks/readers.py --datumaro .cache/datumaro/bin/python

Both list the folder, read every annotation and make their records of it: scenes and annotations here, dataset items there.
No picture is opened. Each run is a process of its own that is timed from inside, after its imports; rounds are interleaved and
their order turns; a ratio is taken within a round. The numbers of pictures and boxes are compared, so that nobody is fast by
doing less.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
CLASSES = ("airplane", "ship", "storage tank", "harbor", "large vehicle", "small vehicle", "swimming pool", "bridge")
OURS = """
import json, sys, time
from skypairs.pipelines.catalog.voc import SPEC
from skypairs.schemas.recipe import Source
began = time.perf_counter()
pictures = boxes = 0
for scene in SPEC.reader.scenes(Source("voc", sys.argv[1], "voc-train", "train"), "voc-train"):
    boxes += len(SPEC.reader.annotation(scene).boxes)
    pictures += 1
print(json.dumps({"seconds": time.perf_counter() - began, "pictures": pictures, "boxes": boxes}))
"""
DATUMARO = """
import json, sys, time
import datumaro
from datumaro.components.annotation import AnnotationType
from datumaro.plugins.data_formats.voc.importer import VocDetectionImporter
began = time.perf_counter()
dataset = datumaro.Dataset.import_from(sys.argv[1], "voc_detection")
pictures = boxes = 0
for item in dataset:
    boxes += sum(found.type == AnnotationType.bbox for found in item.annotations)
    pictures += 1
print(json.dumps({"seconds": time.perf_counter() - began, "pictures": pictures, "boxes": boxes}))
"""
_JPEG = bytes.fromhex("ffd8ffd9")  # two markers: nobody opens the pictures


def generate(root: Path, count: int) -> None:
    """Writes `count` annotations of 1 to 11 objects below `root`, with what a labelling tool adds, unless they are there."""
    done = root / "complete"
    if done.exists() and done.read_text() == f"{count}\n":
        return
    for folder in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(7)
    names = [f"{at:06d}" for at in range(count)]
    for name in names:
        objects = ""
        for _ in range(int(draw.integers(1, 12))):
            x0, y0, wide, high = (int(value) for value in draw.integers((0, 0, 8, 8), (400, 400, 100, 100)))
            objects += (
                f"  <object>\n    <name>{draw.choice(CLASSES)}</name>\n    <pose>Unspecified</pose>\n"
                "    <truncated>0</truncated>\n    <difficult>0</difficult>\n    <bndbox>\n"
                f"      <xmin>{x0}</xmin>\n      <ymin>{y0}</ymin>\n      <xmax>{x0 + wide}</xmax>\n"
                f"      <ymax>{y0 + high}</ymax>\n"
                "    </bndbox>\n  </object>\n"
            )
        (root / "Annotations" / f"{name}.xml").write_text(
            f"<annotation>\n  <folder>JPEGImages</folder>\n  <filename>{name}.jpg</filename>\n  <source>\n"
            "    <database>generated</database>\n  </source>\n  <size>\n    <width>512</width>\n    <height>512</height>\n"
            f"    <depth>3</depth>\n  </size>\n  <segmented>0</segmented>\n{objects}</annotation>\n"
        )
        (root / "JPEGImages" / f"{name}.jpg").write_bytes(_JPEG)
    (root / "ImageSets" / "Main" / "train.txt").write_text("".join(f"{name}\n" for name in names))
    (root / "labelmap.txt").write_text("".join(f"{name}:::\n" for name in ("background", *CLASSES)))
    done.write_text(f"{count}\n")


def run(python: str, code: str, root: Path) -> dict[str, float]:
    """One timed run in a process of its own. Raises SystemExit with its output where it fails."""
    # `-I` keeps the folders of this project out of the other environment
    done = subprocess.run([python, "-I", "-c", code, str(root)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python}\n{done.stderr[-4000:]}\nexit status {done.returncode}")
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Reading Pascal VOC annotations, beside datumaro.")
    parser.add_argument("--count", type=int, default=5000, help="annotation files")
    parser.add_argument("--rounds", type=int, default=5)
    cache = HERE.parent / ".cache"
    parser.add_argument("--datumaro", default=str(cache / "datumaro" / "bin" / "python"), help="Python that has datumaro")
    parser.add_argument("--work", type=Path, default=cache / "benchmark", help="where the files are written")
    options = parser.parse_args()
    if not Path(options.datumaro).exists():
        parser.error(f"{options.datumaro} does not exist. datumaro needs an environment of its own:\n{__doc__}")

    root = options.work.resolve() / f"readers-{options.count}"
    generate(root, options.count)
    ways = {"skypairs": (sys.executable, OURS), "datumaro": (options.datumaro, DATUMARO)}
    runs: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(options.rounds):
        found = {way: run(*ways[way], root) for way in (list(ways) if number % 2 else reversed(list(ways)))}
        if len({(item["pictures"], item["boxes"]) for item in found.values()}) != 1:
            raise SystemExit(f"they do not read the same: {found}")
        for way, item in found.items():
            runs[way].append(item["seconds"])
        print(
            f"round {number + 1}: " + ", ".join(f"{way} {item['seconds']:.3f} s" for way, item in found.items()),
            file=sys.stderr,
        )
    ratios = [other / ours for ours, other in zip(runs["skypairs"], runs["datumaro"], strict=True)]
    print(f"{options.count:,} annotations, {options.rounds} rounds; Python {platform.python_version()}, {platform.machine()}\n")
    print("| | seconds (range) | files/s |\n|---|---|---|")
    for way, taken in runs.items():
        middle = statistics.median(taken)
        print(f"| {way} | {middle:.3f} ({min(taken):.3f} to {max(taken):.3f}) | {options.count / middle:,.0f} |")
    print(f"\nspeed / datumaro: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
