"""Whole builds, and what they leave, compared byte for byte. Shared by the tests of restarts and of engines."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.catalog import load
from skypairs.pipelines.read_recipe import read_recipe
from skypairs.pipelines.resolve import Resolved, resolve
from skypairs.schemas.execution import Execution
from skypairs.transforms import storage

Stamp = tuple[int, int, int]
"""Inode, size and time of change of a file: equal as long as nobody writes it again."""


def resolved(recipe: Path, overrides: Sequence[str] = ()) -> Resolved:
    return resolve(read_recipe(str(recipe), overrides), load())


def build_here(
    recipe: Path, out: Path | str, *overrides: str, execution: Execution | None = None, beam_args: Sequence[str] = ()
) -> str:
    """Builds in this process. Returns the digest of all files of the output."""
    _, state = build(resolved(recipe, overrides), str(out), execution or Execution(2), beam_args)
    assert state == "built"
    return digest(out)


def contents(out: Path | str) -> dict[str, str]:
    """sha256 of every file below a folder or a prefix, by path, but for a staging folder that was kept."""
    base = storage.absolute(str(out))
    uris = [file.uri for file in storage.list_files(base)]
    if storage.is_local(base):  # with the temporary files that a listing leaves out
        uris = [str(path) for path in sorted(Path(base).rglob("*")) if path.is_file()]
    names = {uri: storage.relative(uri, base) for uri in uris}
    return {name: hashlib.sha256(storage.read(uri)).hexdigest() for uri, name in names.items() if name[:9] != ".staging/"}


def digest(out: Path | str) -> str:
    """One digest of all files with their names."""
    found = contents(out)
    assert "manifest.json" in found and any(name.endswith(".tar") for name in found)
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def stamps(folder: Path, pattern: str = "**/*") -> dict[str, Stamp]:
    """Stamps of the files below a folder, by path."""
    found = {}
    for path in sorted(folder.glob(pattern)):
        if path.is_file():
            status = os.stat(path)
            found[str(path.relative_to(folder))] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found
