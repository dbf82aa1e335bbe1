"""FindDuplicates alone, as a build runs it, on many fingerprints: seconds, peak memory, pairs.

    duplicates.py [--counts 100000,1000000] [--kinds uniform,flat,real] [--orientations 1,8] [--distance 2]
                  [--pictures FOLDER] [--work FOLDER]

Each line is a process of its own, on Beam's in-memory runner with one worker; fingerprints are read from a file that was
written before, 10,000 at a time, as a build reads them from its parts. Seconds are those of the pipeline; where other work
shares the machine, CPU seconds are what to look at. Memory is the most that the process ever held, the interpreter and Beam
(about 170 MB) included.

    uniform   random bits in all eight orientations; 2 % are a bit or two from another
    flat      the same, and one in twenty is flat: of these half have the pixels of another
    real      windows of the real pictures below --pictures, hashed (real_hashes.py)
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import real_hashes
from real_crops import real_pictures
from real_hashes import SCALES

from skypairs.schemas.packed import DECISION, FINGERPRINT, PAIR, Block
from skypairs.transforms.thumbnail_hash import FLAT_BELOW, pixels_digest

HERE = Path(__file__).resolve().parent
LOT = 10_000
KINDS = ("uniform", "flat", "real")


def made(kind: str, number: int, count: int) -> npt.NDArray[np.void]:
    """FINGERPRINT rows of one lot of random hashes."""
    draw = np.random.default_rng([number, count])
    rows = np.zeros(count, FINGERPRINT)
    rows["phash"] = draw.integers(1 << 64, size=(count, 8), dtype=np.uint64)
    copies = count // 50
    rows["phash"][:copies] = rows["phash"][-copies:]
    rows["phash"][:copies, 0] ^= np.uint64(1) << draw.integers(64, size=copies, dtype=np.uint64)
    rows["phash"][:copies, 0] ^= np.uint64(1) << draw.integers(64, size=copies, dtype=np.uint64)
    if kind == "flat":
        flat = np.arange(count) % 20 == 10
        rows["flat"], rows["phash"][flat] = flat, 1 << 63
        rows["pixels"][flat] = np.frombuffer(draw.bytes(32 * int(flat.sum())), "V32")
        rows["pixels"][np.flatnonzero(flat)[::2]] = np.void(bytes(32))
    return rows


def of_picture(paths: list[Path], number: int, count: int) -> npt.NDArray[np.void]:
    """FINGERPRINT rows of the windows of one picture."""
    lots = []
    for scale, lot in enumerate(real_hashes.windows(paths, number, count)):
        rows = placed(real(lot), number * SCALES + scale)
        if number == 0:
            real_hashes.check(lot[:20], rows["phash"][:20])
        lots.append(rows)
    return np.concatenate(lots)


def real(lot: npt.NDArray[np.uint8]) -> npt.NDArray[np.void]:
    """FINGERPRINT rows of (n, 32, 32) windows."""
    rows = np.zeros(len(lot), FINGERPRINT)
    rows["phash"] = real_hashes.hashes(lot)
    rows["flat"] = (lot.std(axis=(1, 2)) < FLAT_BELOW) | (np.bitwise_count(rows["phash"][:, 0]) != 32)
    for at in np.flatnonzero(rows["flat"]).tolist():
        rows["pixels"][at] = np.void(pixels_digest(np.repeat(lot[at][:, :, None], 3, axis=2)))
    return rows


def placed(rows: npt.NDArray[np.void], number: int) -> npt.NDArray[np.void]:
    """The same with ranks and places, those of lot `number`."""
    draw = np.random.default_rng([number, 1])
    rows["part"], rows["row"] = np.void(number.to_bytes(16, "big")), np.arange(len(rows))
    rows["rank_high"] = draw.integers(4, size=len(rows))
    rows["rank_low"], rows["group"] = draw.integers(1 << 63, size=(2, len(rows)))
    return rows


def write(kind: str, count: int, work: Path, pictures: Path | None) -> Path:
    """The fingerprints of a benchmark, once."""
    paths = real_pictures(pictures) if pictures and kind == "real" else []
    facts = [str(FINGERPRINT.descr), *(f"{path.relative_to(pictures)} {path.stat().st_size}" for path in paths if pictures)]
    path = work / f"fingerprints-{kind}-{count}-{hashlib.sha256('|'.join(facts).encode()).hexdigest()[:8]}.rows"
    if path.exists():
        return path
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=work, delete=False) as file:
        if kind == "real":
            with ProcessPoolExecutor() as pool:
                for rows in pool.map(partial(of_picture, paths, count=count), range(len(paths))):
                    rows.tofile(file)
        else:
            for number in range(-(-count // LOT)):
                placed(made(kind, number, min(LOT, count - number * LOT)), number).tofile(file)
    Path(file.name).rename(path)
    return path


def described(path: Path) -> str:
    """Cells: how many are flat, and how many hashes the others have."""
    rows = np.memmap(path, FINGERPRINT, "r")
    flat = np.array(rows["flat"])
    return f"{flat.sum():,} | {len(np.unique(rows['phash'][:, 0][~flat])):,}"


def run_stage(path: Path, orientations: int, distance: int) -> dict[str, float]:
    """Runs the stage in this process."""
    import apache_beam as beam
    from apache_beam.metrics import Metrics
    from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

    from skypairs.schemas.recipe import Dedup
    from skypairs.transforms.find_duplicates import FindDuplicates

    count = path.stat().st_size // FINGERPRINT.itemsize

    def blocks(number: int) -> Iterator[Block]:
        start = number * LOT
        rows = np.fromfile(path, FINGERPRINT, LOT, offset=start * FINGERPRINT.itemsize)
        yield Block.of(rows, [f"dota-train/P{at:08d}/0_0_768_768" for at in range(start, start + len(rows))])

    def tally(block: Block, name: str, size: int) -> None:
        Metrics.counter("benchmark", name).inc(len(block.data) // size)

    rule = Dedup(distance=distance, reference_distance=distance, orientations=orientations, confirm=False)
    pipeline = beam.Pipeline(runner=FnApiRunner())
    numbers = pipeline | "Numbers" >> beam.Create(range(-(-count // LOT)), reshuffle=False)
    sources = numbers | "Read" >> beam.FlatMap(blocks).with_output_types(Block)
    references = pipeline | "None" >> beam.Create([], reshuffle=False).with_output_types(Block)
    decisions, pairs = (sources, references) | FindDuplicates(rule)  # type: ignore[arg-type]
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


def main() -> None:
    parser = argparse.ArgumentParser(description="FindDuplicates alone, on many fingerprints.")
    parser.add_argument("--counts", default="100000,1000000")
    parser.add_argument("--kinds", default="uniform,flat")
    parser.add_argument("--orientations", default="1,8")
    parser.add_argument("--distance", type=int, default=2)
    parser.add_argument("--pictures", type=Path, help="a folder of real pictures, for the kind `real`")
    parser.add_argument("--work", type=Path, default=HERE.parent / ".cache" / "benchmark")
    parser.add_argument("--stage", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(run_stage(options.stage, int(options.orientations), options.distance)))
        return
    kinds = options.kinds.split(",")
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}")
    if "real" in kinds and not options.pictures:
        parser.error("the kind `real` needs --pictures")
    names = (
        "fingerprints",
        "kind",
        "flat",
        "hashes",
        "orientations",
        "seconds",
        "CPU seconds",
        "peak MB",
        "near pairs",
        "dropped",
    )
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}", flush=True)
    for count in map(int, options.counts.split(",")):
        for kind in kinds:
            path = write(kind, count, options.work.resolve(), options.pictures)
            for turns in options.orientations.split(","):
                words = [sys.executable, str(HERE / "duplicates.py"), "--stage", str(path), "--orientations", turns]
                ended = subprocess.run([*words, "--distance", str(options.distance)], stdout=subprocess.PIPE, text=True)
                if ended.returncode:
                    print(f"| {count:,} | {kind} | {described(path)} | {turns} | stopped |", flush=True)
                    continue
                found = json.loads(ended.stdout.splitlines()[-1])
                cells = f"{found['seconds']:.1f} | {found['cpu']:.1f} | {found['megabytes']:,.0f} | {found['pairs']:,}"
                print(f"| {count:,} | {kind} | {described(path)} | {turns} | {cells} | {found['dropped']:,} |", flush=True)


if __name__ == "__main__":
    main()
