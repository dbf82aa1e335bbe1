"""Bytes by range, from memory or from storage: what lets a large file be read in pieces."""

import io
from dataclasses import dataclass
from typing import Protocol

from skypairs.schemas.errors import PictureError
from skypairs.schemas.records import FileStamp
from skypairs.transforms import storage


class ReadFailed(Exception):
    """Storage failed, not the data. No decoder raises it, so it stops the run as any other read that fails does."""


class ByteRanges(Protocol):
    """Something of `size` bytes, of which any range can be read."""

    @property
    def size(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; fewer only at the end."""
        ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Bytes that are there already."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


@dataclass(frozen=True, slots=True)
class InStorage:
    """A file in storage, of which only what is asked for is fetched.

    Reading raises PictureError where the file is gone or shorter than it was listed, ReadFailed where storage fails.
    """

    file: FileStamp

    @property
    def size(self) -> int:
        return self.file.size

    def read(self, offset: int, length: int) -> bytes:
        count = max(0, min(length, self.file.size - offset))
        try:
            return storage.read(self.file.uri, offset, count) if count else b""
        except FileNotFoundError as error:
            raise PictureError("missing picture") from error
        except EOFError as error:
            raise PictureError("truncated picture", "shorter than it was listed") from error
        except OSError as error:
            raise ReadFailed(str(error)) from error


class RangeStream(io.RawIOBase):
    """Ranges as the kind of stream that decoders expect. No read asks for more than is there, whatever a header claims."""

    def __init__(self, ranges: ByteRanges) -> None:
        self._ranges = ranges
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ranges.size}[whence])
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._ranges.read(self._at, max(0, min(len(buffer), self._ranges.size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class BlockStream(io.BufferedReader):
    """A `RangeStream` read by blocks of 64 KiB."""

    def __init__(self, ranges: ByteRanges) -> None:
        super().__init__(RangeStream(ranges), 1 << 16)
        self._size = ranges.size

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(0, self._size - self.tell())
        return super().read(left if size is None or size < 0 else min(size, left))
