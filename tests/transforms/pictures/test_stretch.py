"""Limits of a stretch against numpy.percentile, and the way from values to 8 bits."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from skypairs.transforms.pictures.stretch import percentile_limits, to_eight_bits

KINDS = ("uint8", "uint16", "int16", "uint32", "int32", "float32")


def limits(values: npt.NDArray[np.generic], low: float, high: float, blocks: int = 3) -> tuple[float, float]:
    parts = np.array_split(values, blocks)
    [found] = percentile_limits(lambda: ((part,) for part in parts), 1, (low, high))
    return found


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(KINDS), st.floats(0, 49), st.floats(51, 100))
def test_percentiles_are_exact(data: st.DataObject, kind: str, low: float, high: float) -> None:
    finite = {"allow_nan": False, "allow_infinity": False} if kind == "float32" else {}
    elements = arrays.from_dtype(np.dtype(kind), **finite)
    values = data.draw(arrays.arrays(np.dtype(kind), st.integers(1, 40), elements=elements))
    wanted = [float(found) for found in np.percentile(values.astype(np.float64), (low, high))]
    if wanted[0] == wanted[1]:
        wanted = [float(values.min()), float(values.max())]
    assert limits(values, low, high) == pytest.approx(wanted, rel=1e-9, abs=1e-30)


def test_what_is_no_number_does_not_count() -> None:
    values = np.array([np.nan, 1, 2, 3, np.inf, -np.inf], np.float32)
    assert limits(values, 0, 100) == (1, 3)
    assert limits(np.full(4, np.nan, np.float32), 2, 98) == (0, 0)
    assert limits(np.empty(0, np.uint16), 2, 98) == (0, 0)


def test_doubles_are_rounded_to_single_precision_first() -> None:
    values = np.linspace(0, 1, 1001)
    assert limits(values, 2, 98) == pytest.approx((0.02, 0.98), rel=1e-6)
    assert limits(np.array([1e300, 1, 2]), 0, 100) == (1, 2)  # beyond single precision: infinite


def test_a_picture_that_is_nearly_all_one_value_keeps_its_rest() -> None:
    values = np.zeros(1000, np.uint16)
    values[:5] = 900
    assert limits(values, 2, 98) == (0, 900)


@pytest.mark.parametrize("kind", [*KINDS, "int8", "float64"])
def test_values_become_eight_bits_by_one_rule(kind: str) -> None:
    values = np.arange(0, 120).astype(kind).reshape(10, 12, 1)
    found = to_eight_bits(values, ((20.0, 100.0),))
    assert np.array_equal(found, np.clip((values.astype(float) - 20) * (255 / 80), 0, 255).round().astype(np.uint8))
    assert not to_eight_bits(values, ((7.0, 7.0),)).any()  # no contrast: black, not noise


def test_every_band_has_its_own_limits() -> None:
    values = np.dstack([np.full((2, 2), 10, np.int16), np.full((2, 2), -5, np.int16)])
    found = to_eight_bits(values, ((0.0, 20.0), (-5.0, 5.0)))
    assert found[0, 0].tolist() == [128, 0]
    assert to_eight_bits(np.array([[[np.nan]]], np.float32), ((0.0, 1.0),)).item() == 0
