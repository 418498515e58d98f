"""What snarkjs makes of 64 bytes that are no point, as if they were one more power of tau.

A circuit that takes all powers of a file from 2^15 on has a hash into which the bytes behind the
powers go (circuit_hash). Read as coordinates these are numbers of up to 256 bits, and the library
that adds points expects them below p: its sums and differences correct by p once and drop what
passes 2^256, so the result is not even the residue that the formulas mean. To have the same hash,
the same is done here: the formulas of an affine addition, step by step, on such numbers.

All is public, and it happens once a circuit.

Source: iden3/wasmcurves, which ffjavascript computes with; formulas, hyperelliptic.org/EFD,
short Weierstrass a = 0, mmadd-2007-bl.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import P
from zkpipe.accel.fields.limbs import MONTGOMERY_R, Words, ints_from_words, words_from_ints

_INVERSE = pow(P, -1, MONTGOMERY_R)


def difference_from_no_point(raw: Words, point: Words) -> Words:
    """raw - point, (8,) words each; raw is any 64 bytes, point affine, Montgomery, of the curve."""
    x1, y1 = ints_from_words(raw)
    x2, y2 = ints_from_words(point)
    h, rise = _sub(x2, x1), _sub(_sub(0, y2), y1)
    i = _add(_mul(h, h), _mul(h, h))
    i = _add(i, i)
    j, v = _mul(h, i), _mul(x1, i)
    r = _add(rise, rise)
    x3 = _sub(_sub(_mul(r, r), j), _add(v, v))
    y1j = _mul(y1, j)
    y3 = _sub(_mul(_sub(v, x3), r), _add(y1j, y1j))
    return _affine(x3, y3, _add(h, h))


def _add(x: int, y: int) -> int:
    total = x + y
    return (total - P) % MONTGOMERY_R if total >= P else total


def _sub(x: int, y: int) -> int:
    return x - y if x >= y else (x - y + P) % MONTGOMERY_R


def _mul(x: int, y: int) -> int:
    product = x * y
    reduced = (product + (-product * _INVERSE % MONTGOMERY_R) * P) // MONTGOMERY_R
    return reduced - P if reduced >= P else reduced


def _affine(x: int, y: int, z: int) -> Words:
    """X / Z^2 and Y / Z^3, Montgomery; from here on the library's results are residues."""
    inverse = pow(z, -1, P) * MONTGOMERY_R  # z is Z R, so this is 1 / Z
    square = inverse * inverse
    return words_from_ints([x * square % P, y * square * inverse % P]).reshape(8)
