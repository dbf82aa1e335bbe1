"""The named hashes, one file each: a module `some_name` here with a function `fingerprints` is the hash `some-name`.

`FINGERPRINTS[name](data, pixels)` takes a picture as it is emitted, encoded, and what decodes it when called: (height,
width, 3) uint8. It returns schemas.records.Fingerprints. A hash that can do without all the pixels does not ask for them.
Hashes of two names never meet in one comparison: recipe, manifest and fingerprint files say which one they hold.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Fingerprints

Pixels = Callable[[], npt.NDArray[np.uint8]]
"""Decodes the picture. May raise PictureError."""

FINGERPRINTS: dict[str, Callable[[bytes, Pixels], Fingerprints]] = {
    name.replace("_", "-"): import_module(f"{__name__}.{name}").fingerprints
    for name in sorted(found.name for found in iter_modules(__path__))
}
