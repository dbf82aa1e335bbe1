"""The only place that touches files: local paths, gs:// and s3://.

`read` fetches exactly the bytes asked for, `publish` makes a whole file appear or nothing; nothing relies on an atomic
rename. Object stores go through pyarrow's own clients (Beam's `open` was measured to fetch 16 MiB for a 50 kB read, and its
s3 `with` publishes a half-written object when an error is raised inside it). The usual environment variables of the
stores apply; `AWS_ENDPOINT_URL` and `STORAGE_EMULATOR_HOST` point at an emulator.

A member of a tar is read like a file under the uri `SHARD.tar#OFFSET+LENGTH`, in bytes: `read` and `stat` know such uris, the
rest does not, since nothing is ever written into a tar. They change when their tar does.
"""

import contextlib
import io
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from pyarrow import fs

from skypairs.schemas.records import FileStamp
from skypairs.transforms.listing import Listing

_CHUNK = 8 << 20
_TEMPORARY = ".tmp-"
_MEMBER = re.compile(r"(.+\.tar)#([0-9]+)\+([0-9]+)", re.DOTALL)
_listing: ContextVar[Listing | None] = ContextVar("listing", default=None)


def is_local(uri: str) -> bool:
    """Whether the uri is a path of this machine."""
    return "://" not in uri


def join(base: str, *parts: str) -> str:
    """A uri below another. Empty parts are left out."""
    return "/".join([base.rstrip("/"), *(part.strip("/") for part in parts if part)])


def absolute(uri: str) -> str:
    """The same place, whatever the working directory of the process that opens it."""
    return os.path.abspath(uri) if is_local(uri) else uri.rstrip("/")


def relative(uri: str, base: str) -> str:
    """The part of a uri below `base`; the whole uri where it lies elsewhere."""
    prefix = base.rstrip("/") + "/"
    return uri[len(prefix) :] if uri.startswith(prefix) else uri


def read(uri: str, offset: int = 0, length: int | None = None) -> bytes:
    """`length` bytes from `offset`, or to the end. Raises FileNotFoundError; EOFError if fewer bytes are there."""
    if member := _MEMBER.fullmatch(uri):
        size = int(member[3])
        wanted = max(0, size - offset) if length is None else length
        if offset + wanted > max(size, offset):
            raise EOFError(f"{uri}: {max(0, size - offset)} of {wanted} bytes at {offset}")
        return read(member[1], int(member[2]) + offset, wanted)
    if is_local(uri):
        with open(uri, "rb", buffering=0) as file:
            if length is None:
                file.seek(offset)
                return file.readall()
            data = os.pread(file.fileno(), length, offset)
            while len(data) < length and (more := os.pread(file.fileno(), length - len(data), offset + len(data))):
                data += more
    else:
        store, path = _store(uri)
        with store.open_input_file(path) as file:
            data = file.read_at(file.size() - offset if length is None else length, offset)
    if length is not None and len(data) != length:
        raise EOFError(f"{uri}: {len(data)} of {length} bytes at {offset}")
    return bytes(data)


def member_of(tar: FileStamp, offset: int, length: int) -> FileStamp:
    """`length` bytes from `offset` of a tar, as a file of their own. Its name must end in .tar."""
    return FileStamp(f"{tar.uri}#{offset}+{length}", length, tar.stamp)


def publish(local: Path, uri: str) -> None:
    """Copies a finished local file to `uri`. The whole file appears there, or nothing."""
    with open(local, "rb") as data:
        _publish(data, uri)


def publish_bytes(data: bytes, uri: str) -> None:
    """Writes a small file. The whole file appears, or nothing."""
    _publish(io.BytesIO(data), uri)


@contextlib.contextmanager
def written_text(uri: str) -> Iterator[IO[str]]:
    """A text file that appears at `uri`, whole, when the block is left, and not at all where an error leaves it."""
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        local = Path(folder, "text")
        with local.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        publish(local, absolute(uri))


