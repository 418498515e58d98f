"""How many bits the windows of a sum have: what costs least, for its points and its scalars.

Scalars that are bits, as in most witnesses, fill the first window and leave the others empty, so
they do not pay for more buckets. A sum counts as one over as many dense scalars as have its bits.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import BITS, Curve
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.msm.digits import CHUNK, window_count
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.msm.kernels.digits")

BUCKET_COST = 3.5  # of reducing a bucket, in additions into one with their place in the order
WINDOW_COST = 3800  # of a window by itself, in the same: an inversion a step
ZERO_COST = 0.08  # of a digit that is zero, in the same: written, and passed over twice
SAMPLED_FROM = 1 << 12  # scalars beyond which not all are looked at
STRIDE = 8  # from one that is looked at to the next


def window_bits(n: int, dense: int | None = None) -> int:
    """The window that costs least: windows * (n additions, the buckets' reduction, its own cost).

    dense  how many of the n scalars fill all windows; the others fill the first alone

    Measured (Zen 4, G1 in lanes): 34 ns an addition with its place in the order, 110 ns a bucket.
    No window was more than a tenth quicker than the one this chooses, for 2^8 to 2^18 points of
    both groups, in lanes and scalar (benchmarks/window_choice.py); for 2^7 one was by a fifth.
    """
    dense = n if dense is None else dense
    each = dense + ZERO_COST * (n - dense) + WINDOW_COST
    buckets = {c: 2 ** (c - 1) for c in range(4, 18)}
    return min(buckets, key=lambda c: window_count(c) * (each + BUCKET_COST * buckets[c]))


def shared_window_bits(n: int) -> int:
    """The same for points with their multiples, whose windows share their buckets.

    A sum is then one task, or as many as the threads that would wait for it otherwise.
    """
    sets = max(1, thread_count() // 2)
    return min(range(4, 21), key=lambda c: window_count(c) * n + BUCKET_COST * 2 ** (c - 1) * sets)


def window_bits_for(*scalars: Words, curve: Curve = BN254) -> int:
    """The window that sums over these scalars want, all arrays together.

    scalars  (n, 4) uint64 each   canonical, below r

    Many scalars are sampled, so their order may change the window, and with it the time, but never
    the sum.

    Cost: 2 ns a scalar; threads share it.
    """
    order = words_from_ints([curve.r])[0]

    def bits(task: tuple[Words, int]) -> int:
        part, low = task
        return int(_kernels.count_bits(part, low, min(low + chunk, len(part)), step, order))

    n = sum(map(len, scalars))
    step = 1 if n <= SAMPLED_FROM else STRIDE
    chunk = CHUNK * step
    tasks = [(part, low) for part in scalars for low in range(0, len(part), chunk)]
    total = step * sum(map(bits, tasks) if step == 1 else in_threads(bits, tasks))
    return window_bits(n, min(n, -(-total // (BITS - 2))))
