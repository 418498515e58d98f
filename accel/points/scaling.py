"""Each point by its own scalar, in affine batches: what a contribution to a ceremony is.

A scalar is a short vector (accel.curves.endomorphism): two coordinates of 128 digits in G1, four of
65 in G2, each digit 1 or -1. A window of two digits of both coordinates, or of one digit of all
four, is one of eight combinations of the point and its images, or its negative. A batch goes
through all windows side by side: in G1 double, then double and add; in G2 double and add. Doubling
and adding is (S + T) + S, which needs no y of S + T: nine products and two squares with two shared
inversions (Eisentraeger, Lauter, Montgomery), so that a point of G1 takes 64 times 14 products and
four squares, one of G2 65 times 9 and 2.

S begins with B, the same random point for all, and in the end what has become of it is taken away.
So no S depends on the point and the scalar alone, whatever they are: that two points meet that are
equal or opposite has a chance of 2^-246 a point. Where it happens nevertheless the product of all
differences is 0, and the batch is multiplied point by point.

Which combinations are read from the table depends on the scalars: whoever shares the processor's
caches may learn of them. Contribute on a machine of your own.

Source: Straus 1964; Eisentraeger, Lauter, Montgomery, CT-RSA 2003; Montgomery 1987, 10.3.1.
"""

from __future__ import annotations

import secrets

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves.lattice import lattice
from zkpipe.accel.curves.points import padded_count, working_points
from zkpipe.accel.fields.limbs import Words, check_rows, to_montgomery, words_from_ints
from zkpipe.accel.fields.rows import Elements, Rows, blank_rows
from zkpipe.accel.fields.scalars import overwrite
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import SCALAR, Machine
from zkpipe.accel.msm.digits import check_scalars
from zkpipe.accel.points.combinations import Combinations
from zkpipe.accel.points.shapes import ROWS, SLOT_BOUNDS
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.points.kernels.scaling")
_digits = Kernels("zkpipe.accel.points.digits")
_windows = Kernels("zkpipe.accel.points.windows")

BATCH = {1: 1 << 11, 2: 1 << 10}  # points, by degree: with their tables they stay near the core
CHUNK = 1 << 14  # points of a task


def _singly(points: Words, scalars: Words, field: Field) -> Words:
    """As `multiply_points`, whatever the points: 60 us each of G1, 150 of G2."""
    out = np.empty_like(points)
    rows = [Rows(field, SCALAR, words, 2) for words in (points, out)]
    _kernels.one_by_one(rows[0], scalars, field.curve.r.bit_length(), rows[1])
    return out


def working_offsets(field: Field, m: Machine) -> Words:
    """A block each of what `_offsets` gives, for a table of this machine."""
    return working_points(np.repeat(_offsets(field), m.width, axis=0), field, m).words


def _offsets(field: Field) -> Words:
    """A generator, a random point B of its group, and what is to be added for B in the end."""
    curve = field.curve
    coordinates = curve.g1_generator if field.degree == 1 else curve.g2_generator
    generator = to_montgomery(coordinates, curve.p).reshape(1, -1)
    b = 1 + secrets.randbelow(curve.r - 1)
    taken = -(b << lattice(field).digits) % curve.r
    return _singly(np.repeat(generator, 3, axis=0), words_from_ints([1, b, taken]), field)


