"""Checks of one sample's json and txt against each other and against its ledger row."""

from collections.abc import Iterator
from typing import Any

from skypairs.api.verify_ledger import Ledger
from skypairs.api.verify_problems import Problem

_SAME = {
    "id": "id",
    "key": "key",
    "source": "source",
    "dataset": "dataset",
    "file": "uri",
    "group": "group",
    "window": "window",
    "width": "width",
    "height": "height",
    "sha256": "sha256",
    "phash": "phash",
    "flat": "flat",
    "pixels_sha256": "pixels_sha256",
}
"""Field of the json -> column of the ledger."""
_ROUNDING = 1e-6  # pixels: boxes were scaled with their picture


def check_card(place: str, card: dict[str, Any], text: str, number: int | None, row: int, ledger: Ledger) -> Iterator[Problem]:
    """`number` is the caption that the key states, None in the layout `images`."""
    for name, column in _SAME.items():
        stated = ledger.value(row, column)
        if card.get(name) != stated:
            yield Problem("json against ledger", f"{place}: {name} is {card.get(name)!r} in its json, {stated!r} in the ledger")
    yield from _check_captions(place, card, text, number, row, ledger)
    yield from _check_boxes(place, card, row, ledger)


def _check_captions(
    place: str, card: dict[str, Any], text: str, number: int | None, row: int, ledger: Ledger
) -> Iterator[Problem]:
    about = card.get("captions")
    if not isinstance(about, list) or not all(isinstance(item, dict) for item in about):
        yield Problem("wrong captions", f"{place}: captions is not a list of objects in its json")
        return
    texts = [card.get(f"caption_{index}") for index in range(len(about))]
    if f"caption_{len(about)}" in card or not all(isinstance(one, str) and one.strip() and "\n" not in one for one in texts):
        yield Problem("wrong captions", f"{place}: its json does not hold {len(about)} captions of one line each")
    elif len(set(texts)) != len(texts):
        yield Problem("wrong captions", f"{place}: two of its captions are the same")
    if len(about) != (stated := ledger.value(row, "captions")):
        yield Problem("wrong caption count", f"{place}: {len(about)} captions in its json, {stated} in the ledger")
    chosen = card.get("caption")
    if number is not None and chosen != number:
        yield Problem("wrong captions", f"{place}: caption is {chosen!r} in its json, {number} in its key")
    if not text.strip():
        yield Problem("wrong text", f"{place}.txt is empty")
    elif text != card.get(f"caption_{chosen}"):
        yield Problem("wrong text", f"{place}.txt is not caption_{chosen} of its json")
    for item in about:
        donor = item.get("from")
        origin = ledger.by_id.get(donor) if donor else row
        given = donor and origin is not None and ledger.fates[origin] == "duplicate"
        if donor and not (given and ledger.value(origin or 0, "keeper") == ledger.ids[row]):
            yield Problem("wrong donor", f"{place}: a caption comes from {donor}, which is no duplicate of this picture")


def _check_boxes(place: str, card: dict[str, Any], row: int, ledger: Ledger) -> Iterator[Problem]:
    boxes = card.get("boxes", [])
    if not isinstance(boxes, list) or not all(isinstance(box, dict) and len(box.get("box") or ()) == 4 for box in boxes):
        yield Problem("wrong boxes", f"{place}: boxes is not a list of boxes in its json")
        return
    if len(boxes) != (stated := ledger.value(row, "boxes")):
        yield Problem("wrong boxes", f"{place}: {len(boxes)} boxes in its json, {stated} in the ledger")
    width, height = ledger.value(row, "width"), ledger.value(row, "height")
    for box in boxes:
        x0, y0, x1, y1 = box["box"]
        if not (0 <= x0 < x1 <= width + _ROUNDING and 0 <= y0 < y1 <= height + _ROUNDING):
            yield Problem("wrong boxes", f"{place}: the box {box['box']} does not lie in {width} x {height} pixels")
    if card.get("labels", []) != sorted({box.get("label") for box in boxes}):
        yield Problem("wrong boxes", f"{place}: labels is not the sorted list of its boxes' labels")
