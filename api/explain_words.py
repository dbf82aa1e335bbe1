"""An explanation in sentences."""

from collections import Counter
from typing import TYPE_CHECKING

from skypairs.schemas.packed import LOW_SCORE
from skypairs.transforms.orientations import IN_WORDS

if TYPE_CHECKING:
    from skypairs.api.explain_picture import Explanation, Neighbour

_SHOWN = 12
"""Neighbours, tiles and shards that are named; the rest are counted."""
_WHY = {
    "capped": "its source takes no more pictures than its `cap`, and its hash is not among the smallest",
    "flat": "it is flat, and the recipe drops flat pictures (`pictures.flat`)",
}


def sentences(found: "Explanation") -> tuple[str, ...]:
    """One fact a line, the verdict first."""
    lines = [_verdict(found), *_about(found)]
    if found.tiles:
        lines += _listed(
            "its tiles" if found.fate == "cut" else "crops of its objects",
            [f"{identifier}: {fate}" for identifier, fate in found.tiles],
        )
    if found.parent:
        lines.append(f"it is {f'a crop of the object {found.region}' if found.region else 'a tile'} of {found.parent}")
    if found.kept:
        lines += _listed("shards", list(found.shards))
    lines += _listed("lost to it", [f"{item.id}: {item.fate}, {_near(item, found.id)}" for item in found.dropped])
    lines += _listed(
        "further near pairs that name it", [f"{item.id} ({item.fate}): {_near(item, found.id)}" for item in found.pairs]
    )
    return tuple(lines)


def _verdict(found: "Explanation") -> str:
    if found.kept:
        captions = "1 caption" if found.captions == 1 else f"{found.captions} captions"
        return f"{found.id} is in the set, with {captions}, as {found.key}"
    if found.fate == "reference":
        left = "1 picture was" if len(found.dropped) == 1 else f"{len(found.dropped)} pictures were"
        lost = f"{left} left out because of it" if found.dropped else "no picture was near it"
        return f"{found.id} is a reference of {found.source}: it is compared with and never emitted; {lost}"
    if found.fate == "cut":
        fates = Counter(fate for _, fate in found.tiles)
        counts = ", ".join(f"{count} {fate}" for fate, count in fates.most_common())
        return f"{found.id} is not in the set as a whole: it was cut into {len(found.tiles)} tiles ({counts})"
    if found.keeper is not None:
        what = "a leak" if found.fate == "leak" else "a duplicate"
        left = "which is kept" if found.keeper.fate == "kept" else "which was left without a caption (captions.max_same)"
        other = f"the reference {found.keeper.id}" if found.fate == "leak" else f"{found.keeper.id}, {left}"
        return f"{found.id} is not in the set: it is {what} of {other}: {_near(found.keeper, found.id)}"
    if found.reason == LOW_SCORE:
        return f"{found.id} is not in the set: its best caption scores {found.score:.4f}, too little for the recipe (`scores`)"
    return f"{found.id} is not in the set: {_WHY.get(found.fate) or f'{found.fate}, {found.reason}'}"


def _near(item: "Neighbour", identifier: str) -> str:
    """How near a neighbour is to the picture that is explained."""
    if item.distance is None or item.reason.startswith("same"):
        return item.reason
    better = item.id if item.better else identifier
    turned = f" when {better} is {IN_WORDS[item.orientation]}" if item.orientation else ""
    bits = "all 64 bits agree" if item.distance == 0 else f"{item.distance} of 64 bits differ"
    return f"{bits}{turned}"


def _about(found: "Explanation") -> list[str]:
    if found.fate == "reference":
        return []
    facts = [f"source: {found.source} ({found.dataset}), {found.uri or 'no file'}"]
    if found.window:
        facts[0] += f", window {', '.join(map(str, found.window))}"
    if found.width:
        boxes = "1 box" if found.boxes == 1 else f"{found.boxes or 0} boxes"
        flat = ", flat: compared by its pixels alone" if found.flat else ""
        facts.append(f"picture: {found.width} x {found.height} pixels, {boxes}{flat}")
    if found.score is not None:
        facts.append(f"score: {found.score:.4f}, the best of its captions")
    return facts


def _listed(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = [f"  and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return [f"{title}: {len(items)}", *(f"  {item}" for item in items[:_SHOWN]), *more]
