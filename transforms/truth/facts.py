"""What is known of a picture's objects, class by class, as arrays: what claims are evaluated on. Made when asked for.

u, v, s and L are those of docs/captions.md: u = |2 cx / W - 1|, v = |2 cy / H - 1|, s = sqrt(w h), L = max(W, H).
"""

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Box
from skypairs.schemas.vocabulary import is_mass
from skypairs.transforms.truth.claims import Things
from skypairs.transforms.truth.picture import Picture

Floats = npt.NDArray[np.float64]

TRAINER_SIDE = 224
LEAST_SIDE = 4
"""A visible object has at least so many pixels, as the root of its area, where the longer side of the picture has 224."""
_ROUNDING = 1e-9


def area(box: Box) -> float:
    """Square pixels: of its mask where it came from one."""
    return (box.x1 - box.x0) * (box.y1 - box.y0) if box.area is None else box.area


class Group:
    """The objects (or regions) of a class, or those of them at a place: arrays by object."""

    def __init__(self, boxes: list[Box], corners: Floats, exact: bool) -> None:
        self.boxes, self.exact, self.corners = boxes, exact, corners
        self.x0, self.y0, self.x1, self.y1 = corners

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def centers(self) -> Floats:
        """(2, n): x and y."""
        return np.asarray((self.corners[:2] + self.corners[2:]) / 2)

    @property
    def sides(self) -> Floats:
        """s: the root of each box's area."""
        return np.asarray(np.sqrt((self.x1 - self.x0) * (self.y1 - self.y0)))

    @property
    def crowd(self) -> bool:
        return any(box.crowd for box in self.boxes)

    def where(self, kept: npt.NDArray[np.intp]) -> "Group":
        """Some of the objects, by index."""
        if len(kept) == len(self.boxes):
            return self
        return Group([self.boxes[index] for index in kept.tolist()], self.corners[:, kept], self.exact)


class Facts:
    """Groups of one picture, each made once."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.longer = max(picture.width, picture.height)
        self._lost = {item.label for item in picture.lost if item.count}
        self._classes: dict[tuple[str, bool], list[Box]] = {}
        for box in picture.boxes:
            self._classes.setdefault((box.label, box.kind == "region" or is_mass(box.label)), []).append(box)
        self._groups: dict[Things, Group] = {}

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(label for label, _ in self._classes)

    def group(self, things: Things) -> Group:
        """The objects that a phrase picks out."""
        found = self._groups.get(things)
        if found is None:
            if things.place:
                everywhere = self.group(Things(things.label, things.regions, "", things.view))
                found = everywhere.where(np.flatnonzero(self.at(everywhere, things.place)))
            else:
                found = self._class(things)
            self._groups[things] = found
        return found

    def share(self, things: Things) -> float:
        """Area of all boxes of a class, of masks where they came from one, by that of the picture."""
        boxes = self._classes.get((things.label, things.regions), [])
        return sum(map(area, boxes)) / (self.picture.width * self.picture.height)

    def at(self, group: Group, place: str) -> npt.NDArray[np.bool_]:
        """Which objects of a group lie at a place."""
        width, height = self.picture.width, self.picture.height
        if place == "along the border":
            gaps = np.min([group.x0, group.y0, width - group.x1, height - group.y1], axis=0)
            return np.asarray(gaps <= 0.05 * self.longer)
        x, y = group.centers
        if place in ("in the middle", "at the edge"):
            low, high = self.picture.centre
            inside = (low * width <= x) & (x <= high * width) & (low * height <= y) & (y <= high * height)
            return np.asarray(inside if place == "in the middle" else ~inside)
        u, v = np.abs(2 * x / width - 1), np.abs(2 * y / height - 1)
        if place == "in a corner":
            return np.asarray(np.minimum(u, v) >= 0.6)
        if place == "right at the center":
            return np.asarray(np.maximum(u, v) <= 0.2)
        if place == "between the center and the edge":
            return np.asarray((np.maximum(u, v) >= 0.35) & (np.maximum(u, v) <= 0.65))
        central = np.maximum(u, v) <= 0.5
        return np.asarray(central if place == "near the center" else ~central)

    def _class(self, things: Things) -> Group:
        boxes = self._classes.get((things.label, things.regions), [])
        corners = np.array([box.rect for box in boxes], np.float64).reshape(-1, 4).T
        if things.view == "boxes":
            return Group(boxes, corners, True)
        areas = (corners[2] - corners[0]) * (corners[3] - corners[1])
        visible = areas * TRAINER_SIDE**2 >= (LEAST_SIDE * self.longer) ** 2 * (1 - _ROUNDING)
        cut = not things.regions  # a region that goes on beyond the picture is still one area of it
        whole = not any(box.difficult or box.crowd or (cut and box.cut) for box in boxes)
        exact = whole and bool(visible.all()) and things.label not in self._lost
        return Group(boxes, corners, exact).where(np.flatnonzero(visible))
