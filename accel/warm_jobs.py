"""Jobs for accel.compiled.warm: calls of small size that make every kernel of this package compile.

They go through the functions that the layers above call, so that a kernel is compiled for the very
types that it will meet. A job is a part of the work that one process can do alone, and imports what
it calls when it runs: commands that compile nothing only ask which jobs there are.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words, to_montgomery, words_from_ints

# Seconds of each on eight lanes, one after the other: only their order matters.
JOBS = {
    "zkpipe.accel.warm_jobs:sums_g2": 13.0,
    "zkpipe.accel.warm_jobs:miller_loops": 10.0,
    "zkpipe.accel.warm_jobs:own_scalars_g2": 9.0,
    "zkpipe.accel.warm_jobs:final_exponentiation": 5.6,
    "zkpipe.accel.warm_jobs:sums_g1": 7.3,
    "zkpipe.accel.warm_jobs:own_scalars_g1": 6.0,
    "zkpipe.accel.warm_jobs:multiples_g2": 1.7,
    "zkpipe.accel.warm_jobs:transforms": 3.8,
    "zkpipe.accel.warm_jobs:multiples_g1": 0.9,
    "zkpipe.accel.warm_jobs:all_windows": 1.4,
    "zkpipe.accel.warm_jobs:small_transforms": 3.2,
    "zkpipe.accel.warm_jobs:membership": 1.6,
    "zkpipe.accel.warm_jobs:permutations": 3.0,
    "zkpipe.accel.warm_jobs:few_g2": 1.0,
    "zkpipe.accel.warm_jobs:vectors": 1.0,
    "zkpipe.accel.warm_jobs:few_g1": 1.2,
    "zkpipe.accel.warm_jobs:wires": 0.6,
}


def _g1(n: int) -> Words:
    return np.tile(to_montgomery(BN254.g1_generator, BN254.p).reshape(8), (n, 1))


def _g2(n: int) -> Words:
    return np.tile(to_montgomery(BN254.g2_generator, BN254.p).reshape(16), (n, 1))


def _scalars(n: int) -> Words:
    return words_from_ints([i + 1 for i in range(n)])


def _many() -> int:
    """Points enough for buckets."""
    from zkpipe.accel.msm.digits import FEW

    return 2 * FEW + 1


def _frozen(words: Words) -> Words:
    """As an array from a mapped file is: numba compiles it apart."""
    words.flags.writeable = False
    return words


def sums_g1() -> None:
    """Sums over G1 by buckets."""
    from zkpipe.accel.msm.multi_scalar import msm_g1

    n = _many()
    msm_g1(_g1(n), _scalars(n))


def sums_g2() -> None:
    """Sums over G2 by buckets."""
    from zkpipe.accel.msm.multi_scalar import msm_g2

    n = _many()
    msm_g2(_g2(n), _scalars(n))


def few_g1() -> None:
    """Sums of a few points of G1; scalars of a mapped file."""
    from zkpipe.accel.msm.multi_scalar import msm_g1

    msm_g1(_g1(2), _scalars(2))
    msm_g1(_g1(2), _frozen(_scalars(2)))


def few_g2() -> None:
    """Sums of a few points of G2."""
    from zkpipe.accel.msm.multi_scalar import msm_g2

    msm_g2(_g2(2), _scalars(2))


def multiples_g1() -> None:
    """Multiples of one point of G1."""
    from zkpipe.accel.msm.fixed_base import FixedBase

    n = _many()
    FixedBase(_g1(1)[0], n).multiples(_scalars(n))


def multiples_g2() -> None:
    """Multiples of one point of G2."""
    from zkpipe.accel.msm.fixed_base import FixedBase

    n = _many()
    FixedBase(_g2(1)[0], n).multiples(_scalars(n))


def own_scalars_g1() -> None:
    """Points of G1 by scalars of their own, and their transforms."""
    _own_scalars(_g1(8))


def own_scalars_g2() -> None:
    """The same over G2."""
    _own_scalars(_g2(8))


def _own_scalars(points: Words) -> None:
    from zkpipe.accel.fields.scalars import inverses, powers, products
    from zkpipe.accel.points.scaling import multiply_points
    from zkpipe.accel.points.transforms import inverse_point_ntt

    one = _scalars(1)[0]
    scalars = products(powers(2 * one, 0, 8), inverses(one))  # points that do not meet
    inverse_point_ntt(multiply_points(points, scalars))


def all_windows() -> None:
    """The multiples of many points of both groups."""
    from zkpipe.accel.machines.backend import machine
    from zkpipe.accel.msm.bases import prepare
    from zkpipe.accel.msm.multi_scalar import with_multiples

    for points in (_g1(1), _g2(1)):
        with_multiples(prepare([(points, None)], machine()))


def miller_loops() -> None:
    """The first half of a pairing."""
    from zkpipe.accel.curves.pairing import miller_functions

    miller_functions(_g1(1), _g2(1))


def final_exponentiation() -> None:
    """The second half of a pairing."""
    from zkpipe.accel.curves import pairing

    pairing.final_exponentiation(pairing.one_of_fp12().reshape(1, 48))


def membership() -> None:
    """Whether points are on their curves, and in G2."""
    from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve

    g1_on_curve(_g1(1))
    g2_on_curve(_g2(1))
    g2_in_subgroup(_g2(1))


def _transform(n: int) -> None:
    from zkpipe.accel.transforms.ntt import domain, inverse_ntt, ntt

    values = _scalars(n)
    points = domain(n)
    points.quotient(points.rows(3))
    inverse_ntt(ntt(values))


def transforms() -> None:
    """Transforms on the machine in use."""
    from zkpipe.accel.transforms.ntt import LEAST_FOR_LANES

    _transform(LEAST_FOR_LANES)


def small_transforms() -> None:
    """Transforms of sizes that fill no lanes."""
    from zkpipe.accel.transforms.ntt import LEAST_FOR_LANES

    _transform(LEAST_FOR_LANES // 2)


def vectors() -> None:
    """Sparse matrices, and the vectors of a setup."""
    from zkpipe.accel.linear.sparse import (
        combine,
        into_montgomery,
        lagrange_basis,
        out_of_montgomery,
        scale,
    )

    values = _scalars(2)
    scale(1, values)
    combine(1, 1, values, values, values)
    out_of_montgomery(into_montgomery(values))
    lagrange_basis(BN254.r - 1, 1, 1, 1)


def wires() -> None:
    """Matrices by columns, and their sums over points."""
    from zkpipe.accel.linear.columns import Entries, columns
    from zkpipe.accel.points.sparse_sums import Coefficients, sparse_sums

    starts, entry = np.arange(2, dtype=np.int64), np.zeros(1, np.uint32)
    by_wire = columns([Entries(starts, entry, entry)], 1, 1)
    for points in (_g1(1), _g2(1)):
        list(sparse_sums(points, by_wire, Coefficients(_scalars(1))))


def permutations() -> None:
    """Many hashes: of a state with a capacity, and compressions."""
    from zkpipe.accel.hashes.permutations import ManyHashes, Rounds

    two = [[1, 1], [1, 2]]
    rounds = Rounds([[1, 1]] * 2, two, two, [[1]], [1], [1, 1], (1, [1], [1]))
    index = np.zeros((2, 1), np.uint32)
    ManyHashes(rounds).of(_scalars(1), index[:1])
    ManyHashes(rounds, compresses=True).of(_scalars(1), index)
