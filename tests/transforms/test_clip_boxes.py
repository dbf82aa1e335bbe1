"""Clipping to pictures and windows: tables, and what must hold of any box."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.geometry import bounds
from skypairs.schemas.recipe import Boxes
from skypairs.schemas.records import Box, Lost
from skypairs.transforms.clip_boxes import clip_boxes, scale_boxes

ALL = Boxes(min_area=0, min_visible=0)
DIAMOND = (50.0, 40.0, 60.0, 50.0, 50.0, 60.0, 40.0, 50.0)  # 200 square pixels in a rectangle of 400
BOW_TIE = (0.0, 0.0, 10.0, 10.0, 10.0, 0.0, 0.0, 10.0)  # crosses itself: 50 square pixels, 0 by Gauss's formula


def box(*rect, **more):
    return Box("a", "a", *map(float, rect), **more)


def outlined(*polygon, **more):
    return box(*bounds(polygon), polygon=tuple(map(float, polygon)), **more)


def rects(boxes):
    return [(*item.rect, item.cut) for item in boxes]


@pytest.mark.parametrize(
    ("rect", "kept", "reason"),
    [
        ((10, 10, 20, 20), [(10, 10, 20, 20, False)], None),
        ((0, 0, 100, 80), [(0, 0, 100, 80, False)], None),  # the whole picture
        ((-5, 10, 20, 20), [(0, 10, 20, 20, True)], None),
        ((90, 70, 101, 81), [(90, 70, 100, 80, True)], None),
        ((-9, -9, 200, 200), [(0, 0, 100, 80, True)], None),
        ((100, 10, 120, 20), [], "outside"),  # beside it: half-open
        ((-20, 10, 0, 20), [], "outside"),
        ((10, 10, 10, 20), [], "no area"),
        ((20, 10, 10, 20), [], "no area"),  # inverted
        ((10, math.nan, 20, 20), [], "no area"),
        ((10, 10, math.inf, 20), [], "no area"),
        ((10, 10, 1e9, 20), [], "no area"),  # no picture is so large
        ((10, 10, 13, 15), [], "under min_area"),  # 15 square pixels
        ((10, 10, 14, 14), [(10, 10, 14, 14, False)], None),  # 16
        ((-2, 10, 3, 15), [], "under min_area"),  # 25, of which the picture shows 15
    ],
)
def test_in_the_picture(rect, kept, reason):
    found, lost = clip_boxes([box(*rect)], 100, 80, None, Boxes(min_area=16))
    assert rects(found) == kept
    assert lost == ((Lost("a", reason, 1),) if reason else ())


@pytest.mark.parametrize(
    ("rect", "kept", "reason"),
    [
        ((30, 30, 40, 40), [(10, 10, 20, 20, False)], None),
        ((10, 30, 30, 40), [(0, 10, 10, 20, True)], None),  # half of it
        ((13, 30, 23, 40), [(0, 10, 3, 20, True)], None),  # exactly 0.3
        ((12, 30, 22, 40), [], "under min_visible"),
        ((0, 30, 10, 40), [], None),  # another window's
        ((0, 0, 3, 3), [], None),  # too small, and another window's
        ((30, 30, 33, 33), [], "under min_area"),
        ((-70, 30, 30, 40), [(0, 10, 10, 20, True)], None),  # the picture shows 30 columns of it, the window 10
        ((200, 30, 210, 40), [], "outside"),  # a fault of the annotation: counted in every window
        ((30, 30, 30, 40), [], "no area"),
    ],
)
def test_in_a_window(rect, kept, reason):
    found, lost = clip_boxes([box(*rect)], 100, 100, (20, 20, 60, 60), Boxes(min_area=16, min_visible=0.3))
    assert rects(found) == kept
    assert lost == ((Lost("a", reason, 1),) if reason else ())


def test_flags_stay_and_lost_objects_are_counted_by_class():
    flagged = box(10, 10, 20, 20, difficult=True, crowd=True, cut=True)
    other = Box("b", "B", 0, 0, 1, 1)
    found, lost = clip_boxes([other, flagged, other, box(0, 0, 1, 1)], 50, 50, None, Boxes(min_area=2))
    assert found == (flagged,)
    assert lost == (Lost("a", "under min_area", 1), Lost("b", "under min_area", 2))


def test_an_outline_decides_area_and_share():
    """The window holds a quarter of the rectangle but an eighth of the diamond: 12.5 of 100 square pixels at its tip."""
    whole = outlined(*DIAMOND)
    assert clip_boxes([whole], 100, 100, None, Boxes(min_area=200)) == ((whole,), ())
    assert clip_boxes([whole], 100, 100, None, Boxes(min_area=201))[1] == (Lost("a", "under min_area", 1),)
    tip = (55, 0, 100, 100)
    assert clip_boxes([whole], 100, 100, tip, Boxes(min_visible=0.13))[1] == (Lost("a", "under min_visible", 1),)
    (found,), lost = clip_boxes([whole], 100, 100, tip, Boxes(min_visible=0.125))
    assert lost == () and found.cut
    assert found.rect == (0, 45, 5, 55) == bounds(found.polygon)


def test_an_outline_beside_the_window_is_not_in_it_though_its_rectangle_is():
    assert clip_boxes([outlined(*DIAMOND)], 100, 100, (56, 56, 90, 90), ALL) == ((), ())


@pytest.mark.parametrize(
    ("polygon", "area"),
    [
        (BOW_TIE, 50),
        ((0, 0, 10, 0, 10, 10, 0, 10), 100),
        ((0, 0, 10, 0, 10, 10, 9, 1), 10),  # a dart, not convex
        ((0, 0, 10, 0, 0, 10), 50),
        ((0, 0, 10, 0, 10, 10, 5, 10, 0, 10), 100),
    ],
)
def test_area_of_outlines(polygon, area):
    item = outlined(*polygon)
    assert clip_boxes([item], 20, 20, None, Boxes(min_area=area)) == ((item,), ())
    assert clip_boxes([item], 20, 20, None, Boxes(min_area=area + 0.01))[0] == ()


def test_a_self_crossing_quad_is_clipped_by_its_lobes():
    (found,), _ = clip_boxes([outlined(*BOW_TIE)], 20, 20, (7, 0, 20, 20), ALL)
    assert found.rect == (0, 0, 3, 10)
    (found,), _ = clip_boxes([outlined(*BOW_TIE)], 20, 4, None, ALL)  # two parts are left: their hull
    assert found.rect == (0, 0, 10, 4) == bounds(found.polygon) and found.cut


@pytest.mark.parametrize("polygon", [(1, 1, 5, 5, 9, 9, 5, 5), (1, 1, math.nan, 5, 9, 9), (-9, 5, 5, 5, 9, 5)])
def test_an_outline_without_area_is_no_object(polygon):
    assert clip_boxes([box(0, 0, 10, 10, polygon=polygon)], 20, 20, None, ALL)[1] == (Lost("a", "no area", 1),)


def test_rectangle_and_outline_that_were_marked_apart():
    """As in HRSC2016: the outline says what is cut, the rectangle is kept inside the picture."""
    apart = box(-3, 10, 30, 20, polygon=(1, 10, 20, 10, 20, 20, 1, 20))
    (found,), _ = clip_boxes([apart], 100, 100, None, ALL)
    assert found.rect == (0, 10, 30, 20) and not found.cut and found.polygon == apart.polygon


def test_scaling_reaches_the_border_and_does_not_pass_it():
    for length in range(513, 2000):
        (found,) = scale_boxes([box(0, 0, length, length)], 512 / length, 512 / length)
        assert found.rect == (0, 0, 512, 512)
    (found,) = scale_boxes([outlined(2, 2, 4, 2, 4, 4, cut=True)], 0.5, 0.25)
    assert found.rect == (1, 0.5, 2, 1) and found.polygon == (1, 0.5, 2, 0.5, 2, 1) and found.cut


def test_the_area_of_a_mask_is_scaled_with_its_box_and_unknown_where_the_box_is_clipped():
    whole = box(1, 1, 5, 5, area=12.0)
    assert [item.area for item in scale_boxes([whole], 0.5, 2)] == [12.0]
    assert [item.area for item in scale_boxes([whole], 0.5, 0.5)] == [3.0]
    (moved,), _ = clip_boxes([whole], 10, 10, (1, 1, 9, 9), ALL)
    assert (moved.x0, moved.area) == (0, 12.0)
    (clipped,), _ = clip_boxes([whole], 10, 10, (0, 0, 4, 9), ALL)
    assert clipped.cut and clipped.area is None


def test_scaling_by_one_changes_nothing():
    assert scale_boxes([box(0.1, 0.2, 0.3, 0.4)], 1, 1) == (box(0.1, 0.2, 0.3, 0.4),)


numbers = st.floats(-150, 250, allow_nan=False).map(lambda value: round(value, 3))
eighths = st.integers(-1200, 2000).map(lambda value: value / 8)  # exact in binary
plain = st.builds(box, eighths, eighths, eighths, eighths)
quads = st.lists(numbers, min_size=8, max_size=8).map(lambda polygon: outlined(*polygon))
boxes = st.lists(plain | quads, max_size=6)
windows = st.none() | st.tuples(st.integers(0, 49), st.integers(0, 39), st.integers(50, 100), st.integers(40, 80))


@settings(deadline=None)
@given(boxes, windows)
def test_what_is_kept_lies_in_the_frame_and_what_is_not_is_counted(items, window):
    found, lost = clip_boxes(items, 100, 80, window, Boxes())
    x0, y0, x1, y1 = window or (0, 0, 100, 80)
    for item in found:
        assert 0 <= item.x0 < item.x1 <= x1 - x0 and 0 <= item.y0 < item.y1 <= y1 - y0
        if item.polygon and item.cut:
            assert bounds(item.polygon) == item.rect
    if window is None:
        assert len(found) + sum(item.count for item in lost) == len(items)


@settings(deadline=None)
@given(boxes)
def test_clipping_twice_is_clipping_once(items):
    once, _ = clip_boxes(items, 100, 80, None, ALL)
    assert clip_boxes(once, 100, 80, None, ALL) == (once, ())


@settings(deadline=None)
@given(boxes, windows, st.floats(0, 1))
def test_a_higher_share_keeps_fewer(items, window, share):
    every, _ = clip_boxes(items, 100, 80, window, ALL)
    some, _ = clip_boxes(items, 100, 80, window, Boxes(min_area=0, min_visible=share))
    assert set(some) <= set(every)
    assert {item for item in every if not item.cut} <= set(some)


@settings(deadline=None)
@given(st.lists(plain, max_size=6), windows)
def test_windows_are_pictures_of_their_own(items, window):
    """Rectangles clipped to the picture and then moved into the window give what the window gives."""
    x0, y0, x1, y1 = window or (0, 0, 100, 80)
    whole, _ = clip_boxes(items, 100, 80, None, ALL)
    moved = [box(a.x0 - x0, a.y0 - y0, a.x1 - x0, a.y1 - y0, cut=a.cut) for a in whole]
    direct = clip_boxes(items, 100, 80, window, ALL)[0]
    assert direct == clip_boxes(moved, x1 - x0, y1 - y0, None, ALL)[0]
