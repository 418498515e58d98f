"""Every gadget and every example against lying provers, changed witnesses and deleted constraints.

A gadget here is a circuit of its own with inputs that it accepts and rejects. No constraint of any
of them could be deleted without being noticed.
"""

from __future__ import annotations

import decimal
import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.circuits.gadgets.curve.refused_signatures import refused
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.circuits import (
    Array,
    Bool,
    Decimal,
    Field,
    Int,
    Point,
    Private,
    Public,
    UFixed,
    UInt,
    all_of,
    any_of,
    check,
    circuit,
    component,
    hint,
    maximum,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    GapTree,
    Signature,
    argmax,
    argmin,
    check_merkle_absence,
    check_merkle_membership,
    eddsa_verify,
    from_bits,
    less_than,
    merkle_append,
    merkle_leaf,
    merkle_root,
    merkle_root_at,
    merkle_root_of_children,
    merkle_root_of_many,
    merkle_root_of_pairs,
    mimc7,
    mimc_sponge,
    not_member,
    one_hot,
    pack,
    poseidon,
    poseidon2,
    poseidon2_permutation,
    poseidon_ex,
    poseidon_sponge,
    rotate_left,
    rotate_right,
    round_div,
    smt_insert,
    smt_root,
    smt_root_without,
    smt_update,
    sort,
    switcher,
    to_bits,
    unpack,
)
from zkpipe.circuits.gadgets.gates import chi, choose, exclusive_or, majority, sum_bits
from zkpipe.circuits.testing import agrees, deletions, lies, mutations, rejects

Inputs = dict[str, Any]
SIBLINGS, PLACE = [11, 22], [1, 0]


@dataclass(frozen=True)
class Gadget:
    """A circuit with its cases.

    rejected  inputs with a text of the refusal
    draws     whether random inputs of the types are accepted, so that the runs can be compared
    sample    constraints that are deleted in turn; None, and in the long form, all
    equivalent  parts of constraints that others make superfluous, and why
    """

    circuit: Circuit
    accepted: list[Inputs]
    rejected: list[tuple[Inputs, str]] = field(default_factory=list)
    draws: bool = True
    sample: int | None = None
    equivalent: dict[str, str] = field(default_factory=dict)


@circuit
def ranges(a: Private[UInt[6]], b: Private[Int[6]], c: Private[Bool]) -> Public[Int[9]]:
    return a + b + c


@circuit
def orders(a: Private[Int[6]], b: Private[Int[6]]) -> Public[Array[Bool, 5]]:
    return [a < b, a <= b, a == b, a > 5, b != a]


@circuit
def checked_order(a: Private[UInt[6]], b: Private[UInt[6]]) -> None:
    check(a < b, "not below")
    check(a != 3, "three")


@circuit
def field_equality(a: Private[Field], b: Private[Field]) -> tuple[Public[Bool], Public[Bool]]:
    return a == b, a * b != 12


@circuit
def inequality(a: Private[Field], b: Private[Field]) -> None:
    check(a != b, "equal")
    check(a * b == 36, "another product")


@circuit
def bits(a: Private[UInt[6]], b: Private[Field]) -> tuple[Public[UInt[9]], Public[Array[Bool, 4]]]:
    return from_bits(to_bits(a, 6)[2:]) + sum(to_bits(b, 7)), to_bits(b, 7)[:4]


@circuit
def all_bits(a: Private[Field]) -> Public[Bool]:
    return to_bits(a, 253)[252]


@circuit
def strict_bits(a: Private[Field]) -> Public[UInt[253]]:
    return from_bits(to_bits(a, 254)[253:0:-1])


