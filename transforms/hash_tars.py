"""Pictures in tars that anybody has made, hashed as a build hashes its own: one pass over each tar, one picture at a time.

What leaves is its fingerprints, 1.3 kB a picture. Nothing that cannot be read is passed over without being named.
"""

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skypairs.schemas.errors import DataError, PictureError
from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Pictures
from skypairs.schemas.records import FileStamp, Fingerprints
from skypairs.transforms import images, storage
from skypairs.transforms.cut_tiles import cut_windows
from skypairs.transforms.emit_picture import emit_picture
from skypairs.transforms.fingerprints import FINGERPRINTS
from skypairs.transforms.ranges import InStorage, RangeStream
from skypairs.transforms.readers.webdataset_tars import PICTURES, by_sample

_CHUNK = 8 << 20
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Policy:
    """How pictures are treated before they are hashed."""

    pictures: Pictures
    hash: str


@dataclass(frozen=True, slots=True)
class HashedPicture:
    """A picture, or a window that was cut from it."""

    name: str
    """Of its sample in the tar, or the id that it is known by."""
    window: Window | None
    place: str
    """Uri that its bytes are read from."""
    fingerprints: Fingerprints


@dataclass(frozen=True, slots=True)
class Hashed:
    """Many pictures as arrays, row by row."""

    names: tuple[str, ...]
    windows: tuple[Window | None, ...]
    places: tuple[str, ...]
    hashes: npt.NDArray[np.uint64]
    """(n, 8), of all orientations."""
    flat: npt.NDArray[np.bool_]
    pixels: tuple[bytes, ...]
    """32 bytes each; none of those that are not flat."""
    thumbnails: tuple[bytes, ...]
    """As in `Fingerprints`; empty of a reference that has none."""
    samples: int = 0
    """Samples that the tar holds, read or not."""
    unread: tuple[tuple[str, str], ...] = ()
    """(name, reason) of samples that have no fingerprint; name "" speaks of the rest of the tar."""

    @staticmethod
    def of(found: list[HashedPicture], samples: int = 0, unread: list[tuple[str, str]] | None = None) -> "Hashed":
        data = b"".join(b"".join(item.fingerprints.phash) for item in found)
        return Hashed(
            tuple(item.name for item in found),
            tuple(item.window for item in found),
            tuple(item.place for item in found),
            np.frombuffer(data, ">u8").astype(np.uint64).reshape(-1, 8),
            np.array([item.fingerprints.flat for item in found], bool),
            tuple(item.fingerprints.pixels_sha256 or b"" for item in found),
            tuple(item.fingerprints.thumbnail for item in found),
            samples,
            tuple(unread or ()),
        )


def hash_picture(name: str, place: str, data: bytes, policy: Policy, emitted: bool = False) -> list[HashedPicture]:
    """The fingerprints of a picture, or of the windows that it is cut into (not if it was `emitted`). Raises PictureError."""
    header = images.read_header(data)
    images.check_size(header, policy.pictures.max_pixels)
    picture = images.open_picture(data, header)
    found = []
    for window in (() if emitted else cut_windows(header.width, header.height, policy.pictures)) or (None,):
        made, pixels = emit_picture(picture, window, policy.pictures)
        found.append(HashedPicture(name, window, place, FINGERPRINTS[policy.hash](made.data, pixels)))
    return found


def hash_places(listed: tuple[tuple[str, FileStamp], ...], policy: Policy) -> Hashed:
    """Pictures that a build has emitted, by id and place."""
    found: list[HashedPicture] = []
    unread: list[tuple[str, str]] = []
    for name, file in listed:
        try:
            found += hash_picture(name, file.uri, storage.read(file.uri), policy, emitted=True)
        except (DataError, OSError, EOFError) as error:
            unread.append((name, _reason(error)))
    return Hashed.of(found, len(listed), unread)


def hash_tar(tar: FileStamp, policy: Policy) -> Hashed:
    """The pictures of a tar, in order: of each sample the first. A damaged tar ends in an unread row that says where."""
    found: list[HashedPicture] = []
    unread: list[tuple[str, str]] = []
    samples, pending = 0, ""
    try:
        for name, first, place, data in _pictures(tar):
            if first:
                if pending:
                    unread.append((pending, "no picture"))
                samples, pending = samples + 1, name
            if place and pending:
                pending = ""
                try:
                    found += hash_picture(name, place, data, policy)
                except DataError as error:
                    unread.append((name, error.reason))
    except (tarfile.TarError, EOFError, OSError) as error:
        unread.append(("", _reason(error)))
    if pending:
        unread.append((pending, "no picture"))
    return Hashed.of(found, samples, unread)


def _pictures(tar: FileStamp) -> Iterator[tuple[str, bool, str, bytes]]:
    """(sample, whether it begins here, place of the picture or "", its bytes) of every member with a suffix."""
    with tarfile.open(fileobj=io.BufferedReader(RangeStream(InStorage(tar)), _CHUNK), mode="r:") as archive:
        members = (member for member in archive if member.isreg() and not member.issparse())
        for name, suffix, first, member in by_sample(members):
            if suffix not in PICTURES:
                yield name, first, "", b""
                continue
            if member.offset_data + member.size > tar.size:
                raise tarfile.ReadError(f"cut off in its member {member.name}")
            file = archive.extractfile(member)
            assert file is not None, "a regular member has content"
            yield name, first, storage.member_of(tar, member.offset_data, member.size).uri, file.read()
        end = storage.read(tar.uri, archive.offset, min(_BLOCK, max(0, tar.size - archive.offset)))
        if len(end) < _BLOCK or any(end):  # tarfile takes whatever is no header for the end
            raise tarfile.ReadError(f"damaged or cut off at byte {archive.offset}")


def _reason(error: Exception) -> str:
    text = error.reason if isinstance(error, PictureError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:200]
