"""Captions that people wrote, made fit to train on without touching their words. docs/captions.md states the rules."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

BLANK, REPEATED, SURPLUS = "blank", "repeated", "surplus"
DROPPED = (BLANK, REPEATED, SURPLUS)
"""Why a caption is dropped: no letter or digit in it; an earlier one but for upper and lower case; over the limit."""

_INVISIBLE = {"\ufeff", "\ufffe", "\u200b", "\u2060", "\u00ad", "\u200e", "\u200f"}
"""Byte order marks, spaces without width, soft hyphens, marks of direction."""
_PLAIN = re.compile(r"([A-Za-z0-9]+(?:(?:, |[ '-])[A-Za-z0-9]+)*)(?: ?(\.))?")
"""Most captions: but for a blank before the full stop there is nothing to repair, so the rules need not be tried."""
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&nbsp;": "\u00a0"}
_ENTITY = re.compile("|".join(_ENTITIES))
_READ_BACK = frozenset(
    (
        *map(chr, range(0xA0, 0x100)),
        *"\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u20ac",
        "\u2122",
    )
)
"""What UTF-8 read as Latin-1 is read back to: letters and signs of Western Europe, dashes, quotes. Nobody writes the pairs and
triples of marks that stand for them; of other characters this is not sure ("gro\u00df\u2026" is Gross and an ellipsis)."""
_MARKS = (
    (re.compile(r"(?<![\w\"'`\u00b4])[\"`\u00b4]+(?![\w\"'`\u00b4.,;:!?])"), " "),  # quotes that stand alone
    (re.compile(r'""+'), '"'),  # quotes doubled for a table
    (re.compile(r"(?<=[^\W\d_])[`\u00b4](?=[^\W\d_])"), "'"),  # colour`s
    (re.compile(r"(?<=\S) (?=[.,](?:[ .,]|$))(?!(?<=\d )[.,] \d)"), ""),  # a blank before a full stop or comma; not in 3 . 5
    (re.compile(r"(?<=\w) ,(?=[^\W\d_])"), ", "),  # a blank before the comma instead of after it
    (re.compile(r"(?<!\.)\.\.(?!\.)"), "."),  # two full stops; three are an ellipsis
    (re.compile(r",[,.]*(?=[,.])"), ""),  # ",," and ",.": the last one stays
    (re.compile(r"([;:!?])\1+"), r"\1"),
    (re.compile(r"(?<=[!?])\s*\.(?!\.)"), ""),  # "! ."
    (re.compile(r"^\s*[.,;:!?]+\s+"), ""),  # marks before the first word
)


def clean(text: str) -> str:
    """The text repaired: encoding, invisible characters, whitespace, punctuation. Repairing it again changes nothing."""
    if plain := _PLAIN.fullmatch(text):
        return plain[1] + (plain[2] or "")
    before = ""
    while before != text:
        before, text = text, _cleaned(text)
    return text


def repair(captions: Iterable[str], most: int | None = None) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The captions worth keeping, cleaned, in their order, at most `most`; and how many others were dropped, by reason."""
    kept: dict[str, str] = {}
    dropped: Counter[str] = Counter()
    for caption in captions:
        text = clean(caption)
        if not any(map(str.isalnum, text)):
            dropped[BLANK] += 1
        elif text.casefold() in kept:
            dropped[REPEATED] += 1
        elif len(kept) == most:
            dropped[SURPLUS] += 1
        else:
            kept[text.casefold()] = text
    return tuple(kept.values()), tuple(sorted(dropped.items()))


def _cleaned(text: str) -> str:
    text = _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)
    if not text.isascii():
        text = _read_back(text)
    if not (text.isascii() and text.isprintable()):
        text = "".join([mark for mark in text if mark.isspace() or not _unfit(mark)])
    text = _unquoted(" ".join(text.split()))
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return " ".join(text.split())


def _read_back(text: str) -> str:
    """Of a text that is UTF-8 read as Latin-1 or Windows-1252, and every character of it, what it was; else the text."""
    try:
        read = b"".join([_byte(mark) for mark in text]).decode()
    except UnicodeError:
        return text
    return read if all(mark.isascii() or mark in _READ_BACK for mark in read) else text


def _byte(mark: str) -> bytes:
    return mark.encode("latin-1" if mark < "\u0100" else "cp1252")


def _unquoted(text: str) -> str:
    """Without the quotes around all of it, or one at an end that has no other; "5" wide" keeps its inches."""
    inner = text.strip('"')
    if '"' in inner or inner == text:
        return text
    if len(text) - len(inner) == 1 and text.endswith('"') and inner[-1:].isdigit():
        return text
    return inner


def _unfit(mark: str) -> bool:
    return mark in _INVISIBLE or unicodedata.category(mark) in ("Cc", "Cs")
