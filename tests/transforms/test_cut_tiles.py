import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.schemas.recipe import Pictures
from skypairs.transforms.cut_tiles import cut_windows, reduced_size

DEFAULT = Pictures()


@pytest.mark.parametrize(
    ("width", "height", "count"),
    [
        (800, 800, 0),  # small enough
        (1024, 1024, 0),  # exactly `whole`
        (1024, 768, 0),  # aspect 1.333
        (1024, 760, 2),  # aspect 1.347: two windows of 760
        (1025, 1025, 1),  # 1025 <= 1.34 * 768: both axes taken whole, so it stays whole in the end
        (1920, 1080, 6),  # 1080 > 1029: both axes are cut, 3 x 2
        (4000, 4000, 36),  # 1 + ceil(3232 / 704) = 6 a side
        (20000, 300, 85),  # a strip: windows of its own height, 1 + ceil(19700 / 236)
        (1024, 1, 1024),  # one pixel high: windows of one pixel
    ],
)
def test_windows_by_number(width: int, height: int, count: int) -> None:
    expected = 0 if count == 1 else count
    assert len(cut_windows(width, height, DEFAULT)) == expected


sizes = st.integers(1, 5000)


@settings(deadline=None, max_examples=60)
@given(sizes, sizes, st.integers(64, 2000), st.integers(64, 1500), st.integers(0, 31))
def test_windows_cover_the_scene_within_the_aspect(width: int, height: int, whole: int, tile: int, overlap: int) -> None:
    options = Pictures(whole=whole, tile=tile, overlap=overlap, max_tiles=30_000)
    windows = cut_windows(width, height, options)
    if not windows:
        return
    for x0, y0, x1, y1 in windows:
        assert 0 <= x0 < x1 <= width
        assert 0 <= y0 < y1 <= height
        assert max(x1 - x0, y1 - y0) <= options.max_aspect * min(x1 - x0, y1 - y0)
    columns = sorted({(x0, x1) for x0, _, x1, _ in windows})
    rows = sorted({(y0, y1) for _, y0, _, y1 in windows})
    assert len(columns) * len(rows) == len(windows) == len(set(windows))
    for spans, length in ((columns, width), (rows, height)):
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        assert all(one[1] >= other[0] for one, other in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("size", "limit", "reduced"),
    [
        ((800, 600), None, (800, 600)),  # never
        ((512, 512), 512, (512, 512)),  # fits
        ((768, 768), 512, (512, 512)),
        ((1000, 750), 512, (512, 384)),
        ((5000, 2), 512, (512, 1)),  # never less than a pixel
    ],
)
def test_reduced_size(size: tuple[int, int], limit: int | None, reduced: tuple[int, int]) -> None:
    assert reduced_size(*size, limit) == reduced
