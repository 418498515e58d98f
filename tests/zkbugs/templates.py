"""Bugs of circom's templates as the rows that circom makes of them: what the language cannot say.

The language has no bits past 253, no quotient without its checks and no flag that is not 0 or 1;
there these mistakes take hints. As rows they are what they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.zkbugs.written import Rows, Sum
from zkpipe.accel.bn254 import R

Values = Mapping[str, int]


@dataclass(frozen=True)
class Template:
    """A broken system and its corrected twin, of the same inputs and outputs.

    honest  a witness of both; the corrected one has more wires, in `more`
    forged  a witness of the broken one that has the honest one's inputs and other outputs, or
            inputs that the corrected one must refuse
    wire    part of a name that the verdict gives
    """

    title: str
    name: str
    broken: Rows
    corrected: Rows
    honest: Values
    more: Values
    forged: Values
    wire: str


def bits_of(x: int, count: int, prefix: str = "b") -> dict[str, int]:
    return {f"{prefix}{i}": x >> i & 1 for i in range(count)}


# --- iden3 circuits, Num2Bits(254): x + r has 254 bits, too


def num2bits(count: int, *, strict: bool) -> Rows:
    names = " ".join(f"b{i}" for i in range(count))
    rows = Rows("Num2Bits", outputs=names, private="x")
    total = Sum()
    for i in range(count):
        rows.bit(rows[f"b{i}"])
        total = total + rows[f"b{i}"] * (1 << i)
    rows.equal(total, rows["x"])
    if strict:
        below_r(rows, count)
    return rows


def below_r(rows: Rows, count: int) -> None:
    """Bits of a number up to r - 1, as gnark holds them: p is whether all ones of r - 1 were met.

    From the top down: a one of r - 1 makes p' = p b; at a zero of it, p b = 0.
    """
    met: Sum | int = 1
    for i in range(count - 1, -1, -1):
        bit = rows[f"b{i}"]
        if R - 1 >> i & 1:
            rows.row(met, bit, rows[f"p{i}"])
            met = rows[f"p{i}"]
        else:
            rows.row(met, bit, 0)


def advice_of_below_r(x: int, count: int) -> dict[str, int]:
    values, met = {}, 1
    for i in range(count - 1, -1, -1):
        if R - 1 >> i & 1:
            values[f"p{i}"] = met = met * (x >> i & 1)
    return values


NUM2BITS = Template(
    "Unsafe use of Num2Bits in multiple circuits",
    "Num2Bits(254)",
    num2bits(254, strict=False),
    num2bits(254, strict=True),
    {"x": 5, **bits_of(5, 254)},
    advice_of_below_r(5, 254),
    {"x": 5, **bits_of(5 + R, 254)},
    "b",
)

# --- selfxyz, SMTVerify: one bit of a key by Num2Bits(254) decides where it lies


def key_bit(*, strict: bool) -> Rows:
    rows = Rows("SMTVerify", outputs="root", private="key left right")
    total = Sum()
    for i in range(254):
        rows.bit(rows[f"b{i}"])
        total = total + rows[f"b{i}"] * (1 << i)
    rows.equal(total, rows["key"])
    if strict:
        below_r(rows, 254)
    rows.row(rows["b0"], rows["right"] - rows["left"], rows["root"] - rows["left"])
    return rows


KEY_BIT = Template(
    "An attacker can craft a fake non-inclusion proof for a given key due to an aliasing bug in "
    "the SMT verifier",
    "SMTVerify",
    key_bit(strict=False),
    key_bit(strict=True),
    {"key": 4, "left": 11, "right": 22, "root": 11, **bits_of(4, 254)},
    advice_of_below_r(4, 254),
    {"key": 4, "left": 11, "right": 22, "root": 22, **bits_of(4 + R, 254)},
    "root",
)

# --- Unirep, BigLessThan, and gnark's comparison: the top bit of a difference in 254 bits


def compared(*, strict: bool) -> Rows:
    """x < y of numbers below 2^252, by bit 252 of x - y + 2^252 in 254 bits."""
    rows = Rows("BigLessThan", outputs="less", private="x y")
    for name in ("x", "y"):
        total = Sum()
        for i in range(252):
            rows.bit(rows[f"{name}{i}"])
            total = total + rows[f"{name}{i}"] * (1 << i)
        rows.equal(total, rows[name])
    count = 253 if strict else 254
    total = Sum()
    for i in range(count):
        rows.bit(rows[f"b{i}"])
        total = total + rows[f"b{i}"] * (1 << i)
    rows.equal(total, rows["x"] - rows["y"] + (1 << 252))
    rows.equal(rows["less"], 1 - rows["b252"])
    return rows


def comparison(x: int, y: int, less: int, shift: int, count: int) -> dict[str, int]:
    of_inputs = {**bits_of(x, 252, "x"), **bits_of(y, 252, "y")}
    return {"x": x, "y": y, "less": less, **of_inputs, **bits_of(x - y + (1 << 252) + shift, count)}


_Y = 1 << 251  # so far above 7 that the difference plus r has 254 bits
_LESS = 1 - (7 - _Y + (1 << 252) + R >> 252 & 1)
COMPARED = Template(
    "Underconstrained Circuit allows Invalid Comparison",
    "BigLessThan",
    compared(strict=False),
    compared(strict=True),
    comparison(7, _Y, 1, 0, 254),
    {},
    comparison(7, _Y, _LESS, R, 254),
    "less",
)

# --- gnark: a variable is compared with a bound by its bits, and has two sets of them


def bounded(*, strict: bool) -> Rows:
    """Whether the top bit of a variable is 1, as its comparison with 2^253 needs."""
    rows = Rows("AssertIsLessOrEqual", outputs="top", private="x")
    total = Sum()
    for i in range(254):
        rows.bit(rows[f"b{i}"])
        total = total + rows[f"b{i}"] * (1 << i)
    rows.equal(total, rows["x"])
    if strict:
        below_r(rows, 254)
    rows.equal(rows["top"], rows["b253"])
    return rows


BOUNDED = Template(
    "Unsoundness in variable comparison / non-unique binary decomposition",
    "AssertIsLessOrEqual",
    bounded(strict=False),
    bounded(strict=True),
    {"x": 9, "top": 0, **bits_of(9, 254)},
    advice_of_below_r(9, 254),
    {"x": 9, "top": 1, **bits_of(9 + R, 254)},
    "top",
)

# --- lurk, multi_case: a selector with a default that nothing ties to the others


def multicase(*, tied: bool) -> Rows:
    """out = values[key] for key 0 or 1, else the default; s0, s1, d say which."""
    rows = Rows("multi_case", outputs="out", private="key v0 v1 default")
    for name in ("s0", "s1", "d"):
        rows.bit(rows[name])
    rows.row(rows["s0"], rows["key"], 0)
    rows.row(rows["s1"], rows["key"] - 1, 0)
    rows.equal(rows["s0"] + rows["s1"] + rows["d"], 1)
    if tied:  # s0 and s1 are whether the key is theirs, so the default is taken only if they are 0
        rows.row(rows["key"], rows["i0"], 1 - rows["s0"])
        rows.row(rows["key"] - 1, rows["i1"], 1 - rows["s1"])
    for name, value in (("s0", "v0"), ("s1", "v1"), ("d", "default")):
        rows.row(rows[name], rows[value], rows[f"{name}{value}"])
    rows.equal(rows["out"], rows["s0v0"] + rows["s1v1"] + rows["ddefault"])
    return rows


def case(s0: int, s1: int, d: int) -> dict[str, int]:
    taken = {"s0v0": s0 * 10, "s1v1": s1 * 20, "ddefault": d * 30}
    return {
        "key": 1, "v0": 10, "v1": 20, "default": 30, "s0": s0, "s1": s1, "d": d,
        **taken, "out": sum(taken.values()),
    }  # fmt: skip


MULTICASE = Template(
    "Multicase number of defaults not enforced",
    "multi_case",
    multicase(tied=False),
    multicase(tied=True),
    case(0, 1, 0),
    {"i0": 1, "i1": 0},
    case(0, 0, 1),
    "out",
)

# --- circomlib, WindowMulFix: MontgomeryDouble as rows, with a slope that y = 0 leaves free


def window_mul(*, safe: bool) -> Rows:
    """out = 2 P in Montgomery form, as circom's templates write it."""
    rows = Rows("WindowMulFix", outputs="u v", private="x y")
    x, y, slope = rows["x"], rows["y"], rows["lamda"]
    rows.row(x, x, rows["square"])
    rows.row(slope, y * 2, rows["square"] * 3 + x * (2 * 168698) + 1)
    if safe:
        rows.row(y, rows["inverse"], 1)
    rows.row(slope, slope, rows["u"] + 168698 + x * 2)
    rows.row(slope, x - rows["u"], rows["v"] + y)
    return rows


def double(x: int, y: int, slope: int) -> dict[str, int]:
    u = (slope * slope - 168698 - 2 * x) % R
    v = (slope * (x - u) - y) % R
    return {"x": x, "y": y, "lamda": slope, "square": x * x % R, "u": u, "v": v}


_SLOPE = (3 * 25 + 2 * 168698 * 5 + 1) * pow(14, -1, R) % R


def _flat() -> int:
    from tests.zkbugs.curves import numerator_root

    return numerator_root()


WINDOW_MUL = Template(
    "Underconstrained outputs in WindowMulFix",
    "WindowMulFix",
    window_mul(safe=False),
    window_mul(safe=True),
    double(5, 7, _SLOPE),
    {"inverse": pow(7, -1, R)},
    double(_flat(), 0, 4242),
    "u",
)

TEMPLATES = {t.name: t for t in (NUM2BITS, KEY_BIT, COMPARED, BOUNDED, MULTICASE, WINDOW_MUL)}
