"""Natural numbers below 2^256 in kernels: rows of four words, the lowest first.

Bounds of wires and sizes of coefficients are such numbers; whether a sum of them stays below r
decides what a constraint proves, so they are exact. A place is an array (n, 4) uint64 and a row.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.limbs import Words

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel
def copy(x: Words, i: int, out: Words, o: int) -> None:
    """out = x."""
    for k in range(4):
        out[o, k] = x[i, k]


@kernel
def is_one(x: Words, i: int) -> bool:
    """Whether x is 1."""
    return bool(x[i, 0] == _ONE and x[i, 1] | x[i, 2] | x[i, 3] == _ZERO)


@kernel
def is_zero(x: Words, i: int) -> bool:
    """Whether x is 0."""
    return bool(x[i, 0] | x[i, 1] | x[i, 2] | x[i, 3] == _ZERO)


@kernel
def is_less(x: Words, i: int, y: Words, j: int) -> bool:
    """Whether x < y."""
    for k in range(3, -1, -1):
        if x[i, k] != y[j, k]:
            return bool(x[i, k] < y[j, k])
    return False


@kernel
def add(x: Words, i: int, y: Words, j: int, out: Words, o: int) -> bool:
    """out = x + y; whether it fits. out may be one of them."""
    carry = _ZERO
    for k in range(4):
        left = x[i, k]
        total = left + y[j, k]
        after = total + carry
        carry = np.uint64((total < left) | (after < total))
        out[o, k] = after
    return bool(carry == _ZERO)


@kernel
def subtract(x: Words, i: int, y: Words, j: int, out: Words, o: int) -> None:
    """out = x - y for y up to x. out may be one of them."""
    borrow = _ZERO
    for k in range(4):
        left, right = x[i, k], y[j, k]
        total = left - right
        out[o, k] = total - borrow
        borrow = np.uint64((left < right) | (total < borrow))


@kernel
def multiply(x: Words, i: int, y: Words, j: int, out: Words, o: int) -> bool:
    """out = x y; whether it fits. out is neither of them."""
    for k in range(4):
        out[o, k] = _ZERO
    for p in range(8):
        left = (x[i, p >> 1] >> (_HALF * np.uint64(p & 1))) & _LOW
        if left == _ZERO:
            continue
        carry = _ZERO
        for q in range(8):
            right = (y[j, q >> 1] >> (_HALF * np.uint64(q & 1))) & _LOW
            if p + q >= 8:
                if right != _ZERO or carry != _ZERO:
                    return False
                continue
            at, shift = (p + q) >> 1, _HALF * np.uint64((p + q) & 1)
            total = left * right + ((out[o, at] >> shift) & _LOW) + carry  # below 2^64
            out[o, at] = (out[o, at] & ~(_LOW << shift)) | ((total & _LOW) << shift)
            carry = total >> _HALF
        if carry != _ZERO:
            return False
    return True
