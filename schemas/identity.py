"""Names and draws that never change: ids, keys and every choice follow from a stable hash, not from order or chance.

BLAKE2b (RFC 7693) is used throughout: keyed domains, any digest length, the same on every platform. Changing anything
here changes every output ever made; tests pin literal values.
"""

import hashlib
import re
from collections.abc import Iterable

Window = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the source picture, half-open."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def stable_hash(*parts: str | bytes | int, size: int = 16) -> bytes:
    """`size` bytes (1 to 64) that depend on the parts, their kinds and their boundaries, and on nothing else."""
    pieces: list[bytes] = []
    for part in parts:
        if isinstance(part, str):
            data = part.encode()
            pieces += (b"s%d:" % len(data), data)
        elif isinstance(part, int):
            data = b"%d" % part
            pieces += (b"i%d:" % len(data), data)
        else:
            pieces += (b"b%d:" % len(part), part)
    return hashlib.blake2b(b"".join(pieces), digest_size=size).digest()


def stable_share(*parts: str | bytes | int) -> float:
    """A number in [0, 1), uniform over the parts."""
    return (int.from_bytes(stable_hash(*parts, size=8), "big") >> 11) / (1 << 53)


def sample_id(source: str, key: str, window: Window | None = None) -> str:
    """`source/key` of a whole picture, `source/key/x0_y0_x1_y1` of a window cut from it."""
    if _CONTROL.search(key):
        raise ValueError(f"control character in key {key!r}")
    return f"{source}/{key}" if window is None else f"{source}/{key}/{'_'.join(map(str, window))}"


def region_id(picture: str, window: Window) -> str:
    """`PICTURE/crop_x0_y0_x1_y1` of a crop of an object of the picture; the window is in pixels of the source."""
    return f"{picture}/crop_{'_'.join(map(str, window))}"


def sample_key(identifier: str) -> str:
    """Base name of a sample's members in a shard: up to 40 safe characters of its id and 16 hex digits of a digest.

    Letters, digits, `_` and `-` only: readers cut the name at the first dot, and some lower-case it.
    """
    safe = _UNSAFE.sub("_", identifier)[-40:].strip("_-")
    return f"{safe or 'sample'}-{stable_hash('key', identifier, size=8).hex()}"


def order_hash(seed: int, identifier: str) -> bytes:
    """16 bytes that place a picture in the global shuffle (and decide what a `cap` keeps: the smallest)."""
    return stable_hash("order", seed, identifier)


def choose(names: Iterable[str], *parts: str | bytes | int) -> str:
    """Rendezvous hashing (Thaler and Ravishankar 1998): the name with the largest hash together with the parts.

    A name added to the list takes only those choices that it wins; all others stay as they were.
    """
    return max(names, key=lambda name: (stable_hash("choose", name, *parts, size=8), name))
