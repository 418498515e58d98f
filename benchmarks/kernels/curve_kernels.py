"""Work on points and polynomials to be timed: additions into buckets, sums, transforms.

Points are known multiples of the generator, so that each sum is checked by another way: a multiple
of the generator by the sum of products that Python's integers give, by doubling and adding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from zkpipe.accel import inverse_ntt, msm_g1, msm_g2, ntt
from zkpipe.accel.bn254 import BN254, FP, FP2, P, R
from zkpipe.accel.curve import Field
from zkpipe.accel.curves.points import file_points
from zkpipe.accel.fields.limbs import Words, ints_from_words, to_montgomery, words_from_ints
from zkpipe.accel.fields.rows import blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.bases import prepare
from zkpipe.accel.msm.buckets import Accumulators, sum_runs
from zkpipe.accel.msm.digits import Digits, window_count
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.accel.msm.schedule import ScheduleBuffers, schedule
from zkpipe.accel.msm.tiles import TILE
from zkpipe.accel.msm.window_size import window_bits
from zkpipe.accel.transforms.ntt import Domain
from zkpipe.benchmarks.kernels.cases import Case

SEED = 2016_260  # operands are the same in every run; nothing here is secret
_GROUPS: dict[Field, tuple[str, Words, Callable[[Words, Words], Words]]] = {
    FP: ("G1", to_montgomery(BN254.g1_generator, P).reshape(8), msm_g1),
    FP2: ("G2", to_montgomery(BN254.g2_generator, P).reshape(16), msm_g2),
}


def scalars(n: int, seed: int = SEED) -> Words:
    """(n, 4) uint64, canonical, of full size: below 2^253, which is below r."""
    words = np.random.default_rng(seed).integers(0, 1 << 64, (n, 4), np.uint64)
    words[:, 3] &= np.uint64((1 << 61) - 1)
    return words


def multiples(group: Field, factors: Words) -> Words:
    """factors[i] * generator, affine in Montgomery form."""
    return FixedBase(_GROUPS[group][1], len(factors)).multiples(factors)


def bucket_additions(n: int) -> int:
    """Additions of points in a sum of n multiples: of points into buckets, and of buckets twice."""
    c = window_bits(n)
    return window_count(c) * (n + 2 * (1 << (c - 1)))


def butterflies(n: int) -> int:
    """Of a transform of n values, n a power of two."""
    return n // 2 * (n.bit_length() - 1)


@dataclass(slots=True)
class _Last:
    """The result of the last run."""

    value: Words = field(default_factory=lambda: np.zeros(0, np.uint64))


def sum_case(group: Field, n: int) -> Case:
    """A sum of n multiples; an operation is one addition of its buckets."""
    name, generator, msm = _GROUPS[group]
    factors, values = scalars(n, SEED), scalars(n, SEED + 1)
    points = multiples(group, factors)
    last = _Last()

    def run() -> None:
        last.value = msm(points, values)

    def holds() -> bool:
        pairs = zip(ints_from_words(factors), ints_from_words(values), strict=True)
        expected = words_from_ints([sum(a * b for a, b in pairs) % R])
        return bool((msm(generator[None], expected) == last.value).all())  # doubles and adds

    return Case(f"bucket addition of a sum in {name}", n, bucket_additions(n), run, holds)


def bucket_case(group: Field, n: int, machine: Machine) -> Case:
    """The buckets of one window of a sum of n multiples: points gathered, and added one by one."""
    name, factors = _GROUPS[group][0], scalars(n, SEED)
    digits = Digits.of(scalars(n, SEED + 1), window_bits(n))
    of_window, count = digits.of_window[1, :n], digits.buckets
    bases = prepare([(multiples(group, factors), None)], machine)
    plan = schedule(of_window, bases.finite, count, machine.width, ScheduleBuffers())
    runs = len(plan.bucket)
    work = Accumulators.of(group, machine, TILE)
    out = blank_rows(group, machine, runs + machine.width, 2)
    spare = np.full(machine.width, runs, np.uint32)
    target_rows = np.concatenate([plan.number, spare])

    def run() -> None:
        sum_runs(bases.rows, plan, work, out, target_rows, False)

    def holds() -> bool:
        k = int(np.flatnonzero(np.bincount(plan.run_bucket)[plan.run_bucket] == 1)[0])
        inside = np.flatnonzero(of_window >> 1 == plan.run_bucket[k] + 1)
        terms = zip(ints_from_words(factors[inside]), of_window[inside].tolist(), strict=True)
        expected = sum(-f if digit & 1 else f for f, digit in terms) % R
        found = file_points(out, group, machine)[k]
        return bool((multiples(group, words_from_ints([expected]))[0] == found).all())

    return Case(f"addition into a bucket in {name}", n, n - runs, run, holds)


def transform_case(n: int) -> Case:
    """A transform of n values as `accel.ntt` does it: rows in natural order in and out."""
    values = scalars(n)
    last = _Last()

    def run() -> None:
        last.value = ntt(values)

    def holds() -> bool:
        return _is_transform(values, last.value)

    return Case("butterfly of accel.ntt, rows in and out", n, butterflies(n), run, holds)


def layers_case(n: int, machine: Machine) -> Case:
    """The layers of a transform alone, in place on values that are in the machine's form."""
    values, points = scalars(n), Domain(n, machine)
    x = points.read(values)

    def run() -> None:
        points.forward(x, coset=False)

    def holds() -> bool:
        return _is_transform(values, points.evaluate(values, coset=False))

    return Case("butterfly of a transform in place", n, butterflies(n), run, holds)


def _is_transform(coefficients: Words, values: Words) -> bool:
    """Whether the value at 1 is the coefficients' sum, and the inverse gives them back."""
    total = sum(ints_from_words(coefficients)) % R
    back = bool((inverse_ntt(values) == coefficients).all())
    return back and ints_from_words(values[:1]) == [total]


def curve_cases(machine: Machine, exponents: tuple[int, ...]) -> dict[str, Callable[[], Case]]:
    """What makes each case, by a name: sums, their buckets, and transforms of 2^exponent.

    A case is made when it is its turn, as the operands of large sums take hundreds of megabytes.
    """
    makers: dict[str, Callable[[], Case]] = {}
    for exponent in exponents:
        makers[f"transform of 2^{exponent}"] = partial(transform_case, 1 << exponent)
        makers[f"layers of 2^{exponent}"] = partial(layers_case, 1 << exponent, machine)
        for group in (FP, FP2):
            makers[f"buckets of 2^{exponent} over {group.name}"] = partial(
                bucket_case, group, 1 << exponent, machine
            )
            makers[f"sum of 2^{exponent} over {group.name}"] = partial(
                sum_case, group, 1 << exponent
            )
    return makers