class Multiplier:
    """A thread's working memory for batches of points of one group."""

    def __init__(self, field: Field, m: Machine, count: int, offsets: Words) -> None:
        self.field, self.machine, self.offsets = field, m, offsets
        self.batch = min(BATCH[field.degree], padded_count(count, m))
        self.table = blank_rows(field, m, ROWS * self.batch + len(offsets), 2)
        work = Elements.interleaved(field, m, self.batch, (2, 2, *SLOT_BOUNDS))
        self.sums, self.slots = work[:2], work[2:]
        self.bits = np.empty(2 * len(lattice(field).basis) * self.batch, np.uint64)
        self.index = np.empty((2, self.batch), np.uint32)
        self.without = np.empty(self.batch // m.width, np.uint8)
        self.order = words_from_ints([field.curve.r])[0]

    def multiply(self, points: Words, scalars: Words, out: Words) -> None:
        """out[i] = scalars[i] * points[i] for a batch of whole blocks."""
        n, m, field, shape = len(points), self.machine, self.field, lattice(self.field)
        bits = self.bits[: 2 * len(shape.basis) * n].reshape(-1, n)
        (index, none), blocks = self.index[:, :n], n // m.width
        self.table.words[ROWS * n : ROWS * n + len(self.offsets)] = self.offsets
        _digits.recode(self.table, scalars, self.order, bits, none)
        _windows.take(Rows(field, m, points, 2), self.table, blocks, none)
        failed = np.zeros(1, np.bool_)
        failed[0] = not Combinations(self.table, blocks, self.slots[0], self.without).fill()
        multiply = _windows.multiply_g1 if field.degree == 1 else _windows.multiply_g2
        work, rows = (self.sums, self.slots, failed), Rows(field, m, out, 2)
        multiply(self.table, bits, shape.digits, index, none, blocks, work, rows)
        if failed[0]:
            out[:] = _singly(points, scalars, field)

    def multiply_some(self, points: Words, scalars: Words) -> Words:
        """scalars[i] * points[i] for at most a batch; one scalar may serve all."""
        n = len(points)
        whole = padded_count(n, self.machine)
        some = np.zeros((whole, 4), np.uint64)
        some[:n] = scalars
        filled, out = points, np.empty((whole, points.shape[1]), np.uint64)
        if whole > n:
            filled = np.zeros_like(out)
            filled[:n] = points
        self.multiply(filled, some, out)
        overwrite(some)
        return out[:n]

    def overwrite(self) -> None:
        """Leave nothing of the scalars in memory."""
        overwrite(self.bits, self.index, *(slot.words for slot in self.slots))


def group_of(points: Words, curve: Curve) -> Field:
    """The field of the coordinates of points of G1 or G2. Raises ShapeError for other arrays."""
    known = isinstance(points, np.ndarray) and points.ndim == 2 and points.shape[1] == 16
    check_rows("Points", points, 16 if known else 8)
    return curve.fp2 if known else curve.fp


def _multiply_range(
    points: Words, scalars: Words, out: Words, field: Field, offsets: Words
) -> None:
    """As `multiply_points`, on this thread. One scalar serves all points, or there are as many."""
    m, n = chosen_machine(), len(points)
    work = Multiplier(field, m, n, offsets)
    for low in range(0, n, work.batch):
        part = slice(low, low + work.batch)
        own = scalars[part] if len(scalars) > 1 else scalars
        out[part] = work.multiply_some(points[part], own)
    work.overwrite()


def _multiplied(points: Words, scalars: Words, curve: Curve) -> Words:
    field, m = group_of(points, curve), chosen_machine()
    given = np.ascontiguousarray(points)
    out = aligned_empty(*given.shape)
    offsets = working_offsets(field, m)
    size = min(CHUNK, -(-len(given) // thread_count()))
    chunk = max(padded_count(size, m), m.width)

    def work(low: int) -> None:
        part = slice(low, low + chunk)
        own = scalars[part] if len(scalars) > 1 else scalars
        _multiply_range(given[part], own, out[part], field, offsets)

    in_threads(work, range(0, len(given), chunk))
    return out


def multiply_points(points: Words, scalars: Words, curve: Curve = BN254) -> Words:
    """scalars[i] * points[i].

    points   (n, 8) or (n, 16) uint64   of G1 or G2: affine, Montgomery, zeros for infinity; of
                                        order r, which is not looked at
    scalars  (n, 4) uint64              canonical, below r
    result   as points

    Raises ShapeError or RangeError for other arrays. What was made of the scalars on the way is
    overwritten.
    Cost: 5.5 us a point of G1 and 9 us one of G2 on eight lanes, 32 and 60 us on the scalar
    machine; threads share them. Memory: the result, and 3 MiB for each thread.
    """
    group_of(points, curve)
    check_scalars(scalars, curve)
    if len(scalars) != len(points):
        raise ShapeError(
            f"{len(points)} points are multiplied by {len(scalars)} scalars.",
            "Give a scalar for each point, or call `scale_points` with one for all.",
        )
    return _multiplied(points, scalars, curve)


def scale_points(points: Words, scalar: Words, curve: Curve = BN254) -> Words:
    """scalar * points[i], for one scalar, (4,) uint64; otherwise as `multiply_points`."""
    one_row = np.asarray(scalar).reshape(1, -1)
    check_scalars(one_row, curve)
    return _multiplied(points, one_row, curve)
