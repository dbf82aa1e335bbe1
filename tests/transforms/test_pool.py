import threading
import time

import pytest

from skypairs.schemas.execution import Execution
from skypairs.transforms import pool as pool_module
from skypairs.transforms.pool import Pool


def double(number: int) -> int:
    time.sleep(0.002 * (number % 3))  # later items finish first
    return 2 * number


@pytest.mark.parametrize(
    "execution",
    [Execution(1), Execution(2), Execution(4), Execution(2, "processes")],
    ids=["one", "two threads", "four threads", "two processes"],
)
def test_results_keep_their_order(execution: Execution) -> None:
    pool: Pool[int, int] = Pool(execution)
    try:
        assert list(pool.map(double, range(50), lambda _: 1)) == [2 * number for number in range(50)]
        assert list(pool.map(double, [], lambda _: 1)) == []
    finally:
        pool.close()


@pytest.mark.parametrize(
    ("cost", "most"), [(1, 16), (pool_module.IN_FLIGHT_BYTES // 3, 3), (pool_module.IN_FLIGHT_BYTES * 2, 1)]
)
def test_items_in_flight_are_limited_by_number_and_bytes(cost: int, most: int) -> None:
    """What has been submitted and not yet taken, seen from the source of the items."""
    pool: Pool[int, int] = Pool(Execution(4))
    taken, seen = 0, []

    def items():  # type: ignore[no-untyped-def]
        for number in range(60):
            seen.append(number - taken)
            yield number

    for _ in pool.map(double, items(), lambda _: cost):
        taken += 1
    pool.close()
    assert max(seen) <= most + 1  # the item being offered is not in flight yet


def test_an_error_comes_out_and_stops_the_rest() -> None:
    started = []
    lock = threading.Lock()

    def work(number: int) -> int:
        with lock:
            started.append(number)
        if number == 5:
            raise ValueError("five")
        return number

    pool: Pool[int, int] = Pool(Execution(2))
    with pytest.raises(ValueError, match="five"):
        list(pool.map(work, range(1000), lambda _: 1))
    pool.close()
    assert len(started) < 100
