"""What the samples of a decoded picture mean, and the values in them that become red, green and blue."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from skypairs.schemas.errors import PictureError
from skypairs.schemas.recipe import Bands

Array = npt.NDArray[Any]
Meaning = Literal["gray", "rgb", "bands", "palette", "cmyk", "ycbcr"]
_CONVERTED = ("palette", "cmyk", "ycbcr")
"""Samples that stand for colours, and are not colours themselves."""


@dataclass(frozen=True, eq=False)
class Stored:
    """The samples of a picture as its decoder gives them."""

    bands: int
    """How many are stored, alpha included."""
    dtype: np.dtype[Any]
    meaning: Meaning = "bands"
    bits: int = 8
    """Of a sample, as stored; decoders give whole bytes."""
    alpha: int | None = None
    """Number of the alpha band, from 0."""
    associated: bool = False
    """The colours have been multiplied by alpha."""
    white_is_zero: bool = False
    palette: npt.NDArray[np.uint8] | None = None
    """(n, 3) colours."""
    no_data: float | None = None
    """The value that the file says stands for nothing (GDAL_NODATA)."""

    @property
    def colours(self) -> int:
        """How many bands can be chosen from: those of the colours that a palette or inks stand for, else the stored ones."""
        return 3 if self.meaning in _CONVERTED else self.bands

    @property
    def deep(self) -> bool:
        """Whether a value may need more than 8 bits."""
        return self.meaning not in _CONVERTED and self.dtype not in (np.uint8, np.bool_)

    def chosen(self, policy: Bands) -> tuple[int, ...]:
        """The bands that become gray, or red, green and blue, from 0. Raises PictureError where there are too few."""
        if policy.choose:
            if max(policy.choose) > self.colours:
                raise PictureError("too few bands", f"band {max(policy.choose)} is asked for and {self.colours} are there")
            return tuple(band - 1 for band in policy.choose)
        usable = [band for band in range(self.colours) if band != self.alpha or self.meaning in _CONVERTED]
        return tuple(usable[:3]) if len(usable) >= 3 else tuple(usable[:1])

    def needed(self, policy: Bands) -> tuple[int, ...]:
        """The stored bands that have to be decoded, from 0, in the order in which `values` wants them: chosen, then alpha."""
        if self.meaning in _CONVERTED:
            return tuple(range(self.bands))
        return self.chosen(policy) + (() if self.alpha is None or policy.alpha == "ignore" else (self.alpha,))

    def values(self, samples: Array, policy: Bands) -> tuple[Array, npt.NDArray[np.uint8] | None]:
        """(h, w, 1 or 3) values and (h, w) alpha in 8 bits, of `needed` samples (h, w, bands)."""
        alpha = None
        if self.meaning in _CONVERTED:
            if self.alpha is not None and policy.alpha != "ignore":
                alpha = _eight_bits(samples[..., self.alpha])
            if self.meaning == "palette":
                assert self.palette is not None
                index = np.minimum(samples[..., 0], len(self.palette) - 1)  # beyond the table: its last colour
                colours = self.palette[index]
            elif self.meaning == "cmyk":
                colours = _from_inks(_eight_bits(samples[..., :4]))
            else:
                colours = _from_ycbcr(_eight_bits(samples[..., :3]))
            return take_bands(colours, self.chosen(policy)), alpha
        count = len(self.chosen(policy))
        values = samples[..., :count]
        if samples.shape[2] > count:
            alpha = _eight_bits(samples[..., count])
        if values.dtype == np.bool_:
            values = values.view(np.uint8) * np.uint8(255)
        elif values.dtype == np.uint8 and self.bits < 8:
            values = values * np.uint8(255 // ((1 << self.bits) - 1)) if 8 % self.bits == 0 else values << (8 - self.bits)
        if self.white_is_zero and values.dtype.kind == "u":
            top = 255 if values.dtype == np.uint8 else (1 << self.bits) - 1
            values = values.dtype.type(top) - values
        return values, alpha


def take_bands(samples: Array, bands: tuple[int, ...]) -> Array:
    """(h, w, bands) of the bands asked for, in that order; without a copy where they are the first ones."""
    return samples[..., : len(bands)] if bands == tuple(range(len(bands))) else samples[..., list(bands)]


def _from_inks(inks: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Cyan, magenta, yellow and black to RGB, without a colour profile: (255 - ink) * (255 - black) / 255."""
    light = 255 - inks.astype(np.uint16)
    return np.asarray((light[..., :3] * light[..., 3:] + 127) // 255, np.uint8)


def _from_ycbcr(samples: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Luma and chroma of full range to RGB: JFIF 1.02, page 3 (ITU-R BT.601)."""
    luma, blue, red = (samples[..., band].astype(np.float32) - (128 if band else 0) for band in range(3))
    rgb = np.stack((luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue), axis=-1)
    return np.asarray(np.clip(rgb.round(), 0, 255), np.uint8)


def _eight_bits(values: Array) -> npt.NDArray[np.uint8]:
    """Alpha and inks, of which the largest value means all."""
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.bool_:
        return values.view(np.uint8) * np.uint8(255)
    if values.dtype.kind in "iu":
        top = np.iinfo(values.dtype).max
        return np.asarray((np.clip(values, 0, None).astype(np.float64) * (255 / top)).round(), np.uint8)
    return np.asarray((np.clip(np.nan_to_num(values, nan=0.0), 0, 1).astype(np.float64) * 255).round(), np.uint8)
