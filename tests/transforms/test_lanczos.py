"""The reduction that hashes start from, against Pillow's own."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skypairs.transforms import lanczos

Rgb = npt.NDArray[np.uint8]


def by_pillow(rgb: Rgb) -> Rgb:
    return np.asarray(Image.fromarray(rgb).convert("L").resize((32, 32), Image.Resampling.LANCZOS))


def picture(seed: int, height: int, width: int, kind: str) -> Rgb:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    if kind == "black and white":
        return np.where(noise > 127, 255, 0).astype(np.uint8)
    if kind == "sorted":
        return np.sort(noise, axis=1)
    if kind == "blocks":
        return np.ascontiguousarray(noise[::9, ::9].repeat(9, 0).repeat(9, 1)[:height, :width])
    return noise


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(1, 80),
    width=st.one_of(st.integers(1, 400), st.integers(400, 3000), st.sampled_from([191, 192, 512, 800, 1024])),
    kind=st.sampled_from(["noise", "black and white", "sorted", "blocks"]),
)
def test_bytes_are_those_of_pillow(seed: int, height: int, width: int, kind: str) -> None:
    rgb = picture(seed, height, width, kind)
    assert np.array_equal(lanczos.thumbnail(rgb), by_pillow(rgb))


@pytest.mark.parametrize(("height", "width"), [(4000, 300), (700, 4000), (40, 11_000), (40, 13_000)])
def test_large_pictures_go_through_in_several_chunks(height: int, width: int) -> None:
    rgb = picture(1, height, width, "noise")
    assert np.array_equal(lanczos.thumbnail(rgb), by_pillow(rgb))


def test_products_are_used_up_to_a_width_and_pillow_beyond() -> None:
    assert lanczos._weights(512) is not None
    assert lanczos._weights(11_000) is not None
    assert lanczos._weights(13_000) is None


def test_weights_that_are_not_pillows_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a Pillow of another filter."""
    monkeypatch.setattr(lanczos, "_LOBES", 2.0)
    lanczos._weights.cache_clear()
    rgb = picture(2, 300, 300, "noise")
    try:
        assert lanczos._weights(300) is None
        assert np.array_equal(lanczos.thumbnail(rgb), by_pillow(rgb))
    finally:
        lanczos._weights.cache_clear()
