"""Square roots in Fr (Tonelli and Shanks)."""

from __future__ import annotations

from zkpipe.accel.bn254 import R

_TWO_ADICITY = 28  # r - 1 = 2^28 * odd
_ODD = (R - 1) >> _TWO_ADICITY
_GENERATOR = pow(5, _ODD, R)  # 5 is no square: of order 2^28


def square_root(x: int) -> int | None:
    """A square root of x mod r, None if x is no square. Source: Tonelli 1891, Shanks 1973."""
    x %= R
    if x == 0:
        return 0
    root, rest = pow(x, (_ODD + 1) // 2, R), pow(x, _ODD, R)  # root^2 = x rest
    step, order = _GENERATOR, _TWO_ADICITY
    while rest != 1:
        power, exponent = rest, 0
        while power != 1:
            power = power * power % R
            exponent += 1
        if exponent == order:
            return None
        factor = pow(step, 1 << (order - exponent - 1), R)
        root, step = root * factor % R, factor * factor % R
        rest, order = rest * step % R, exponent
    return root
