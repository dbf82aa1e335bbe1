"""Writing tar shards beside webdataset.TarWriter and tarfile: samples a second, the same samples, one core.

    shards.py [--samples 2000] [--sizes 4000,20000,60000] [--rounds 7]

A sample is a picture of so many bytes, 2 kB of json and 60 bytes of text, in memory already: encoding json is not part of any
contestant's work. Each round writes one shard with every contestant, in an order that turns, into the page cache; ratios are
taken within a round and their median is shown. `+ sha256` digests the shard while it is written, as a build does.
"""

import argparse
import hashlib
import io
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import webdataset

from skypairs.transforms.sinks import ustar

Samples = list[tuple[str, bytes, bytes, bytes]]


def made(count: int, size: int) -> Samples:
    return [
        (f"scene_{n:06d}-{n:016x}", hashlib.shake_128(b"%d" % n).digest(size), b'{"a":1}' * 290, b"A ship near the edge." * 3)
        for n in range(count)
    ]


def by_ustar(samples: Samples, path: Path) -> None:
    with path.open("wb", 1 << 20) as tar:
        for key, *members in samples:
            for suffix, data in zip(("jpg", "json", "txt"), members, strict=True):
                for piece in (ustar.header(f"{key}.{suffix}", len(data)), data, ustar.padding(len(data))):
                    tar.write(piece)
        tar.write(ustar.END)


def by_ustar_with_digest(samples: Samples, path: Path) -> None:
    digest = hashlib.sha256()
    with path.open("wb", 1 << 20) as tar:
        for key, *members in samples:
            for suffix, data in zip(("jpg", "json", "txt"), members, strict=True):
                for piece in (ustar.header(f"{key}.{suffix}", len(data)), data, ustar.padding(len(data))):
                    tar.write(piece)
                    digest.update(piece)
        tar.write(ustar.END)
    digest.hexdigest()


def by_tarfile(samples: Samples, path: Path) -> None:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for key, *members in samples:
            for suffix, data in zip(("jpg", "json", "txt"), members, strict=True):
                info = tarfile.TarInfo(f"{key}.{suffix}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))


def by_webdataset(samples: Samples, path: Path) -> None:
    """Members are bytes, so that its encoders do nothing."""
    with webdataset.TarWriter(str(path), mtime=0, user="", group="") as tar:
        for key, picture, json, text in samples:
            tar.write({"__key__": key, "jpg": picture, "json": json, "txt": text})


def raw(samples: Samples, path: Path) -> None:
    with path.open("wb", 1 << 20) as file:
        for _, *members in samples:
            for data in members:
                file.write(data)


WAYS: dict[str, Callable[[Samples, Path], None]] = {
    "webdataset.TarWriter": by_webdataset,
    "tarfile": by_tarfile,
    "skypairs": by_ustar,
    "skypairs + sha256": by_ustar_with_digest,
    "bytes alone": raw,
}


def content(path: Path) -> list[tuple[str, bytes]]:
    with tarfile.open(path) as tar:
        return [(member.name, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--sizes", default="4000,20000,60000")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(f"{'bytes':>8}  {'contestant':<22}{'samples/s':>12}{'x webdataset':>14}{'x tarfile':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, options.sizes.split(",")):
            samples = made(options.samples, size)
            paths = {name: Path(folder, name.replace(" ", "")) for name in WAYS}
            spent: dict[str, list[float]] = {name: [] for name in WAYS}
            names = list(WAYS)
            for number in range(options.rounds):
                for name in names[number % len(names) :] + names[: number % len(names)]:
                    start = time.process_time()
                    WAYS[name](samples, paths[name])
                    spent[name].append(time.process_time() - start)
            assert content(paths["skypairs"]) == content(paths["tarfile"])
            assert sorted(content(paths["skypairs"])) == sorted(content(paths["webdataset.TarWriter"]))
            for name in names:
                rate = options.samples / statistics.median(spent[name])
                ratios = [
                    statistics.median(other / own for other, own in zip(spent[rival], spent[name], strict=True))
                    for rival in ("webdataset.TarWriter", "tarfile")
                ]
                print(f"{size:>8}  {name:<22}{rate:>12,.0f}{ratios[0]:>14.2f}{ratios[1]:>12.2f}")


if __name__ == "__main__":
    main()
