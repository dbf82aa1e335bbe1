"""One thread for each library that would start its own: the pool brings the parallelism, and small products lose by threads."""

import ctypes
from contextlib import suppress
from functools import cache
from pathlib import Path

import cv2
import numpy as np

_SETTERS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads")


@cache
def one_thread() -> None:
    """For this process, from now on: OpenCV, and the OpenBLAS that comes with NumPy. Another BLAS obeys its own variables."""
    cv2.setNumThreads(1)
    for path in (Path(np.__file__).parents[1] / "numpy.libs").glob("*openblas*"):
        with suppress(OSError):
            library = ctypes.CDLL(str(path))  # loaded already: this is the one that NumPy uses
            for name in _SETTERS:
                if hasattr(library, name):
                    getattr(library, name)(1)
                    break
