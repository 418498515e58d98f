"""The optimal ate pairing, and products of pairings.

e(P, Q) for P in G1, Q in G2: Miller's loop over the signed digits of 6x + 2 with the point in
homogeneous coordinates, two lines more for Frobenius images of Q, then the final exponentiation by
(p^12 - 1) / r. The loops of eight pairs run side by side in the lanes; their product takes one
final exponentiation, on the scalar machine.

Source: Vercauteren, eprint 2008/096; Beuchat et al., eprint 2010/354; line formulas, Aranha et al.,
eprint 2010/526, section 5; hard part of the exponent, Scott et al., eprint 2008/490.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.points import padded_count
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.curves.kernels.pairing")

Digits = NDArray[np.int8]


@lru_cache
def _signed_digits(value: int, bits: int) -> Digits:
    """Digits 0 or odd and below 2^(bits - 1) in size, most of them 0, least significant first."""
    digits, half = [], 1 << (bits - 1)
    while value:
        digit = (value + half) % (2 * half) - half if value % 2 else 0
        digits.append(digit)
        value = (value - digit) // 2
    return np.array(digits, np.int8)


def _loop(curve: Curve) -> Digits:
    """Of Miller's loop: 1 and -1. The last is 1."""
    return _signed_digits(6 * curve.x + 2, 2)


def _x_digits(curve: Curve) -> Digits:
    """Of x: 1 and 3, with signs, in BN254 18 products where bits take 27. The last is positive."""
    return _signed_digits(curve.x, 3)


CHUNK = 64  # pairs a task: 3 ms of lanes, and few enough that threads end together


def one_of_fp12(curve: Curve = BN254) -> Words:
    """The neutral element, (48,) words, Montgomery."""
    one_ = np.zeros(48, np.uint64)
    one_[:4] = to_montgomery([1], curve.p)[0]
    return one_


def miller_functions(points: Words, twisted: Words, curve: Curve = BN254) -> Words:
    """The value of each pair's Miller function: pairings before the final exponentiation.

    points   (n, 8) uint64    of G1: affine, Montgomery, zeros for infinity
    twisted  (n, 16) uint64   of G2
    result   (n, 48) uint64   elements of Fp12, as `final_exponentiation` gives them; 1 where a
                              point of the pair is infinity

    Points are taken to be on their curves and in their groups: whoever read them in has checked.
    Raises ShapeError if the arrays do not pair up.
    Cost: a Miller loop for every eight pairs (every pair on the scalar machine), in threads.
    """
    n = len(points)
    if points.shape != (n, 8) or twisted.shape != (n, 16):
        raise ShapeError(
            f"Arrays of shapes {points.shape} and {twisted.shape} are not pairs of points.",
            "Give (n, 8) words of G1 and (n, 16) of G2.",
        )
    m = chosen_machine()
    padded = padded_count(n, m)
    p, q = np.zeros((padded, 8), np.uint64), np.zeros((padded, 16), np.uint64)
    p[:n], q[:n] = points, twisted
    loops = np.zeros((padded, 48), np.uint64)
    loop = _loop(curve)

    def work(begin: int) -> None:
        part = slice(begin, begin + CHUNK)
        g1, g2 = Rows(curve.fp, m, p[part], 2), Rows(curve.fp2, m, q[part], 2)
        out = Rows(curve.fp2, m, loops[part], 6)
        _kernels.miller_loops(g1, g2, loop, out, len(p[part]) // m.width)

    in_threads(work, range(0, padded, CHUNK))
    return loops[:n]


def final_exponentiation(loops: Words, curve: Curve = BN254) -> Words:
    """The product of all these Miller functions, to the power of (p^12 - 1) / r.

    loops   (n, 48) uint64   from `miller_functions`
    result  (48,) uint64     element of order r of Fp12: c00, c01, c02, c10, c11, c12 with
                             c_ij v^j w^i in Fp2; Montgomery
    """
    out = np.zeros((1, 48), np.uint64)
    rows, product = (Rows(curve.fp2, SCALAR, words, 6) for words in (loops, out))
    _kernels.product(rows, len(loops), _x_digits(curve), product)
    result: Words = out[0]
    return result


def pairing_quotient(left: Words, right: Words, curve: Curve = BN254) -> Words:
    """left / right for values of pairings or of their products, (48,) each."""
    out = np.zeros((1, 48), np.uint64)
    arrays = (array.reshape(1, 48) for array in (left, right, out))
    _kernels.quotient(*(Rows(curve.fp2, SCALAR, array, 6) for array in arrays))
    result: Words = out[0]
    return result
