"""Whole builds beside scripts that people would write instead: time from start to exit, and peak memory.

    end_to_end.py [--count 5000] [--rounds 5] [--workers N] [--contestants plain,exact,tuned,pipeline,...] [--work FOLDER]

Every contestant is started as a process of its own, once a round, the order turned by one from round to round. Ratios are
taken within a round, where the machine was the same, and their median is shown. Memory is the sum over the process and
its children of what each holds, shared pages counted by their share (PSS), sampled ten times a second. CPU seconds, of all
processes of a contestant together, are what to look at where the machine has other work.
"""

import argparse
import dataclasses
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from pictures import generate

HERE = Path(__file__).resolve().parent
RECIPE = """name: benchmark
sources:
  - {{dataset: voc, name: generated, root: {root}, licence: CC0-1.0}}
references: []
dedup: {{orientations: {orientations}, hash: {hash}}}
shards: {{layout: images, samples: 1000}}
"""
WAYS = {
    "plain": "script: imagehash, dictionaries, webdataset.ShardWriter",
    "exact": "script, tuned, with the bits of imagehash",
    "tuned": "script, tuned, with a hash of its own from a reduced decode",
    "pipeline": "skypairs build, as it comes (8 orientations)",
    "pipeline-1": "skypairs build, pictures not turned: what the scripts do",
    "pipeline-fast": "skypairs build, not turned, hash: phash-fast: what the tuned script does",
    "pipeline-processes": "skypairs build, as it comes, --pool processes",
}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Where Python may not keep what it compiles, an editable installation compiles all of skypairs at every start."""


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One start of one contestant."""

    seconds: float
    cpu: float
    megabytes: float
    kept: int


def command(way: str, root: Path, out: Path, workers: int) -> list[str]:
    """The command line of a contestant; for the pipeline also its recipe is written."""
    if not way.startswith("pipeline"):
        return [sys.executable, str(HERE / "baseline.py"), way, str(root), str(out), "--workers", str(workers)]
    recipe = out.with_suffix(".yaml")
    turns, hashed = 1 if way in ("pipeline-1", "pipeline-fast") else 8, "phash-fast" if way == "pipeline-fast" else "phash"
    recipe.write_text(RECIPE.format(root=json.dumps(str(root)), orientations=turns, hash=hashed))
    skypairs = Path(sys.executable).with_name("skypairs")
    pool = "processes" if way == "pipeline-processes" else "threads"
    return [str(skypairs), "build", str(recipe), str(out), "--workers", str(workers), "--pool", pool]


def held(process: psutil.Process) -> int:
    """Bytes that a process and its children hold at this moment."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:  # ended between the listing and the look
            continue
    return total


def cpu_of_children() -> float:
    """CPU seconds, user and system, of all processes that were started here and have ended, with theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def start(way: str, root: Path, out: Path, workers: int) -> Run:
    """Runs a contestant to its end in an empty folder. Raises SystemExit with its output where it fails."""
    shutil.rmtree(out, ignore_errors=True)
    words = command(way, root, out, workers)
    with tempfile.TemporaryFile("w+") as log:
        began, spent = time.perf_counter(), cpu_of_children()
        with subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, env=ENVIRONMENT) as child:
            process, peak = psutil.Process(child.pid), 0
            while child.poll() is None:
                try:
                    peak = max(peak, held(process))
                except psutil.Error:
                    break
                time.sleep(0.1)
            status = child.wait()
            seconds = time.perf_counter() - began
        cpu = cpu_of_children() - spent
        log.seek(0)
        text = log.read()
    if status:
        raise SystemExit(f"{' '.join(words)}\n{text[-4000:]}\nexit status {status}")
    if way.startswith("pipeline"):
        kept = sum(json.loads((out / "train" / "sizes.json").read_text()).values())
    else:
        kept = json.loads(text.strip().splitlines()[-1])["kept"]
    return Run(seconds, cpu, peak / 1e6, kept)


def table(runs: dict[str, list[Run]], count: int) -> str:
    """Markdown: medians, ranges, and ratios to the scripts within a round, by time and by CPU seconds: above 1 is better."""
    scripts = [way for way in ("plain", "exact", "tuned") if way in runs]
    head = ["", "seconds (range)", "pictures/s", *(f"speed / {way}" for way in scripts)]
    head += ["CPU s", *(f"by CPU / {way}" for way in scripts), "peak MB", "kept"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for way, found in runs.items():
        seconds = [run.seconds for run in found]
        middle = statistics.median(seconds)
        pairs = [list(zip(runs[base], found, strict=True)) for base in scripts]
        speeds = [statistics.median(other.seconds / run.seconds for other, run in pair) for pair in pairs]
        by_cpu = [statistics.median(other.cpu / run.cpu for other, run in pair) for pair in pairs]
        kept = "/".join(str(number) for number in sorted({run.kept for run in found}))
        cells = [
            f"**{way}**: {WAYS[way]}",
            f"{middle:.2f} ({min(seconds):.2f} to {max(seconds):.2f})",
            f"{count / middle:,.0f}",
            *(f"{ratio:.2f}" for ratio in speeds),
            f"{statistics.median(run.cpu for run in found):.1f}",
            *(f"{ratio:.2f}" for ratio in by_cpu),
            f"{max(run.megabytes for run in found):,.0f}",
            kept,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Whole builds beside scripts that people would write instead.")
    parser.add_argument("--count", type=int, default=5000, help="pictures")
    parser.add_argument("--side", type=int, default=512, help="their width and height")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--contestants", default="plain,exact,tuned,pipeline,pipeline-1")
    parser.add_argument("--work", type=Path, default=HERE.parent / ".cache" / "benchmark", help="where everything is written")
    options = parser.parse_args()
    ways = options.contestants.split(",")
    if unknown := [way for way in ways if way not in WAYS]:
        parser.error(f"unknown contestants {', '.join(unknown)}: choose from {', '.join(WAYS)}")

    root = options.work.resolve() / f"voc-{options.count}-{options.side}"
    generate(root, options.count, options.side, workers=options.workers)
    for path in sorted(root.rglob("*.jpg")):  # everyone finds the pictures in the page cache
        path.read_bytes()

    runs: dict[str, list[Run]] = {way: [] for way in ways}
    for number in range(options.rounds):
        turn = number % len(ways)
        for way in ways[turn:] + ways[:turn]:
            run = start(way, root, options.work.resolve() / "out" / way, options.workers)
            runs[way].append(run)
            print(
                f"round {number + 1}: {way} {run.seconds:.2f} s, CPU {run.cpu:.2f} s, {run.megabytes:.0f} MB, {run.kept} kept",
                file=sys.stderr,
            )
    python = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    print(f"{options.count:,} pictures of {options.side} px, {options.workers} workers, {options.rounds} rounds; {python}\n")
    print(table(runs, options.count))


if __name__ == "__main__":
    main()
