"""FindDuplicates alone, as a build runs it, on many fingerprints: seconds, peak memory, pairs.

    duplicates.py [--counts 100000,1000000] [--kinds uniform,aerial,flat] [--orientations 1,8] [--work FOLDER]

Each line is a process of its own, on Beam's in-memory runner with one worker; fingerprints are read from a file that was
written before, 10,000 at a time, as a build reads them from its parts. Seconds are those of the pipeline; where other work
shares the machine, CPU seconds are what to look at. Memory is the most that the process ever held, the interpreter and Beam
(about 170 MB) included.

    uniform   random bits in all eight orientations; 2 % are a bit or two from another
    aerial    hashes of random spectra that fall off as those of aerial pictures do: the coefficient of frequency f = |(u, v)|
              has a standard deviation of f^-1.12, fitted to 2,197 crops of 128 px and more of real ones (--measure). The eight
              hashes of each follow from its spectrum. One in eight is a slightly changed copy of another, turned as often as
              not, one in eight a view of nearly the same
    flat      uniform, and one in twenty is flat: of these half have the pixels of another

    duplicates.py --measure FOLDER    fits the exponent to crops of the pictures below a folder
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).resolve().parent
LOT = 10_000
EXPONENT = 1.12
KINDS = ("uniform", "aerial", "flat")


def spectra(draw: np.random.Generator, count: int) -> npt.NDArray[np.float32]:
    """(count, 8, 8): coefficients of pictures, some of them changed copies of others."""
    u, v = np.mgrid[:8, :8]
    spread = np.hypot(u, v).astype(np.float32)
    spread[0, 0] = 1
    spread **= -EXPONENT
    found = draw.standard_normal((count, 8, 8), np.float32) * spread
    found[:, 0, 0] = 8  # brightness, far above the median
    copies, windows = slice(0, count // 8), slice(count // 8, count // 4)
    for part, change in ((copies, 0.01), (windows, 0.3)):
        old = found[count // 2 : count // 2 + part.stop - part.start]
        found[part] = old + change * draw.standard_normal(old.shape, np.float32) * spread
        found[part, 0, 0] = 8
    turned = found[copies][::2]
    found[copies][::2] = turned.transpose(0, 2, 1) * np.where(np.arange(8) % 2, -1, 1)
    return found


def turned_hashes(found: npt.NDArray[np.float32]) -> npt.NDArray[np.uint64]:
    """(count, 8): bits above the median of the eight turns of each spectrum."""
    odd = np.where(np.arange(8) % 2, np.float32(-1), np.float32(1))
    hashes = np.empty((len(found), 8), np.uint64)
    for g in range(8):
        turned = (found.transpose(0, 2, 1) if g & 4 else found) * (odd if g & 1 else 1) * (odd[:, None] if g & 2 else 1)
        flat = turned.reshape(len(found), 64)
        middle = np.partition(flat, (31, 32), axis=1)[:, 31:33].mean(axis=1)
        hashes[:, g] = np.packbits(flat > middle[:, None], axis=1).view(">u8")[:, 0]
    return hashes


def lot(kind: str, number: int, count: int) -> npt.NDArray[np.void]:
    """FINGERPRINT rows of one lot."""
    from skypairs.schemas.packed import FINGERPRINT

    draw = np.random.default_rng([number, count])
    rows = np.zeros(count, FINGERPRINT)
    if kind == "aerial":
        rows["phash"] = turned_hashes(spectra(draw, count))
    else:
        rows["phash"] = draw.integers(1 << 64, size=(count, 8), dtype=np.uint64)
        copies = count // 50
        rows["phash"][:copies] = rows["phash"][-copies:]
        rows["phash"][:copies, 0] ^= np.uint64(1) << draw.integers(64, size=copies, dtype=np.uint64)
        rows["phash"][:copies, 0] ^= np.uint64(1) << draw.integers(64, size=copies, dtype=np.uint64)
    rows["pixels"] = np.frombuffer(draw.bytes(32 * count), "V32")
    if kind == "flat":
        flat = np.arange(count) % 20 == 10
        rows["flat"] = flat
        rows["phash"][flat] = 1 << 63
        rows["pixels"][np.flatnonzero(flat)[::2]] = np.void(bytes(32))
    rows["part"], rows["row"] = np.void(number.to_bytes(16, "big")), np.arange(count)
    rows["rank_high"] = draw.integers(4, size=count)
    rows["rank_low"], rows["group"] = draw.integers(1 << 63, size=(2, count))
    return rows


def write(kind: str, count: int, path: Path) -> None:
    """The fingerprints of a benchmark, once."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        for number in range(-(-count // LOT)):
            lot(kind, number, min(LOT, count - number * LOT)).tofile(file)
    Path(file.name).rename(path)


