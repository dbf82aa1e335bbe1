"""Crops of objects: what is taken, and where a crop lies."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skypairs.schemas.recipe import Regions
from skypairs.schemas.records import Box
from skypairs.transforms.crop_regions import Region, crop_regions

FRAME = (100, 200, 612, 712)
OPTIONS = Regions(per_picture=3, context=0.5, min_side=64)


def box(x: float, y: float, w: float, h: float, native: str = "ship", **more: object) -> Box:
    return Box(native, native, x, y, x + w, y + h, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "taken"),
    [
        (box(200, 200, 40, 20), (280, 370, 360, 450)),  # side 80, centred on (220, 210) of the frame
        (box(200, 200, 10, 10), (273, 373, 337, 437)),  # min_side
        (box(0, 0, 40, 20), (100, 200, 180, 280)),  # the border lets it be no further left
        (box(472, 492, 40, 20), (532, 632, 612, 712)),
        (box(200, 200, 7.9, 7.9), None),  # less than an eighth of its crop
        (box(200, 200, 8, 2), (272, 369, 336, 433)),
        (box(100, 100, 192, 20), (104, 200, 488, 584)),  # three quarters of the frame, held by its upper border
        (box(100, 100, 193, 20), None),
        (box(200, 200, 40, 20, cut=True), None),
        (box(200, 200, 40, 20, difficult=True), None),
        (box(200, 200, 40, 20, crowd=True), None),
        (box(200, 200, 40, 20, kind="region"), None),
    ],
)
def test_one_object(what: Box, taken: tuple[int, int, int, int] | None) -> None:
    found = crop_regions("s/p", [what], FRAME, OPTIONS)
    assert found == (() if taken is None else (Region(taken, 0),))


def test_none_are_wanted() -> None:
    assert crop_regions("s/p", [box(200, 200, 40, 20)], FRAME, None) == ()


def test_classes_take_turns_and_crops_lie_apart() -> None:
    ships = [box(x, 50, 30, 30) for x in (20, 120, 220, 320, 420)]
    found = crop_regions("s/p", [*ships, box(300, 300, 30, 30, "harbor")], FRAME, OPTIONS)
    assert len(found) == 3 and 5 in [region.box for region in found[:2]]
    close = [box(200, 200, 40, 20), box(206, 204, 40, 20)]
    assert len(crop_regions("s/p", close, FRAME, OPTIONS)) == 1
    chosen = {crop_regions(f"s/{name}", close, FRAME, OPTIONS)[0].box for name in range(20)}
    assert chosen == {0, 1}  # by a hash of the picture's id


boxes = st.lists(
    st.builds(
        box,
        st.floats(0, 500),
        st.floats(0, 500),
        st.floats(1, 300),
        st.floats(1, 300),
        st.sampled_from(["ship", "harbor", "plane"]),
    ).filter(lambda item: item.x1 <= 512 and item.y1 <= 512),
    max_size=12,
)
options = st.builds(Regions, st.integers(1, 6), st.floats(0, 2), st.integers(32, 200))


@given(boxes, options)
def test_a_crop_is_a_square_in_its_frame_around_its_whole_object(found: list[Box], wanted: Regions) -> None:
    regions = crop_regions("s/p", found, FRAME, wanted)
    assert len(regions) <= wanted.per_picture and len({region.box for region in regions}) == len(regions)
    for (x0, y0, x1, y1), place in regions:
        shown = found[place]
        longer = max(shown.x1 - shown.x0, shown.y1 - shown.y0)
        assert FRAME[0] <= x0 and FRAME[1] <= y0 and x1 <= FRAME[2] and y1 <= FRAME[3]
        assert x1 - x0 == y1 - y0 >= max(wanted.min_side, longer * (1 + 2 * wanted.context) - 1e-6)
        assert x1 - x0 <= 384 and longer >= (x1 - x0) / 8
        assert x0 <= 100 + shown.x0 and 100 + shown.x1 <= x1 and y0 <= 200 + shown.y0 and 200 + shown.y1 <= y1


@given(boxes, options, st.randoms())
def test_the_order_of_boxes_does_not_matter(found: list[Box], wanted: Regions, chance: object) -> None:
    unlike = list({dataclasses.astuple(item)[2:6]: item for item in found}.values())
    mixed = unlike[:]
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    def windows(items: list[Box]) -> list[tuple[int, int, int, int]]:
        return [region.window for region in crop_regions("s/p", items, FRAME, wanted)]

    assert windows(unlike) == windows(mixed)
