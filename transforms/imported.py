"""Captions that a person or a model wrote elsewhere, as JSON lines: found by id, held against the boxes, then used.

    {"id": "dota-train/P0706/0_0_768_768", "caption": "Ships lie in a marina.", "by": "captioner 7B"}

What stands in a file is looked up through an index of 28 bytes a line: the texts stay where they are.
"""

import hashlib
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import BuildStopped, UserError
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.recipe import Captions
from skypairs.schemas.records import Caption
from skypairs.transforms import storage
from skypairs.transforms.captions.tokens import token_bound
from skypairs.transforms.row_picture import row_picture
from skypairs.transforms.truth.evaluate import Truth, check_sentences
from skypairs.transforms.truth.picture import Picture

_CHUNK = 8 << 20
_BY = 200
_ENTRY = np.dtype([("id", "<u8"), ("offset", "<u8"), ("length", "<u4")])


@dataclass(frozen=True, slots=True)
class Offered:
    """One line of a file."""

    id: str
    caption: str
    """On one line, without control characters; empty where nothing is left."""
    by: str
    """Name of the model or person, as the file gives it; empty: it does not say."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What becomes of the lines of one picture."""

    captions: tuple[Caption, ...] = ()
    """Of kind `imported`, in the order of the file, none twice."""
    lines: int = 0
    false: int = 0


class ImportFile:
    """A file of captions, read once from end to end and then by id. Raises UserError where a line is none."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.lines = 0
        digest = hashlib.sha256()
        ids, offsets, lengths = array("Q"), array("Q"), array("I")
        for offset, line in _lines(uri):
            digest.update(line)
            self.lines += 1
            if line.strip():
                item = _parsed(line, uri, self.lines)
                ids.append(_key(item.id))
                offsets.append(offset)
                lengths.append(len(line))
        self.captions = len(ids)
        entries = np.zeros(len(ids), _ENTRY)
        entries["id"], entries["offset"], entries["length"] = ids, offsets, lengths
        self._places = np.lexsort((entries["offset"], entries["id"]))
        self._entries = entries[self._places]
        self.sha256 = digest.hexdigest()

    def of(self, identifier: str) -> tuple[tuple[int, Offered], ...]:
        """What the file has for a picture, in its order, each with its number among all captions of the file, from 0. Raises
        BuildStopped where the file has changed."""
        key = np.uint64(_key(identifier))
        start, stop = np.searchsorted(self._entries["id"], key), np.searchsorted(self._entries["id"], key, "right")
        found = []
        for place, entry in zip(self._places[start:stop], self._entries[start:stop], strict=True):
            try:
                item = _parsed(storage.read(self.uri, int(entry["offset"]), int(entry["length"])), self.uri, 0)
            except (UserError, FileNotFoundError, EOFError) as error:
                raise BuildStopped(f"{self.uri} changed while it was being used; start again") from error
            if item.id == identifier:
                found.append((int(place), item))
        return tuple(found)

    def each(self) -> Iterator[Offered]:
        """Every caption of the file, in its order."""
        for number, (_, line) in enumerate(_lines(self.uri), 1):
            if line.strip():
                yield _parsed(line, self.uri, number)


@lru_cache(maxsize=2)
def import_file(uri: str, sha256: str = "") -> ImportFile:
    """A file of captions, kept for the parts that follow. Raises BuildStopped if it is not the one that is meant."""
    file = storage.stat(uri)
    found = _indexed(uri, file.size if file else 0, file.stamp if file else "")
    if sha256 and found.sha256 != sha256:
        raise BuildStopped(f"{uri} changed while it was being used; start again")
    return found


@lru_cache(maxsize=1)
def _indexed(uri: str, size: int, stamp: str) -> ImportFile:
    return ImportFile(uri)


def admitted(row: dict[str, Any], source: Input, options: Captions) -> Admitted:
    """What the recipe's file has for the picture of a records row, less what is false of its boxes."""
    if not options.imported:
        return Admitted()
    offered = import_file(options.imported, options.imported_sha256).of(row["id"])
    if not offered:
        return Admitted()
    picture = row_picture(row, source, options)
    captions: dict[str, Caption] = {}
    false = 0
    for _, item in offered:
        verdict = judged(item.caption, picture).verdict
        false += verdict == "false"
        if item.caption and verdict != "false":
            caption = Caption(item.caption, "imported", tokens=token_bound(item.caption), by=item.by, checked=verdict)
            captions.setdefault(item.caption.casefold(), caption)
    return Admitted(tuple(captions.values()), len(offered), false)


def judged(caption: str, picture: Picture) -> Truth:
    """The checker on a caption of unknown form: what it cannot read is "not read"."""
    return check_sentences(caption, picture) if caption else Truth("not read")


def _key(identifier: str) -> int:
    return int.from_bytes(stable_hash("imported", identifier, size=8), "big")


def _lines(uri: str) -> Iterator[tuple[int, bytes]]:
    """(offset, line with its end) of a text file of any length. Raises UserError where there is no such file."""
    file = storage.stat(uri)
    if file is None:
        raise UserError(f"{uri}: no such file of captions")
    at, left = 0, b""
    for start in range(0, file.size, _CHUNK):
        *whole, left = (left + storage.read(uri, start, min(_CHUNK, file.size - start))).split(b"\n")
        for line in whole:
            yield at, line + b"\n"
            at += len(line) + 1
    if left:
        yield at, left


def _parsed(line: bytes, uri: str, number: int) -> Offered:
    try:
        plain = json.loads(line)
    except ValueError as error:
        raise UserError(f"{uri}:{number}: not JSON: {error}") from error
    if not isinstance(plain, dict) or not isinstance(plain.get("id"), str) or not isinstance(plain.get("caption"), str):
        raise UserError(f'{uri}:{number}: a line is {{"id": "...", "caption": "...", "by": "..."}}')
    by = plain.get("by")
    if by is not None and not isinstance(by, str):
        raise UserError(f"{uri}:{number}: by is the name of a model or person, as text")
    return Offered(plain["id"], _one_line(plain["caption"]), _one_line(by or "")[:_BY])


def _one_line(text: str) -> str:
    """As it was written, on one line: marks and blanks before them are part of the sentences that the checker knows."""
    return " ".join("".join(mark if mark.isprintable() else " " * mark.isspace() for mark in text).split())
