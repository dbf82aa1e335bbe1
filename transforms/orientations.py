"""The eight ways to turn a picture without resampling it, numbered once for the whole project.

    g   array operation             in words
    0   a                           as it is
    1   a[:, ::-1]                  mirrored left to right
    2   a[::-1]                     mirrored top to bottom
    3   a[::-1, ::-1]               turned by 180 degrees
    4   a.T                         mirrored about the main diagonal
    5   a.T[:, ::-1]                turned by 90 degrees clockwise
    6   a.T[::-1]                   turned by 90 degrees anticlockwise
    7   a.T[::-1, ::-1]             mirrored about the other diagonal

Bit 2 of g transposes first, bit 1 then reverses the rows, bit 0 the columns. Overhead pictures have no "up": all eight
show the same place. The numbers stand in ledgers and fingerprint files, and never change.
"""

import numpy as np
import numpy.typing as npt

ORIENTATIONS = 8
IN_WORDS = (
    "as it is",
    "mirrored left to right",
    "mirrored top to bottom",
    "turned by 180 degrees",
    "mirrored about the main diagonal",
    "turned by 90 degrees clockwise",
    "turned by 90 degrees anticlockwise",
    "mirrored about the other diagonal",
)


def turn(array: npt.NDArray[np.generic], g: int) -> npt.NDArray[np.generic]:
    """The array turned by orientation `g` (0 to 7), as a view. Axes 0 and 1 are rows and columns; further ones stay."""
    if not 0 <= g < ORIENTATIONS:
        raise ValueError(f"orientation {g}: 0 to 7")
    turned = array.swapaxes(0, 1) if g & 4 else array
    return turned[:: -1 if g & 2 else 1, :: -1 if g & 1 else 1]
