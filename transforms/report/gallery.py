"""Samples with their boxes and captions, and pairs of dropped and kept pictures side by side."""

from base64 import b64encode
from collections import Counter
from typing import Any

from skypairs.schemas.identity import stable_hash
from skypairs.transforms.orientations import IN_WORDS
from skypairs.transforms.report.choose import Pair, Shown
from skypairs.transforms.report.markup import text

_COLOURS = 8
_MOST_BOXES = 300
_FIRST = 12


def samples(shown: list[Shown]) -> str:
    """A card a sample."""
    return f'<div class="grid">{"".join(_sample(item) for item in shown)}</div>' if shown else ""


def pairs(listed: list[Pair], loser: str = "dropped") -> str:
    """A card a pair: a dozen at once, the rest on demand. `loser`: what the one that is not kept is called."""
    cards = [_pair(pair, loser) for pair in listed]
    first, rest = cards[:_FIRST], cards[_FIRST:]
    more = f'<details><summary>{len(rest)} more</summary><div class="grid">{"".join(rest)}</div></details>' if rest else ""
    return f'<div class="grid">{"".join(first)}</div>{more}' if first else ""


def _sample(shown: Shown) -> str:
    card = shown.card
    boxes = card.get("boxes", [])
    counts = sorted(Counter(box["label"] for box in boxes).items(), key=lambda item: (-item[1], item[0]))
    words = ", ".join(f"{count} {label}" for label, count in counts) or "no boxes"
    labels = "".join(f'<li class="c{_colour(label)}">{text(label)} × {count}</li>' for label, count in counts)
    hidden = f'<p class="soft">{len(boxes) - _MOST_BOXES:,} more boxes are not drawn.</p>' if len(boxes) > _MOST_BOXES else ""
    width, height = card["width"], card["height"]
    spoken = f"{card['id']}: {words}"
    drawn = "".join(_box(box, width, height) for box in boxes[:_MOST_BOXES])
    picture = (
        f'<svg class="pic" viewBox="0 0 {width} {height}" role="img" aria-label="{text(spoken)}">'
        f'<image href="{_uri(shown.jpeg)}" width="{width}" height="{height}"/>{drawn}</svg>'
    )
    says = "".join(_caption(card, number) for number in range(len(card["captions"])))
    facts = [f"{width} × {height} px", card["source"], card["licence"]]
    if card.get("gsd"):
        facts.insert(1, f"{card['gsd']:.3g} m a pixel")
    return (
        f'<figure class="card">{picture}<figcaption><div class="id">{text(card["id"])}</div>'
        f'<div class="id">{text(" · ".join(facts))}</div><ul class="labels">{labels}</ul>{hidden}<ul class="says">{says}</ul>'
        "</figcaption></figure>\n"
    )


def _caption(card: dict[str, Any], number: int) -> str:
    about = card["captions"][number]
    kind = about["kind"]
    tag = "written by people" if kind == "human" else f"imported, by {about['by']}" if kind == "imported" else about["rule"]
    if about.get("from"):
        tag += f", of {about['from']}"
    return f'<li>{text(card[f"caption_{number}"])}<span class="tag">{text(tag)}</span></li>'


def _box(box: dict[str, Any], width: int, height: int) -> str:
    x0, y0, x1, y1 = box["box"]
    flags = [name for name in ("cut", "difficult", "crowd") if box[name]]
    title = text(box["label"] + (f" ({', '.join(flags)})" if flags else ""))
    polygon = box.get("polygon")
    if polygon:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(polygon[0::2], polygon[1::2], strict=True))
        shape = f'<polygon class="{{}}" points="{points}"/>'
    else:
        shape = f'<rect class="{{}}" x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"/>'
    size = max(width, height) / 19
    anchor, x = ("start", x0) if x0 < width / 2 else ("end", x1)
    y = y0 - size / 4 if y0 > 1.3 * size else min(y1 + size, height - size / 4)
    label = f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:.1f}">{title}</text>'
    return f'<g class="c{_colour(box["label"])}"><title>{title}</title>{shape.format("h")}{shape.format("b")}{label}</g>'


def _pair(pair: Pair, loser: str) -> str:
    facts = [pair.reason]
    if pair.distance is not None:
        facts.append(f"{pair.distance} of 64 bits differ")
    if pair.correlation is not None:
        facts.append(f"correlation {pair.correlation:.2f}")
    if pair.orientation:
        facts.append(f"the {'reference' if pair.fate == 'leak' else 'kept one'} {IN_WORDS[pair.orientation]}")
    kept = "reference" if pair.fate == "leak" else "kept"
    return (
        f'<figure class="card"><div class="two"><div>{_image(pair.dropped_jpeg, f"{loser}: {pair.dropped}")}</div>'
        f"<div>{_image(pair.keeper_jpeg, f'{kept}: {pair.keeper}')}</div></div>"
        f'<figcaption><div class="verdict f-{pair.fate}">{text(" · ".join(facts))}</div>'
        f'<div class="id">{loser}: {text(pair.dropped)}</div><div class="id">{kept}: {text(pair.keeper)}</div>'
        "</figcaption></figure>\n"
    )


def _image(jpeg: bytes, words: str) -> str:
    return f'<img src="{_uri(jpeg)}" alt="{text(words)}" loading="lazy">' if jpeg else "<span>not shown</span>"


def _uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"


def _colour(label: str) -> int:
    return stable_hash("colour", label, size=1)[0] % _COLOURS
