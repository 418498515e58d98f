"""The texts of accel.curves.pairing: Miller's loop, the final exponentiation."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves.constants import equation_constant, frobenius_factor
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
from zkpipe.accel.fields.arrays import load, store
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

_twist_b3 = equation_constant(3)
_half = field_constant(lambda field: ((field.modulus + 1) // 2, 0))
_frobenius_x, _frobenius_y = frobenius_factor(2), frobenius_factor(3)


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
def miller_loops(points, twisted, loop, out, blocks):
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
def product(loops, count, digits, out):
    """The final exponentiation of the product of all Miller functions."""
    f = one12(load(out, 0)[0])
    for i in range(count):
        c0, c1, c2, c3, c4, c5 = load(loops, i)
        f = multiply12(f, ((c0, c1, c2), (c3, c4, c5)))
    even, odd = _final_exponentiation(f, digits)
    store(out, 0, (even[0], even[1], even[2], odd[0], odd[1], odd[2]))


@kernel
def quotient(left, right, out):
    """Left over right, whose conjugate is its inverse: both are of order r."""
    a0, a1, a2, a3, a4, a5 = load(left, 0)
    b0, b1, b2, b3, b4, b5 = load(right, 0)
    inverse = conjugate12(((b0, b1, b2), (b3, b4, b5)))
    even, odd = multiply12(((a0, a1, a2), (a3, a4, a5)), inverse)
    store(out, 0, (even[0], even[1], even[2], odd[0], odd[1], odd[2]))
