"""SHA-256 of bytes, files and the pieces of both."""

import hashlib
from pathlib import Path


def sha256(data: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(data).digest()


def sha256_file(path: Path) -> str:
    """64 hex digits of a local file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
