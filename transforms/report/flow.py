"""The funnel: a flow of pictures from sources to fates as inline SVG, and the same numbers as a table."""

from collections.abc import Mapping
from typing import Any

from skypairs.transforms.report.markup import Raw, share, table, text
from skypairs.transforms.report.style import FATE_COLOURS

FATES = tuple(FATE_COLOURS)
"""In the order in which they are drawn; a scene that was cut goes on as its tiles and is not drawn."""

_HEIGHT = 320  # of all bands together
_GAP = 26
_BANDS, _NODE, _LETTER = 500, 12, 7.3  # widths of bands, nodes and a letter
_MOST = 20  # sources drawn by themselves


def funnel(manifest: Mapping[str, Any]) -> str:
    """Flow, key and table."""
    counts = {source: dict(row) for source, row in manifest["funnel"].items()}
    used = [fate for fate in FATES if any(row.get(fate) for row in counts.values())]
    key = "".join(f'<li class="f-{fate}">{fate}</li>' for fate in used)
    head = '<div class="wide" tabindex="0" role="region" aria-label="Flow of pictures">'
    return f'{head}{flow(counts)}</div><ul class="key">{key}</ul>{numbers(counts)}'


def flow(counts: Mapping[str, Mapping[str, int]]) -> str:
    """Bands from every source to every fate, as thick as the pictures are many."""
    rows = _gathered(counts)
    fates = [fate for fate in FATES if any(row[fate] for _, row in rows)]
    total = sum(sum(row.values()) for _, row in rows)
    if not total:
        return '<p class="soft">&nbsp;No picture was listed.</p>'
    thick = {(name, fate): max(1.5, row[fate] * _HEIGHT / total) for name, row in rows for fate in fates if row[fate]}
    left, bottom = _stack([(name, [thick[name, fate] for fate in fates if (name, fate) in thick]) for name, _ in rows])
    right, lower = _stack([(fate, [thick[name, fate] for name, _ in rows if (name, fate) in thick]) for fate in fates])
    x0 = 30 + _LETTER * max(len(_short(name)) + len(f" {sum(row.values()):,}") for name, row in rows)
    x1 = x0 + _BANDS
    parts, at_left, at_right = [], {name: y for name, (y, _) in left.items()}, {fate: y for fate, (y, _) in right.items()}
    for name, row in rows:
        for fate in fates:
            if (name, fate) in thick:
                words = f"{name}: {row[fate]:,} {fate}"
                parts.append(_band((x0, at_left[name]), (x1, at_right[fate]), thick[name, fate], fate, words))
                at_left[name] += thick[name, fate]
                at_right[fate] += thick[name, fate]
    for name, row in rows:
        parts.append(_node(x0 - _NODE, left[name], "src"))
        parts.append(_label(x0 - _NODE - 8, left[name], "end", _short(name), f"{sum(row.values()):,}"))
    sums = {fate: sum(row[fate] for _, row in rows) for fate in fates}
    for fate in fates:
        parts.append(_node(x1, right[fate], f"f-{fate}"))
        parts.append(_label(x1 + _NODE + 8, right[fate], "start", fate, f"{sums[fate]:,} ({share(sums[fate], total)})"))
    words = f"{total:,} pictures of {len(counts)} sources: " + ", ".join(f"{count:,} {fate}" for fate, count in sums.items())
    size = f"{x1 + 30 * _LETTER:.0f} {max(bottom, lower) + 12:.0f}"
    return f'<svg class="flow" viewBox="0 0 {size}" role="img" aria-label="{text(words)}">{"".join(parts)}</svg>'


def numbers(counts: Mapping[str, Mapping[str, int]]) -> str:
    """One row a source, with a bar of its fates."""
    crops = ("regions",) if any(row.get("regions") for row in counts.values()) else ()
    columns = ("scenes", "tiles", *crops, "cut", "kept", "captions", "short", *FATES[1:])
    sums = {column: sum(row.get(column, 0) for row in counts.values()) for column in columns}
    rows = [*counts.items(), *([("all", sums)] if len(counts) > 1 else [])]
    cells = [(name, _bar(row), *(row.get(column, 0) for column in columns)) for name, row in rows]
    caption = (
        "Scenes, tiles of scenes that were cut and crops of objects (regions), by what became of them; captions of kept ones, "
        "and how many of these are short of the captions wanted"
    )
    return table(("source", "fates", *columns), cells, caption, range(2, 2 + len(columns)))


def _bar(row: Mapping[str, int]) -> Raw:
    total = sum(row.get(fate, 0) for fate in FATES)
    words = ", ".join(f"{row[fate]:,} {fate}" for fate in FATES if row.get(fate))
    pieces = "".join(f'<i class="f-{fate}" style="flex:{row[fate]}"></i>' for fate in FATES if row.get(fate))
    return Raw(f'<div class="bar" role="img" aria-label="{words}" title="{words}">{pieces if total else ""}</div>')


def _gathered(counts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, dict[str, int]]]:
    """(name, pictures by fate) of each source; of many sources the smaller ones are taken together."""
    rows = [(name, {fate: row.get(fate, 0) for fate in FATES}) for name, row in counts.items()]
    if len(rows) <= _MOST:
        return rows
    largest = {name for name, row in sorted(rows, key=lambda item: (-sum(item[1].values()), item[0]))[: _MOST - 1]}
    rest = [row for name, row in rows if name not in largest]
    others = {fate: sum(row[fate] for row in rest) for fate in FATES}
    return [item for item in rows if item[0] in largest] + [(f"{len(rest)} others", others)]


def _stack(nodes: list[tuple[str, list[float]]]) -> tuple[dict[str, tuple[float, float]], float]:
    """Name -> (top, height) of nodes below each other, and where the last ends."""
    places, y = {}, 16.0
    for name, bands in nodes:
        places[name] = (y, sum(bands))
        y += sum(bands) + _GAP
    return places, y - _GAP


def _band(start: tuple[float, float], end: tuple[float, float], thick: float, fate: str, words: str) -> str:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    there = f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    y0, y1 = y0 + thick, y1 + thick
    back = f"V{y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y0:.1f} {x0:.1f} {y0:.1f}Z"
    return f'<path class="f-{fate}" d="{there}{back}"><title>{text(words)}</title></path>'


def _node(x: float, place: tuple[float, float], kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{place[0]:.1f}" width="{_NODE}" height="{place[1]:.1f}"/>'


def _label(x: float, place: tuple[float, float], anchor: str, name: str, count: str) -> str:
    y = place[0] + place[1] / 2 + 4
    words = f'{text(name)} <tspan class="s">{text(count)}</tspan>'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _short(name: str) -> str:
    return name if len(name) <= 20 else name[:19] + "…"
