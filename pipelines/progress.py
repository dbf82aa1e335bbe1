"""How far a build is, from the small files it leaves in staging. The engine is never asked: some answer late or not at all.

Ingest leaves one list of parts a source; a part is done when its records, and for a source its cards, are there; scores are a
file a part; every shard that is written leaves a mark.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from skypairs.schemas.records import FileStamp
from skypairs.transforms import storage

LOCAL_SECONDS = 1.0
STORE_SECONDS = 15.0
"""An object store bills every listing."""
PLAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Scenes, parts and shards."""

    sources: int = 0
    """Sources and references that are listed."""
    total: int = 0
    """Scenes to prepare."""
    done: int = 0
    """Scenes in finished parts."""
    parts: int = 0
    parts_done: int = 0
    shards: int = 0
    """Shards written."""
    scored: int = 0
    """Files of scores, where the recipe asks for them: one a part of the sources."""
    to_score: int = 0
    """Parts of the sources."""


def count(lists: Sequence[dict[str, Any]], names: Sequence[str]) -> Counts:
    """Counts from the lists of parts, one a source, and the names of all files below staging."""
    there = frozenset(names)
    total = done = parts = parts_done = to_score = 0
    for part in (part for listed in lists for part in listed["parts"]):
        marks = [f"looks/{part['look']}.arrow"] + ([f"cards/{part['cards']}.arrow"] if part["cards"] else [])
        ready = all(mark in there for mark in marks)
        total, parts = total + part["scenes"], parts + 1
        done, parts_done = done + part["scenes"] * ready, parts_done + ready
        to_score += bool(part["cards"])
    shards = sum(name.startswith("shards/") and name.endswith(".json") for name in names)
    scored = sum(name.startswith("scores/") for name in names)
    return Counts(len(lists), total, done, parts, parts_done, shards, scored, to_score)


def latest_lists(files: Sequence[FileStamp], read: Callable[[str], bytes]) -> list[dict[str, Any]]:
    """The newest list of parts of each source: one that has changed since a stopped build leaves its old list behind."""
    newest: dict[str, dict[str, Any]] = {}
    lists = [file for file in files if "/ingest/" in file.uri and file.uri.endswith(".json")]
    for file in sorted(lists, key=lambda file: (file.stamp.rjust(24), file.uri)):
        listed = json.loads(read(file.uri))
        newest[listed["source"]] = listed
    return [newest[source] for source in sorted(newest)]


def watch(staging: str) -> Counts:
    """One look at staging."""
    files = storage.list_files(staging)
    return count(latest_lists(files, storage.read), [storage.relative(file.uri, staging) for file in files])


def phase(counts: Counts) -> str:
    """What the build is at, in words."""
    if not counts.sources:
        return "listing sources"
    if counts.done < counts.total:
        return "preparing pictures"
    if counts.shards:
        return "writing shards"
    return "scoring captions" if 0 < counts.scored < counts.to_score else "finding duplicates"


@contextmanager
def shown(staging: str, console: Console) -> Iterator[None]:
    """Shows progress on a console while the block runs: a bar on a terminal, elsewhere a line every ten seconds.

    A staging that cannot be listed for the moment shows nothing; it never stops the build.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_poll, args=(staging, console, stop), name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _poll(staging: str, console: Console, stop: threading.Event) -> None:
    every = LOCAL_SECONDS if storage.is_local(staging) else STORE_SECONDS
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
    )
    start = time.monotonic()
    first: int | None = None
    said = start
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("listing sources", total=None, note="")
        while not stop.wait(every):
            try:
                counts = watch(staging)
            except (OSError, ValueError):
                continue
            now = time.monotonic()
            if first is None and counts.total:
                first, start = counts.done, now  # what an earlier run prepared says nothing about the rate
            rate = (counts.done - (first or 0)) / max(now - start, 1e-9)
            note = note_of(counts, rate)
            bar.update(task, description=phase(counts), completed=counts.done, total=counts.total or None, note=note)
            if not console.is_terminal and now - said >= PLAIN_SECONDS:
                said = now
                console.print(plain_line(counts, rate), highlight=False, markup=False, soft_wrap=True)


def note_of(counts: Counts, rate: float) -> str:
    """Beside the bar: the rate while pictures are prepared, then the shards."""
    if counts.done < counts.total:
        return f"{rate:.0f} a second" if rate >= 1 else ""
    return f"{counts.shards} shards" if counts.shards else ""


def plain_line(counts: Counts, rate: float) -> str:
    """One line for a log: `preparing pictures: 512 of 2048 (2 of 8 parts), 130 a second, 12 s left`."""
    if phase(counts) == "scoring captions":
        return f"scoring captions: {counts.scored} of {counts.to_score} parts"
    if phase(counts) != "preparing pictures":
        return phase(counts) + (f": {counts.shards} written" if counts.shards else "")
    text = f"preparing pictures: {counts.done} of {counts.total} ({counts.parts_done} of {counts.parts} parts)"
    return text + (f", {rate:.0f} a second, {(counts.total - counts.done) / rate:.0f} s left" if rate >= 1 else "")