def _publish(data: IO[bytes], uri: str) -> None:
    """Writes under a temporary name beside the target, then puts it in its place.

    An object store's stream completes its object even when an error cuts it short (Arrow closes it on destruction), so
    there too the target is only ever touched by a copy of a complete object.
    """
    if is_local(uri):
        target = Path(uri)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=target.parent)
        try:
            with open(handle, "wb") as out:
                shutil.copyfileobj(data, out, _CHUNK)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return
    store, path = _store(uri)
    folder, _, name = path.rpartition("/")
    temporary = f"{folder}/{_TEMPORARY}{secrets.token_hex(8)}-{name}"
    try:
        with store.open_output_stream(temporary) as out:
            shutil.copyfileobj(data, out, _CHUNK)
        store.copy_file(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            store.delete_file(temporary)


@contextlib.contextmanager
def listed_once(prefix: str) -> Iterator[None]:
    """Within the block a place on an object store is taken to stay as it is: it is listed once, and all questions where files
    are below it are answered from that. Local folders are asked each time."""
    if is_local(prefix) or _known(prefix):
        yield
        return
    token = _listing.set(Listing(prefix, list_files(prefix)))
    try:
        yield
    finally:
        _listing.reset(token)


def _known(uri: str) -> Listing | None:
    """The listing that answers for a place, if there is one."""
    listing = _listing.get()
    return listing if listing and listing.holds(uri) else None


def list_files(prefix: str) -> list[FileStamp]:
    """Every file below a folder, sorted by uri; empty where there is no such folder. Temporary files are left out."""
    if is_local(prefix):
        found = list(_walk(prefix.rstrip("/") or "/"))
    elif known := _known(prefix):
        return known.below(prefix)
    else:
        store, path = _store(prefix)
        scheme = prefix.partition("://")[0]
        infos = store.get_file_info(fs.FileSelector(path, recursive=True, allow_not_found=True))
        found = [
            FileStamp(f"{scheme}://{info.path}", info.size, str(info.mtime_ns))
            for info in infos
            if info.type == fs.FileType.File
        ]
    return sorted((file for file in found if f"/{_TEMPORARY}" not in file.uri), key=lambda file: file.uri)


def stat(uri: str) -> FileStamp | None:
    """One file, or None where there is no such file."""
    if member := _MEMBER.fullmatch(uri):
        tar = stat(member[1])
        return member_of(tar, int(member[2]), int(member[3])) if tar and int(member[2]) + int(member[3]) <= tar.size else None
    if is_local(uri):
        try:
            status = os.stat(uri)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return FileStamp(uri, status.st_size, str(status.st_mtime_ns)) if os.path.isfile(uri) else None
    if known := _known(uri):
        return known.stat(uri)
    store, path = _store(uri)
    info = store.get_file_info(path)
    return FileStamp(uri, info.size, str(info.mtime_ns)) if info.type == fs.FileType.File else None


def is_folder(uri: str) -> bool:
    """Whether there is a folder, or on an object store any object below the prefix."""
    if is_local(uri):
        return Path(uri).is_dir()
    if known := _known(uri):
        return known.is_folder(uri)
    store, path = _store(uri)
    return bool(store.get_file_info(path.rstrip("/")).type == fs.FileType.Directory)


def folders(uri: str) -> list[str]:
    """Names of the folders directly below a folder, sorted."""
    if is_local(uri):
        return sorted(entry.name for entry in os.scandir(uri) if entry.is_dir()) if Path(uri).is_dir() else []
    if known := _known(uri):
        return known.folders(uri)
    names = (relative(file.uri, uri).partition("/") for file in list_files(uri))  # stores keep no record of folders
    return sorted({name for name, slash, _ in names if slash})


def files(uri: str) -> list[FileStamp]:
    """The files directly below a folder, sorted by uri; empty where there is no such folder."""
    if is_local(uri):
        if not Path(uri).is_dir():
            return []
        entries = sorted((entry for entry in os.scandir(uri) if entry.is_file()), key=lambda entry: entry.name)
        return [FileStamp(entry.path, entry.stat().st_size, str(entry.stat().st_mtime_ns)) for entry in entries]
    if known := _known(uri):
        return known.files(uri)
    store, path = _store(uri)
    scheme = uri.partition("://")[0]
    infos = store.get_file_info(fs.FileSelector(path, allow_not_found=True))
    found = [
        FileStamp(f"{scheme}://{info.path}", info.size, str(info.mtime_ns)) for info in infos if info.type == fs.FileType.File
    ]
    return sorted(found, key=lambda file: file.uri)


def delete(uri: str) -> None:
    """Removes a file; nothing happens where there is none."""
    if is_local(uri):
        Path(uri).unlink(missing_ok=True)
    elif stat(uri):
        store, path = _store(uri)
        with contextlib.suppress(FileNotFoundError):  # another build may be at the same
            store.delete_file(path)


def sweep(folder: str) -> None:
    """Removes the temporary files that a killed process left below a local folder that nobody else writes to.

    Nothing is removed on an object store, where two builds may be at work on one output.
    """
    if is_local(folder):
        for path in Path(folder).rglob(f"{_TEMPORARY}*"):
            path.unlink(missing_ok=True)


def delete_folder(uri: str) -> None:
    """Removes a folder with all that is in it; nothing happens where there is none."""
    if is_local(uri):
        shutil.rmtree(uri, ignore_errors=True)
        return
    store, _ = _store(uri)
    for file in list_files(uri):  # Arrow's delete_dir asks some stores to remove folder objects that are not there
        with contextlib.suppress(FileNotFoundError):
            store.delete_file(_store(file.uri)[1])


def _walk(folder: str) -> Iterator[FileStamp]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir():
            yield from _walk(entry.path)
        elif entry.is_file():
            status = entry.stat()
            yield FileStamp(entry.path, status.st_size, str(status.st_mtime_ns))


def _store(uri: str) -> tuple[fs.FileSystem, str]:
    """The file system of a uri and the path in it, without the scheme."""
    parts = urlsplit(uri)
    return _client(parts.scheme), f"{parts.netloc}{parts.path}"


@lru_cache(maxsize=8)
def _client(scheme: str) -> fs.FileSystem:
    if scheme == "s3":
        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        return fs.S3FileSystem(endpoint_override=endpoint) if endpoint else fs.S3FileSystem()
    if scheme == "gs":
        emulator = urlsplit(os.environ.get("STORAGE_EMULATOR_HOST", ""))
        if emulator.netloc:
            return fs.GcsFileSystem(anonymous=True, scheme=emulator.scheme, endpoint_override=emulator.netloc)
        return fs.GcsFileSystem()
    raise ValueError(f"{scheme}:// is not a place skypairs can read: use a local path, gs:// or s3://")
