"""Reads shards back: forward through a file of any store, sample by sample."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from skypairs.schemas.errors import OutputError
from skypairs.transforms import storage
from skypairs.transforms.sinks import ustar

CHUNK = 8 << 20
_PICTURES = ("jpg", "png", "webp")


@dataclass(frozen=True, slots=True)
class OutputSample:
    """One sample of a shard."""

    key: str
    shard: str
    """Path below the output."""
    picture: bytes
    """As it was emitted."""
    format: str
    """jpg, png or webp."""
    text: str
    json: dict[str, Any]


class Forward:
    """Fetches ranges of a file in ascending order through a buffer, so that an object store sees few requests."""

    def __init__(self, uri: str, size: int, chunk: int = CHUNK) -> None:
        self._uri, self._size, self._chunk = uri, size, chunk
        self._start, self._buffer = 0, b""
        self._digest = hashlib.sha256()

    def __call__(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, fewer at the end of the file. Ranges may overlap the last one but not lie before it."""
        stop = min(offset + length, self._size)
        while self._start + len(self._buffer) < stop:
            self._more(offset, stop)
        return self._buffer[offset - self._start : max(offset, stop) - self._start]

    def sha256(self) -> str:
        """64 hex digits of the whole file; reads what is left of it."""
        while (at := self._start + len(self._buffer)) < self._size:
            self._more(at, at)
        return self._digest.hexdigest()

    def _more(self, keep: int, stop: int) -> None:
        at = self._start + len(self._buffer)
        more = storage.read(self._uri, at, min(max(self._chunk, stop - at), self._size - at))
        self._digest.update(more)
        dropped = min(max(keep - self._start, 0), len(self._buffer))
        self._buffer = self._buffer[dropped:] + more
        self._start += dropped


def headers_only(uri: str, size: int) -> ustar.Fetch:
    """Fetches ranges for a walk over headers: one by one from a local file, through a buffer from an object store."""
    if storage.is_local(uri):
        return lambda offset, length: storage.read(uri, offset, min(length, size - offset))
    return Forward(uri, size)


def read_samples(out: str, shard: str) -> Iterator[OutputSample]:
    """Every sample of a shard in order. Raises OutputError where the shard is missing, damaged or of another layout."""
    uri = storage.join(out, shard)
    file = storage.stat(uri)
    if file is None:
        raise OutputError(f"{shard} is missing from {out}")
    fetch = Forward(uri, file.size)
    parts: dict[str, bytes] = {}
    current = ""
    try:
        for member in ustar.members(fetch, file.size):
            key, _, suffix = member.name.partition(".")
            if current and key != current:
                yield _sample(current, shard, parts)
                parts = {}
            current = key
            parts[suffix] = fetch(member.offset, member.size)
        if current:
            yield _sample(current, shard, parts)
    except (ustar.TarError, ValueError, KeyError) as error:
        raise OutputError(f"{shard} is damaged ({error}): `skypairs verify` says more") from error


def _sample(key: str, shard: str, parts: dict[str, bytes]) -> OutputSample:
    found = [suffix for suffix in _PICTURES if suffix in parts]
    if len(found) != 1:
        raise ValueError(f"{key} has {len(found)} pictures")
    text, card = parts["txt"].decode(), json.loads(parts["json"])
    return OutputSample(key, shard, parts[found[0]], found[0], text, card)
