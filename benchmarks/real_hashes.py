"""Really computed hashes of very many windows of real pictures, where no folder of pictures is large enough.

Each picture is reduced by 48 factors from 1.5 up to its size. Of what is left come windows of 32 x 32 pixels at random places:
pictures of 48 px of the original and more a side, which a hash takes as they are. One in twenty is a changed copy of another of
its lot: turned or mirrored, brighter or darker, noisier. Windows overlap, the more of them the more. So there are near pairs of
every kind: copies, views of one place, and different places that look alike to a hash.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.fftpack
from PIL import Image

from skypairs.transforms.orientations import ORIENTATIONS, turn
from skypairs.transforms.thumbnail_hash import turned_hashes

SIDE = 32
SCALES = 48
LEAST = 1.5
COPIES = 20
_ROUNDING = 1e-6  # as in thumbnail_hash.py: coefficients nearer to each other are left to it
Windows = npt.NDArray[np.uint8]
"""(n, 32, 32)."""


def windows(paths: list[Path], number: int, count: int) -> Iterator[Windows]:
    """Those of one picture, a lot a scale, where all pictures together give `count`."""
    draw = np.random.default_rng([number, count])
    with Image.open(paths[number]) as file:
        gray = file.convert("L")
    factors = np.geomspace(LEAST, min(gray.size) / (SIDE + 1), SCALES) * draw.uniform(0.98, 1, SCALES)
    share = count * (number + 1) // len(paths) - count * number // len(paths)
    ends = np.round(share * np.cumsum(1 / factors) / np.sum(1 / factors)).astype(int)
    for factor, wanted in zip(factors, np.diff(ends, prepend=0), strict=True):
        small = gray.resize((round(gray.width / factor), round(gray.height / factor)), Image.Resampling.LANCZOS)
        views = np.lib.stride_tricks.sliding_window_view(np.asarray(small), (SIDE, SIDE))
        lot = views[tuple(draw.integers(views.shape[:2], size=(wanted, 2)).T)]
        for at in range(COPIES - 1, wanted, COPIES):
            lot[at] = _changed(lot[int(draw.integers(at))], draw)
        yield lot


def _changed(window: Windows, draw: np.random.Generator) -> Windows:
    levels = turn(window, int(draw.integers(ORIENTATIONS))) * draw.uniform(0.9, 1.1) + draw.normal(0, 1, window.shape)
    return np.clip(np.round(levels), 0, 255).astype(np.uint8)


def hashes(lot: Windows) -> npt.NDArray[np.uint64]:
    """(n, 8): what `turned_hashes` gives for each window, of all at once."""
    spectra = scipy.fftpack.dct(scipy.fftpack.dct(lot, axis=1), axis=2)[:, :8, :8]
    odd = np.where(np.arange(8) % 2, -1.0, 1.0)
    found = np.empty((len(lot), ORIENTATIONS), np.uint64)
    unsure = np.zeros(len(lot), bool)
    for g in range(ORIENTATIONS):
        turned = (spectra.transpose(0, 2, 1) if g & 4 else spectra) * (odd if g & 1 else 1) * (odd[:, None] if g & 2 else 1)
        flat = turned.reshape(len(lot), 64)
        below, above = np.partition(flat, (31, 32), axis=1)[:, 31:33].T
        unsure |= above - below < _ROUNDING
        found[:, g] = np.packbits(flat > ((below + above) / 2)[:, None], axis=1).view(">u8")[:, 0]
    for at in np.flatnonzero(unsure).tolist():
        found[at] = _one(lot[at])
    return found


def _one(window: Windows) -> list[int]:
    return [int.from_bytes(one, "big") for one in turned_hashes(window)]


def check(lot: Windows, found: npt.NDArray[np.uint64]) -> None:
    """Stops where the hashes of a lot are not those that a build would take."""
    if found.tolist() != [_one(window) for window in lot]:
        raise SystemExit("hashes of many windows at once are not those of each")
