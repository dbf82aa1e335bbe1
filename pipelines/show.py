"""How results are printed: tables and lines on standard output, everything else on standard error."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table


def console(stream: Any) -> Console:
    return Console(file=stream, highlight=False)


def table(rows: Sequence[Sequence[str]]) -> None:
    """A table for people on a terminal, tab-separated text for programs elsewhere. The first row holds the headers."""
    if not sys.stdout.isatty():
        lines("\t".join(row) for row in rows)
        return
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for number, name in enumerate(rows[0]):
        table.add_column(name, overflow="fold", no_wrap=number == 0)
    for row in rows[1:]:
        table.add_row(*row)
    console(sys.stdout).print(table, markup=False)


def lines(texts: Iterable[str]) -> None:
    """To standard output, one after the other."""
    for text in texts:
        line(text)


def line(text: str) -> None:
    """To standard output."""
    print(text)


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")  # in one piece: other threads may be logging


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while the block runs, to be told (done, all). Where that is no terminal, nothing is shown."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    on = console(sys.stderr)
    with Progress(*columns, console=on, transient=True, disable=not on.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
