"""A bounded pool that keeps order: the only parallelism inside a worker.

Threads serve because the decoders release the interpreter's lock, but a decoder that crashes takes the whole build with it, and
one that hangs is waited for. With processes such an item alone is lost (isolated.py). What is in flight is limited by number
and by bytes, so memory does not grow with the input.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from skypairs.schemas.execution import Execution
from skypairs.transforms.isolated import IsolatedWorker, ItemLostError
from skypairs.transforms.one_thread import one_thread

T = TypeVar("T")
R = TypeVar("R")
IN_FLIGHT_BYTES = 256 << 20
"""An item larger than this travels alone."""


class Pool(Generic[T, R]):
    """Maps a function over items with `execution.workers` workers; a single thread is the calling one."""

    def __init__(self, execution: Execution) -> None:
        one_thread()
        self._workers, self._seconds = execution.workers, execution.scene_seconds
        self._isolated = execution.pool == "processes"
        self._executor = ThreadPoolExecutor(execution.workers, "skypairs") if self._isolated or execution.workers > 1 else None
        self._of_thread = threading.local()  # each thread has a process of its own
        self._processes: list[IsolatedWorker] = []

    def map(
        self,
        function: Callable[[T], R],
        items: Iterable[T],
        cost: Callable[[T], int],
        lost: Callable[[T, str], R] | None = None,
    ) -> Iterator[R]:
        """Results in the order of the items. `cost` is an item's bytes; at most `IN_FLIGHT_BYTES` are in flight.

        `lost`: what stands for an item, and why, that crashed its process or took it too long; without it that is an error.
        """
        if self._executor is None:
            yield from map(function, items)
            return
        work = self._apart(function, lost) if self._isolated else function
        waiting: deque[tuple[Future[R], int]] = deque()
        flying = 0
        try:
            for item in items:
                size = cost(item)
                while waiting and (len(waiting) >= 4 * self._workers or flying + size > IN_FLIGHT_BYTES):
                    done, freed = waiting.popleft()
                    yield done.result()
                    flying -= freed
                waiting.append((self._executor.submit(work, item), size))
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
        for process in self._processes:
            process.close()

    def _apart(self, function: Callable[[T], R], lost: Callable[[T, str], R] | None) -> Callable[[T], R]:
        """The function, run in the process of the calling thread."""

        def work(item: T) -> R:
            if (process := getattr(self._of_thread, "process", None)) is None:
                process = self._of_thread.process = IsolatedWorker()
                self._processes.append(process)
            try:
                result: R = process.run(function, item, self._seconds)
            except ItemLostError as error:
                if lost is None:
                    raise
                return lost(item, str(error))
            return result

        return work
