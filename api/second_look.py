"""The second look at a near pair (`dedup.confirm`), as verify takes it: by definition, a pair at a time, in whole numbers.

Written for verify only: the build's own measure shares no line with this.
"""

import numpy as np

from skypairs.api.picture_facts import turn


def same_picture(better: bytes, orientation: int, other: bytes) -> bool:
    """Whether two thumbnails, 32 x 32 gray levels row by row, correlate to at least 0.95, the first turned by `orientation`.

    With n = 1024, c = n Sum(xy) - Sum(x) Sum(y) and v(x) = n Sum(xx) - Sum(x)^2: c > 0 and (100 c)^2 >= 95^2 v(x) v(y).
    """
    x = turn(np.frombuffer(better, np.uint8).reshape(32, 32), orientation).ravel().astype(np.int64)
    y = np.frombuffer(other, np.uint8).astype(np.int64)
    n, sum_x, sum_y = len(x), int(x.sum()), int(y.sum())
    c = n * int(x @ y) - sum_x * sum_y
    return c > 0 and (100 * c) ** 2 >= 95**2 * (n * int(x @ x) - sum_x**2) * (n * int(y @ y) - sum_y**2)
