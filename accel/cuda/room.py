"""How much of a card's memory sums take, and into which chunks they are cut to fit.

Places in a card's arrays are 32-bit numbers, which bounds a chunk as memory does.
"""

from __future__ import annotations

from collections.abc import Iterator

from zkpipe.ground.errors import CardError
from zkpipe.ground.sizes import allowed, needed

PLACES = 1 << 31  # of an array; the numbers of points have one bit beside them
XYZZ = 128  # bytes of a sum in G1
SLACK = 1 << 24  # bytes that an allocation may waste, and small tables take


def bytes_of_sums(points: int, windows: int, buckets: int, cap: int, degree: int) -> int:
    """What a chunk's order, counts and sums take on a card, beside the points and their digits.

    windows, buckets  of all vectors together
    """
    entries = points * windows
    runs = min(entries, entries // cap + buckets)
    more = min(runs, runs // cap + buckets)  # of the second pass, and of the third, if any
    return 4 * entries + 16 * (buckets + 1) + XYZZ * degree * (runs + 2 * more + buckets) + SLACK


def pieces(
    points: int, windows: int, buckets: int, cap: int, degree: int, free: int
) -> Iterator[tuple[int, int]]:
    """The chunks of points, as (first, count), whose sums fit so many free bytes.

    Raises CardError if not even one point's do.
    """
    count = max(1, min(points, PLACES // windows))
    while bytes_of_sums(count, windows, buckets, cap, degree) > free:
        if count == 1:
            least = bytes_of_sums(1, windows, buckets, cap, degree)
            raise CardError(
                f"Sums on the card take {needed(least)}; {allowed(free)} are free.",
                "End what else runs on the card, or take one with more memory.",
            )
        count = -(-count // 2)
    for first in range(0, points, count):
        yield first, min(count, points - first)
