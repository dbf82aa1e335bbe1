"""From what stands in an annotation to Boxes: numbers that may be none, objects that must be left out and counted."""

import codecs
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, Box, BoxKind, FileStamp, Lost
from skypairs.transforms import storage

NOT_A_NUMBER = "not a number"
NO_AREA = "no area"
NO_BOX = "no box"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Objects:
    """Gathers the objects of one picture: what can be used becomes boxes, the rest is counted by label and reason."""

    def __init__(self) -> None:
        self._boxes: list[Box] = []
        self._lost: Counter[tuple[str, str]] = Counter()
        self._unreadable = 0

    def add(
        self,
        native: str,
        corners: Sequence[float | None],
        *,
        polygon: tuple[float, ...] = (),
        difficult: bool = False,
        crowd: bool = False,
        cut: bool = False,
        kind: BoxKind = "instance",
    ) -> None:
        """One object by x0, y0, x1, y1 in pixels, half-open; None stands for what is not a number."""
        x0, y0, x1, y1 = corners if len(corners) == 4 else (None,) * 4
        if x0 is None or y0 is None or x1 is None or y1 is None:
            self.lose(native, NOT_A_NUMBER)
            return
        if not (x0 < x1 and y0 < y1):
            self.lose(native, NO_AREA)
            return
        name = clean_name(native)
        if not name:
            self.lose("", "no class")
            return
        self._boxes.append(Box(name, name, x0, y0, x1, y1, kind, polygon, difficult, crowd, cut))

    def lose(self, native: str, reason: str) -> None:
        """Counts an object that cannot be used."""
        self._lost[clean_name(native), reason] += 1
        self._unreadable += reason != NO_AREA

    def annotation(self, size: tuple[int, int] | None = None, gsd: float | None = None) -> Annotation:
        """All of it. Raises AnnotationError where there are objects and not one of them can be read."""
        if self._unreadable and not self._boxes and self._unreadable == self._lost.total():
            reasons = ", ".join(sorted({reason for _, reason in self._lost}))
            raise AnnotationError("unparsable annotation", f"none of {self._unreadable} objects can be read ({reasons})")
        lost = tuple(Lost(label, reason, count) for (label, reason), count in sorted(self._lost.items()))
        return Annotation(boxes=tuple(self._boxes), lost=lost, size=size, gsd=gsd)


def number(value: object) -> float | None:
    """A finite number, given as a number or as text; else None."""
    if isinstance(value, str):
        return _number_again(value) if len(value) < 32 else _number_in(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def _number_in(text: str) -> float | None:
    text = text.strip()
    result = float(text) if _NUMBER.fullmatch(text) else math.inf
    return result if math.isfinite(result) else None


_number_again = lru_cache(maxsize=1 << 14)(_number_in)  # coordinates are few: most texts come again


def whole(value: object) -> int | None:
    """A positive whole number (3, 3.0 or "3"); else None."""
    result = number(value)
    return int(result) if result is not None and result >= 1 and result == int(result) else None


@lru_cache(maxsize=4096)
def clean_name(text: str) -> str:
    """A class name on one line, always encodable."""
    return " ".join(text.encode("utf-8", "replace").decode().split())


def read_annotation(file: FileStamp) -> bytes:
    """Bytes of a per-picture annotation. Raises AnnotationError where it is gone."""
    try:
        return storage.read(file.uri)
    except FileNotFoundError:
        raise AnnotationError("missing annotation") from None


def decode(data: bytes) -> str:
    """Text in UTF-8, with or without a byte order mark, in UTF-16 with one, or else in GB18030. Raises ValueError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return data.decode("gb18030")


def read_json(source: Source, uri: str, keep: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """The content of an annotation file of a whole source; `keep` says, of each object in turn, what is to stay of it.

    Raises LayoutError where it cannot be parsed.
    """
    try:
        return json.loads(decode(storage.read(uri)), object_hook=keep)
    except (ValueError, RecursionError) as error:
        raise LayoutError(f"{source.dataset}: {uri} cannot be parsed as JSON: {error}") from None


def dump_inline(content: Any) -> str:
    """JSON text for `Scene.inline`: one form for one content."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))
