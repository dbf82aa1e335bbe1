"""The policy of a source: which bands, stretched how, and what no-data and alpha become."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from PIL import Image

from skypairs.schemas.errors import PictureError
from skypairs.schemas.recipe import Bands
from skypairs.schemas.records import Rendering
from skypairs.transforms import images

DRAW = np.random.default_rng(5)
DEEP = DRAW.integers(100, 5000, (40, 50, 5)).astype(np.uint16)
PLAIN = DRAW.integers(0, 256, (40, 50, 3), np.uint8)


def tiff(array: npt.NDArray[Any], no_data: str = "", **options: Any) -> bytes:
    out = io.BytesIO()
    if array.ndim == 3:
        options.setdefault("planarconfig", "contig")
    extra = [(42113, "s", 0, no_data, True)] if no_data else []
    tifffile.imwrite(
        out, array, tile=(16, 32), photometric=options.pop("photometric", "minisblack"), extratags=extra, **options
    )
    return out.getvalue()


def png(array: npt.NDArray[Any]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(array).save(out, "PNG")
    return out.getvalue()


def opened(data: bytes, policy: Bands) -> images.OpenPicture:
    return images.open_picture(data, images.read_header(data), policy)


def scaled(values: npt.NDArray[Any], low: Any, high: Any) -> npt.NDArray[np.uint8]:
    low, high = np.asarray(low, float), np.asarray(high, float)
    return np.clip((values.astype(float) - low) * (255 / (high - low)), 0, 255).round().astype(np.uint8)


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (Bands(), scaled(DEEP[..., :3], *np.percentile(DEEP[..., :3], (2, 98), axis=(0, 1)))),
        (Bands(choose=(4, 3, 2)), scaled(DEEP[..., [3, 2, 1]], *np.percentile(DEEP[..., [3, 2, 1]], (2, 98), axis=(0, 1)))),
        (Bands(percentiles=(0, 50)), scaled(DEEP[..., :3], *np.percentile(DEEP[..., :3], (0, 50), axis=(0, 1)))),
        (Bands(stretch="minmax"), scaled(DEEP[..., :3], DEEP[..., :3].min((0, 1)), DEEP[..., :3].max((0, 1)))),
        (Bands(stretch="fixed", range=((0, 3000),)), scaled(DEEP[..., :3], 0, 3000)),
        (
            Bands(choose=(5, 1, 2), stretch="fixed", range=((0, 1), (100, 200), (0, 4000))),
            scaled(DEEP[..., [4, 0, 1]], (0, 100, 0), (1, 200, 4000)),
        ),
        (Bands(stretch="none"), np.minimum(DEEP[..., :3], 255).astype(np.uint8)),
    ],
)
@pytest.mark.parametrize("planar", [False, True])
def test_bands_and_stretch(policy: Bands, wanted: npt.NDArray[np.uint8], planar: bool) -> None:
    array = np.ascontiguousarray(DEEP.transpose(2, 0, 1)) if planar else DEEP
    picture = opened(tiff(array, planarconfig="separate" if planar else "contig"), policy)
    assert np.array_equal(picture.pixels(), wanted)
    assert np.array_equal(picture.pixels((7, 9, 41, 40)), wanted[9:40, 7:41])


def test_one_band_is_gray() -> None:
    rgb = opened(tiff(DEEP), Bands(choose=(5,), stretch="minmax")).pixels()
    assert np.array_equal(rgb, scaled(DEEP[..., [4, 4, 4]], DEEP[..., 4].min(), DEEP[..., 4].max()))


def test_what_was_done_is_recorded() -> None:
    assert opened(png(PLAIN), Bands()).rendering is None
    assert opened(tiff(PLAIN, photometric="rgb"), Bands()).rendering is None
    low, high = np.percentile(DEEP[..., 3], (1, 90))
    found = opened(tiff(DEEP, "0"), Bands(choose=(4,), stretch="percentile", percentiles=(1, 90))).rendering
    assert found == Rendering((4,), "percentile", ((low, high),), 0.0, "")
    rgba = np.dstack([PLAIN, PLAIN[..., :1]])
    assert opened(png(rgba), Bands(alpha="white")).rendering == Rendering((1, 2, 3), "none", (), None, "white")


def test_too_few_bands_are_a_fault_of_the_picture() -> None:
    with pytest.raises(PictureError, match="too few bands: band 6 is asked for and 5 are there"):
        opened(tiff(DEEP), Bands(choose=(6, 1, 2)))


def test_eight_bits_are_not_stretched_unless_asked_for() -> None:
    assert np.array_equal(opened(png(PLAIN // 2), Bands()).pixels(), PLAIN // 2)
    stretched = opened(png(PLAIN // 2), Bands(stretch="minmax"))
    assert stretched.pixels().max() == 255
    assert not stretched.passes
    assert opened(png(PLAIN), Bands(stretch="none")).passes
    assert not opened(png(PLAIN), Bands(choose=(3, 2, 1))).passes


@pytest.mark.parametrize("stated", ["tag", "recipe"])
def test_no_data_is_black_and_no_part_of_a_stretch(stated: str) -> None:
    holed = DEEP[..., :3].copy()
    holed[:10] = 65535
    holed[20, 20] = (65535, 300, 300)  # one band alone is a value
    data = tiff(holed, "65535" if stated == "tag" else "")
    rgb = opened(data, Bands(stretch="minmax", no_data=None if stated == "tag" else 65535.0)).pixels()
    valid = np.ones((40, 50), bool)
    valid[:10] = False
    assert not rgb[:10].any()
    limits = holed[valid].min(0), holed[valid].max(0)
    assert limits[1].tolist()[0] == 65535
    assert np.array_equal(rgb[10:], scaled(holed[10:], *limits))


def test_no_data_of_floating_point_pictures() -> None:
    values = (DEEP[..., :1] / 1000).astype(np.float32)
    values[:5] = -9999
    values[5:8] = np.nan
    rgb = opened(tiff(values[..., 0], "-9999"), Bands(stretch="minmax")).pixels()
    assert not rgb[:8].any()
    rest = values[8:, :, 0]
    assert np.array_equal(rgb[8:, :, 0], scaled(rest, rest.min(), rest.max()))


def test_the_no_data_value_of_a_file_leaves_plain_pictures_alone() -> None:
    white = PLAIN.copy()
    white[:5] = 255
    assert np.array_equal(opened(tiff(white, "255", photometric="rgb"), Bands()).pixels(), white)
    blackened = opened(tiff(white, "255", photometric="rgb"), Bands(no_data=255)).pixels()
    assert not blackened[:5].any()
    assert np.array_equal(blackened[5:], white[5:])


@pytest.mark.parametrize("ground", ["ignore", "black", "white"])
@pytest.mark.parametrize("kind", ["png", "tiff", "associated tiff"])
def test_alpha_over_a_ground(ground: Any, kind: str) -> None:
    alpha = DRAW.integers(0, 256, (40, 50, 1), np.uint8)
    alpha[:5], alpha[5:10] = 0, 255
    colours = PLAIN * (alpha / 255) if kind == "associated tiff" else PLAIN
    rgba = np.dstack([colours.round().astype(np.uint8), alpha])
    extra = "assocalpha" if kind == "associated tiff" else "unassalpha"
    data = png(rgba) if kind == "png" else tiff(rgba, photometric="rgb", extrasamples=[extra])
    rgb = opened(data, Bands(alpha=ground)).pixels().astype(int)
    share, behind = alpha / 255, 255 * (ground == "white")
    wanted = rgba[..., :3] if ground == "ignore" else PLAIN * share + behind * (1 - share)
    assert np.abs(rgb - wanted).max() <= (0 if ground == "ignore" else 1.01)


def test_the_stretch_is_that_of_the_whole_picture_so_that_tiles_match() -> None:
    ramp = np.tile(np.linspace(0, 60000, 50).astype(np.uint16), (40, 1))
    picture = opened(tiff(ramp), Bands())
    left, right = picture.pixels((0, 0, 25, 40)), picture.pixels((25, 0, 50, 40))
    assert np.array_equal(np.hstack([left, right]), picture.pixels())
    assert left.max() < right.min()


def test_a_sparse_file_shows_no_data_where_it_has_no_segments() -> None:
    data = tiff(np.zeros((64, 64), np.uint16), "7")
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        counts = file.pages.first.tags[325]
        at, size = counts.valueoffset, counts.dtype_name
    assert size in ("SHORT", "LONG")
    width = 2 if size == "SHORT" else 4
    sparse = data[:at] + bytes(width) + data[at + width :]
    rgb = opened(sparse, Bands(stretch="fixed", range=((0, 7),), no_data=1)).pixels()
    assert (rgb[:16, :32] == 255).all()
    assert not rgb[16:].any()
