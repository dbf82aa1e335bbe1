"""A table of kinds of pictures, each against an independent decoder; see kinds.py for who judges what."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from skypairs.schemas.recipe import Bands
from skypairs.transforms import images
from tests.transforms.pictures.kinds import HEIGHT, KINDS, WIDTH, Kind, expected


@cache
def made(name: str) -> tuple[bytes, npt.NDArray[np.uint8]]:
    [kind] = [kind for kind in KINDS if kind.name == name]
    data = kind.data()
    return data, expected(kind, data)


kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def test_the_table_is_long_enough() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 40


@kinds
@pytest.mark.filterwarnings("ignore")  # rasterio's, of pictures without a place on the ground
def test_pixels_are_those_of_another_decoder(kind: Kind) -> None:
    data, wanted = made(kind.name)
    header = images.read_header(data)
    assert (header.height, header.width) == wanted.shape[:2]
    assert (header.bands, header.sample_bytes) == (kind.bands, kind.sample_bytes)
    assert header.stored_size == (WIDTH, HEIGHT)
    images.check_size(header, header.width * header.height * 16)
    got = images.decode_rgb(data, header)
    assert got.flags.c_contiguous
    assert got.dtype == np.uint8
    assert np.abs(got.astype(int) - wanted).max() <= kind.off


@kinds
@pytest.mark.filterwarnings("ignore")
def test_windows_are_parts_of_the_whole(kind: Kind) -> None:
    data, _ = made(kind.name)
    header = images.read_header(data)
    whole = images.decode_rgb(data, header)
    opened = images.open_picture(data, header)
    side = min(header.width, header.height)
    for x0, y0, x1, y1 in ((0, 0, 1, 1), (3, 5, 120, 70), (40, 60, 90, side), (0, 90, header.width, header.height)):
        assert np.array_equal(opened.pixels((x0, y0, x1, y1)), whole[y0:y1, x0:x1])


@kinds
@pytest.mark.filterwarnings("ignore")
def test_one_band_can_be_chosen_of_any(kind: Kind) -> None:
    data, wanted = made(kind.name)
    header = images.read_header(data)
    rgb = images.open_picture(data, header, Bands(choose=(1,))).pixels()
    assert rgb.shape == (header.height, header.width, 3)
    assert (rgb[..., 0] == rgb[..., 1]).all()
    assert (rgb[..., 0] == rgb[..., 2]).all()
    assert np.abs(rgb[..., 0].astype(int) - wanted[..., 0]).max() <= kind.off
