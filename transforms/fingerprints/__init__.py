"""The named hashes, one file each: a module here with a function `fingerprints(rgb)` is a hash of the module's name.

`FINGERPRINTS[name](rgb)` takes the decoded pixels, (height, width, 3) uint8, and returns schemas.records.Fingerprints.
Hashes of two names never meet in one comparison.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import numpy.typing as npt

from skypairs.schemas.records import Fingerprints

FINGERPRINTS: dict[str, Callable[[npt.NDArray[np.uint8]], Fingerprints]] = {
    name: import_module(f"{__name__}.{name}").fingerprints for name in sorted(found.name for found in iter_modules(__path__))
}
