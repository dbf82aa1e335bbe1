"""A worker process that runs one item at a time, so that what kills or hangs it is known by name.

Decoders are C, and pictures come from anywhere: one may end its process (a segmentation fault) or never return. The process is
then replaced. An item that ended it is tried once more in the new one: what ends that too is lost, anything else (a process
that the system killed for memory, say) was an accident. The clock decides nothing but whether a process is given up.
"""

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import ForkingPickler
from typing import Any

from skypairs.transforms.one_thread import one_thread

PRELOAD = ("skypairs.transforms.prepare_part", "skypairs.transforms.sinks.webdataset")
"""Imported once by the server that processes are forked from, so that each starts at once."""
TRIES = 2
_START_SECONDS = 300


class ItemLostError(Exception):
    """The process died of an item each time it was tried, or was given up on it. The text is fit for a ledger."""


class _DiedError(Exception):
    """The process died. The text says how."""


def context() -> ForkServerContext:
    """Where processes come from: forked from a server without threads, never from this process."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(PRELOAD))
    return found


class IsolatedWorker:
    """One process, started when it is first needed. Used by one thread at a time."""

    def __init__(self) -> None:
        self._context = context()
        self._process: Any = None
        self._pipe: Connection | None = None
        self._function: Callable[[Any], Any] | None = None
        """What the process has been sent: once for many items."""

    def run(self, function: Callable[[Any], Any], item: Any, seconds: float) -> Any:
        """What the function makes of the item, or what it raises. Raises ItemLostError where the process is lost."""
        death, began = "", False
        for _ in range(TRIES):
            try:
                return self._try(function, item, seconds)
            except _DiedError as error:
                death, began = str(error), self._function is function
                self.close()
        if not began:
            raise RuntimeError(f"a worker process does not come up: {death}")
        raise ItemLostError(f"decoder crashed: {death}")

    def close(self) -> None:
        """Ends the process, busy or not."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = self._function = None

    def _try(self, function: Callable[[Any], Any], item: Any, seconds: float) -> Any:
        try:
            pipe = self._pipe or self._start()
            if function is not self._function:
                pipe.send(function)
                self._await_start(pipe)
                self._function = function
            pipe.send(item)
            if not pipe.poll(seconds):
                self.close()
                raise ItemLostError(f"decoder took too long: over {seconds:g} s")
            returned, value = pipe.recv()
        except (EOFError, OSError) as error:
            raise _DiedError(self._death()) from error
        if returned:
            return value
        raise value

    def _start(self) -> Connection:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._await_start(self._pipe)
        return self._pipe

    def _await_start(self, pipe: Connection) -> None:
        """Starting, and the imports that a function brings, are no part of an item's time."""
        if not pipe.poll(_START_SECONDS):
            raise RuntimeError("a worker process did not start")
        pipe.recv()

    def _death(self) -> str:
        self._process.join()
        code = self._process.exitcode
        return signal.Signals(-code).name if code < 0 else f"exit status {code}"


def _work(pipe: Connection) -> None:
    """The process: a function or items in, (True, result) or (False, error) out, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle
    _end_with_parent()
    one_thread()
    function: Callable[[Any], Any] | None = None
    pipe.send(None)
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        if callable(item):
            function = item
            pipe.send(None)
            continue
        try:
            assert function is not None, "an item came before its function"
            answer = ForkingPickler.dumps((True, function(item)))
        except Exception as error:
            answer = _raised(error)
        pipe.send_bytes(answer)


def _raised(error: Exception) -> memoryview:
    """The error, with its traceback here as a note; one that cannot travel is told as text."""
    told = f"in a worker process:\n{traceback.format_exc()}"
    error.add_note(told)
    try:
        return ForkingPickler.dumps((False, error))
    except Exception:
        return ForkingPickler.dumps((False, RuntimeError(told)))


def _end_with_parent() -> None:
    """A process that works when a build is killed would work on for nothing."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
