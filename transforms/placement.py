"""Exact places for kept samples, as arithmetic on arrays. Every place follows from ranks in the order of stable hashes.

`images`: the picture of rank r of n goes to shard r * S // n. `pairs`: pictures in that order have their captions numbered
consecutively, starting at (hash of id mod their count) and going round; caption q goes to block q mod P, P = `per_picture`;
in a block, samples are ordered by another hash, and position k of m goes to shard k * t // m of the block's t. So shards
are equal to within one sample, no two captions of a picture share a shard, and kinds of caption are mixed in each.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import Block, Rows
from skypairs.schemas.placed import DONATION, DONOR, KEPT, SAMPLE, Ordered, Placed
from skypairs.schemas.recipe import Shards

BUCKET_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """How many shards a shelf has, and how samples divide among them."""

    blocks: int
    """1 in `images`."""
    each: int
    """Shards a block."""
    samples: int

    @staticmethod
    def of(options: Shards, per_picture: int, samples: int) -> "ShardPlan":
        """Never more shards than samples, so that none is empty."""
        blocks = min(per_picture, samples) if options.layout == "pairs" else 1
        if not samples:
            return ShardPlan(1, 0, 0)
        each = max(math.ceil(samples / (blocks * options.samples)), math.ceil(options.minimum / blocks))
        return ShardPlan(blocks, max(1, min(each, samples // blocks)), samples)

    @property
    def shards(self) -> int:
        return self.blocks * self.each

    def block_size(self, block: int) -> int:
        """Samples in a block: the q below `samples` with q mod blocks = block."""
        return (self.samples - block + self.blocks - 1) // self.blocks

    def shard(self, block: int, ranks: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Shard, and position in it, of the samples at `ranks` of a block."""
        size = self.block_size(block)
        inner = ranks * self.each // size
        starts = -(-inner * size // self.each)
        return block * self.each + inner, ranks - starts


def bucket_bits(rows: int) -> int:
    """Leading bits of an order hash that make buckets of some 65,000 rows."""
    return max(0, math.ceil(math.log2(max(1, rows) / BUCKET_ROWS)))


def buckets(hashes: npt.NDArray[np.bytes_], bits: int) -> npt.NDArray[np.int64]:
    """The bucket of each 16-byte hash: its leading bits, at most 32 of them."""
    leading = np.ascontiguousarray(hashes).view("V16").reshape(-1)
    words = np.frombuffer(leading.tobytes(), ">u4").reshape(-1, 4)[:, 0].astype(np.int64)
    return words >> (32 - bits)


def order_bucket(bucket: int, kept: Iterable[Block], donations: Iterable[Block], per_picture: int) -> Ordered:
    """Sorts a bucket's pictures and settles whose captions they inherit. A rule caption that says what an inherited one says
    is not `chosen` any more."""
    pictures = _join(kept, KEPT)
    pictures = pictures[np.argsort(pictures["order"], kind="stable")]
    offered: dict[bytes, list[Rows]] = {}
    for row in _join(donations, DONATION):
        offered.setdefault(bytes(row["keeper"]), []).append(row)
    counts = np.minimum(pictures["human"].astype(int) + pictures["rules"], per_picture).astype(np.uint8)
    donors: list[tuple[object, ...]] = []
    for index in np.flatnonzero(np.isin(pictures["order"], list(offered))) if offered else ():
        picture = pictures[index]
        taken = list(picture["texts"][: picture["human"]])
        rules = picture["texts"][picture["human"] : picture["human"] + picture["rules"]]
        for row in sorted(offered[bytes(picture["order"])], key=_rank):
            if len(taken) < per_picture and row["text"] not in taken:
                taken.append(row["text"])
                donors.append((picture["order"], row["number"], row["part"], row["offset"], row["length"]))
        counts[index] = min(per_picture, len(taken) + sum(text not in taken for text in rules))
        for number, text in enumerate(rules, int(picture["human"])):
            if text in taken:
                pictures["chosen"][index] &= 0xFFFF ^ 1 << number
    return Ordered(bucket, Block.of(pictures), counts.tobytes(), Block.of(np.array(donors, DONOR)))


def number_samples(
    ordered: Ordered, shelf: int, first_picture: int, first_caption: int, layout: str
) -> tuple[Rows, npt.NDArray[np.int64]]:
    """SAMPLE rows of a bucket's pictures of one shelf, in order, and their numbers (q in `pairs`, rank in `images`)."""
    pictures = ordered.pictures.rows(KEPT)
    counts = np.frombuffer(ordered.captions, np.uint8).astype(np.int64)
    chosen = pictures["shelf"] == shelf
    pictures, counts = pictures[chosen], counts[chosen]
    start = np.array([_start(order, int(count)) for order, count in zip(pictures["order"], counts, strict=True)], np.int64)
    if layout == "images":
        rows = _samples(pictures, counts)
        rows["caption"] = start
        return rows, first_picture + np.arange(len(rows))
    copies = np.repeat(np.arange(len(pictures)), counts)
    within = np.arange(len(copies)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = _samples(pictures[copies], counts[copies])
    rows["caption"] = (start[copies] + within) % np.maximum(counts[copies], 1)
    rows["place"] = [
        stable_hash("place", order.ljust(16, b"\0"), int(number))
        for order, number in zip(rows["order"], rows["caption"], strict=True)
    ]
    return rows, first_caption + np.arange(len(rows))


def pick(samples: Rows, donors: Rows) -> Placed:
    """The samples with those of the donors that their pictures inherit from."""
    inherited = donors[np.isin(donors["order"], samples["order"])] if len(donors) else donors
    return Placed(Block.of(samples), Block.of(inherited))


def join_placed(parts: Iterable[Placed], by: str) -> tuple[Rows, Rows]:
    """Samples of many blocks in one order, and the donors of all of them, each once."""
    listed = list(parts)
    samples = _join((part.samples for part in listed), SAMPLE)
    donors = _join((part.donors for part in listed), DONOR)
    seen: dict[bytes, int] = {}
    for index, row in enumerate(donors):
        seen.setdefault(row.tobytes(), index)
    return samples[np.argsort(samples[by], kind="stable")], donors[sorted(seen.values())]


def _samples(pictures: Rows, counts: npt.NDArray[np.int64]) -> Rows:
    rows: Rows = np.zeros(len(pictures), SAMPLE)
    for name in ("order", "row", "chosen", "part", "offset", "length"):
        rows[name] = pictures[name]
    rows["captions"] = counts
    return rows


def _start(order: bytes, count: int) -> int:
    """Number of the caption that comes first, or that stands for the picture in `images`."""
    return int.from_bytes(stable_hash("start", order.ljust(16, b"\0"), size=8), "big") % max(count, 1)


def _rank(row: Rows) -> tuple[int, int, int, int]:
    return int(row["rank_high"]), int(row["rank_low"]), int(row["number"]), int(row["text"])


def _join(blocks: Iterable[Block], dtype: np.dtype[np.void]) -> Rows:
    """Rows of many blocks; the order of arrival is not to be relied on."""
    return np.frombuffer(b"".join(block.data for block in blocks), dtype)
