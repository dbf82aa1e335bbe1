"""What people would write without skypairs: hash, caption, deduplicate, write shards, in one script.

    baseline.py MODE ROOT OUT [--workers N] [--distance 2] [--samples 1000]

ROOT is a Pascal VOC dataset (JPEGImages, Annotations). Modes:

    plain   imagehash, Python dictionaries, webdataset.ShardWriter in the main process: the script of a first afternoon
    exact   the same hashes from a faster decoder, NumPy for the search, tar files written by the workers
    tuned   as exact, but hashes of another definition, from the grey plane decoded at reduced size: the script of a week

It keeps the first picture, by name, of those that look alike. It has no references, no orientations, no ledger, no restart.
"""

import argparse
import itertools
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from multiprocessing import Pool
from pathlib import Path
from xml.etree import ElementTree

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # one thread a worker; has to stand before NumPy is loaded
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

Row = tuple[str, int, list[str], int, int]
"""Name, hash, captions, width, height."""


def annotation(path: Path) -> tuple[int, int, list[tuple[str, float, float]]]:
    """Width, height, and class and centre of each object."""
    root = ElementTree.parse(path).getroot()
    objects = []
    for item in root.iter("object"):
        x0, y0, x1, y1 = (float(item.findtext(f"bndbox/{tag}", "0")) for tag in ("xmin", "ymin", "xmax", "ymax"))
        objects.append((item.findtext("name", "").replace("-", " "), (x0 + x1) / 2, (y0 + y1) / 2))
    return int(root.findtext("size/width", "0")), int(root.findtext("size/height", "0")), objects


def listed(labels: list[str]) -> str:
    """`3 planes, 1 ship`, many beyond ten."""
    counts = sorted(Counter(labels).items())
    return ", ".join(f"{'many' if n > 10 else n} {label}{'s' if n > 1 else ''}" for label, n in counts)


def captions(width: int, height: int, objects: list[tuple[str, float, float]]) -> list[str]:
    """Middle, border, everything, and two single classes."""
    middle = [label for label, x, y in objects if 0.25 <= x / width <= 0.75 and 0.25 <= y / height <= 0.75]
    labels = [label for label, _, _ in objects]
    border = list((Counter(labels) - Counter(middle)).elements())
    classes = sorted(set(labels)) or ["nothing"]
    return [
        f"There are {listed(middle)} in the middle of the picture." if middle else "The middle of the picture is empty.",
        f"There are {listed(border)} at the border of the picture." if border else "The border of the picture is empty.",
        f"An aerial picture of {listed(labels)}." if labels else "An aerial picture.",
        f"There are {labels.count(classes[0])} {classes[0]} in the picture.",
        f"There are {labels.count(classes[-1])} {classes[-1]} in the picture.",
    ]


def hash_plain(path: Path) -> int:
    """p-Hash as the library makes it."""
    import imagehash

    with Image.open(path) as image:
        return int(str(imagehash.phash(image)), 16)


def hash_of(grey: Image.Image) -> int:
    """p-Hash of a grey picture: the signs, about their median, of the lowest 8 x 8 frequencies of 32 x 32 pixels."""
    from scipy.fftpack import dct

    block = dct(dct(np.asarray(grey.resize((32, 32), Image.Resampling.LANCZOS)), axis=0), axis=1)[:8, :8]
    return int.from_bytes(np.packbits(block > np.median(block)).tobytes(), "big")


def hash_exact(path: Path) -> int:
    """The bits of `hash_plain` from a faster decoder."""
    import simplejpeg

    return hash_of(Image.fromarray(simplejpeg.decode_jpeg(path.read_bytes(), "RGB")).convert("L"))


