"""Make evm/own_bn254_precompiles.json: calls of the EVM's contracts 6, 7, 8, answered by py_ecc.

    python tests/vectors/make_evm_cases.py

Cases as clients of Ethereum test them (sums and multiples, short and long data, pairings that
cancel in pairs, in tens, with infinity), and refusals: every coordinate out of range, points off
the curve, points of the twist outside the group, data of wrong length. No line uses zkpipe.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from py_ecc import optimized_bn128 as bn128

P, R = bn128.field_modulus, bn128.curve_order
OUT = Path(__file__).parent / "evm" / "own_bn254_precompiles.json"
Case = dict[str, Any]


def number(seed: str) -> int:
    """A scalar that is the same each time."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") % R


def word(value: int) -> str:
    return value.to_bytes(32, "big").hex()


def g1(point: Any) -> list[int]:
    if bn128.is_inf(point):
        return [0, 0]
    x, y = bn128.normalize(point)
    return [int(x), int(y)]


def g2(point: Any) -> list[int]:
    """As EIP-197 has it: the coefficient of u first."""
    if bn128.is_inf(point):
        return [0, 0, 0, 0]
    x, y = bn128.normalize(point)
    return [int(x.coeffs[1]), int(x.coeffs[0]), int(y.coeffs[1]), int(y.coeffs[0])]


def words(numbers: list[int]) -> str:
    return "".join(word(n) for n in numbers)


def case(op: str, name: str, data: str, output: str | None, fail: str | None = None) -> Case:
    return {"op": op, "name": name, "input": data, "output": output, "fail": fail}


def off_curve_of_the_twist() -> list[int]:
    return [0, 1, 0, 2]


