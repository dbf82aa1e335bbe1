"""A picture that is open: upright RGB of any window of it, by the policy of its source.

A TIFF is read by the windows that are asked for, so that memory holds what they touch and not the picture; asked for from top
to bottom, each segment is decoded once. Every other kind is decoded as a whole: their libraries know no windows.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.identity import Window
from skypairs.schemas.recipe import Bands
from skypairs.schemas.records import Rendering
from skypairs.transforms.pictures.decode import decode_samples, fast_jpeg
from skypairs.transforms.pictures.header import Header, check_plausible, decoding, tiff_header
from skypairs.transforms.pictures.render import RGB, Renderer
from skypairs.transforms.pictures.samples import take_bands
from skypairs.transforms.pictures.tiff_pixels import Part, TiffPixels
from skypairs.transforms.pictures.turns import turn_array
from skypairs.transforms.ranges import ByteRanges

Array = npt.NDArray[Any]
PLAIN = Bands()
_HELD_RAW = 32 << 20
"""Samples of a picture that is stretched are kept, and not decoded again, where they come to no more bytes."""


class OpenPicture:
    """`header` is known when it is made; pixels are decoded when they are asked for, once."""

    def __init__(
        self, header: Header, data: bytes, passes: bool, rendering: Rendering | None, pixels: Callable[[Window], RGB]
    ) -> None:
        self.header = header
        self.data = data
        """The encoded picture, where it is in memory as a whole."""
        self.passes = passes
        """A trainer may read the encoded picture as it stands."""
        self.rendering = rendering
        """What the policy did; None: 8-bit gray or RGB as it is stored."""
        self._pixels = pixels

    @property
    def width(self) -> int:
        """Upright, as is the height."""
        return self.header.width

    @property
    def height(self) -> int:
        return self.header.height

    def pixels(self, window: Window | None = None) -> RGB:
        """(h, w, 3) of a window, None: of all. Raises PictureError."""
        with decoding(self.header.format):
            return self._pixels(window or (0, 0, self.width, self.height))


def from_pixels(rgb: RGB) -> OpenPicture:
    """Pixels that were never a picture of their own: a frame of a video."""
    header = Header("jpg", rgb.shape[1], rgb.shape[0], False)
    return OpenPicture(header, b"", False, None, lambda window: _cut(rgb, window))


def open_encoded(data: bytes, header: Header, policy: Bands = PLAIN) -> OpenPicture:
    """A picture that is in memory as a whole, TIFF excepted. Raises PictureError.

    One that may pass is decoded when its pixels are asked for, any other at once: its policy needs them.
    """
    check_plausible(header, data)
    if header.passes and changes_nothing(policy):
        decoded = cache(lambda: _plain(data, header))
        return OpenPicture(header, data, True, None, lambda window: _cut(decoded(), window))
    return _rendered(data, header, policy)


def changes_nothing(policy: Bands) -> bool:
    """Whether 8-bit pictures without transparency stay as they are."""
    return not policy.choose and policy.stretch in ("auto", "none") and policy.no_data is None


def _plain(data: bytes, header: Header) -> RGB:
    if header.format == "jpg":
        return fast_jpeg(data)
    samples, stored = decode_samples(data, header)
    return Renderer(stored, PLAIN, lambda: (samples,)).rgb(take_bands(samples, stored.needed(PLAIN)))


def _rendered(data: bytes, header: Header, policy: Bands) -> OpenPicture:
    with decoding(header.format):
        samples, stored = decode_samples(data, header)
        needed = take_bands(samples, stored.needed(policy))
        renderer = Renderer(stored, policy, lambda: (needed,))
        rgb = turned(renderer.rgb(needed), header.turn)
    return OpenPicture(header, data, False, renderer.rendering, lambda window: _cut(rgb, window))


def turned(rgb: RGB, turn: int) -> RGB:
    return np.ascontiguousarray(turn_array(rgb, turn))


def _cut(rgb: RGB, window: Window) -> RGB:
    x0, y0, x1, y1 = window
    return rgb[y0:y1, x0:x1]


class TiffWindows:
    """RGB of windows of a TIFF, by its segments: those of earlier rows are forgotten."""

    def __init__(self, tiff: TiffPixels, policy: Bands) -> None:
        self._tiff = tiff
        self._bands = tiff.stored.needed(policy)
        self._raw: dict[Part, Array] = {}
        size = tiff.width * tiff.height * len(self._bands) * tiff.stored.dtype.itemsize
        self._keeps_raw = size <= _HELD_RAW
        self._renderer = Renderer(tiff.stored, policy, self._samples)
        self._rgb: dict[Part, RGB] = {}

    @property
    def rendering(self) -> Rendering | None:
        return self._renderer.rendering

    def pixels(self, window: Window) -> RGB:
        """Of a window in stored pixels."""
        x0, y0, x1, y1 = window
        for part in [part for part in self._rgb if part.y1 <= y0]:
            del self._rgb[part]
        parts = self._tiff.touching(*window)
        for part, samples in self._read([part for part in parts if part not in self._rgb]):
            self._rgb[part] = self._renderer.rgb(samples)
        out = np.empty((y1 - y0, x1 - x0, 3), np.uint8)
        for part in parts:
            left, top, right, bottom = max(part.x0, x0), max(part.y0, y0), min(part.x1, x1), min(part.y1, y1)
            inside = self._rgb[part][top - part.y0 : bottom - part.y0, left - part.x0 : right - part.x0]
            out[top - y0 : bottom - y0, left - x0 : right - x0] = inside
        return out

    def _samples(self) -> Iterator[Array]:
        for row in self._tiff.parts():
            for part, samples in self._read(row):
                if self._keeps_raw:
                    self._raw[part] = samples
                yield samples

    def _read(self, parts: list[Part]) -> Iterator[tuple[Part, Array]]:
        yield from ((part, self._raw[part]) for part in parts if part in self._raw)
        yield from self._tiff.read([part for part in parts if part not in self._raw], self._bands)


def open_tiff(ranges: ByteRanges, tiff: TiffPixels, policy: Bands = PLAIN) -> OpenPicture:
    """An open TIFF, header checked. Reads all of it once or twice where it is stretched. Raises PictureError."""
    header = tiff_header(tiff)
    with decoding("tiff"):
        tiff.check_extents()
        if tiff.whole_only:
            return _rendered(ranges.read(0, ranges.size), header, policy)
        windows = TiffWindows(tiff, policy)
        if tiff.turn == 1:
            return OpenPicture(header, b"", False, windows.rendering, windows.pixels)
        rgb = turned(windows.pixels((0, 0, tiff.width, tiff.height)), tiff.turn)
        return OpenPicture(header, b"", False, windows.rendering, lambda window: _cut(rgb, window))
