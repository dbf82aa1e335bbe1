"""Bounds of run-length codes, against masks drawn pixel by pixel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask

from skypairs.schemas.geometry import Rect
from skypairs.transforms.readers.run_length import bounds_of

MASKS = arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 1))


def plain_bounds(pixels):
    ys, xs = np.nonzero(pixels)
    return Rect(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) if len(xs) else Rect(0, 0, 0, 0)


def runs(pixels):
    flat = pixels.ravel(order="F").tolist()
    counts, value = [0], 0
    for pixel in flat:
        if pixel != value:
            counts.append(0)
            value = pixel
        counts[-1] += 1
    return counts


@given(MASKS)
@settings(max_examples=300, deadline=None)
def test_text_and_list_give_the_exact_half_open_bounds(pixels):
    code = mask.encode(np.asfortranarray(pixels))
    size = list(pixels.shape)
    assert bounds_of({"size": size, "counts": code["counts"].decode()}) == plain_bounds(pixels)
    assert bounds_of({"size": size, "counts": runs(pixels)}) == plain_bounds(pixels)


@given(MASKS, st.data())
@settings(max_examples=200, deadline=None)
def test_empty_runs_change_nothing(pixels, data):
    counts = runs(pixels)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(counts) - 1))
        cut = data.draw(st.integers(0, counts[at]))
        counts[at : at + 1] = [cut, 0, counts[at] - cut]
    assert bounds_of({"size": list(pixels.shape), "counts": counts}) == plain_bounds(pixels)


@pytest.mark.parametrize(
    "code",
    [
        {},
        {"size": [4, 4]},
        {"size": [4], "counts": [16]},
        {"size": [0, 4], "counts": []},
        {"size": [4, -4], "counts": [16]},
        {"size": [4.0, 4], "counts": [16]},
        {"size": [4, 4], "counts": [3, 4]},  # does not fill the mask
        {"size": [4, 4], "counts": [3, -4, 17]},
        {"size": [4, 4], "counts": [3, "4", 9]},
        {"size": [1 << 20, 1 << 20], "counts": "0"},  # more pixels than can be counted
        {"size": [4, 4], "counts": ""},
        {"size": [4, 4], "counts": "ü"},
        {"size": [2, 2], "counts": "5T1T1"},  # runs beyond the mask
        {"size": [4, 4], "counts": None},
    ],
)
def test_bad_codes_are_told_apart_from_empty_masks(code):
    assert bounds_of(code) is None


@given(st.text(st.characters(min_codepoint=48, max_codepoint=111), min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_text_is_bounds_within_the_mask_or_nothing(text):
    found = bounds_of({"size": [7, 5], "counts": text})
    assert found is None or (0 <= found.x0 <= found.x1 <= 5 and 0 <= found.y0 <= found.y1 <= 7)
