"""How a prover's time grows with the size: the exponent e of time = constant * size^e.

It is the slope of the straight line of least squares through log time over log size, from 2^14 to
2^20 constraints. A prover that is all sums of points comes out a little below 1, because larger
sums take wider windows; one whose working set leaves the caches on the way comes out higher.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

FIRST, LAST = 14, 20  # exponents of the sizes that count; below, fixed costs hide the growth


def growth_exponent(seconds: Mapping[int, float]) -> float | None:
    """The exponent, from seconds by the exponent of the size; None for fewer than two sizes.

    Only sizes from 2^14 to 2^20 count.
    """
    points = [
        (k * math.log(2), math.log(time))
        for k, time in sorted(seconds.items())
        if FIRST <= k <= LAST
    ]
    if len(points) < 2:
        return None
    mean_x = math.fsum(x for x, _ in points) / len(points)
    mean_y = math.fsum(y for _, y in points) / len(points)
    above = math.fsum((x - mean_x) * (y - mean_y) for x, y in points)
    below = math.fsum((x - mean_x) ** 2 for x, _ in points)
    return above / below
