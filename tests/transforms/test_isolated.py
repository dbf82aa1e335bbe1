"""Real crashes and real hangs: the item is lost and named, and everything else is finished."""

import ctypes
import os
import signal
from pathlib import Path

import pytest

from skypairs.schemas.execution import Execution
from skypairs.transforms.isolated import ItemLostError
from skypairs.transforms.pool import Pool


def careless(item: tuple[int, str]) -> str:
    number, folder = item
    if number == 3:
        ctypes.string_at(0)  # reads address 0: a segmentation fault
    if number == 5:
        while True:
            pass
    if number == 7:
        os._exit(4)
    if number == 9 and not (tried := Path(folder, "tried")).exists():
        tried.touch()
        os.kill(os.getpid(), signal.SIGKILL)  # as the system does where memory runs out
    if number == 11:
        raise LookupError("eleven")
    if number == 13:
        raise Unsendable(lambda: None)
    return f"{number} done"


class Unsendable(Exception):
    """Cannot be pickled."""


def items(folder: Path, *numbers: int) -> list[tuple[int, str]]:
    return [(number, str(folder)) for number in numbers]


def lost(item: tuple[int, str], reason: str) -> str:
    return f"{item[0]} lost, {reason}"


@pytest.mark.parametrize("workers", [1, 2])
def test_what_crashes_or_hangs_is_lost_alone(workers: int, tmp_path: Path) -> None:
    pool: Pool[tuple[int, str], str] = Pool(Execution(workers, "processes", scene_seconds=1.5))
    try:
        found = list(pool.map(careless, items(tmp_path, *range(11)), lambda _: 1, lost))
    finally:
        pool.close()
    expected = {
        3: "3 lost, decoder crashed: SIGSEGV",
        5: "5 lost, decoder took too long: over 1.5 s",
        7: "7 lost, decoder crashed: exit status 4",
    }
    assert found == [expected.get(number, f"{number} done") for number in range(11)]
    assert (tmp_path / "tried").exists()  # 9 died once, by accident


def test_errors_come_back_with_their_traceback(tmp_path: Path) -> None:
    pool: Pool[tuple[int, str], str] = Pool(Execution(1, "processes"))
    try:
        with pytest.raises(LookupError, match="eleven") as caught:
            list(pool.map(careless, items(tmp_path, 1, 11, 2), lambda _: 1, lost))
        assert "in careless" in "".join(caught.value.__notes__)
        with pytest.raises(RuntimeError, match="Unsendable"):
            list(pool.map(careless, items(tmp_path, 13), lambda _: 1, lost))
        assert list(pool.map(careless, items(tmp_path, 0), lambda _: 1)) == ["0 done"]  # the process lives on
    finally:
        pool.close()


def test_a_loss_that_nothing_stands_for_is_an_error(tmp_path: Path) -> None:
    pool: Pool[tuple[int, str], str] = Pool(Execution(2, "processes"))
    try:
        with pytest.raises(ItemLostError, match="decoder crashed: SIGSEGV"):
            list(pool.map(careless, items(tmp_path, 1, 3), lambda _: 1))
    finally:
        pool.close()


class Homeless:
    """A function that no process can load."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return __import__, ("no_such_module",)

    def __call__(self, item: int) -> int:
        return item


def test_a_function_that_cannot_be_loaded_is_no_fault_of_the_items() -> None:
    pool: Pool[int, int] = Pool(Execution(1, "processes"))
    try:
        with pytest.raises(RuntimeError, match="does not come up"):
            list(pool.map(Homeless(), [1], lambda _: 1, lambda item, _: item))
    finally:
        pool.close()


def limited(_: int) -> tuple[int, int]:
    import cv2
    import numpy as np

    threads = len(os.listdir("/proc/self/task"))
    square = np.ones((512, 512), np.float32)
    square @ square
    return cv2.getNumThreads(), len(os.listdir("/proc/self/task")) - threads


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted on Linux")
def test_libraries_start_no_threads_in_workers() -> None:
    pool: Pool[int, tuple[int, int]] = Pool(Execution(1, "processes"))
    try:
        assert list(pool.map(limited, [1], lambda _: 1)) == [(1, 0)]
    finally:
        pool.close()
