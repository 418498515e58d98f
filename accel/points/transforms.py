"""Number-theoretic transforms over points of G1 and G2: Lagrange bases from powers.

As over Fr, with points in place of coefficients: a butterfly multiplies a point by a root of unity
(accel.points.scaling), then takes a sum and a difference. Layers go from neighbours in bit-reversed
order to the two halves (decimation in time), because then 1 / n costs next to nothing: n^-1 (E + w
O) is n^-1 E + (w / n) O, so that a transform passes it on to the first of its halves and to its
twiddles, all the way down to the first point. Roots that are 1 are not multiplied by.

Source: Cooley, Tukey 1965.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves import jacobian
from zkpipe.accel.fields.arrays import (
    Elements,
    Rows,
    WorkRows,
    blank_rows,
    gather,
    load,
    scatter,
    store,
)
from zkpipe.accel.fields.functions import reduce
from zkpipe.accel.fields.limbs import Words, words_from_ints
from zkpipe.accel.fields.scalars import powers
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.accel.msm.affine_batches import padded
from zkpipe.accel.points.pairs import add_and_subtract
from zkpipe.accel.points.scaling import group_of, multiply_points, scale_points
from zkpipe.accel.transforms.twiddles import bit_reversal
from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads

BATCH = {1: 1 << 12, 2: 1 << 11}  # butterflies with one inversion, by degree

Index = NDArray[np.uint32]


@kernel
def _gather_rows(points, order, rows, first, blocks):
    for i in range(blocks):
        x, y = gather(points, order, i)
        store(rows, first + i, (reduce(x), reduce(y)))


@kernel
def _scatter_rows(rows, first, points, order, blocks):
    for i in range(blocks):
        scatter(points, order, i, load(rows, first + i))


@kernel
def _pairs_one_by_one(left, right, count):
    """P and Q become P + Q and P - Q, whatever they are; on the scalar machine."""
    for i in range(count):
        x1, y1 = load(left, i)
        x2, y2 = load(right, i)
        p, q = jacobian.from_affine(x1, y1), jacobian.from_affine(x2, y2)
        x, y, z = q
        store(left, i, jacobian.to_affine(jacobian.add(p, q)))
        store(right, i, jacobian.to_affine(jacobian.add(p, (x, -y, z))))


class _Butterflies:
    """A thread's working memory for butterflies without factors."""

    def __init__(self, field: Field, m: Machine) -> None:
        self.field, self.machine = field, m
        self.batch = BATCH[field.degree]
        self.rows: WorkRows = blank_rows(field, m, 2 * self.batch, 2)
        self.before = Elements(field, m, self.batch)
        self.without = np.zeros(self.batch // m.width, np.uint8)

    def apply(self, points: Words, left: Index, right: Index) -> None:
        """points[left], points[right] = their sums, their differences; for at most a batch."""
        m = self.machine
        sides = padded(left.astype(np.int64), m), padded(right.astype(np.int64), m)
        blocks = len(sides[0]) // m.width
        data = Rows(self.field, m, points, 2)
        for first, order in zip((0, blocks), sides, strict=True):
            _gather_rows(data, order, self.rows, first, blocks)
        whole = add_and_subtract(self.rows, 0, blocks, 0, blocks, blocks, self.before, self.without)
        others = np.zeros(0, np.intp) if whole else self._without_chord(blocks, len(left))
        found = [points[side[others]] for side in (left, right)]
        for first, order in zip((0, blocks), sides, strict=True):
            _scatter_rows(self.rows, first, data, order, blocks)
        if len(others):
            _pairs_one_by_one(*(Rows(self.field, SCALAR, w, 2) for w in found), len(others))
            points[left[others]], points[right[others]] = found

    def _without_chord(self, blocks: int, count: int) -> NDArray[np.intp]:
        """The numbers of the pairs that have none."""
        bits = np.unpackbits(self.without[:blocks, None], axis=1, bitorder="little")
        return np.flatnonzero(bits[:, : self.machine.width].reshape(-1)[:count])


def _share(count: int, least: int) -> list[tuple[int, int]]:
    """Ranges of `count` things for threads: as many as they need, of `least` or more."""
    size = max(least, -(-count // (4 * thread_count())))
    return [(low, min(low + size, count)) for low in range(0, count, size)]


def _add_and_subtract(points: Words, left: Index, right: Index, field: Field) -> None:
    m = chosen_machine()

    def work(task: tuple[int, int]) -> None:
        butterflies = _Butterflies(field, m)
        for low in range(*task, butterflies.batch):
            high = min(low + butterflies.batch, task[1])
            butterflies.apply(points, left[low:high], right[low:high])

    in_threads(work, _share(len(left), BATCH[field.degree]))


def _transformed(points: Words, curve: Curve, inverse: bool) -> Words:
    field, n = group_of(points, curve), len(points)
    if n < 1 or n & (n - 1) or n > 1 << curve.two_adicity:
        raise RangeError(
            f"{n} points cannot be transformed.",
            f"Give a power of two from 1 to 2^{curve.two_adicity}.",
        )
    out = points[bit_reversal(n)]
    scale = words_from_ints([pow(n, -1, curve.r) if inverse else 1])[0]
    if inverse:
        out[0] = scale_points(out[:1], scale, curve)[0]
    number = np.arange(n // 2, dtype=np.uint32)
    half = 1
    while half < n:
        root = curve.root_of_unity(2 * half)
        root_row = words_from_ints([pow(root, -1, curve.r) if inverse else root])[0]
        # The factors of all pairs of runs, and behind them those of the first pair.
        factors = np.concatenate(
            [powers(root_row, 0, half, factor, curve) for factor in (None, scale)]
        )
        inside = number & np.uint32(half - 1)
        left = 2 * number - inside
        right = left + np.uint32(half)
        kind = inside + np.uint32(half) * (number < half)
        taken = np.flatnonzero(inside > 0 if not inverse else (inside > 0) | (number == 0))
        order = right[taken]
        out[order] = multiply_points(out[order], factors[kind[taken]], curve)
        _add_and_subtract(out, left, right, field)
        half *= 2
    return out


def point_ntt(points: Words, curve: Curve = BN254) -> Words:
    """sum over j of w^(i j) points[j], for each i < n; w = 5^((r-1)/n), as `ntt` has it.

    points  (n, 8) or (n, 16) uint64   of G1 or G2, n a power of two: affine, Montgomery, zeros for
                                       infinity; of order r, which is not looked at
    result  as points; natural order

    Raises ShapeError or RangeError for other arrays.
    Cost: n/2 log2 n - n multiplications as of `multiply_points`; threads share them. Memory: the
    result, and some 200 bytes a point of G1.
    """
    return _transformed(points, curve, inverse=False)


def inverse_point_ntt(points: Words, curve: Curve = BN254) -> Words:
    """1/n times the sum over j of w^(-i j) points[j], for each i: undoes `point_ntt`.

    Of 1, tau, tau^2, ... times a point it makes the Lagrange basis of the powers of w at tau, times
    the point: what a ceremony's second phase begins with.
    """
    return _transformed(points, curve, inverse=True)
