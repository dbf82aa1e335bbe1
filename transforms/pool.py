"""A bounded pool that keeps order: the only parallelism inside a worker.

Threads serve because the decoders release the interpreter's lock; processes are an option. What is in flight is limited
by number and by bytes, so memory does not grow with the input.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Generic, TypeVar

from skypairs.schemas.execution import Execution

T = TypeVar("T")
R = TypeVar("R")
IN_FLIGHT_BYTES = 256 << 20
"""An item larger than this travels alone."""
PRELOAD = ("skypairs.transforms.prepare_scene", "skypairs.transforms.sinks.webdataset")
"""Imported once by the server that processes are forked from, so that each starts at once."""


class Pool(Generic[T, R]):
    """Maps a function over items with `execution.workers` workers; one worker runs in the calling thread."""

    def __init__(self, execution: Execution) -> None:
        self._workers = execution.workers
        self._executor: Executor | None = None
        if execution.workers > 1 and execution.pool == "processes":
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(list(PRELOAD))
            self._executor = ProcessPoolExecutor(execution.workers, mp_context=context, initializer=_end_with_parent)
        elif execution.workers > 1:
            self._executor = ThreadPoolExecutor(execution.workers, "skypairs")

    def map(self, function: Callable[[T], R], items: Iterable[T], cost: Callable[[T], int]) -> Iterator[R]:
        """Results in the order of the items. `cost` is an item's bytes; at most `IN_FLIGHT_BYTES` are in flight."""
        if self._executor is None:
            yield from map(function, items)
            return
        waiting: deque[tuple[Future[R], int]] = deque()
        flying = 0
        try:
            for item in items:
                size = cost(item)
                while waiting and (len(waiting) >= 4 * self._workers or flying + size > IN_FLIGHT_BYTES):
                    done, freed = waiting.popleft()
                    yield done.result()
                    flying -= freed
                waiting.append((self._executor.submit(function, item), size))
                flying += size
            while waiting:
                yield waiting.popleft()[0].result()
        finally:
            for future, _ in waiting:
                future.cancel()

    def close(self) -> None:
        """Waits for what runs and frees the workers."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """Worker processes of a killed build would wait for work for ever: each holds an end of the pipe that it reads from."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