def run_stage(path: Path, orientations: int) -> dict[str, float]:
    """Runs the stage in this process."""
    import apache_beam as beam
    from apache_beam.metrics import Metrics
    from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

    from skypairs.schemas.packed import DECISION, FINGERPRINT, PAIR, Block
    from skypairs.schemas.recipe import Dedup
    from skypairs.transforms.find_duplicates import FindDuplicates

    count = path.stat().st_size // FINGERPRINT.itemsize

    def blocks(number: int) -> Iterator[Block]:
        start = number * LOT
        rows = np.fromfile(path, FINGERPRINT, LOT, offset=start * FINGERPRINT.itemsize)
        yield Block.of(rows, [f"dota-train/P{at:08d}/0_0_768_768" for at in range(start, start + len(rows))])

    def tally(block: Block, name: str, size: int) -> None:
        Metrics.counter("benchmark", name).inc(len(block.data) // size)

    pipeline = beam.Pipeline(runner=FnApiRunner())
    numbers = pipeline | "Numbers" >> beam.Create(range(-(-count // LOT)), reshuffle=False)
    sources = numbers | "Read" >> beam.FlatMap(blocks).with_output_types(Block)
    references = pipeline | "None" >> beam.Create([], reshuffle=False).with_output_types(Block)
    decisions, pairs = (sources, references) | FindDuplicates(Dedup(orientations=orientations))  # type: ignore[arg-type]
    _ = decisions | "Decided" >> beam.MapTuple(lambda _, block: tally(block, "dropped", DECISION.itemsize))
    _ = pairs | "Paired" >> beam.Map(tally, "pairs", PAIR.itemsize)
    began, spent = time.perf_counter(), time.process_time()
    result = pipeline.run()
    result.wait_until_finish()
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    counted = {found.key.metric.name: found.result for found in result.metrics().query()["counters"]}
    return {
        "seconds": seconds,
        "cpu": cpu,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "dropped": counted.get("dropped", 0),
        "pairs": counted.get("pairs", 0),
    }


def measure(folder: Path) -> float:
    """The exponent by which spectra of crops fall off: a line through the logarithms of each frequency's spread."""
    import scipy.fftpack
    from PIL import Image

    draw, blocks = np.random.default_rng(1), []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".jpg", ".png"):
            continue
        with Image.open(path) as file:
            gray = file.convert("L")
        for _ in range(20 if min(gray.size) >= 256 else 0):
            side = int(draw.integers(128, min(gray.size) + 1))
            x, y = (int(draw.integers(length - side + 1)) for length in gray.size)
            small = gray.crop((x, y, x + side, y + side)).resize((32, 32), Image.Resampling.LANCZOS)
            block = scipy.fftpack.dct(scipy.fftpack.dct(np.asarray(small, float), axis=0), axis=1)[:8, :8]
            if np.asarray(small).std() >= 2:
                blocks.append(block / np.sqrt(np.square(block.ravel()[1:]).mean()))
    spread = np.stack(blocks).std(axis=0).ravel()[1:]
    u, v = np.mgrid[:8, :8]
    slope, _ = np.polyfit(np.log(np.hypot(u, v).ravel()[1:]), np.log(spread), 1)
    print(f"{len(blocks)} crops: a spread of f^{slope:.2f}")
    return float(slope)


def main() -> None:
    parser = argparse.ArgumentParser(description="FindDuplicates alone, on many fingerprints.")
    parser.add_argument("--counts", default="100000,1000000")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--orientations", default="1,8")
    parser.add_argument("--work", type=Path, default=HERE.parent / ".cache" / "benchmark")
    parser.add_argument("--measure", type=Path, help="a folder of pictures")
    parser.add_argument("--stage", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    if options.stage:
        print(json.dumps(run_stage(options.stage, int(options.orientations))))
        return
    print(
        "| fingerprints | kind | orientations | seconds | CPU seconds | peak MB | near pairs | dropped |\n|" + "---|" * 8,
        flush=True,
    )
    for count in map(int, options.counts.split(",")):
        for kind in options.kinds.split(","):
            path = options.work.resolve() / f"fingerprints-{kind}-{count}.rows"
            write(kind, count, path)
            for turns in options.orientations.split(","):
                words = [sys.executable, str(HERE / "duplicates.py"), "--stage", str(path), "--orientations", turns]
                line = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]
                found = json.loads(line)
                cells = f"{found['seconds']:.1f} | {found['cpu']:.1f} | {found['megabytes']:,.0f}"
                print(f"| {count:,} | {kind} | {turns} | {cells} | {found['pairs']:,} | {found['dropped']:,} |", flush=True)


if __name__ == "__main__":
    main()
