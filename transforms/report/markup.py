"""HTML as text: everything that comes from data is escaped here."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any


def text(value: Any) -> str:
    """Escaped text; numbers of thousands are grouped."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return escape("" if value is None else str(value), quote=True)


def section(anchor: str, title: str, body: str) -> str:
    """A section with a heading; nothing where it has no body."""
    head = f'<section id="{anchor}" aria-labelledby="{anchor}-title"><h2 id="{anchor}-title">{text(title)}</h2>'
    return f"{head}{body}</section>\n" if body else ""


def paragraph(*sentences: str) -> str:
    """Sentences of ours and of data, escaped."""
    return f"<p>{text(' '.join(sentences))}</p>"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], caption: str, numeric: Iterable[int] = ()) -> str:
    """A table that scrolls by itself where it is too wide. Cells that are `Raw` are taken as they are."""
    right = set(numeric)

    def cells(tag: str, row: Sequence[Any]) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        return "".join(
            f"<{tag}{scope}{' class=n' if place in right else ''}>{cell if isinstance(cell, Raw) else text(cell)}</{tag}>"
            for place, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{text(caption)}"><table><caption>{text(caption)}</caption>'
        f"<thead><tr>{cells('th', head)}</tr></thead><tbody>{body}</tbody></table></div>"
    )


class Raw(str):
    """Markup that is finished."""

    __slots__ = ()


def code(value: Any) -> Raw:
    return Raw(f"<code>{text(value)}</code>")


def share(part: int, whole: int) -> str:
    """A percentage for people: "0 %", "under 0.1 %", "12.3 %", "100 %"."""
    if not part or not whole:
        return "0 %"
    value = 100 * part / whole
    return "100 %" if part == whole else "under 0.1 %" if value < 0.1 else f"{min(value, 99.9):.1f} %"