@circuit
def whole_order(a: Private[Field], b: Private[Field]) -> tuple[Public[Bool], Public[Bool]]:
    return less_than(a, b), less_than(a, R // 2 + 1)


@circuit
def narrowed(a: Private[Field], b: Private[Int[9]]) -> tuple[Public[Int[6]], Public[UInt[5]]]:
    return narrow(a, Int[6]), narrow(b, UInt[5])


@circuit
def chosen(c: Private[Bool], a: Private[Field], b: Private[Field]) -> Public[Field]:
    return select(c, a, b)


@circuit
def extremes(values: Private[Array[Int[5], 3]]) -> Public[Array[Int[7], 3]]:
    return [minimum(values), maximum(values), abs(values[0])]


@circuit
def logic(flags: Private[Array[Bool, 4]]) -> Public[Array[Bool, 6]]:
    a, b, c, d = flags
    return [a & b, a | c, b ^ d, ~a, all_of(flags), any_of(flags)]


@circuit
def bitwise(a: Private[UInt[5]], b: Private[Int[5]]) -> Public[Array[Int[8], 5]]:
    return [a & b, a | b, (a ^ b) & 6, ~a >> 1, a & 12 | a << 1]


@circuit
def shifts(
    a: Private[UInt[5]], b: Private[Int[4]], by: Private[UInt[3]]
) -> Public[Array[Int[13], 4]]:
    return [a << by, a >> by, b << by, b >> by]


@circuit
def packed(octets: Private[Array[UInt[3], 3]], x: Private[UInt[9]]) -> Public[Array[UInt[9], 4]]:
    return [pack(octets, 3)[0], *unpack([x], 3, 3, "big")]


@circuit
def rotated(x: Private[UInt[5]], k: Private[UInt[2]]) -> Public[Array[UInt[5], 3]]:
    return [rotate_left(x, 2, 5), rotate_left(x, k, 5), rotate_right(x, k, 5)]


@circuit
def arranged(
    s: Private[Bool], a: Private[Field], b: Private[UInt[3]], i: Private[UInt[2]]
) -> tuple[Public[Array[Field, 2]], Public[Array[Bool, 3]]]:
    return [*switcher(s, a, b)], one_hot(i, 3)


@circuit
def in_order(values: Private[Array[Int[4], 3]]) -> Public[Array[Int[4], 5]]:
    return [*sort(values), argmin(values), argmax(values)]


@circuit
def nearest(a: Private[Int[5]], b: Private[UInt[3]]) -> Public[Array[Int[6], 2]]:
    return [round_div(a, b), round_div(a, 6)]


@circuit
def unlisted(a: Private[UInt[13]], b: Private[Field]) -> Public[Array[Bool, 2]]:
    return [not_member(a, range(0, 8192, 257)), not_member(b, [3, 5])]


@circuit
def absence(
    root: Public[Field],
    x: Private[UInt[6]],
    gap: Private[Array[UInt[6], 2]],
    siblings: Private[Array[Field, 1]],
    place: Private[Array[Bool, 1]],
) -> None:
    check_merkle_absence(root, x, gap, siblings, place)


GAPS = GapTree([9], 1, 6)


def gap_of(x: int, near: int) -> Inputs:
    gap = GAPS.gap(near)
    ends, path = gap.ends, gap.path
    return {
        "root": GAPS.root,
        "x": x,
        "gap": ends,
        "siblings": path.siblings,
        "place": path.index_bits,
    }


@circuit
def prices(
    a: Private[Decimal[2, 1]], b: Private[UFixed[4, 2]]
) -> tuple[Public[Decimal[4, 1]], Public[Decimal[1, 0]], Public[UFixed[8, 2]]]:
    return a * decimal.Decimal("1.5"), narrow(a, Decimal[1, 0]), b * b


@circuit
def quotients(a: Private[Int[8]], b: Private[UInt[4]]) -> Public[Array[Int[9], 6]]:
    return [a // b, a % b, a // 7, a % 7, a // 8, a % 8]


@circuit
def signed_divisor(a: Private[Int[6]], b: Private[Int[4]]) -> Public[Array[Int[8], 2]]:
    return [a // b, a % b]


@circuit
def powers(a: Private[Field], b: Private[UInt[4]]) -> tuple[Public[Field], Public[UInt[20]]]:
    return a**7, b**5


@circuit
def integer_root(area: Public[UInt[16]]) -> Public[UInt[8]]:
    side = hint(math.isqrt, area, returns=UInt[8])
    check(side * side == area, "not a square")
    return side


@component
def clamped(value: UInt[6], cap: UInt[6]) -> UInt[6]:
    return select(value <= cap, value, cap)


@circuit
def components(values: Private[Array[UInt[6], 2]], cap: Public[UInt[6]]) -> Public[UInt[7]]:
    return clamped(values[0], cap) + clamped(values[1], cap)


@circuit
def hash_of_two(a: Private[Field], b: Private[Field]) -> Public[Field]:
    return poseidon([a, b])


@circuit
def hash_of_three(a: Private[Field], b: Private[Int[5]]) -> Public[Field]:
    return poseidon([a, b, 7])


@circuit
def whole_state(a: Private[Field], start: Private[Field]) -> Public[Array[Field, 2]]:
    return poseidon_ex([a], start, 2)


@circuit
def compression(a: Private[Field], b: Private[Field]) -> Public[Field]:
    return poseidon2([a, b])


@circuit
def permuted_three(state: Private[Array[Field, 3]]) -> Public[Array[Field, 3]]:
    return poseidon2_permutation(state)


@circuit
def block_cipher(a: Private[Field], k: Private[Field]) -> Public[Field]:
    return mimc7(a, k)


@circuit
def feistel_sponge(a: Private[Field], k: Private[Field]) -> Public[Array[Field, 2]]:
    return mimc_sponge([a], k, 2)


@circuit
def two_blocks(values: Private[Array[UInt[8], 17]]) -> Public[Field]:
    return poseidon_sponge(values)


@circuit
def sponge_commitment(digest: Public[Field], a: Private[Field], b: Private[Int[5]]) -> None:
    check(poseidon_sponge([a, [b, True]]) == digest, "other values")


@circuit
def root(
    leaf: Private[Field], siblings: Private[Array[Field, 2]], place: Private[Array[Bool, 2]]
) -> Public[Field]:
    return merkle_root(merkle_leaf([leaf]), siblings, place)


@circuit
def membership(
    root: Public[Field],
    leaf: Private[Field],
    siblings: Private[Array[Field, 1]],
    place: Private[Array[Bool, 1]],
) -> None:
    check_merkle_membership(root, [leaf], siblings, place)


@circuit
def pairs(digest: Private[Field], pairs: Private[Array[Field, 2, 2]]) -> Public[Field]:
    return merkle_root_of_pairs(digest, pairs)


@circuit
def commitment(digest: Public[Field], value: Private[UInt[8]], salt: Private[Field]) -> None:
    check(poseidon([value, salt]) == digest, "another value")
    check(value >= 18, "below 18")


@circuit
def gates(flags: Private[Array[Bool, 3]], x: Private[UInt[3]]) -> Public[Array[Bool, 7]]:
    a, b, c = flags
    lowest, _, top = to_bits(x, 3)
    first = [exclusive_or(a, b, c), majority(a, b, lowest), choose(c, lowest, top), chi(a, b, top)]
    return [*first, exclusive_or(*first[:3]), exclusive_or(a, top), chi(first[0], first[1], 1)]


@circuit
def sums_of_words(
    a: Private[Array[Bool, 3]], b: Private[Array[Bool, 3]], x: Private[UInt[3]]
) -> Public[Array[Bool, 6]]:
    words = [*a, *b, *to_bits(x, 3)]
    both = sum_bits([1, 2, 4] * 3, words, 5, 3)
    return [*both, *sum_bits([1, 2, 4, -1, -2, -4], [*both, *b], 0, 3)]


@circuit
def point_sums(p: Private[Point], q: Private[Point]) -> tuple[Public[Point], Public[Bool]]:
    return (p + q).double() - Point.BASE, p == q


@circuit
def point_multiples(p: Private[Point], k: Private[UInt[4]]) -> tuple[Public[Point], Public[Point]]:
    return p * k, Point.BASE * k


@circuit
def signature_of(key: Public[Point], signed: Private[Signature], m: Public[Field]) -> Public[Bool]:
    return eddsa_verify(key, signed, m)


@circuit
def sparse_root(
    key: Private[Field], value: Private[Field], siblings: Private[Array[Field, 3]]
) -> Public[Field]:
    return smt_root(key, value, siblings)


@circuit
def sparse_root_without(
    key: Private[Field], other: Private[Array[Field, 2]], empty: Private[Bool]
) -> Public[Field]:
    return smt_root_without(key, [7, 0], other[0], other[1], empty)


def toy(children: list[Any]) -> Any:
    """A hash of few rows, so that all of a tree's own can be deleted in turn."""
    total = sum((i + 2) * child for i, child in enumerate(children))
    return total * total + children[0]


@circuit
def root_of_fours(
    digest: Private[Field], siblings: Private[Array[Field, 2, 3]], index: Public[UInt[4]]
) -> Public[Field]:
    return merkle_root_at(digest, siblings, index, toy)


@circuit
def root_of_threes(
    digest: Private[Field], siblings: Private[Array[Field, 2, 2]], index: Private[UInt[4]]
) -> Public[Field]:
    return merkle_root_at(digest, siblings, index, toy)


@circuit
def root_of_children(digest: Private[Field], levels: Private[Array[Field, 2, 3]]) -> Public[Field]:
    return merkle_root_of_children(digest, levels, toy)


@circuit
def root_of_two_leaves(
    digests: Private[Array[Field, 2]],
    siblings: Private[Array[Field, 2, 1]],
    places: Private[Array[UInt[2], 2]],
    cap: Private[Array[Field, 2]],
) -> Public[Field]:
    return merkle_root_of_many(digests, siblings, places, cap, toy)


@circuit
def appended_pair(
    digests: Private[Array[Field, 2]], siblings: Private[Array[Field, 1]], count: Public[UInt[2]]
) -> tuple[Public[Field], Public[Field]]:
    return merkle_append(digests, siblings, count, toy)


@circuit
def sparse_insertion(
    key: Private[Field],
    sibling: Private[Field],
    other: Private[Array[Field, 2]],
    empty: Private[Bool],
) -> tuple[Public[Field], Public[Field]]:
    return smt_insert(key, 3, [sibling, 0], other[0], other[1], empty)


@circuit
def sparse_update(
    key: Private[Field], values: Private[Array[Field, 2]], sibling: Private[Field]
) -> tuple[Public[Field], Public[Field]]:
    return smt_update(key, values[0], values[1], [sibling])


FIVE, NINE = Point.BASE * 5, Point.BASE * 9
SIGNED = {"r": FIVE, "s": (5 + 8 * poseidon([FIVE.x, FIVE.y, NINE.x, NINE.y, 3]) * 9) % L}
ROOT_OF_ONE = merkle_root(merkle_leaf([5]), [11], [1])
# left and right have the right sum, and a place that is no bit makes the right pair of them
_LEFT, _RIGHT, _OTHER = 11, merkle_leaf([5]), merkle_leaf([6])
_BESIDE = (_LEFT + _RIGHT - _OTHER) % R
NO_BIT = {
    "root": ROOT_OF_ONE,
    "leaf": 6,
    "siblings": [_BESIDE],
    "place": [(_LEFT - _OTHER) * pow(_BESIDE - _OTHER, -1, R) % R],
}
_GAP, _NEXT, _WIDE = (merkle_leaf(ends) for ends in ([0, 8], [10, 63], [0, 63]))
_BESIDE_GAP = (_GAP + _NEXT - _WIDE) % R
NO_BIT_OF_A_GAP = gap_of(8, 0) | {
    "gap": [0, 63],
    "siblings": [_BESIDE_GAP],
    "place": [(_GAP - _WIDE) * pow(_BESIDE_GAP - _WIDE, -1, R) % R],
}
NODE = poseidon([11, merkle_leaf([5])])
CAP = [toy([5, 6]), toy([8, 9])]
DIGEST = {value: poseidon([value, 99]) for value in (5, 17, 18, 200, 256, 300)}
GADGETS = [
    Gadget(ranges, [{"a": 9, "b": -9, "c": True}, {"a": 63, "b": -32, "c": 0}]),
    Gadget(orders, [{"a": a, "b": b} for a, b in ((-3, 7), (7, -3), (5, 5), (-32, 31))]),
    Gadget(
        checked_order,
        [{"a": 4, "b": 5}, {"a": 0, "b": 63}],
        [
            ({"a": 5, "b": 5}, "not below"),
            ({"a": 63, "b": 0}, "not below"),
            ({"a": 3, "b": 9}, "three"),
            ({"a": 4, "b": 64}, "takes a UInt[6]"),
        ],
    ),
    Gadget(field_equality, [{"a": 5, "b": 5}, {"a": 3, "b": 4}, {"a": R - 1, "b": 0}]),
    Gadget(
        inequality,
        [{"a": 4, "b": 9}],
        [({"a": 4, "b": 5}, "another product"), ({"a": 6, "b": 6}, "equal")],
        draws=False,
    ),
    Gadget(
        bits,
        [{"a": 45, "b": 100}, {"a": 0, "b": 127}],
        [({"a": 45, "b": 128}, "7 bits"), ({"a": 45, "b": R - 1}, "7 bits")],
    ),
    Gadget(
        all_bits,
        [{"a": 0}, {"a": 2**253 - 1}, {"a": 2**254 - R - 1}],
        [({"a": 2**253}, "253 bits"), ({"a": R - 1}, "253 bits")],
    ),
    Gadget(
        strict_bits,
        [{"a": 1}, {"a": R - 1}],
        sample=3,
    ),
    Gadget(
        whole_order,
        [{"a": 5, "b": 6}],
        sample=2,
    ),
    Gadget(
        narrowed,
        [{"a": -32, "b": 31}, {"a": 31, "b": 0}],
        [
            ({"a": 32, "b": 0}, "does not fit Int[6]"),
            ({"a": -33, "b": 0}, "does not fit Int[6]"),
            ({"a": 0, "b": -1}, "does not fit UInt[5]"),
            ({"a": 0, "b": 32}, "does not fit UInt[5]"),
        ],
    ),
    Gadget(chosen, [{"c": True, "a": 5, "b": 9}, {"c": False, "a": 5, "b": 9}]),
    Gadget(extremes, [{"values": [-3, 7, 0]}, {"values": [15, -16, -16]}, {"values": [4, 4, 4]}]),
    Gadget(logic, [{"flags": [int(x) for x in f"{n:04b}"]} for n in (0, 5, 10, 15)]),
    Gadget(bitwise, [{"a": 13, "b": -7}, {"a": 31, "b": 12}]),
    Gadget(shifts, [{"a": 21, "b": -5, "by": 3}, {"a": 31, "b": 7, "by": 6}]),
    Gadget(in_order, [{"values": [-3, 7, 0]}, {"values": [2, 2, -8]}]),
    Gadget(
        nearest,
        [{"a": 15, "b": 6}, {"a": -15, "b": 2}, {"a": 9, "b": 6}],
        [({"a": 3, "b": 0}, "division")],
    ),
    Gadget(unlisted, [{"a": 257 * 9, "b": 5}, {"a": 8191, "b": 4}]),
    Gadget(
        absence,
        [gap_of(8, 0), gap_of(10, 63)],
        [
            (gap_of(9, 0), "not in the gap"),
            (gap_of(9, 10), "not in the gap"),
            (gap_of(8, 0) | {"gap": [0, 63]}, "not in the tree"),
            (gap_of(8, 0) | {"siblings": [12]}, "not in the tree"),
            (gap_of(10, 63) | {"gap": [0, 63]}, "not in the tree"),
            (NO_BIT_OF_A_GAP, "takes a Bool"),
        ],
        draws=False,
        sample=16,
    ),
    Gadget(
        prices,
        [{"a": "-9.0", "b": 3.75}, {"a": "9.9", "b": 0}],
        [
            ({"a": "-9.1", "b": 0}, "does not fit"),
            *(({"a": f"{k}.{i}", "b": 0}, "takes a Decimal") for k in (10, -10) for i in (0, 1)),
        ],
    ),
    Gadget(packed, [{"octets": [1, 7, 0], "x": 0o527}]),
    Gadget(rotated, [{"x": 19, "k": 3}, {"x": 31, "k": 0}]),
    Gadget(
        arranged,
        [{"s": 1, "a": -5, "b": 6, "i": 2}, {"s": 0, "a": 3, "b": 3, "i": 0}],
        [({"s": 1, "a": 1, "b": 1, "i": 3}, "the index of a lookup")],
    ),
    Gadget(
        quotients,
        [{"a": -100, "b": 7}, {"a": 127, "b": 15}, {"a": -128, "b": 1}, {"a": 0, "b": 3}],
        [({"a": 5, "b": 0}, "divisor of a division is zero")],
    ),
    Gadget(
        signed_divisor,
        [{"a": -31, "b": -7}, {"a": 31, "b": -8}, {"a": -32, "b": 3}],
        [({"a": 5, "b": 0}, "divisor of a division is zero")],
    ),
    Gadget(powers, [{"a": 3, "b": 5}, {"a": R - 2, "b": 15}]),
    Gadget(
        integer_root,
        [{"area": 144}, {"area": 0}, {"area": 65025}],
        [({"area": 145}, "not a square"), ({"area": 65535}, "not a square")],
        draws=False,
    ),
    Gadget(
        gates,
        [
            {"flags": [int(x) for x in f"{n:03b}"], "x": x}
            for n, x in ((0, 0), (2, 1), (5, 6), (7, 7), (4, 3))
        ],
    ),
    Gadget(
        sums_of_words,
        [
            {"a": [1, 0, 1], "b": [1, 1, 1], "x": 7},
            {"a": [0, 0, 0], "b": [0, 0, 0], "x": 0},
            {"a": [1, 1, 1], "b": [0, 0, 1], "x": 2},
        ],
    ),
    Gadget(components, [{"values": [9, 60], "cap": 30}, {"values": [0, 63], "cap": 63}]),
    Gadget(hash_of_two, [{"a": 1, "b": 2}, {"a": 0, "b": R - 1}]),
    Gadget(hash_of_three, [{"a": 1, "b": -5}]),
    Gadget(whole_state, [{"a": 1, "start": 2}]),
    Gadget(compression, [{"a": 1, "b": 2}, {"a": 0, "b": R - 1}]),
    Gadget(permuted_three, [{"state": [0, 1, R - 2]}]),
    Gadget(block_cipher, [{"a": 1, "k": R - 1}], sample=30),
    Gadget(feistel_sponge, [{"a": 1, "k": 2}], sample=6),
    Gadget(two_blocks, [{"values": list(range(17))}], sample=6),
    Gadget(
        sponge_commitment,
        [{"digest": poseidon_sponge([7, -3, 1]), "a": 7, "b": -3}],
        [
            ({"digest": poseidon_sponge([7, -3, 1]), "a": 7, "b": -2}, "other values"),
            ({"digest": poseidon_sponge([7, -3, 0]), "a": 7, "b": -3}, "other values"),
            ({"digest": poseidon_sponge([7, -3, 1, 0]), "a": 7, "b": -3}, "other values"),
            ({"digest": poseidon_sponge([7, -17, 1]), "a": 7, "b": -17}, "takes an Int[5]"),
        ],
        draws=False,
        sample=10,
    ),
    Gadget(root, [{"leaf": 5, "siblings": SIBLINGS, "place": PLACE}], sample=16),
    Gadget(
        membership,
        [{"root": ROOT_OF_ONE, "leaf": 5, "siblings": [11], "place": [1]}],
        [
            ({"root": ROOT_OF_ONE, "leaf": 6, "siblings": [11], "place": [1]}, "not in the tree"),
            ({"root": ROOT_OF_ONE, "leaf": 5, "siblings": [12], "place": [1]}, "not in the tree"),
            ({"root": ROOT_OF_ONE, "leaf": 5, "siblings": [11], "place": [0]}, "not in the tree"),
            (NO_BIT, "takes a Bool"),
        ],
        draws=False,
        sample=16,
    ),
    Gadget(
        pairs,
        [{"digest": merkle_leaf([5]), "pairs": [[11, merkle_leaf([5])], [NODE, 22]]}],
        [
            ({"digest": 5, "pairs": [[11, merkle_leaf([5])], [NODE, 22]]}, "not in the tree"),
            ({"digest": merkle_leaf([5]), "pairs": [[11, merkle_leaf([5])], [1, 22]]}, "not in"),
        ],
        draws=False,
        sample=16,
    ),
    Gadget(
        root_of_fours,
        [{"digest": 7, "siblings": [[1, 2, 3], [4, 5, 6]], "index": i} for i in (0, 6, 9, 15)],
    ),
    Gadget(
        root_of_threes,
        [{"digest": 7, "siblings": [[1, 2], [4, 5]], "index": i} for i in (0, 5, 8)],
        [({"digest": 7, "siblings": [[1, 2], [4, 5]], "index": 9}, "a place of the tree")],
        draws=False,
    ),
    Gadget(
        root_of_children,
        [{"digest": 7, "levels": [[1, 7, 2], [3, 4, toy([1, 7, 2])]]}],
        [
            ({"digest": 8, "levels": [[1, 7, 2], [3, 4, toy([1, 7, 2])]]}, "not in the tree"),
            ({"digest": 7, "levels": [[1, 7, 2], [3, 4, 5]]}, "not in the tree"),
        ],
        draws=False,
    ),
    Gadget(
        root_of_two_leaves,
        [
            {"digests": [5, 9], "siblings": [[6], [8]], "places": [0, 3], "cap": CAP},
            {"digests": [6, 8], "siblings": [[5], [9]], "places": [1, 2], "cap": CAP},
        ],
        [
            (
                {"digests": [5, 9], "siblings": [[6], [8]], "places": [0, 2], "cap": CAP},
                "not in the tree",
            ),
            (
                {"digests": [5, 9], "siblings": [[6], [8]], "places": [2, 3], "cap": CAP},
                "not in the tree",
            ),
        ],
        draws=False,
    ),
    Gadget(
        appended_pair,
        [{"digests": [5, 9], "siblings": [6], "count": i} for i in (0, 2)],
        [
            ({"digests": [5, 9], "siblings": [6], "count": 1}, "whole subtree"),
            ({"digests": [5, 9], "siblings": [6], "count": 3}, "whole subtree"),
            ({"digests": [5, 9], "siblings": [6], "count": 4}, "takes a UInt[2]"),
        ],
        draws=False,
        equivalent={"count - 2 appended_pair.bit_0 - 1": "the lowest bit must be 0 for a pair"},
    ),
    Gadget(
        point_sums,
        [{"p": FIVE, "q": NINE}, {"p": FIVE, "q": FIVE}],
        [
            ({"p": {"x": 1, "y": 2}, "q": NINE}, "not a point"),
            ({"p": NINE, "q": {"x": 1, "y": 2}}, "not a point"),
        ],
        draws=False,
    ),
    Gadget(point_multiples, [{"p": FIVE, "k": 11}, {"p": NINE, "k": 0}], draws=False, sample=12),
    Gadget(
        sparse_root,
        [
            {"key": 6, "value": 1, "siblings": [5, 0, 9]},
            {"key": 1, "value": 1, "siblings": [0] * 3},
        ],
        sample=2,
    ),
    Gadget(
        sparse_root_without,
        [{"key": 6, "other": [2, 8], "empty": 0}, {"key": 6, "other": [6, 8], "empty": 1}],
        [({"key": 6, "other": [6, 8], "empty": 0}, "of the key itself")],
        sample=2,
    ),
    Gadget(
        sparse_insertion,
        [
            {"key": 6, "sibling": 0, "other": [5, 8], "empty": 0},
            {"key": 6, "sibling": 9, "other": [6, 8], "empty": 1},
        ],
        [({"key": 6, "sibling": 0, "other": [2, 8], "empty": 0}, "part within")],
        draws=False,
        sample=2,
    ),
    Gadget(
        sparse_update,
        [{"key": 6, "values": [1, 2], "sibling": 0}, {"key": 5, "values": [1, 1], "sibling": 9}],
        sample=2,
    ),
    Gadget(
        commitment,
        [{"digest": DIGEST[18], "value": 18, "salt": 99}],
        [
            ({"digest": DIGEST[17], "value": 17, "salt": 99}, "below 18"),
            ({"digest": DIGEST[5], "value": 5, "salt": 99}, "below 18"),
            ({"digest": DIGEST[18] + 1, "value": 18, "salt": 99}, "another value"),
            ({"digest": DIGEST[256], "value": 256, "salt": 99}, "takes a UInt[8]"),
        ],
        draws=False,
        sample=16,
    ),
]
if IS_LONG:  # minutes each
    cases = [{"key": NINE, "signed": SIGNED, "m": m} for m in (3, 4)]
    forbidden: list[tuple[Inputs, str]] = [
        ({"key": key, "signed": signed, "m": 3}, because)
        for key, signed, because in refused(NINE, FIVE, SIGNED["s"])
    ]
    GADGETS.append(Gadget(signature_of, cases, forbidden, draws=False))
BY_NAME = {gadget.circuit.name: gadget for gadget in GADGETS}


@pytest.mark.parametrize("name", BY_NAME)
def test_no_lie_changes_what_a_gadget_proves(name: str) -> None:
    gadget = BY_NAME[name]
    for inputs in gadget.accepted:
        lies(gadget.circuit, inputs)


@pytest.mark.parametrize("name", BY_NAME)
def test_no_wire_of_a_gadget_can_be_changed_alone(name: str) -> None:
    gadget = BY_NAME[name]
    for inputs in gadget.accepted:
        mutations(gadget.circuit, inputs)


@pytest.mark.parametrize("name", [name for name in BY_NAME if BY_NAME[name].rejected])
def test_what_a_gadget_rejects_no_lie_gets_accepted(name: str) -> None:
    gadget = BY_NAME[name]
    for inputs, because in gadget.rejected:
        rejects(gadget.circuit, inputs, because)


@pytest.mark.parametrize("name", [name for name in BY_NAME if BY_NAME[name].draws])
def test_a_gadget_agrees_with_its_plain_run(name: str) -> None:
    agrees(BY_NAME[name].circuit, 10_000 if IS_LONG else 60)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_deletion_of_a_constraint_of_a_gadget_is_noticed(name: str) -> None:
    gadget = BY_NAME[name]
    rejected = [inputs for inputs, _ in gadget.rejected]
    sample = None if IS_LONG else gadget.sample
    deletions(
        gadget.circuit, gadget.accepted, rejected, sample=sample, equivalent=gadget.equivalent
    )
