"""Baby Jubjub on integers: a twisted Edwards curve over the field of BN254's scalars.

    A x^2 + y^2 = 1 + D x^2 y^2,   A a square and D none mod r

so that addition is complete: no denominator is 0, whatever two points are added. There are 8 L
points; those of the subgroup are the multiples of BASE, L of them, a prime number.

A pair is (x, y), canonical integers. The functions take pairs on the curve.

Source: EIP-2494.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.accel.roots import square_root

Pair = tuple[int, int]

A, D = 168700, 168696
L = 2736030358979909402780800718157159386076813972158567259200215660948447373041
COFACTOR = 8
IDENTITY: Pair = (0, 1)
GENERATOR: Pair = (
    995203441582195749578291179787384436505546430278305826713579947235728471134,
    5472060717959818805561601436314318772137091100104008585924551046643952123905,
)  # of all 8 L points
BASE: Pair = (
    5299619240641551281634865583518297030282874472190772894086521144482721001553,
    16950150798460657717958625567821834550301663161624707787222815936182638968203,
)  # 8 GENERATOR, circomlib's BASE8


def is_on_curve(x: int, y: int) -> bool:
    """Whether two canonical integers are a point of the curve."""
    xx, yy = x * x % R, y * y % R
    return (A * xx + yy - 1 - D * xx * yy) % R == 0


def add(p: Pair, q: Pair) -> Pair:
    """The sum of two points."""
    (x, y), (u, v) = p, q
    product = D * x * u * y * v % R
    over = pow((1 + product) * (1 - product), -1, R)
    return (
        (x * v + y * u) * (1 - product) * over % R,
        (y * v - A * x * u) * (1 + product) * over % R,
    )


def negative(p: Pair) -> Pair:
    """The point that adds up to the identity."""
    return -p[0] % R, p[1]


def multiply(p: Pair, scalar: int) -> Pair:
    """A point times an integer, of any sign. For public values: the time taken tells of the scalar.

    Cost: 1.5 ms for 254 bits, by windows of four bits in projective coordinates.
    """
    scalar %= COFACTOR * L  # of any point of the curve
    multiples = [_IDENTITY, (*p, 1)]
    for _ in range(14):
        multiples.append(_add(multiples[-1], multiples[1]))
    total = _IDENTITY
    for place in reversed(range(0, scalar.bit_length(), 4)):
        for _ in range(4):
            total = _double(total)
        digit = scalar >> place & 15
        if digit:
            total = _add(total, multiples[digit])
    x, y, z = total
    inverse = pow(z, -1, R)
    return x * inverse % R, y * inverse % R


def point_with(y: int, is_large: bool) -> Pair | None:
    """The point with this y, and an x that is more than (r - 1) / 2 or is not. None if x is 0."""
    yy = y * y % R
    x = square_root((1 - yy) * pow(A - D * yy, -1, R))  # A / D is no square, so this is never 0
    if not x:
        return None
    return (x if (x > R // 2) == is_large else R - x), y


def is_in_subgroup(p: Pair) -> bool:
    """Whether a point is a multiple of BASE. The identity is."""
    return multiply(p, L) == IDENTITY


# --- projective coordinates: (X, Y, Z) is (X / Z, Y / Z)

_Projective = tuple[int, int, int]
_IDENTITY: _Projective = (0, 1, 1)


def _add(p: _Projective, q: _Projective) -> _Projective:
    """Source: add-2008-bbjlp, hyperelliptic.org/EFD; complete on this curve."""
    (x1, y1, z1), (x2, y2, z2) = p, q
    z = z1 * z2 % R
    xx, yy, zz = x1 * x2 % R, y1 * y2 % R, z * z % R
    product = D * xx * yy % R
    f, g = zz - product, zz + product
    x3 = z * f % R * ((x1 + y1) * (x2 + y2) - xx - yy) % R
    return x3, z * g % R * (yy - A * xx) % R, f * g % R


def _double(p: _Projective) -> _Projective:
    """Source: dbl-2008-bbjlp, hyperelliptic.org/EFD; signs of X and Z changed."""
    x, y, z = p
    xx, yy = A * x * x % R, y * y % R
    g = xx + yy
    f = g - 2 * z * z % R
    return 2 * x * y % R * f % R, g * (xx - yy) % R, f * g % R
