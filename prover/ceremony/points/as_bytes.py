"""Points as the bytes that a ceremony hashes: coordinates canonical, the high byte first.

    uncompressed   x, y                   infinity is all zeros
    compressed     x alone; bit 7 of its first byte is set if y is the larger of y and -y;
                   infinity is bit 6 alone

A coordinate x0 + x1 u of G2 is x1, then x0, and it is larger than its negative if x1 is, or x0
where x1 is 0.

Source: iden3/ffjavascript, the conversions LEMtoU and LEMtoC of wasmcurves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.points import points_to_canonical
from zkpipe.accel.fields.limbs import Words, words_from_ints

Bytes = NDArray[np.uint8]

_LARGER, _INFINITY = 0x80, 0x40  # the moduli have 254 bits


def uncompressed(points: Words, curve: Curve = BN254) -> Bytes:
    """Points in full: (n, 8) words to (n, 64) bytes, (n, 16) words to (n, 128) bytes.

    points  affine, Montgomery. One point may be given as (8,) or (16,); the bytes are (64,) then.

    Cost: 60 ns a point of G1.
    """
    return _reversed(points_to_canonical(points.reshape(-1, points.shape[-1]), curve)).reshape(
        *points.shape[:-1], -1
    )


def compressed(points: Words, curve: Curve = BN254) -> Bytes:
    """Points by x and a bit: (n, 8) words to (n, 32) bytes, (n, 16) words to (n, 64) bytes."""
    canonical = points_to_canonical(points, curve)
    width = canonical.shape[1] // 2
    out = np.ascontiguousarray(_reversed(canonical)[:, : 8 * width])
    out[_is_larger(canonical[:, width:], curve.p), 0] |= _LARGER
    out[~canonical.any(axis=1), 0] |= _INFINITY
    return out


def _reversed(canonical: Words) -> Bytes:
    """(n, 4 k) words of x and y to bytes, the order of each of the two turned round."""
    n, width = canonical.shape
    halves = canonical.astype("<u8", copy=False).view(np.uint8).reshape(n, 2, 4 * width)
    return np.ascontiguousarray(halves[:, :, ::-1]).reshape(n, 8 * width)


def _is_larger(y: Words, p: int) -> NDArray[np.bool_]:
    """Whether y, (n, 4) or (n, 8) words, is the larger of y and -y."""
    if y.shape[1] == 4:
        return _at_least(y, (p + 1) // 2)
    y0, y1 = y[:, :4], y[:, 4:]
    larger: NDArray[np.bool_] = np.where(
        y1.any(axis=1), _at_least(y1, (p + 1) // 2), _at_least(y0, (p + 1) // 2)
    )
    return larger


def _at_least(values: Words, limit: int) -> NDArray[np.bool_]:
    """Which values, (n, 4), are this or more."""
    words = words_from_ints([limit])[0]
    at_least = np.ones(len(values), np.bool_)
    for word in range(4):  # the most significant word decides last
        column = values[:, word]
        at_least = (column > words[word]) | ((column == words[word]) & at_least)
    return at_least
