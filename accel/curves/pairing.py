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
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.constants import equation_constant, frobenius_factor
from zkpipe.accel.curves.points import padded_count
from zkpipe.accel.curves.tower import (
    conjugate,
    conjugate12,
    cyclotomic_square,
    frobenius12,
    invert12,
    multiply12,
    multiply12_by_line,
    one12,
    square12,
)
from zkpipe.accel.fields.arrays import Rows, load, store
from zkpipe.accel.fields.functions import (
    field_constant,
    is_blank,
    one,
    pair,
    reduce,
    select,
    square,
    zero,
)
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.machines.scalar import SCALAR
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.threads import in_threads

_twist_b3 = equation_constant(3)
_half = field_constant(lambda field: ((field.modulus + 1) // 2, 0))
_frobenius_x, _frobenius_y = frobenius_factor(2), frobenius_factor(3)
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


@kernel
def _double_step(t):
    """2 T, and the tangent at T as (coefficient of y_P, of x_P, constant)."""
    x, y, z = t
    a = x * y * _half(x)
    b, c = square(y), square(z)
    e = reduce(_twist_b3(x) * c)
    f = reduce(e + e + e)
    g = reduce(b + f) * _half(x)
    h = reduce(square(y + z) - b - c)
    j = square(x)
    squared = square(e)
    x3 = reduce(a * reduce(b - f))
    y3 = reduce(square(g) - squared - squared - squared)
    return (x3, y3, reduce(b * h)), (reduce(-h), reduce(j + j + j), reduce(e - b))


@kernel
def _add_step(t, q):
    """T + Q, and the chord through both."""
    x, y, z = t
    qx, qy = q
    theta = reduce(y - qy * z)
    mu = reduce(x - qx * z)
    d = square(mu)
    e = reduce(mu * d)
    f, g = z * square(theta), x * d
    h = reduce(e + f - g - g)
    x3 = reduce(mu * h)
    y3 = reduce(theta * reduce(g - h) - e * y)
    constant = reduce(theta * qx - mu * qy)
    return (x3, y3, reduce(z * e)), (mu, reduce(-theta), constant)


@kernel
def _at(f, line, px, py):
    """f times the line's value at P."""
    return multiply12_by_line(f, reduce(line[0] * py), reduce(line[1] * px), line[2])


@kernel
def _miller(px, py, q, loop):
    """The Miller function of Q at P, as an element of Fp12; P as elements of Fp2."""
    qx, qy = q
    minus = (qx, reduce(-qy))
    t = (qx, qy, one(qx))
    f = one12(qx)
    for i in range(len(loop) - 2, -1, -1):
        f = square12(f)
        t, line = _double_step(t)
        f = _at(f, line, px, py)
        if loop[i]:
            t, line = _add_step(t, q if loop[i] == 1 else minus)
            f = _at(f, line, px, py)
    q1 = (
        reduce(conjugate(qx) * _frobenius_x(qx)),
        reduce(conjugate(qy) * _frobenius_y(qx)),
    )
    q2 = (
        reduce(conjugate(q1[0]) * _frobenius_x(qx)),
        reduce(-(conjugate(q1[1]) * _frobenius_y(qx))),
    )
    t, line = _add_step(t, q1)
    f = _at(f, line, px, py)
    t, line = _add_step(t, q2)
    return _at(f, line, px, py)


@kernel
def _miller_loops(points, twisted, loop, out, blocks):
    """out[i] = the Miller function of pair i; 1 where a point of the pair is infinity."""
    for i in range(blocks):
        x, y = load(points, i)
        qx, qy = load(twisted, i)
        x, y, qx, qy = reduce(x), reduce(y), reduce(qx), reduce(qy)
        nothing = zero(x)
        px, py = pair(x, nothing), pair(y, nothing)
        even, odd = _miller(px, py, (qx, qy), loop)
        infinite = (is_blank(x) & is_blank(y)) | (is_blank(qx) & is_blank(qy))
        unit, none = one(qx), zero(qx)
        result = (
            select(infinite, unit, even[0]),
            select(infinite, none, even[1]),
            select(infinite, none, even[2]),
            select(infinite, none, odd[0]),
            select(infinite, none, odd[1]),
            select(infinite, none, odd[2]),
        )
        store(out, i, result)


@kernel
def _to_the_x(a, digits):
    """a^x for an element of the cyclotomic subgroup, whose conjugate is its inverse."""
    cube = multiply12(cyclotomic_square(a), a)
    result = a if digits[-1] == 1 else cube
    for i in range(len(digits) - 2, -1, -1):
        result = cyclotomic_square(result)
        digit = digits[i]
        if digit:
            factor = a if abs(digit) == 1 else cube
            result = multiply12(result, factor if digit > 0 else conjugate12(factor))
    return result


@kernel
def _final_exponentiation(f, digits):
    """f^((p^12 - 1) / r)."""
    f = multiply12(conjugate12(f), invert12(f))  # p^6 - 1
    f = multiply12(frobenius12(frobenius12(f)), f)  # p^2 + 1
    fx = _to_the_x(f, digits)
    fx2 = _to_the_x(fx, digits)
    fx3 = _to_the_x(fx2, digits)
    fp = frobenius12(f)
    fp2 = frobenius12(fp)
    y0 = multiply12(multiply12(fp, fp2), frobenius12(fp2))
    y1 = conjugate12(f)
    y2 = frobenius12(frobenius12(fx2))
    y3 = conjugate12(frobenius12(fx))
    y4 = conjugate12(multiply12(fx, frobenius12(fx2)))
    y5 = conjugate12(fx2)
    y6 = conjugate12(multiply12(fx3, frobenius12(fx3)))
    t0 = multiply12(multiply12(cyclotomic_square(y6), y4), y5)
    t1 = multiply12(multiply12(y3, y5), t0)
    t0 = multiply12(t0, y2)
    t1 = cyclotomic_square(multiply12(cyclotomic_square(t1), t0))
    t0, t1 = multiply12(t1, y1), multiply12(t1, y0)
    return multiply12(cyclotomic_square(t0), t1)


@kernel
def _product(loops, count, digits, out):
    """The final exponentiation of the product of all Miller functions."""
    f = one12(load(out, 0)[0])
    for i in range(count):
        c0, c1, c2, c3, c4, c5 = load(loops, i)
        f = multiply12(f, ((c0, c1, c2), (c3, c4, c5)))
    even, odd = _final_exponentiation(f, digits)
    store(out, 0, (even[0], even[1], even[2], odd[0], odd[1], odd[2]))


@kernel
def _quotient(left, right, out):
    """Left over right, whose conjugate is its inverse: both are of order r."""
    a0, a1, a2, a3, a4, a5 = load(left, 0)
    b0, b1, b2, b3, b4, b5 = load(right, 0)
    inverse = conjugate12(((b0, b1, b2), (b3, b4, b5)))
    even, odd = multiply12(((a0, a1, a2), (a3, a4, a5)), inverse)
    store(out, 0, (even[0], even[1], even[2], odd[0], odd[1], odd[2]))


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
        _miller_loops(g1, g2, loop, out, len(p[part]) // m.width)

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
    _product(rows, len(loops), _x_digits(curve), product)
    result: Words = out[0]
    return result


def pairing_quotient(left: Words, right: Words, curve: Curve = BN254) -> Words:
    """left / right for values of pairings or of their products, (48,) each."""
    out = np.zeros((1, 48), np.uint64)
    arrays = (array.reshape(1, 48) for array in (left, right, out))
    _quotient(*(Rows(curve.fp2, SCALAR, array, 6) for array in arrays))
    result: Words = out[0]
    return result
