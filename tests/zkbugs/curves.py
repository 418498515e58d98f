"""Points of curves: slopes and coordinates that are quotients, by divisors that may be zero.

Baby Jubjub as circomlib writes it: Montgomery form B y^2 = x^3 + A x^2 + x, A = 168698, B = 1, on
any coordinates, since its templates check none.
"""

from __future__ import annotations

from tests.zkbugs.corpus import Bug
from zkpipe.accel.bn254 import R
from zkpipe.circuits import Field, Private, Public, check, circuit, hint

A = 168698
Point = tuple[Field, Field]


def over(x: int, y: int) -> int:
    """x / y in the field; 0 by zero, as circom's witness calculator has it."""
    return x * pow(y, -1, R) % R if y % R else 0


# --- circomlib, Edwards2Montgomery: u = (1 + y) / (1 - y), v = u / x


@circuit
def edwards_to_montgomery_broken(
    x: Private[Field], y: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    u = hint(over, 1 + y, 1 - y, returns=Field)
    v = hint(over, u, x, returns=Field)
    check(u * (1 - y) == 1 + y)
    check(v * x == u)
    return u, v


@circuit
def edwards_to_montgomery_corrected(
    x: Private[Field], y: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    check(1 - y != 0, "the neutral point")
    check(x != 0, "no x")
    u = hint(over, 1 + y, 1 - y, returns=Field)
    v = hint(over, u, x, returns=Field)
    check(u * (1 - y) == 1 + y)
    check(v * x == u)
    return u, v


EDWARDS_TO_MONTGOMERY = Bug(
    "Underconstrained points in Edwards2Montgomery",
    edwards_to_montgomery_broken,
    edwards_to_montgomery_corrected,
    {"x": 5, "y": 7},
    wire="out[1]",
    lie={0: [0], 1: [4242]},
    at={"x": 0, "y": R - 1},
    forbidden=[({"x": 0, "y": R - 1}, "no x")],
)

# --- circomlib, Montgomery2Edwards: x = u / v, y = (u - 1) / (u + 1)


@circuit
def montgomery_to_edwards_broken(
    u: Private[Field], v: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    x = hint(over, u, v, returns=Field)
    y = hint(over, u - 1, u + 1, returns=Field)
    check(x * v == u)
    check(y * (u + 1) == u - 1)
    return x, y


@circuit
def montgomery_to_edwards_corrected(
    u: Private[Field], v: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    check(v != 0, "no v")
    check(u + 1 != 0, "no u")
    x = hint(over, u, v, returns=Field)
    y = hint(over, u - 1, u + 1, returns=Field)
    check(x * v == u)
    check(y * (u + 1) == u - 1)
    return x, y


MONTGOMERY_TO_EDWARDS = Bug(
    "Underconstrained points in Montgomery2Edwards",
    montgomery_to_edwards_broken,
    montgomery_to_edwards_corrected,
    {"u": 5, "v": 7},
    wire="out[0]",
    lie={0: [4242], 1: [R - 1]},
    at={"u": 0, "v": 0},
    forbidden=[({"u": 0, "v": 0}, "no v")],
)

# --- circomlib, MontgomeryAdd and MontgomeryDouble: lamda is a quotient


def added(p: Point, q: Point, safe: bool) -> Point:
    """MontgomeryAdd: for points of one x nothing pins the slope."""
    (x1, y1), (x2, y2) = p, q
    if safe:
        check(x1 != x2, "points of one x")
    slope = hint(over, y2 - y1, x2 - x1, returns=Field)
    check(slope * (x2 - x1) == y2 - y1)
    x3 = slope * slope - A - x1 - x2
    return x3, slope * (x1 - x3) - y1


def doubled(p: Point, safe: bool) -> Point:
    """MontgomeryDouble: for y = 0 nothing pins the slope if its numerator is 0, too."""
    x, y = p
    if safe:
        check(y != 0, "no slope")
    slope = hint(over, 3 * x * x + 2 * A * x + 1, 2 * y, returns=Field)
    check(slope * (2 * y) == 3 * x * x + 2 * A * x + 1)
    x3 = slope * slope - A - 2 * x
    return x3, slope * (x - x3) - y


@circuit
def montgomery_add_broken(
    x1: Private[Field], y1: Private[Field], x2: Private[Field], y2: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return added((x1, y1), (x2, y2), False)


@circuit
def montgomery_add_corrected(
    x1: Private[Field], y1: Private[Field], x2: Private[Field], y2: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return added((x1, y1), (x2, y2), True)


_SAME = {"x1": 5, "y1": 7, "x2": 5, "y2": 7}
MONTGOMERY_ADD = Bug(
    "Underconstrained points in MontgomeryAdd",
    montgomery_add_broken,
    montgomery_add_corrected,
    {"x1": 5, "y1": 7, "x2": 6, "y2": 9},
    wire="hint_0",
    lie={0: [4242]},
    at=_SAME,
    forbidden=[(_SAME, "points of one x")],
)


def numerator_root() -> int:
    """An x with 3 x^2 + 2 A x + 1 = 0: (-A + sqrt(A^2 - 3)) / 3."""
    root = square_root((A * A - 3) % R)
    return (root - A) * pow(3, -1, R) % R


def square_root(n: int) -> int:
    """By Tonelli and Shanks; r - 1 = 2^28 times an odd number, and 5 is no square."""
    odd, twos = (R - 1) >> 28, 28
    if pow(n, (R - 1) // 2, R) != 1:
        raise ValueError("no square")
    c, t, found = pow(5, odd, R), pow(n, odd, R), pow(n, (odd + 1) // 2, R)
    while t != 1:
        least, power = 0, t
        while power != 1:
            power, least = power * power % R, least + 1
        b = pow(c, 1 << (twos - least - 1), R)
        c, twos = b * b % R, least
        t, found = t * c % R, found * b % R
    return found


@circuit
def montgomery_double_broken(
    x: Private[Field], y: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return doubled((x, y), False)


@circuit
def montgomery_double_corrected(
    x: Private[Field], y: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return doubled((x, y), True)


_FLAT = {"x": numerator_root(), "y": 0}
MONTGOMERY_DOUBLE = Bug(
    "Underconstrained points in MontgomeryDouble",
    montgomery_double_broken,
    montgomery_double_corrected,
    {"x": 5, "y": 7},
    wire="hint_0",
    lie={0: [4242]},
    at=_FLAT,
    forbidden=[(_FLAT, "no slope")],
)

# --- circomlib, BitElementMulAny, Window4 and WindowMulFix: made of the two


@circuit
def bit_element_broken(
    x: Private[Field], y: Private[Field], ax: Private[Field], ay: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return added(doubled((x, y), False), (ax, ay), False)


@circuit
def bit_element_corrected(
    x: Private[Field], y: Private[Field], ax: Private[Field], ay: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return added(doubled((x, y), True), (ax, ay), True)


def doubled_plainly(x: int, y: int) -> Point:
    slope = over(3 * x * x + 2 * A * x + 1, 2 * y)
    x3 = (slope * slope - A - 2 * x) % R
    return x3, (slope * (x - x3) - y) % R


_TWICE = doubled_plainly(5, 7)
_ONTO = {"x": 5, "y": 7, "ax": _TWICE[0], "ay": _TWICE[1]}
BIT_ELEMENT = Bug(
    "Underconstrained outputs in BitElementMulAny",
    bit_element_broken,
    bit_element_corrected,
    {"x": 5, "y": 7, "ax": 3, "ay": 4},
    wire="hint_1",
    lie={1: [4242]},
    at=_ONTO,
    forbidden=[(_ONTO, "points of one x")],
)


@circuit
def window_broken(
    x: Private[Field], y: Private[Field]
) -> tuple[Public[Field], Public[Field], Public[Field], Public[Field]]:
    twice = doubled((x, y), False)
    thrice = added(twice, (x, y), False)
    return *twice, *thrice


@circuit
def window_corrected(
    x: Private[Field], y: Private[Field]
) -> tuple[Public[Field], Public[Field], Public[Field], Public[Field]]:
    twice = doubled((x, y), True)
    thrice = added(twice, (x, y), True)
    return *twice, *thrice


WINDOW = Bug(
    "Underconstrained outputs in Window4",
    window_broken,
    window_corrected,
    {"x": 5, "y": 7},
    wire="hint_0",
    lie={0: [4242]},
    at=_FLAT,
    forbidden=[(_FLAT, "no slope")],
)

# --- telepathy, EllipticCurveAddUnequal: the same point twice


def unequal_sum(p: Point, q: Point, safe: bool) -> Point:
    """On y^2 = x^3 + b."""
    (x1, y1), (x2, y2) = p, q
    if safe:
        check(x1 != x2, "points of one x")
    x3, y3 = hint(sum_of_points, x1, y1, x2, y2, returns=(Field, Field))
    check((x1 + x2 + x3) * (x2 - x1) * (x2 - x1) == (y2 - y1) * (y2 - y1))
    check((y1 + y3) * (x2 - x1) == (y2 - y1) * (x1 - x3))
    return x3, y3


def sum_of_points(x1: int, y1: int, x2: int, y2: int) -> Point:
    slope = over(y2 - y1, x2 - x1)
    x3 = (slope * slope - x1 - x2) % R
    return x3, (slope * (x1 - x3) - y1) % R


@circuit
def add_unequal_broken(
    x1: Private[Field], y1: Private[Field], x2: Private[Field], y2: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return unequal_sum((x1, y1), (x2, y2), False)


@circuit
def add_unequal_corrected(
    x1: Private[Field], y1: Private[Field], x2: Private[Field], y2: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return unequal_sum((x1, y1), (x2, y2), True)


ADD_UNEQUAL = Bug(
    "Incorrect handling of point doubling can allow signature forgery",
    add_unequal_broken,
    add_unequal_corrected,
    {"x1": 5, "y1": 7, "x2": 6, "y2": 9},
    wire="out[0]",
    lie={0: [11, 22]},
    at=_SAME,
    forbidden=[(_SAME, "points of one x")],
)

# --- spartan-ecdsa, EfficientECDSA: with s = 0 the point T is anyone's choice


@circuit
def efficient_ecdsa_broken(key: Public[Field], t: Private[Field], u: Private[Field],
                           s: Private[Field]) -> None:  # fmt: skip
    """The scalars of pubKey = s T + U stand for the points."""
    check(s * t + u == key, "another key")


@circuit
def efficient_ecdsa_corrected(key: Public[Field], t: Private[Field], u: Private[Field],
                           s: Private[Field]) -> None:  # fmt: skip
    check(s != 0, "no signature")
    check(s * t + u == key, "another key")


EFFICIENT_ECDSA = Bug(
    "Input signal s is not constrained in eff_ecdsa.circom",
    efficient_ecdsa_broken,
    efficient_ecdsa_corrected,
    {"key": 17, "t": 3, "u": 2, "s": 5},
    forbidden=[({"key": 17, "t": 99, "u": 17, "s": 0}, "no signature")],
)

BUGS = [
    EDWARDS_TO_MONTGOMERY,
    MONTGOMERY_TO_EDWARDS,
    MONTGOMERY_ADD,
    MONTGOMERY_DOUBLE,
    BIT_ELEMENT,
    WINDOW,
    ADD_UNEQUAL,
    EFFICIENT_ECDSA,
]
