"""Rows of packed 4 x 64-bit words into vectors of 52-bit limbs, lane by lane, and back.

Shuffles and shifts alone. accel.machines.simd computes with what comes out.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from zkpipe.accel.machines.lowering import I64, Limbs

VECTOR = ir.VectorType(I64, 8)
HALF = ir.VectorType(I64, 4)
I32 = ir.IntType(32)
BITS = 52
LOW = (1 << BITS) - 1


def splat(value: int) -> Any:
    """A number in every lane."""
    return ir.Constant(VECTOR, [value] * 8)


def shuffle(b: Any, x: Any, y: Any, index: list[int]) -> Any:
    """The entries of two vectors, counted through, that an index names."""
    return b.shuffle_vector(x, y, ir.Constant(ir.VectorType(I32, len(index)), index))


def interleave(b: Any, rows: Limbs) -> Limbs:
    """Four registers of two half rows each: word j of all, for j in 0..3 (4 x 4 transpositions)."""
    even = [shuffle(b, rows[i], rows[i + 1], [0, 8, 2, 10, 4, 12, 6, 14]) for i in (0, 2)]
    odd = [shuffle(b, rows[i], rows[i + 1], [1, 9, 3, 11, 5, 13, 7, 15]) for i in (0, 2)]
    low, high = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]
    return [shuffle(b, u, v, index) for index in (low, high) for u, v in (even, odd)]


def transpose(b: Any, rows: Limbs) -> Limbs:
    """Eight rows of eight words to eight columns, and back: 24 shuffles."""
    first, second = interleave(b, rows[:4]), interleave(b, rows[4:])
    low, high = [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15]
    return [
        shuffle(b, u, v, index) for index in (low, high) for u, v in zip(first, second, strict=True)
    ]


def from_words(b: Any, w: Limbs, shift: int) -> Limbs:
    """Four vectors of words, shifted left by 0 or 4 bits, as five vectors of 52-bit limbs."""
    limbs = []
    for i in range(5):
        start = BITS * i - shift  # the limb's first bit in the words
        k, offset = (start // 64, start % 64) if start >= 0 else (0, start)
        limb = b.lshr(w[k], splat(offset)) if offset >= 0 else b.shl(w[k], splat(-offset))
        if offset > 64 - BITS and k < 3:
            limb = b.or_(limb, b.shl(w[k + 1], splat(64 - offset)))
        limbs.append(limb if i == 4 else b.and_(limb, splat(LOW)))
    return limbs


def to_words(b: Any, t: Limbs) -> Limbs:
    """Five limbs of a value below 2^256 as four words."""
    return [
        b.or_(b.lshr(t[i], splat(12 * i)), b.shl(t[i + 1], splat(BITS - 12 * i))) for i in range(4)
    ]
