"""Number-theoretic transforms over points of G1 and G2: Lagrange bases from powers.

As over Fr, with points in place of coefficients, in butterflies of four points
(accel.points.fours). Layers go from neighbours in bit-reversed order to the halves (decimation in
time), because then 1 / n costs next to nothing: n^-1 (E + w O) is n^-1 E + (w / n) O, so that a
transform passes it on to the first of its halves and to its twiddles, all the way down to the first
point.

A transform that is too large for the memory is done in two passes. Points are taken modulo `runs`,
a power of four, and each class, which is in order again, is transformed by itself; then columns of
all classes are joined by the layers that are left, as many columns at a time as there is room for.

Source: Cooley, Tukey 1965; Bailey 1990, for the passes.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.points.butterflies import Butterflies
from zkpipe.accel.points.fours import BATCH, Fours, Layers, Roots
from zkpipe.accel.points.scaling import group_of, scale_points, working_offsets
from zkpipe.accel.transforms.twiddles import bit_reversal
from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads


def _share(count: int, least: int) -> list[tuple[int, int]]:
    """Ranges of `count` things for threads: as many as they need, of `least` or more."""
    size = max(least, -(-count // (4 * thread_count())))
    size = -(-size // least) * least
    return [(low, min(low + size, count)) for low in range(0, count, size)]


class PointTransforms:
    """Transforms of points of one group: the working memory of threads is kept between them.

    degree   1 for G1, 2 for G2
    inverse  whether w^-1 takes the place of w; the factor 1 / n is asked for by itself
    """

    def __init__(self, degree: int, curve: Curve = BN254, *, inverse: bool) -> None:
        self.curve, self.inverse = curve, inverse
        self.field = curve.fp if degree == 1 else curve.fp2
        self.machine = chosen_machine()
        self.offsets = working_offsets(self.field, self.machine)
        self._idle = deque[Fours]()

    def reversed(self, points: Words, over: int | None = None) -> None:
        """Transform points in place, from bit-reversed to natural order.

        over   what results are divided by, a power of two; None for nothing
        """
        scale = self._scale(over)
        if scale is not None:
            points[0] = scale_points(points[:1], scale[0], self.curve)[0]
        n, apart = len(points), 1
        if n.bit_length() % 2 == 0:
            self._in_pairs(points, scale)
            apart = 2
        while apart < n:
            self._in_fours(points, Layers(1, 0, 1, apart, scale))
            apart *= 4

    def join(
        self, points: Words, first: int, runs: int, length: int, over: int | None = None
    ) -> None:
        """The layers that make one transform of several, in place, for some columns of them all.

        points  (runs * c, 8 | 16)   columns first .. first + c - 1 of the transforms of the points
                                     of each class modulo `runs`, which is a power of four, these
                                     in bit-reversed order; they become these columns of the `runs`
                                     parts of the whole transform
        length  of a class
        over    what results are divided by; the first class has been by itself (`reversed`)
        """
        scale, apart = self._scale(over), 1
        while apart < runs:
            self._in_fours(points, Layers(len(points) // runs, first, length, apart, scale))
            apart *= 4

    def _scale(self, over: int | None) -> Words | None:
        return None if over is None else words_from_ints([pow(over, -1, self.curve.r)])

    def _in_fours(self, points: Words, layers: Layers) -> None:
        root = self.curve.root_of_unity(layers.order)
        if self.inverse:
            root = pow(root, -1, self.curve.r)
        roots = Roots(root, layers.order, self.curve)

        def work(task: tuple[int, int]) -> None:
            try:
                fours = self._idle.pop()
            except IndexError:
                fours = Fours(self.field, self.machine, self.offsets)
            fours.apply(points, layers, roots, *task)
            self._idle.append(fours)

        in_threads(work, _share(len(points) // 4, BATCH[self.field.degree]))

    def _in_pairs(self, points: Words, scale: Words | None) -> None:
        """The first layer of an odd number of them: neighbours, with no factor but the scale."""
        if scale is not None:
            points[1] = scale_points(points[1:2], scale[0], self.curve)[0]

        def work(task: tuple[int, int]) -> None:
            left = 2 * np.arange(*task)
            Butterflies(self.field, self.machine, len(left)).apply(points, left, left + 1)

        in_threads(work, _share(len(points) // 2, 2 * BATCH[self.field.degree]))


def check_length(n: int, curve: Curve = BN254) -> None:
    """Raise RangeError for a number of points that has no transform."""
    if n < 1 or n & (n - 1) or n > 1 << curve.two_adicity:
        raise RangeError(
            f"{n} points cannot be transformed.",
            f"Give a power of two from 1 to 2^{curve.two_adicity}.",
        )


def _transformed(points: Words, curve: Curve, *, inverse: bool) -> Words:
    field, n = group_of(points, curve), len(points)
    check_length(n, curve)
    out = np.ascontiguousarray(points[bit_reversal(n)])
    transforms = PointTransforms(field.degree, curve, inverse=inverse)
    transforms.reversed(out, n if inverse else None)
    return out


def point_ntt(points: Words, curve: Curve = BN254) -> Words:
    """sum over j of w^(i j) points[j], for each i < n; w = 5^((r-1)/n), as `ntt` has it.

    points  (n, 8) or (n, 16) uint64   of G1 or G2, n a power of two: affine, Montgomery, zeros for
                                       infinity; of order r, which is not looked at
    result  as points; natural order

    Raises ShapeError or RangeError for other arrays.
    Cost: n/2 log2 n - n multiplications as of `multiply_points`, of which a sixth is saved in G1
    and a quarter in G2; threads share them. Memory: the result, and some 10 MiB for each thread.
    """
    return _transformed(points, curve, inverse=False)


def inverse_point_ntt(points: Words, curve: Curve = BN254) -> Words:
    """1/n times the sum over j of w^(-i j) points[j], for each i: undoes `point_ntt`.

    Of 1, tau, tau^2, ... times a point it makes the Lagrange basis of the powers of w at tau, times
    the point: what a ceremony's second phase begins with.
    """
    return _transformed(points, curve, inverse=True)
