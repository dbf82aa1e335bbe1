"""Decodes damaged pictures, each in a process that may die of it, in limited memory and time.

    python -m tests.fuzz.run [--count 20000] [--first 0] [--workers 2]

Prints how many were decoded and how many were refused, by reason, and every one that ended otherwise: exit status 1. Number and
seed make the picture: `--first N --count 1` repeats one.
"""

import argparse
import resource
import sys
import traceback
from collections import Counter
from collections.abc import Iterable
from functools import cache

from skypairs.schemas.errors import DataError
from skypairs.schemas.execution import Execution
from skypairs.transforms import images
from skypairs.transforms.pool import Pool
from tests.fuzz.mutations import damaged

SECONDS = 20
"""A picture of 80 x 60 pixels that takes longer hangs."""
MAX_PIXELS = 1_000_000
MEMORY = 1 << 30
"""Bytes beyond what the process has mapped at its start."""
BUG = "BUG"


def judge(number: int) -> str:
    """`decoded`, the reason why not, or a line that begins with BUG."""
    _limit_memory()
    said, data = damaged(number)
    try:
        header = images.read_header(data)
        images.check_size(header, MAX_PIXELS)
        rgb = images.decode_rgb(data, header)
        if rgb.size > 3 * MAX_PIXELS:
            return f"{BUG} {number} ({said}): decoded to {rgb.shape}, header {header}"
        images.decode_mask(data)
    except DataError as error:
        return f"{BUG} {number} ({said}): {error.reason}" if "MemoryError" in error.reason else error.code
    except Exception:
        return f"{BUG} {number} ({said}): {traceback.format_exc(limit=-4)}"
    return "decoded"


def lost(number: int, reason: str) -> str:
    return f"{BUG} {number} ({damaged(number)[0]}): {reason}"


def run(numbers: Iterable[int], workers: int) -> Counter[str]:
    """Verdicts with their counts."""
    pool: Pool[int, str] = Pool(Execution(workers, "processes", scene_seconds=SECONDS))
    try:
        return Counter(pool.map(judge, numbers, lambda _: 1, lost))
    finally:
        pool.close()


@cache
def _limit_memory() -> None:
    with open("/proc/self/statm") as status:
        mapped = int(status.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY, mapped + MEMORY))


def main() -> int:
    parser = argparse.ArgumentParser(description="Decodes damaged pictures.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    found = run(range(options.first, options.first + options.count), options.workers)
    for verdict, count in found.most_common():
        sys.stdout.write(f"{count:6d}  {verdict}\n")
    return int(any(verdict.startswith(BUG) for verdict in found))


if __name__ == "__main__":
    sys.exit(main())
