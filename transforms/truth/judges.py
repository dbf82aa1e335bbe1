"""Each kind of claim against the facts of a picture: when it is true, by docs/captions.md."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skypairs.transforms.truth import measure
from skypairs.transforms.truth.claims import Arranged, Beside, Claim, Covers, Crosses, Long, Number, Shows, Sized, Spans
from skypairs.transforms.truth.facts import Facts, Group, area

_ROUNDING = 1e-9
_ROWS = 256
"""Pairs of boxes are compared so many rows at a time: thousands of objects need no more memory."""


def failing(claim: Claim, facts: Facts) -> str:
    """What is the case instead of the claim; empty: it is true."""
    return _JUDGES[type(claim)](claim, facts)


def number_holds(claim: Number, number: Any, exact: Any, crowd: Any) -> Any:
    """Whether a claim of a number is true: of one picture, or of many, given as arrays.

    number: of the objects; exact: every object of the class is known and seen; crowd: one of the boxes counted stands for
    several objects.
    """
    enough = number >= claim.least
    within = enough if claim.most is None else enough & (number <= claim.most)
    if claim.things.view == "boxes":  # crowds are boxes like others there, but make their class vague
        return within | crowd if claim.vague else within & (crowd ^ True) if claim.most is not None else within
    if claim.open:
        return (within & exact) | (enough & (exact ^ True))
    return within & exact if claim.exact else within


def _number(claim: Number, facts: Facts) -> str:
    group = facts.group(claim.things)
    if number_holds(claim, len(group), group.exact, group.crowd):
        return ""
    found = f"there are {len(group)}"
    if group.crowd:
        return f"{found}, and one box stands for several"
    return found if group.exact else f"{found} seen, and not every one is known"


def _arranged(claim: Arranged, facts: Facts) -> str:
    group = facts.group(claim.things)
    least, holds = _LAYOUTS[claim.layout]
    if len(group) < least:
        return f"there are {len(group)}"
    return "" if holds(group, facts) else "they are not"


def _scattered(group: Group, facts: Facts) -> bool:
    x, y = measure.span(group)
    return x >= 0.5 * facts.picture.width and y >= 0.5 * facts.picture.height


def _clustered(group: Group, facts: Facts) -> bool:
    x, y = measure.span(group)
    return x <= 0.3 * facts.picture.width and y <= 0.3 * facts.picture.height


def _in_a_row(group: Group, facts: Facts) -> bool:
    thickness, extent = measure.row(group)
    return thickness <= 0.15 and extent >= 0.25 * facts.longer


def _side_by_side(group: Group, facts: Facts) -> bool:
    return len(group) == 2 and bool(measure.gaps(group, group)[0, 1] <= 0.75 * group.sides.min())


def _far_apart(group: Group, facts: Facts) -> bool:
    return len(group) == 2 and float(np.hypot(*np.ptp(group.centers, axis=1))) >= 0.4 * facts.longer


def _packed(group: Group, facts: Facts) -> bool:
    return measure.density(group) >= 0.3


def _cut(group: Group, facts: Facts) -> bool:
    return all(box.cut for box in group.boxes)


_LAYOUTS: Mapping[str, tuple[int, Callable[[Group, Facts], bool]]] = {
    "scattered across the picture": (4, _scattered),
    "clustered together": (3, _clustered),
    "in a row": (3, _in_a_row),
    "side by side": (2, _side_by_side),
    "far apart": (2, _far_apart),
    "densely packed": (6, _packed),
    "cut off by the border": (1, _cut),
}


def _sized(claim: Sized, facts: Facts) -> str:
    group = facts.group(claim.things)
    sides = group.sides / facts.longer
    if claim.size in _RANGES:
        if not len(group):
            return "there are 0"
        low, high = _RANGES[claim.size]
        odd = sides[(sides < low) | (sides > high)]
        return f"the size of one is {odd[0]:.3f} of the picture's longer side" if len(odd) else ""
    if claim.size == "filling most of the picture":
        covered = float((group.sides**2).sum()) / (facts.picture.width * facts.picture.height)
        return "" if len(group) == 1 and covered >= 0.5 else f"there are {len(group)}, the boxes fill {covered:.2f}"
    if len(group) < 3:
        return f"there are {len(group)}"
    ordered = np.sort(sides)
    spread = float(ordered[-1] / ordered[0])
    if claim.size == "of similar size":
        return "" if spread <= 1.5 else f"the largest is {spread:.2f} times the smallest"
    return "" if spread >= 2.5 else f"the largest is {spread:.2f} times the smallest"


_RANGES = {"tiny": (0.0, 0.04), "small": (0.035, 0.105), "medium-sized": (0.105, 0.28), "large": (0.3, np.inf)}


def _long(claim: Long, facts: Facts) -> str:
    group, gsd = facts.group(claim.things), facts.picture.gsd
    if gsd is None:
        return "the ground resolution is not known"
    if any(box.cut for box in group.boxes):
        return "one is cut off"
    return _lengths(group, [measure.length(box) * gsd for box in group.boxes], claim.meters, 0.2, "meters")


def _spans(claim: Spans, facts: Facts) -> str:
    group = facts.group(claim.things)
    width, height = facts.picture.width, facts.picture.height
    spans = [max((box.x1 - box.x0) / width, (box.y1 - box.y0) / height) for box in group.boxes]
    return _lengths(group, spans, claim.share, 0.2, "of the picture")


def _lengths(group: Group, lengths: list[float], said: float, margin: float, unit: str) -> str:
    if not len(group):
        return "there are 0"
    odd = [value for value in lengths if abs(value - said) > margin * said + _ROUNDING]
    return f"one is {odd[0]:.3g} {unit}" if odd else ""


def _beside(claim: Beside, facts: Facts) -> str:
    one, other = facts.group(claim.things), facts.group(claim.other)
    if not (len(one) and len(other)):
        return f"there are {len(one)} and {len(other)}"
    for first in range(0, len(one), _ROWS):
        some = one.where(np.arange(first, min(first + _ROWS, len(one))))
        near = measure.gaps(some, other) <= 0.75 * np.minimum(some.sides[:, None], other.sides)
        apart = measure.overlaps(some, other) <= 0.3
        if claim.things == claim.other:  # a box is not next to itself
            near[np.arange(len(some)), np.arange(first, first + len(some))] = False
        if bool((near & apart).any()):
            return ""
    return "none is"


def _covers(claim: Covers, facts: Facts) -> str:
    share = facts.share(claim.things)
    within = claim.least - _ROUNDING <= share and (claim.most is None or share <= claim.most + _ROUNDING)
    return "" if within else f"they cover {100 * share:.1f} %"


def _crosses(claim: Crosses, facts: Facts) -> str:
    group, picture = facts.group(claim.things), facts.picture
    thin = np.array([area(box) <= 0.35 * picture.width * picture.height for box in group.boxes], bool)
    return "" if bool((measure.crossing(group, picture.width, picture.height) & thin).any()) else "none does"


def _shows(claim: Shows, facts: Facts) -> str:
    scene = facts.picture.scene
    return "" if scene and scene == claim.scene else f"it is of {scene}" if scene else "its class is not known"


_JUDGES: Mapping[type, Callable[[Any, Facts], str]] = {
    Number: _number,
    Arranged: _arranged,
    Sized: _sized,
    Long: _long,
    Spans: _spans,
    Beside: _beside,
    Covers: _covers,
    Crosses: _crosses,
    Shows: _shows,
}
