"""The files of a CLIP model: which they are, what names their content, and a copy on this machine where they lie elsewhere."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skypairs.schemas.errors import UserError
from skypairs.schemas.scores import Scores
from skypairs.transforms import storage

_CHUNK = 8 << 20


def files_of(scores: Scores) -> tuple[str, ...]:
    """Folder and checkpoint of a model; none where it is known by name and its weights by tag."""
    return tuple(filter(None, (scores.folder, scores.checkpoint)))


def files_digest(scores: Scores) -> str:
    """64 hex digits by which a model's files are known wherever they lie; empty where it has none.

    Of a checkpoint its SHA-256. Where a folder is named, the SHA-256 of lines as `sha256sum` prints them, of the files directly
    in it by name, and of the checkpoint. Raises UserError where a file is not there.
    """
    if not files_of(scores):
        return ""
    if not scores.folder:
        return _sha256(scores.checkpoint)
    found = sorted(storage.files(scores.folder), key=lambda file: file.uri.encode()) if _is_folder(scores.folder) else []
    if not found:
        raise UserError(f"{scores.folder}: there is no such folder, or no file in it")
    uris = [*(file.uri for file in found), *filter(None, [scores.checkpoint])]
    lines = "".join(f"{_sha256(uri)}  {uri.rpartition('/')[2]}\n" for uri in uris)
    return hashlib.sha256(lines.encode()).hexdigest()


def check_digest(scores: Scores) -> str:
    """The digest of the files as they are. Raises UserError where the recipe states another one."""
    digest = files_digest(scores)
    if scores.sha256 not in ("", digest):
        places = " and ".join(files_of(scores)) or scores.model
        raise UserError(f"{places}: other files than scores.sha256 says: theirs is {digest or 'none'}")
    return digest


@contextmanager
def on_this_machine(weights: str) -> Iterator[str]:
    """A checkpoint as a local path while the block runs; a tag, or nothing, as it is."""
    if not weights or storage.is_local(weights):
        yield weights
        return
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        path = Path(folder, weights.rpartition("/")[2])
        with path.open("wb") as file:
            for chunk in _chunks(weights):
                file.write(chunk)
        yield str(path)


def _is_folder(uri: str) -> bool:
    try:
        return storage.is_folder(uri)
    except (OSError, ValueError):
        return False


def _sha256(uri: str) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(uri):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(uri: str) -> Iterator[bytes]:
    """The content of a file, some megabytes at a time. Raises UserError where it is not there."""
    try:
        found = storage.stat(uri)
    except (OSError, ValueError) as error:
        raise UserError(f"{uri} cannot be read: {error}") from error
    if found is None:
        raise UserError(f"{uri}: there is no such file")
    for start in range(0, found.size, _CHUNK):
        yield storage.read(uri, start, min(_CHUNK, found.size - start))
