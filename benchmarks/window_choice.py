"""Sums with every window near the chosen one: whether `window_bits` of accel.msm chooses well.

    python benchmarks/window_choice.py [EXPONENT ...]     2^EXPONENT points, by default 8 to 16

One thread, the machine that ZKPIPE_BACKEND says; random points and scalars, the least of three.
"""

from __future__ import annotations

import os
import secrets
import sys
import time

import numpy as np

from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery, words_from_ints
from zkpipe.accel.machines.backend import machine
from zkpipe.accel.msm.bases import prepare
from zkpipe.accel.msm.digits import Digits
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.accel.msm.multi_scalar import MsmInput, sums_of_products
from zkpipe.accel.msm.window_size import window_bits

AROUND = 2
ROUNDS = 3


def random_scalars(n: int) -> Words:
    """n scalars below r."""
    return words_from_ints([secrets.randbelow(R) for _ in range(n)])


def seconds(query: MsmInput) -> float:
    """The least of some rounds."""
    found = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        sums_of_products([query])
        found.append(time.perf_counter() - start)
    return min(found[1:])


def main(exponents: list[int]) -> None:
    """A line for each group and size: milliseconds by window, and what the choice loses."""
    os.environ["ZKPIPE_THREADS"] = "1"
    most = 1 << max(exponents)
    scalars = random_scalars(most)
    for name, generator in (("G1", BN254.g1_generator), ("G2", BN254.g2_generator)):
        base = to_montgomery(np.ravel(generator).tolist(), P).reshape(-1)
        points = FixedBase(base, most).multiples(random_scalars(most))
        for e in exponents:
            n = 1 << e
            bases, chosen = prepare([(points[:n], None)], machine()), window_bits(n)
            times = {
                c: seconds(MsmInput(bases, Digits.of(scalars[:n], c)))
                for c in range(chosen - AROUND, chosen + AROUND + 1)
            }
            loss = times[chosen] / min(times.values()) - 1
            line = "  ".join(f"{c}: {1e3 * t:.2f}" for c, t in times.items())
            sys.stdout.write(f"{name} 2^{e}  chosen {chosen}, loses {loss:.1%}  {line}\n")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [8, 10, 12, 14, 16])
