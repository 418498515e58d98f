"""Odd multiples of many points of G1, each by a number of its own, side by side in the lanes.

These are the terms of a random combination, kept apart; `sum_of_points` adds up any range of them.

An odd number below 2^129 has one form as a sum of all powers of two with signs: for t of 128 bits,

    2 t + 1 = 2^128 + sum over k < 128 of (1 if bit k of t else -1) 2^k.

So from the point itself, 128 times: double, then add or subtract the point. All lanes do the same,
whatever their numbers. No addition is exceptional: what has been doubled is an even multiple, at
least 2 and below 2^129, of a point of order r, so it is neither infinity nor the point nor its
opposite, and never becomes so.

Source: signed digits without zeros, Joye and Tunstall, AFRICACRYPT 2009.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.points import padded_count
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.msm.kernels.odd_multiples")

CHUNK = 128  # points a task: 1 ms of lanes


def odd_multiples(points: Words, halves: Words, curve: Curve = BN254) -> Words:
    """(2 halves[i] + 1) * points[i] over G1.

    points  (n, 8) uint64   affine, Montgomery; not infinity
    halves  (n, 2) uint64   any 128 bits, least significant word first
    result  (n, 8) uint64   affine, Montgomery

    Points are taken to be on the curve and finite: whoever read them in has checked.
    Raises ShapeError if the arrays do not pair up.
    Cost: 128 doublings, 128 additions and an inversion for every eight points (every point on the
    scalar machine), in threads.
    """
    n = len(points)
    if points.shape != (n, 8) or halves.shape != (n, 2):
        raise ShapeError(
            f"Arrays of shapes {points.shape} and {halves.shape} are not points with numbers.",
            "Give (n, 8) words of G1 and (n, 2) words, 128 bits for each point.",
        )
    m = chosen_machine()
    padded = padded_count(n, m)
    p, t = np.zeros((padded, 8), np.uint64), np.zeros((padded, 2), "<u8")
    p[:n], t[:n] = points, halves
    bits = np.unpackbits(t.view(np.uint8), axis=1, bitorder="little")[:, ::-1]
    digits = np.uint32(1 << 31) * (bits.T == 0).astype(np.uint32)
    out = np.zeros_like(p)

    def work(begin: int) -> None:
        part = slice(begin, begin + CHUNK)
        taken = np.ascontiguousarray(digits[:, part])
        rows = [Rows(curve.fp, m, words[part], 2) for words in (p, out)]
        _kernels.multiply(rows[0], taken, rows[1], taken.shape[1] // m.width)

    in_threads(work, range(0, padded, CHUNK))
    return out[:n]


def sum_of_points(points: Words, curve: Curve = BN254) -> Words:
    """The sum of points of G1, with each other's opposites and infinity among them or not.

    points  (n, 8) uint64   affine, Montgomery, zeros for infinity
    result  (8,) uint64     affine, Montgomery

    Cost: an addition a point, 0.3 us, and an inversion.
    """
    out = np.zeros((1, 8), np.uint64)
    rows = [Rows(curve.fp, SCALAR, words, 2) for words in (np.ascontiguousarray(points), out)]
    _kernels.add_up(rows[0], len(points), rows[1])
    result: Words = out[0]
    return result
