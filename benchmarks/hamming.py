"""All pairs of 64-bit hashes within a Hamming distance, on arrays alone: ours beside other exact ways, in one run.

    hamming.py [--counts 10000,100000,1000000] [--distance 3] [--rounds 3]

Random hashes, of which 1 % lie within the distance of another. Rounds are interleaved; of each contestant the middle and the
least of its CPU seconds are shown, and the middle ratio to ours within a round. All use one thread, so that CPU seconds say
what a quiet machine would, and all must find the same number of pairs.

    near_pairs     transforms/hamming.py
    offsets        NumPy in another way: sort by a segment, compare each hash with its 1st, 2nd, 3rd ... successor
    dictionary     plain Python: a dictionary of each segment's values
    faiss flat     IndexBinaryFlat.range_search: all with all; up to 100,000
    faiss hash     IndexBinaryMultiHash of distance + 1 segments
    imagededup     its compiled brute force, a query a hash as in its find_duplicates; up to 10,000

The last three are left out where they are not installed (`pip install faiss-cpu imagededup`).
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

from skypairs.transforms.hamming import near_pairs, segment_values, segments_for  # noqa: E402

Hashes = npt.NDArray[np.uint64]


def hashes(count: int, distance: int) -> Hashes:
    draw = np.random.default_rng(count)
    found = draw.integers(1 << 64, size=count, dtype=np.uint64)
    copies = count // 100
    found[:copies] = found[-copies:]
    for _ in range(distance):
        found[:copies] ^= np.where(
            draw.random(copies) < 0.6, np.uint64(1) << draw.integers(64, size=copies, dtype=np.uint64), 0
        )
    return found


def ours(found: Hashes, distance: int) -> int:
    return len(near_pairs(found, distance)[0])


def offsets(found: Hashes, distance: int) -> int:
    segments, total = segments_for(distance), 0
    for segment in range(segments):
        values = segment_values(found, segment, segments)
        order = np.argsort(values, kind="stable")
        values, ordered = values[order], found[order]
        here, step = np.arange(len(found)), 1
        while True:
            here = here[: np.searchsorted(here, len(found) - step)]
            here = here[values[here] == values[here + step]]
            if not len(here):
                break
            close = here[np.bitwise_count(ordered[here] ^ ordered[here + step]) <= distance]
            for earlier in range(segment):
                alike = segment_values(ordered[close] ^ ordered[close + step], earlier, segments) == 0
                close = close[~alike]
            total += len(close)
            step += 1
    return total


def dictionary(found: Hashes, distance: int) -> int:
    segments, pairs = segments_for(distance), set()
    plain = found.tolist()
    for segment in range(segments):
        bins: dict[int, list[int]] = {}
        for at, value in enumerate(segment_values(found, segment, segments).tolist()):
            bins.setdefault(value, []).append(at)
        for members in bins.values():
            for place, i in enumerate(members):
                for j in members[place + 1 :]:
                    if (plain[i] ^ plain[j]).bit_count() <= distance:
                        pairs.add((i, j))
    return len(pairs)


def faiss_pairs(index: object, found: Hashes, distance: int) -> int:
    rows = found.view(np.uint8).reshape(-1, 8)
    index.add(rows)  # type: ignore[attr-defined]
    limits, _, _ = index.range_search(rows, distance + 1)  # type: ignore[attr-defined]
    return (int(limits[-1]) - len(found)) // 2


def contestants() -> dict[str, tuple[int, Callable[[Hashes, int], int]]]:
    """Name -> (largest count it is tried at, function)."""
    found: dict[str, tuple[int, Callable[[Hashes, int], int]]] = {
        "near_pairs": (10**9, ours),
        "offsets": (10**9, offsets),
        "dictionary": (1_000_000, dictionary),
    }
    try:
        import faiss  # type: ignore[import-not-found, unused-ignore]

        faiss.omp_set_num_threads(1)
        found["faiss flat"] = (100_000, lambda h, d: faiss_pairs(faiss.IndexBinaryFlat(64), h, d))

        def multi(h: Hashes, d: int) -> int:
            return faiss_pairs(faiss.IndexBinaryMultiHash(64, d + 1, 64 // (d + 1)), h, d)

        found["faiss hash"] = (1_000_000, multi)
    except ImportError:
        print("faiss is not installed: left out", file=sys.stderr)
    try:
        from imagededup.handlers.search.brute_force_cython import BruteForceCython  # type: ignore[import-not-found, unused-ignore]

        def deduplicate(h: Hashes, d: int) -> int:
            names = {f"{at:09d}": f"{value:016x}" for at, value in enumerate(h.tolist())}
            search = BruteForceCython(names, lambda one, other: (int(one, 16) ^ int(other, 16)).bit_count())
            return (sum(len(search.search(query, d)) for query in names.values()) - len(h)) // 2

        found["imagededup"] = (10_000, deduplicate)
    except ImportError as error:
        print(f"imagededup is not installed: left out ({error})", file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="All pairs of hashes within a Hamming distance, beside other ways.")
    parser.add_argument("--counts", default="10000,100000,1000000")
    parser.add_argument("--distance", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ways = contestants()
    print("| hashes | | CPU seconds (least) | times ours | pairs |\n|---|---|---|---|---|")
    for count in map(int, options.counts.split(",")):
        drawn = hashes(count, options.distance)
        taking = [name for name, (most, _) in ways.items() if count <= most]
        seconds: dict[str, list[float]] = {name: [] for name in taking}
        pairs: dict[str, int] = {}
        for number in range(options.rounds):
            turn = number % len(taking)
            for name in taking[turn:] + taking[:turn]:
                began = time.process_time()
                pairs[name] = ways[name][1](drawn, options.distance)
                seconds[name].append(time.process_time() - began)
        for name in taking:
            ratio = statistics.median(a / b for a, b in zip(seconds[name], seconds["near_pairs"], strict=True))
            cells = f"{statistics.median(seconds[name]):.4f} ({min(seconds[name]):.4f}) | {ratio:.2f} | {pairs[name]:,}"
            print(f"| {count:,} | {name} | {cells} |", flush=True)
        if len(set(pairs.values())) > 1:
            raise SystemExit("the contestants do not agree")


if __name__ == "__main__":
    main()
