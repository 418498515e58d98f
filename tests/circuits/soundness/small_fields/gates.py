"""Rows over a small prime field that make a bit of bits, and some that nearly do.

Let A, L and C be affine in the bits. The row (o + A) L = C says o = C / L - A where L is not 0. Two
of them are drawn, and C is chosen so that o is a bit at 0 and at the unit vectors; the rows with a
bit at every point of the cube are gates. One that fails at a few points is near a gate.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from operator import mul

import numpy as np

from tests.circuits.soundness.planted_gates import GATES, Weights

DRAWN = 40_000  # rows for each number of inputs
MOST_KEPT = 400
MOST_WRONG = 2  # points of what is near a gate
MOST_INPUTS = 3
SMALL = [0, 0, 1, -1, 2, -2]

Point = tuple[int, ...]


def cube(inputs: int) -> list[Point]:
    """The points of so many bits."""
    return list(itertools.product((0, 1), repeat=inputs))


def gates(prime: int) -> tuple[list[Weights], list[Weights]]:
    """Rows that are gates, of one to three inputs, and rows that are near one.

    The weights of each are those of 1, the inputs and the output.

    Cost: a tenth of a second.
    """
    rng = np.random.default_rng(prime)
    right: list[Weights] = [*GATES] * 8
    near: list[Weights] = []
    for inputs in range(1, MOST_INPUTS + 1):
        a, factor, result, wrong = _drawn(rng, prime, inputs)
        for kept, chosen in ((right, wrong == 0), (near, (wrong > 0) & (wrong <= MOST_WRONG))):
            for i in np.flatnonzero(chosen)[:MOST_KEPT].tolist():
                rows = (*a[i].tolist(), 1), (*factor[i].tolist(), 0), (*result[i].tolist(), 0)
                kept.append(rows)
    return right, near


def _drawn(rng: np.random.Generator, prime: int, inputs: int) -> tuple[np.ndarray, ...]:
    """A, L and C of rows, and at how many points each makes no bit."""
    size = inputs + 1
    points = np.array([(1, *point) for point in cube(inputs)])
    any_, small = rng.integers(prime, size=(2, DRAWN, size)), rng.choice(SMALL, (2, DRAWN, size))
    a, factor = np.where(rng.integers(2, size=(2, DRAWN, 1)), any_, small) % prime
    units = np.eye(size, dtype=np.int64)
    units[:, 0] = 1  # 0, then the unit vectors
    wanted = (rng.integers(2, size=(DRAWN, size)) + a @ units.T) * (factor @ units.T)
    result = np.concatenate([wanted[:, :1], wanted[:, 1:] - wanted[:, :1]], 1) % prime
    at_a, at_factor, at_result = (x @ points.T % prime for x in (a, factor, result))
    is_0, is_1 = ((at_a + bit) * at_factor % prime == at_result for bit in (0, 1))
    return a, factor, result, ((at_factor == 0) | ~(is_0 | is_1)).sum(1)


def rewritten(rng: random.Random, weights: Weights, prime: int) -> Weights:
    """The same row in other words: scaled, factors exchanged, a constant added to one of them."""
    left, right, result = weights
    if rng.random() < 0.4:
        left, right = right, left
    scale, more = rng.choice([1, 1, 2, 3, -1]), rng.choice([0, 0, rng.randrange(prime)])
    left = tuple(scale * k for k in left)
    result = tuple(scale * k + more * of_left for k, of_left in zip(result, left, strict=True))
    return left, (right[0] + more, *right[1:]), result


def outputs_at(weights: Weights, point: Sequence[int], prime: int) -> list[int]:
    """What the output may be at a point: one value, or none, two or all."""
    a, b, c = (sum(map(mul, row, (1, *point))) for row in weights)
    a1, b1, c1 = (row[-1] for row in weights)
    return [o for o in range(prime) if ((a + a1 * o) * (b + b1 * o) - c - c1 * o) % prime == 0]
