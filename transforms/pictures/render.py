"""A picture's samples to 8-bit RGB by the policy of its source."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from skypairs.schemas.recipe import Bands
from skypairs.schemas.records import Rendering
from skypairs.transforms.pictures.samples import Stored
from skypairs.transforms.pictures.stretch import Limits, percentile_limits, to_eight_bits

Array = npt.NDArray[Any]
RGB = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, C-contiguous."""
Samples = Callable[[], Iterable[Array]]
"""A fresh pass over the picture: blocks (h, w, bands) of the samples that the policy needs."""

_EIGHT_BITS = (0.0, 255.0)


class Renderer:
    """What takes blocks of one picture to RGB. The limits of its stretch are found when it is made, over all of `samples`."""

    def __init__(self, stored: Stored, policy: Bands, samples: Samples) -> None:
        self._stored, self._policy = stored, policy
        self._chosen = stored.chosen(policy)
        kind = policy.stretch if policy.stretch != "auto" else ("percentile" if stored.deep else "none")
        stated = policy.no_data is not None or kind != "none"  # the file's own value does not blacken 8-bit pictures
        self._no_data = (stored.no_data if policy.no_data is None else policy.no_data) if stated else None
        self._blended = stored.alpha is not None and policy.alpha != "ignore"
        self._limits: Limits | None = None
        if kind == "fixed":
            ranges = policy.range
            self._limits = ranges * len(self._chosen) if len(ranges) == 1 else ranges
        elif kind in ("percentile", "minmax"):
            percentiles = policy.percentiles if kind == "percentile" else (0.0, 100.0)
            self._limits = percentile_limits(lambda: self._counted(samples), len(self._chosen), percentiles)
        elif stored.deep:
            self._limits = (_EIGHT_BITS,) * len(self._chosen)
        plain = kind == "none" and not policy.choose and len(self._chosen) >= stored.colours
        self.rendering: Rendering | None = None
        if not plain or self._blended or self._no_data is not None:
            self.rendering = Rendering(
                tuple(band + 1 for band in self._chosen),
                kind,
                () if kind == "none" or self._limits is None else self._limits,
                self._no_data,
                policy.alpha if stored.alpha is not None else "",
            )

    def rgb(self, samples: Array) -> RGB:
        """(h, w, 3) of a block (h, w, bands) of the samples that the policy needs."""
        values, alpha = self._stored.values(samples, self._policy)
        out = values if self._limits is None else to_eight_bits(values, self._limits)
        if self._no_data is not None:
            out = np.where(self._valid(values)[..., None], out, np.uint8(0))
        if out.shape[2] == 1:
            out = np.repeat(out, 3, axis=2)
        if alpha is not None:
            out = self._blend(out, alpha)
        return np.ascontiguousarray(out, np.uint8)

    def _counted(self, samples: Samples) -> Iterator[tuple[Array, ...]]:
        """The values that the stretch is computed from: neither no-data nor transparent where that is hidden."""
        for block in samples():
            values, alpha = self._stored.values(block, self._policy)
            valid = None
            if self._no_data is not None or values.dtype.kind == "f":
                valid = self._valid(values)
            if alpha is not None:
                valid = alpha > 0 if valid is None else valid & (alpha > 0)
            bands = (values[..., band] for band in range(values.shape[2]))
            yield tuple(band.ravel() if valid is None else band[valid] for band in bands)

    def _valid(self, values: Array) -> npt.NDArray[np.bool_]:
        """Where a pixel is not no-data: that is, where not all its chosen bands are that value, or undefined."""
        none = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
        if self._no_data is not None:
            none |= values == (np.float32(self._no_data) if values.dtype == np.float32 else self._no_data)
        return np.asarray(~none.all(axis=2))

    def _blend(self, rgb: RGB, alpha: npt.NDArray[np.uint8]) -> RGB:
        """Over black or white. Associated colours are as much as their alpha lets through already."""
        ground = 255 if self._policy.alpha == "white" else 0
        through = alpha[..., None].astype(np.uint16)
        behind = (ground * (255 - through) + 127) // 255
        front = rgb.astype(np.uint16) if self._stored.associated else (rgb * through + 127) // 255
        return np.asarray(np.minimum(front + behind, 255), np.uint8)
