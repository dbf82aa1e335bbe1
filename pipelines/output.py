"""Whose output a folder is: nothing is touched that belongs to another recipe or is being built right now."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skypairs.schemas.errors import OutputError
from skypairs.schemas.recipe import Recipe
from skypairs.schemas.recipe_identity import grown_as, recipe_digest
from skypairs.transforms import storage

CLAIM = ".build.json"
LOCK = ".build.lock"


def finished_manifest(out: str, recipe: Recipe) -> dict[str, Any] | None:
    """The manifest of a finished output of this recipe, None where it is not finished. OutputError for another recipe's."""
    plain = finished(out)
    if plain is not None and plain["digest"] != recipe_digest(grown_as(recipe, plain)):
        raise OutputError(
            f"{out} holds the finished output of another recipe ({plain['name']}): build into another folder, or add --extend "
            "if the recipe only adds to it"
        )
    return plain


def finished(out: str) -> dict[str, Any] | None:
    """The manifest of a finished output, whatever its recipe; None where there is none."""
    manifest = storage.join(out, "manifest.json")
    if storage.stat(manifest) is None:
        return None
    plain: dict[str, Any] = json.loads(storage.read(manifest))
    return plain


def is_claimed(out: str) -> bool:
    """Whether a build of it is under way, or was killed."""
    return storage.stat(storage.join(out, CLAIM)) is not None


@contextlib.contextmanager
def claim(out: str, recipe: Recipe, extends: str = "") -> Iterator[None]:
    """Holds an output while it is built, or extended: `extends` is the digest that its manifest states. Raises OutputError if
    it is another recipe's, another build's, or no output."""
    digest = recipe_digest(recipe)
    path = storage.join(out, CLAIM)
    with _locked(out):
        if storage.stat(path) is not None:
            owner = json.loads(storage.read(path))
            if owner["digest"] != digest and owner["digest"] != extends:  # one that only had to be tidied is done
                what = "extension by" if owner.get("extends") else "build of"
                raise OutputError(
                    f"{out} holds an unfinished {what} another recipe ({owner['name']}): end it with that one, or build into "
                    "another folder"
                )
        elif extends:
            if (manifest := finished(out)) is None or manifest["digest"] != extends:
                raise OutputError(f"{out} was being built by another process until now: start again")
        elif finished_manifest(out, recipe) is not None:
            raise OutputError(f"{out} was being built by another process until now: start again")
        elif [file for file in storage.list_files(out) if storage.relative(file.uri, out) != LOCK]:
            raise OutputError(f"{out} is not empty and not an output of skypairs: build into another folder")
        storage.publish_bytes(json.dumps({"digest": digest, "name": recipe.name, "extends": extends}).encode(), path)
        yield
        storage.delete(path)


@contextlib.contextmanager
def _locked(out: str) -> Iterator[None]:
    """A lock between builds on one machine; on an object store two builds may race and both leave the same bytes."""
    if not storage.is_local(out):
        yield
        return
    Path(out).mkdir(parents=True, exist_ok=True)
    lock = Path(out, LOCK)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(f"{out} is being built by another process") from error
        if not lock.exists() or lock.stat().st_ino != os.fstat(file.fileno()).st_ino:
            raise OutputError(f"{out} was being built by another process until now: start again")
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
