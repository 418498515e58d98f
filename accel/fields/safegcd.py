"""Inverses of single values by division steps (safegcd), in 5 words of signed 320-bit integers.

f = modulus and g = x shrink by 62 division steps at a time: the steps are found from the lowest
words alone, as a matrix t, and t / 2^62 then applied to (f, g), and modulo p to (d, e), which keep
d x = f s and e x = g s modulo p for a start s. When g is 0, f is 1 or -1 and d is s / x or its
negative. Not constant in time.

Source: Bernstein, Yang, "Fast constant-time gcd computation and modular inversion", eprint
2019/266; the bounds -2p < d, e < p and steps several at a time, Wuille, "The safegcd
implementation in libsecp256k1 explained".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from zkpipe.accel.compiled.kernels import intrinsic, kernel
from zkpipe.accel.fields.field import Element, pack, unpack
from zkpipe.accel.machines.lowering import I64, Limbs

STEPS = 62
I128, I320 = ir.IntType(128), ir.IntType(320)
WIDE = types.UniTuple(types.int64, 5)
PAIR = types.UniTuple(WIDE, 2)
MATRIX = types.UniTuple(types.int64, 4)  # u, v, q, r


def _word(value: int) -> Any:
    return ir.Constant(I64, value)


def _join(b: Any, words: Limbs) -> Any:
    value = b.zext(words[0], I320)
    for i in range(1, 5):
        value = b.or_(value, b.shl(b.zext(words[i], I320), ir.Constant(I320, 64 * i)))
    return value


def _split(b: Any, value: Any) -> Limbs:
    return [b.trunc(b.lshr(value, ir.Constant(I320, 64 * i)), I64) for i in range(5)]


def _times(b: Any, words: Limbs, factor: Any) -> Any:
    """words * factor, both signed, modulo 2^320: five multiplications."""
    carry, row = _word(0), []
    for word in words:
        total = b.add(b.mul(b.zext(word, I128), b.zext(factor, I128)), b.zext(carry, I128))
        row.append(b.trunc(total, I64))
        carry = b.trunc(b.lshr(total, ir.Constant(I128, 64)), I64)
    shifted = b.shl(_join(b, words), ir.Constant(I320, 64))  # as unsigned the factor is 2^64 more
    negative = b.icmp_signed("<", factor, _word(0))
    return b.sub(_join(b, row), b.select(negative, shifted, ir.Constant(I320, 0)))


def _wide(context: Any, b: Any, value: Any) -> Any:
    shifted = b.ashr(value, ir.Constant(I320, STEPS))
    return context.make_tuple(b, WIDE, _split(b, shifted))


@intrinsic
def _trailing_zeros(typing, x):
    def codegen(context, b, sig, args):
        kind = ir.FunctionType(I64, [I64, ir.IntType(1)])
        function = cgutils.get_or_insert_function(b.module, kind, "llvm.cttz.i64")
        return b.call(function, [args[0], ir.Constant(ir.IntType(1), 1)])

    return types.int64(types.int64), codegen


@intrinsic
def _apply(typing, t, f, g):
    """(u f + v g) / 2^62 and (q f + r g) / 2^62, which are exact."""

    def codegen(context, b, sig, args):
        u, v, q, r = cgutils.unpack_tuple(b, args[0])
        x, y = cgutils.unpack_tuple(b, args[1]), cgutils.unpack_tuple(b, args[2])
        rows = [b.add(_times(b, x, s), _times(b, y, w)) for s, w in ((u, v), (q, r))]
        return context.make_tuple(b, PAIR, [_wide(context, b, row) for row in rows])

    return PAIR(MATRIX, WIDE, WIDE), codegen


@intrinsic
def _apply_modulo(typing, like, t, d, e):
    """The same modulo p, for d and e from -2p to p, which the results are too.

    p is added where an operand is negative, and then as often as makes the quotient exact.
    """
    p = like.field.modulus
    low = (1 << STEPS) - 1
    inverse = pow(p, -1, 1 << STEPS)
    modulus = [_word(p >> 64 * i & 0xFFFF_FFFF_FFFF_FFFF) for i in range(5)]

    def codegen(context, b, sig, args):
        u, v, q, r = cgutils.unpack_tuple(b, args[1])
        x, y = cgutils.unpack_tuple(b, args[2]), cgutils.unpack_tuple(b, args[3])
        signs = [b.ashr(words[4], _word(63)) for words in (x, y)]
        rows = []
        for s, w in ((u, v), (q, r)):
            lift = b.add(b.and_(s, signs[0]), b.and_(w, signs[1]))
            lowest = b.add(b.mul(s, x[0]), b.mul(w, y[0]))
            excess = b.add(b.mul(lowest, _word(inverse)), lift)
            lift = b.sub(lift, b.and_(excess, _word(low)))
            row = b.add(_times(b, x, s), _times(b, y, w))
            rows.append(b.add(row, _times(b, modulus, lift)))
        return context.make_tuple(b, PAIR, [_wide(context, b, row) for row in rows])

    return PAIR(like, MATRIX, WIDE, WIDE), codegen


@intrinsic
def _canonical_words(typing, x):
    """The words of a single value, below p, as a signed wide integer."""

    def codegen(context, b, sig, args):
        (limbs,) = unpack(b, x, args[0])
        words = x.lowering.canonical(b, x.field.modulus, limbs)
        return context.make_tuple(b, WIDE, [*words, _word(0)])

    return WIDE(x), codegen


@intrinsic
def _start(typing, like):
    """p, and R^2 mod p: what the inverse of x R is multiplied by to be the form of 1 / x."""
    p = like.field.modulus
    values = p, like.machine.montgomery**2 % p

    def codegen(context, b, sig, args):
        wides = [
            context.make_tuple(
                b, WIDE, [_word(v >> 64 * i & 0xFFFF_FFFF_FFFF_FFFF) for i in range(5)]
            )
            for v in values
        ]
        return context.make_tuple(b, PAIR, wides)

    return PAIR(like), codegen


@intrinsic
def _signed_element(typing, like, d, negative):
    """d or -d, from -2p to 2p, as an element below 2p."""
    p = like.field.modulus
    result = Element(like.field, like.machine, 2)

    def codegen(context, b, sig, args):
        value = _join(b, cgutils.unpack_tuple(b, args[1]))
        value = b.select(args[2], b.sub(ir.Constant(I320, 0), value), value)
        below = b.icmp_signed("<", value, ir.Constant(I320, 0))
        value = b.select(below, b.add(value, ir.Constant(I320, 2 * p)), value)
        return pack(b, result, [_split(b, value)[:4]])

    return result(like, WIDE, types.boolean), codegen


@kernel
def _steps(eta, f, g):
    """62 division steps on the lowest words: the new eta and the matrix (u, v, q, r)."""
    u, v, q, r = np.int64(1), np.int64(0), np.int64(0), np.int64(1)
    left = np.int64(STEPS)
    while True:
        zeros = _trailing_zeros(g | (np.int64(-1) << left))
        g >>= zeros
        u <<= zeros
        v <<= zeros
        eta -= zeros
        left -= zeros
        if left == 0:
            return eta, (u, v, q, r)
        if eta < 0:
            eta = -eta
            f, g = g, -f
            u, q = q, -u
            v, r = r, -v
            bits = min(eta + 1, left)
            mask = (np.int64(1) << min(bits, 6)) - 1
            w = (f * g * (f * f - 2)) & mask
        else:
            bits = min(eta + 1, left)
            mask = (np.int64(1) << min(bits, 4)) - 1
            w = (-(f + (((f + 1) & 4) << 1)) * g) & mask
        g += f * w
        q += u * w
        r += v * w


@kernel
def invert_single(x):
    """1 / x for one value of Fp or Fr below 2p, and 0 for 0. Cost: 1.1 us."""
    g = _canonical_words(x)
    f, e = _start(x)
    d = (np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0))
    eta = np.int64(-1)
    while g[0] | g[1] | g[2] | g[3] | g[4]:
        eta, t = _steps(eta, f[0], g[0])
        d, e = _apply_modulo(x, t, d, e)
        f, g = _apply(t, f, g)
    return _signed_element(x, d, f[4] < 0)
