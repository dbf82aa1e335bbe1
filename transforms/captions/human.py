"""Captions that people wrote, made fit to train on without touching their words."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

_INVISIBLE = {"\ufeff", "\ufffe", "\u200b", "\u2060"}
"""Byte order marks and spaces without width."""


def clean(text: str) -> str:
    """The text without control characters, byte order marks and lone surrogates, its whitespace collapsed to single blanks."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(mark for mark in text if mark.isspace() or not _unfit(mark))
    return " ".join(text.split())


def repair(captions: Iterable[str]) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The captions worth keeping, cleaned, in their order, and why others were dropped, with counts.

    Reasons are "blank" and "repeated" (the same but for upper and lower case: the first is kept).
    """
    kept: dict[str, str] = {}
    dropped: Counter[str] = Counter()
    for caption in captions:
        text = clean(caption)
        if not text:
            dropped["blank"] += 1
        elif text.casefold() in kept:
            dropped["repeated"] += 1
        else:
            kept[text.casefold()] = text
    return tuple(kept.values()), tuple(sorted(dropped.items()))


def _unfit(mark: str) -> bool:
    return mark in _INVISIBLE or unicodedata.category(mark) in ("Cc", "Cs")