def square_root(value: Any) -> Any:
    """A square root in Fp2 by the norm's root in Fp, p = 3 mod 4; None if there is none."""
    a, b = (int(c) for c in value.coeffs)
    norm = pow(a * a + b * b, (P + 1) // 4, P)
    for sign in (norm, -norm):
        c = pow((a + sign) * pow(2, -1, P), (P + 1) // 4, P)
        if c:
            root = bn128.FQ2([c, b * pow(2 * c, -1, P) % P])
            if root * root == value:
                return root
    return None


def outside_the_group() -> list[int]:
    """The first point of the twist with x = k + u that is not infinity r times."""
    for k in range(1, 100):
        x = bn128.FQ2([k, 1])
        y = square_root(x * x * x + bn128.b2)
        if y is not None:
            point = (x, y, bn128.FQ2.one())
            if not bn128.is_inf(bn128.multiply(point, R)):
                return g2(point)
    raise AssertionError("no point found")


def additions() -> list[Case]:
    a = bn128.multiply(bn128.G1, number("a"))
    b = bn128.multiply(bn128.G1, number("b"))
    zero = bn128.multiply(bn128.G1, 0)
    pairs = {
        "two points": (a, b),
        "the same in the other order": (b, a),
        "a point twice": (a, a),
        "the generator twice": (bn128.G1, bn128.G1),
        "a point and its negative": (a, bn128.neg(a)),
        "infinity first": (zero, a),
        "infinity second": (b, zero),
        "infinity twice": (zero, zero),
    }
    made = []
    for name, (p, q) in pairs.items():
        answer = words(g1(bn128.add(p, q)))
        data = words(g1(p)) + words(g1(q))
        made.append(case("ecadd", name, data, answer))
        made.append(case("ecadd", f"{name}, with 64 bytes more", data + "ff" * 64, answer))
    made.append(case("ecadd", "one point, no more", words(g1(a)), words(g1(a))))
    made.append(case("ecadd", "one point and a zero byte", words(g1(a)) + "00", words(g1(a))))
    made.append(case("ecadd", "nothing", "", words([0, 0])))
    for place in range(4):
        numbers = g1(a) + g1(b)
        numbers[place] += P
        name = f"coordinate {place} plus p"
        made.append(case("ecadd", name, words(numbers), None, "g1_coord_ge_p"))
    for place in range(4):
        numbers = g1(a) + g1(b)
        numbers[place] = (numbers[place] + 1) % P
        name = f"coordinate {place} plus 1"
        made.append(case("ecadd", name, words(numbers), None, "g1_not_on_curve"))
    cut = (words(g1(a)) + words(g1(b)))[:-2] + ("" if g1(b)[1] % 256 else "01")
    made.append(case("ecadd", "the last byte cut off", cut, None, "g1_not_on_curve"))
    return made


def multiplications() -> list[Case]:
    p = bn128.multiply(bn128.G1, number("c"))
    scalars = [0, 1, 2, 3, 9, R - 1, R, R + 1, 2 * R + 5, P, 2**255, 2**256 - 1, number("s")]
    made = []
    for point, name in ((bn128.G1, "the generator"), (p, "a point")):
        for s in scalars:
            answer = words(g1(bn128.multiply(point, s % R)))
            made.append(case("ecmul", f"{name} times {s:#x}", words([*g1(point), s]), answer))
    made += [
        case("ecmul", f"infinity times {s:#x}", words([0, 0, s]), words([0, 0]))
        for s in (0, 5, 2**256 - 1)
    ]
    made.append(case("ecmul", "a point alone", words(g1(p)), words([0, 0])))
    made.append(case("ecmul", "nothing", "", words([0, 0])))
    short = words(g1(p)) + "80"  # the scalar 2^255
    made.append(
        case("ecmul", "one byte of a scalar", short, words(g1(bn128.multiply(p, 2**255 % R))))
    )
    for numbers, fail in (
        ([1, 3, 5], "g1_not_on_curve"),
        ([1, 0, 5], "g1_not_on_curve"),
        ([0, 2, 0], "g1_not_on_curve"),
        ([1 + P, 2, 5], "g1_coord_ge_p"),
        ([1, 2 + P, 0], "g1_coord_ge_p"),
        ([P, 0, 1], "g1_coord_ge_p"),
        ([0, P, 1], "g1_coord_ge_p"),
        ([2**256 - 1, 2**256 - 1, 1], "g1_coord_ge_p"),
    ):
        made.append(case("ecmul", f"refused: {fail}", words(numbers), None, fail))
    return made


def pairings() -> list[Case]:
    yes, no = word(1), word(0)
    one, two = bn128.G1, bn128.G2

    def pair(a: int, b: int) -> list[int]:
        return g1(bn128.multiply(one, a % R)) + g2(bn128.multiply(two, b % R))

    a, b, c = number("u"), number("v"), number("w")
    zero1, zero2 = [0, 0], [0, 0, 0, 0]
    pairs = [pair(number(f"p{i}"), number(f"q{i}")) for i in range(9)]
    nine = [n for numbers in pairs for n in numbers]
    nine_reversed = [n for numbers in pairs[::-1] for n in numbers]
    total = sum(number(f"p{i}") * number(f"q{i}") for i in range(9))
    made = [
        case("ecpairing", "nothing", "", yes),
        case("ecpairing", "one pair", words(pair(1, 1)), no),
        case("ecpairing", "P with Q, -P with Q", words(pair(a, b) + pair(-a, b)), yes),
        case("ecpairing", "P with Q, P with -Q", words(pair(a, b) + pair(a, -b)), yes),
        case("ecpairing", "P with Q twice", words(pair(a, b) + pair(a, b)), no),
        case("ecpairing", "factors change sides", words(pair(a, b) + pair(-b, a)), yes),
        case("ecpairing", "a b + (r - a b)", words(pair(a * b, 1) + pair(-1, a * b)), yes),
        case("ecpairing", "off by one", words(pair(a * b + 1, 1) + pair(-1, a * b)), no),
        case("ecpairing", "three", words(pair(a, b) + pair(b, c) + pair(-b * (a + c), 1)), yes),
        case("ecpairing", "ten", words(nine + pair(-total, 1)), yes),
        case("ecpairing", "ten, one changed", words(nine + pair(1 - total, 1)), no),
        case("ecpairing", "ten, reversed", words(pair(1, -total) + nine_reversed), yes),
        case("ecpairing", "infinity with G2", words(zero1 + pair(1, 1)[2:]), yes),
        case("ecpairing", "G1 with infinity", words(pair(1, 1)[:2] + zero2), yes),
        case("ecpairing", "infinity with infinity", words(zero1 + zero2), yes),
        case(
            "ecpairing", "infinity in between", words(pair(a, b) + zero1 + zero2 + pair(-a, b)), yes
        ),
        case("ecpairing", "infinity and one pair", words(pair(a, b) + zero1 + pair(1, 1)[2:]), no),
    ]
    good = pair(a, b) + pair(-a, b)
    for place in range(12):
        numbers = list(good)
        numbers[place] += P
        fail = "g1_coord_ge_p" if place % 6 < 2 else "g2_coord_ge_p"
        name = f"coordinate {place} plus p"
        made.append(case("ecpairing", name, words(numbers), None, fail))
        numbers = list(good)
        numbers[place] = (numbers[place] + 1) % P
        fail = "g1_not_on_curve" if place % 6 < 2 else "g2_not_on_curve"
        name = f"coordinate {place} plus 1"
        made.append(case("ecpairing", name, words(numbers), None, fail))
    x1, x0, y1, y0 = good[2:6]
    swapped = [*good[:2], x0, x1, y0, y1, *good[6:]]
    made.append(case("ecpairing", "components swapped", words(swapped), None, "g2_not_on_curve"))
    outside = outside_the_group()
    fail = "g2_not_in_subgroup"
    for name, numbers in (
        ("a point outside G2", [1, 2, *outside]),
        ("with infinity", [0, 0, *outside]),
        ("after two good pairs", [*good, 0, 0, *outside]),
        ("before two good pairs", [1, 2, *outside, *good]),
    ):
        made.append(case("ecpairing", f"outside the group: {name}", words(numbers), None, fail))
    q = bn128.FQ2([outside[1], outside[0]]), bn128.FQ2([outside[3], outside[2]]), bn128.FQ2.one()
    torsion = bn128.multiply(q, R)
    b_plus = g2(bn128.add(bn128.multiply(two, b), torsion))
    made.append(
        case("ecpairing", "cofactor torsion alone", words([1, 2, *g2(torsion)]), None, fail)
    )
    both = pair(a, b)[:2] + b_plus + pair(-a, b)
    made.append(case("ecpairing", "torsion added to a good point", words(both), None, fail))
    numbers = [1, 2, *off_curve_of_the_twist()]
    made.append(case("ecpairing", "off the twist", words(numbers), None, "g2_not_on_curve"))
    made += [
        case("ecpairing", f"{cut // 2} bytes short", words(good)[:-cut], None, "bad_length")
        for cut in (2, 64, 128, 382)
    ]
    made.append(case("ecpairing", "a byte too many", words(good) + "00", None, "bad_length"))
    return made


if __name__ == "__main__":
    cases = additions() + multiplications() + pairings()
    OUT.write_text(json.dumps(cases, indent=1) + "\n")
