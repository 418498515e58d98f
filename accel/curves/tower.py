"""Fp6 and Fp12 over Fp2, as tuples: the values of the pairing.

Fp6 = Fp2[v] / (v^3 - xi), xi = 9 + u: (c0, c1, c2). Fp12 = Fp6[w] / (w^2 - v): (c0, c1), so that
w^6 = xi. Every component is kept below 2p, so each function is compiled for one type a machine.

Source: Devegili, O hEigeartaigh, Scott, Dahab, eprint 2006/471; cyclotomic squares, Granger and
Scott, eprint 2009/565.
"""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.curves.constants import frobenius_factor
from zkpipe.accel.fields.functions import one, pair, parts, reduce, square, zero
from zkpipe.accel.fields.inverse import invert

_g1, _g2, _g3, _g4, _g5 = (frobenius_factor(i) for i in range(1, 6))


@kernel
def conjugate(x):
    """a - b u: Frobenius of Fp2."""
    c0, c1 = parts(x)
    return pair(c0, reduce(-c1))


@kernel
def times_xi(x):
    """(9 + u) x = (9 a - b) + (a + 9 b) u, not reduced: the bound grows tenfold."""
    x2 = x + x
    x4 = x2 + x2
    c0, c1 = parts(x4 + x4 + x)
    a, b = parts(x)
    return pair(c0 - b, c1 + a)


@kernel
def add6(a, b):
    """a + b."""
    return reduce(a[0] + b[0]), reduce(a[1] + b[1]), reduce(a[2] + b[2])


@kernel
def subtract6(a, b):
    """a - b."""
    return reduce(a[0] - b[0]), reduce(a[1] - b[1]), reduce(a[2] - b[2])


@kernel
def negate6(a):
    """-a."""
    return reduce(-a[0]), reduce(-a[1]), reduce(-a[2])


@kernel
def times_v(a):
    """v (c0 + c1 v + c2 v^2) = xi c2 + c0 v + c1 v^2."""
    return reduce(times_xi(a[2])), a[0], a[1]


@kernel
def multiply6(a, b):
    """Karatsuba: six products."""
    a0, a1, a2 = a
    b0, b1, b2 = b
    v0, v1, v2 = a0 * b0, a1 * b1, a2 * b2
    c0 = v0 + times_xi(reduce((a1 + a2) * (b1 + b2) - v1 - v2))
    c1 = (a0 + a1) * (b0 + b1) - v0 - v1 + times_xi(v2)
    c2 = (a0 + a2) * (b0 + b2) - v0 - v2 + v1
    return reduce(c0), reduce(c1), reduce(c2)


@kernel
def multiply6_by_01(a, b0, b1):
    """Times b0 + b1 v: five products."""
    a0, a1, a2 = a
    v0, v1 = a0 * b0, a1 * b1
    c0 = v0 + times_xi(reduce((a1 + a2) * b1 - v1))
    c1 = (a0 + a1) * (b0 + b1) - v0 - v1
    c2 = (a0 + a2) * b0 - v0 + v1
    return reduce(c0), reduce(c1), reduce(c2)


@kernel
def invert6(a):
    """By the adjoint; 0 gives 0."""
    a0, a1, a2 = a
    t0 = reduce(square(a0) - times_xi(a1 * a2))
    t1 = reduce(times_xi(square(a2)) - a0 * a1)
    t2 = reduce(square(a1) - a0 * a2)
    norm = invert(reduce(a0 * t0 + times_xi(reduce(a2 * t1 + a1 * t2))))
    return reduce(t0 * norm), reduce(t1 * norm), reduce(t2 * norm)


@kernel
def one12(like):
    """The neutral element, for elements of Fp2 like `like`."""
    nothing = zero(like)
    return (one(like), nothing, nothing), (nothing, nothing, nothing)


@kernel
def multiply12(a, b):
    """Karatsuba: three products in Fp6."""
    v0, v1 = multiply6(a[0], b[0]), multiply6(a[1], b[1])
    cross = multiply6(add6(a[0], a[1]), add6(b[0], b[1]))
    return add6(v0, times_v(v1)), subtract6(subtract6(cross, v0), v1)


@kernel
def square12(a):
    """(c0 + c1)(c0 + v c1) - c0 c1 - v c0 c1, and 2 c0 c1: two products in Fp6."""
    product = multiply6(a[0], a[1])
    whole = multiply6(add6(a[0], a[1]), add6(a[0], times_v(a[1])))
    return subtract6(subtract6(whole, product), times_v(product)), add6(product, product)


@kernel
def multiply12_by_line(a, d0, d3, d4):
    """Times d0 + (d3 + d4 v) w, the value of a line."""
    a0, a1 = a
    v0 = (reduce(a0[0] * d0), reduce(a0[1] * d0), reduce(a0[2] * d0))
    v1 = multiply6_by_01(a1, d3, d4)
    cross = multiply6_by_01(add6(a0, a1), reduce(d0 + d3), d4)
    return add6(v0, times_v(v1)), subtract6(subtract6(cross, v0), v1)


@kernel
def conjugate12(a):
    """c0 - c1 w: the inverse of an element of order dividing p^6 + 1."""
    return a[0], negate6(a[1])


@kernel
def invert12(a):
    """1 / (c0 + c1 w) = (c0 - c1 w) / (c0^2 - v c1^2)."""
    norm = subtract6(multiply6(a[0], a[0]), times_v(multiply6(a[1], a[1])))
    inverse = invert6(norm)
    return multiply6(a[0], inverse), negate6(multiply6(a[1], inverse))


@kernel
def frobenius12(a):
    """The p-th power."""
    (c0, c2, c4), (c1, c3, c5) = a  # by powers of w
    like = c0
    even = (
        conjugate(c0),
        reduce(conjugate(c2) * _g2(like)),
        reduce(conjugate(c4) * _g4(like)),
    )
    odd = (
        reduce(conjugate(c1) * _g1(like)),
        reduce(conjugate(c3) * _g3(like)),
        reduce(conjugate(c5) * _g5(like)),
    )
    return even, odd


@kernel
def _square4(a, b):
    """(a + b s)^2 in Fp2[s] / (s^2 - xi): a^2 + xi b^2 and 2 a b."""
    product = a * b
    return (
        reduce((a + b) * reduce(times_xi(b) + a) - product - times_xi(product)),
        reduce(product + product),
    )


@kernel
def _triple_less_double(t, x):
    """3 t - 2 x."""
    return reduce(t + t + t - x - x)


@kernel
def _triple_and_double(t, x):
    """3 t + 2 x."""
    return reduce(t + t + t + x + x)


@kernel
def cyclotomic_square(a):
    """The square of an element of order dividing p^4 - p^2 + 1: three squares in Fp4."""
    (r0, r4, r3), (r2, r1, r5) = a
    t0, t1 = _square4(r0, r1)
    t2, t3 = _square4(r2, r3)
    t4, t5 = _square4(r4, r5)
    even = (
        _triple_less_double(t0, r0),
        _triple_less_double(t2, r4),
        _triple_less_double(t4, r3),
    )
    odd = (
        _triple_and_double(reduce(times_xi(t5)), r2),
        _triple_and_double(t1, r1),
        _triple_and_double(t3, r5),
    )
    return even, odd