def hash_tuned(path: Path) -> int:
    """Other bits: the grey plane at a half, a quarter or an eighth, of at least 128 pixels."""
    import simplejpeg

    data = path.read_bytes()
    height, width = simplejpeg.decode_jpeg_header(data)[:2]
    step = next((step for step in (8, 4, 2) if min(height, width) // step >= 128), 1)
    wanted = {"min_height": -(-height // step), "min_width": -(-width // step)} if step > 1 else {}
    grey = simplejpeg.decode_jpeg(data, "GRAY", **wanted)
    return hash_of(Image.fromarray(grey[:, :, 0]))


HASHES: dict[str, Callable[[Path], int]] = {"plain": hash_plain, "exact": hash_exact, "tuned": hash_tuned}


def prepare(job: tuple[str, str, str]) -> Row:
    """Everything that is done with one picture by itself."""
    mode, root, name = job
    width, height, objects = annotation(Path(root, "Annotations", f"{name}.xml"))
    value = HASHES[mode](Path(root, "JPEGImages", f"{name}.jpg"))
    return name, value, captions(width, height, objects), width, height


def near_pairs_plain(hashes: list[int], distance: int) -> set[tuple[int, int]]:
    """Pairs within the distance: they agree in at least one of distance + 1 segments."""
    found = set()
    edges = [64 * part // (distance + 1) for part in range(distance + 2)]
    for low, high in itertools.pairwise(edges):
        bins = defaultdict(list)
        for at, value in enumerate(hashes):
            bins[value >> low & (1 << high - low) - 1].append(at)
        for members in bins.values():
            for one, other in itertools.combinations(members, 2):
                if (hashes[one] ^ hashes[other]).bit_count() <= distance:
                    found.add((one, other))
    return found


def near_pairs_fast(hashes: list[int], distance: int) -> set[tuple[int, int]]:
    """The same by sorting each segment and comparing neighbours at growing distance in the order."""
    values = np.array(hashes, np.uint64)
    edges = [64 * part // (distance + 1) for part in range(distance + 2)]
    found: set[tuple[int, int]] = set()
    for low, high in itertools.pairwise(edges):
        segment = values >> np.uint64(low) & np.uint64((1 << high - low) - 1)
        order = np.argsort(segment, kind="stable")
        keys, sorted_values = segment[order], values[order]
        left = np.arange(len(values) - 1)
        for step in itertools.count(1):
            left = left[left + step < len(values)]
            left = left[keys[left] == keys[left + step]]
            if not len(left):
                break
            near = np.bitwise_count(sorted_values[left] ^ sorted_values[left + step]) <= distance
            found.update(zip(order[left[near]].tolist(), order[left[near] + step].tolist(), strict=True))
    return found


def first_of_each(count: int, pairs: set[tuple[int, int]]) -> list[int]:
    """Greedy, in order of name: a picture stays unless one that stays is near it."""
    near = defaultdict(list)
    for one, other in pairs:
        near[max(one, other)].append(min(one, other))
    kept: set[int] = set()
    for at in range(count):
        if not any(other in kept for other in near[at]):
            kept.add(at)
    return sorted(kept)


def members(root: Path, row: Row) -> dict[str, bytes]:
    """The files of one sample."""
    name, value, texts, width, height = row
    facts = {"id": name, "phash": f"{value:016x}", "width": width, "height": height}
    facts |= {f"caption_{at}": text for at, text in enumerate(texts)}
    picture = (root / "JPEGImages" / f"{name}.jpg").read_bytes()
    return {"jpg": picture, "json": json.dumps(facts).encode(), "txt": texts[0].encode()}


def ustar(name: str, data: bytes) -> bytes:
    """A member of a ustar archive (POSIX.1-1988): header, content, padding to 512 bytes."""
    fields = (name.encode().ljust(100, b"\0"), b"0000644\0", b"0000000\0" * 2, b"%011o\0" % len(data), b"00000000000\0")
    head = b"".join((*fields, b" " * 8, b"0", b"\0" * 100, b"ustar\x0000")).ljust(512, b"\0")
    return head[:148] + b"%06o\0 " % sum(head) + head[156:] + data + b"\0" * (-len(data) % 512)


def write_shard(job: tuple[str, str, int, list[Row]]) -> None:
    """One tar file, by a worker."""
    root, out, number, rows = job
    with open(Path(out, f"shard-{number:05d}.tar"), "wb", buffering=1 << 20) as file:
        for row in rows:
            for suffix, data in members(Path(root), row).items():
                file.write(ustar(f"{row[0]}.{suffix}", data))
        file.write(b"\0" * 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description="Hash, caption, deduplicate and write shards without skypairs.")
    parser.add_argument("mode", choices=sorted(HASHES))
    parser.add_argument("root")
    parser.add_argument("out")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--distance", type=int, default=2)
    parser.add_argument("--samples", type=int, default=1000)
    options = parser.parse_args()
    root, out = Path(options.root), Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    names = sorted(path.stem for path in (root / "JPEGImages").glob("*.jpg"))
    with Pool(options.workers) as pool:
        jobs = [(options.mode, options.root, name) for name in names]
        rows = sorted(pool.imap_unordered(prepare, jobs, chunksize=32))
        search = near_pairs_plain if options.mode == "plain" else near_pairs_fast
        pairs = search([row[1] for row in rows], options.distance)
        kept = [rows[at] for at in first_of_each(len(rows), pairs)]
        if options.mode == "plain":
            import webdataset

            with webdataset.ShardWriter(f"{out}/shard-%05d.tar", maxcount=options.samples, verbose=0) as writer:
                for row in kept:
                    writer.write({"__key__": row[0], **members(root, row)})
        else:
            groups = [kept[at : at + options.samples] for at in range(0, len(kept), options.samples)]
            shards = [(options.root, options.out, number, group) for number, group in enumerate(groups)]
            for _ in pool.imap_unordered(write_shard, shards):
                pass
    print(json.dumps({"pictures": len(rows), "pairs": len(pairs), "kept": len(kept)}))


if __name__ == "__main__":
    main()
