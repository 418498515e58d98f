"""Constraints of each gadget, held fast: a change here is a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from circuits import (
    Bool,
    Field,
    Int,
    Private,
    UInt,
    all_of,
    any_of,
    check,
    circuit,
    component,
    maximum,
    minimum,
    narrow,
    select,
)
from circuits.gadgets import from_bits, poseidon, to_bits
from circuits.system import ConstraintSystem


def compiled(types: tuple[Any, ...], body: Callable[..., object]) -> ConstraintSystem:
    """A circuit of up to three private inputs around a body; what it returns is thrown away."""
    a, b, c = [*types, Field, Field][:3]

    @circuit
    def measured(x: Private[a], y: Private[b], z: Private[c]) -> None:
        body(x, y, z)

    return measured.compile()


def used(value: Any) -> None:
    """Take a Bool as a value, not as a check."""
    _ = value * 1


def of_halves(x: Any) -> None:
    """Bits of a quotient and a remainder."""
    _ = to_bits(x // 16, 28), to_bits(x % 16, 4)


U32, I32 = UInt[32], Int[32]
COUNTS: list[tuple[str, tuple[Any, ...], Callable[..., object], int]] = [
    ("range check of UInt[32]", (U32,), lambda x, y, z: None, 32),
    ("range check of Bool", (Bool,), lambda x, y, z: None, 1),
    ("check(a < b), UInt[32]", (U32, U32), lambda x, y, z: check(x < y), 64 + 32),
    ("check(a >= b), UInt[32]", (U32, U32), lambda x, y, z: check(x >= y), 64 + 32),
    ("a < b, UInt[32]", (U32, U32), lambda x, y, z: used(x < y), 64 + 33),
    ("a >= b, Int[32]", (I32, I32), lambda x, y, z: used(x >= y), 64 + 33),
    ("a < 2^31, UInt[32]", (U32,), lambda x, y, z: used(x < 2**31), 32),
    ("a < b known from bounds", (UInt[8],), lambda x, y, z: used(x < 256), 8),
    ("a == b", (Field, Field), lambda x, y, z: used(x == y), 2),
    ("a != b", (Field, Field), lambda x, y, z: used(x != y), 2),
    ("check(a == b)", (Field, Field), lambda x, y, z: check(x == y), 1),
    ("check(a * b == c)", (Field, Field, Field), lambda x, y, z: check(x * y == z), 1),
    ("check(a * b + c == 1)", (Field, Field, Field), lambda x, y, z: check(x * y + z == 1), 1),
    ("check(a != b)", (Field, Field), lambda x, y, z: check(x != y), 1),
    ("check(~(a == b))", (Field, Field), lambda x, y, z: check(~(x == y)), 1),
    ("check(flag)", (Bool,), lambda x, y, z: check(x), 1 + 1),
    ("check of two at once", (U32, U32), lambda x, y, z: check((x < y) & (z != 0)), 64 + 32 + 1),
    ("Bool == Bool", (Bool, Bool), lambda x, y, z: used(x == y), 2 + 1),
    ("Bool == 1", (Bool,), lambda x, y, z: used(x == 1), 1),
    ("and", (Bool, Bool), lambda x, y, z: used(x & y), 2 + 1),
    ("or", (Bool, Bool), lambda x, y, z: used(x | y), 2 + 1),
    ("xor", (Bool, Bool), lambda x, y, z: used(x ^ y), 2 + 1),
    ("not", (Bool,), lambda x, y, z: used(~x), 1),
    ("all of 32 bits", (U32,), lambda x, y, z: used(all_of(to_bits(x, 32))), 32 + 2),
    ("any of 32 bits", (U32,), lambda x, y, z: used(any_of(to_bits(x, 32))), 32 + 2),
    ("select", (Bool, Field, Field), lambda x, y, z: select(x, y, z), 1 + 1),
    ("minimum, UInt[32]", (U32, U32), lambda x, y, z: minimum(x, y), 64 + 33 + 1),
    ("maximum, UInt[32]", (U32, U32), lambda x, y, z: maximum(x, y), 64 + 33 + 1),
    ("abs, Int[32]", (I32,), lambda x, y, z: abs(x), 32 + 1),
    ("to_bits of what was range-checked", (U32,), lambda x, y, z: to_bits(x, 32), 32),
    ("to_bits(Field, 253)", (Field,), lambda x, y, z: to_bits(x, 253), 253),
    ("from_bits", (U32,), lambda x, y, z: from_bits(to_bits(x, 32)[8:]), 32),
    ("narrow(Field, UInt[8])", (Field,), lambda x, y, z: narrow(x, UInt[8]), 8),
    ("narrow known from bounds", (UInt[8],), lambda x, y, z: narrow(x, UInt[16]), 8),
    ("x // 16, UInt[32]", (U32,), lambda x, y, z: x // 16, 32),
    ("x // 10, UInt[32]", (U32,), lambda x, y, z: x // 10, 32 + 29 + 4 + 1),
    ("x // 10 and x % 10", (U32,), lambda x, y, z: (x // 10, x % 10), 32 + 29 + 4 + 1),
    ("x // y, UInt[32]", (U32, U32), lambda x, y, z: x // y, 64 + 32 + 1 + 32 + 32),
    ("x // 10 // 10", (U32,), lambda x, y, z: x // 10 // 10, 32 + (29 + 4 + 1) + (26 + 4 + 1)),
    ("x // 3, UInt[253]", (UInt[253],), lambda x, y, z: x // 3, 253 + 252 + 2 + 1),
    ("bits of x // 16 and x % 16", (U32,), lambda x, y, z: of_halves(x), 32),
    ("x // 16 of a Field's 32 bits", (Field,), lambda x, y, z: narrow(x, U32) // 16, 32),
    ("check(x <= 999), UInt[32]", (U32,), lambda x, y, z: check(x <= 999), 32 + 4),
    ("check(x >= 1900), UInt[12]", (UInt[12],), lambda x, y, z: check(x >= 1900), 12 + 5),
    ("check(x <= 2^16), UInt[32]", (U32,), lambda x, y, z: check(x <= 2**16), 32 + 2),
    ("x <= 999 as a value", (U32,), lambda x, y, z: used(x <= 999), 32 + 5),
    ("x <= 0b01010101 as a value", (UInt[8],), lambda x, y, z: used(x <= 85), 8 + 6),
    ("a sum beside a constant", (U32, U32), lambda x, y, z: used(x + y <= 999), 64 + 34),
    ("x >= 0, Int[32]", (I32,), lambda x, y, z: used(x >= 0), 32),
    ("check(x >= 0), Int[32]", (I32,), lambda x, y, z: check(x >= 0), 32 + 1),
    ("x < 0 and abs and bits", (I32,), lambda x, y, z: (abs(x), used(x < 0)), 32 + 1),
    ("narrow(UInt[32], UInt[8])", (U32,), lambda x, y, z: narrow(x, UInt[8]), 32 + 1),
    ("narrow twice", (U32,), lambda x, y, z: (narrow(x, UInt[8]), narrow(x, UInt[8])), 32 + 1),
    ("more bits than it has", (UInt[8],), lambda x, y, z: to_bits(x, 32), 8),
    ("bits of 2^32 - 1 - x", (U32,), lambda x, y, z: to_bits(2**32 - 1 - x, 32), 32),
    ("x ** 5", (Field,), lambda x, y, z: x**5, 3),
    ("x * x * x + y", (Field, Field), lambda x, y, z: x * x * x + y, 2),
    ("constants fold", (Field,), lambda x, y, z: (x * 0 + 7) ** 5 * x - x * 3, 0),
    ("poseidon of 1", (Field,), lambda x, y, z: poseidon([x]), 213),
    ("poseidon of 2", (Field, Field), lambda x, y, z: poseidon([x, y]), 240),
    ("poseidon of sums", (Field, Field), lambda x, y, z: poseidon([x + 1, x + y * 5]), 240),
    ("check(poseidon == c)", (Field,), lambda x, y, z: check(poseidon([x, y]) == z), 240),
    ("poseidon of poseidon", (Field,), lambda x, y, z: poseidon([poseidon([x, y]), z]), 480),
]


@pytest.mark.parametrize(("what", "types", "body", "count"), COUNTS, ids=[c[0] for c in COUNTS])
def test_each_gadget_costs_what_it_did(
    what: str, types: tuple[Any, ...], body: Callable[..., object], count: int
) -> None:
    assert compiled(types, body).constraint_count == count


def entries(system: ConstraintSystem) -> int:
    return sum(len(matrix.wires) for matrix in (system.a, system.b, system.c))


@pytest.mark.parametrize("steps", [100, 2000])
def test_a_chain_of_squares_costs_a_row_and_four_entries_a_step(steps: int) -> None:
    def chain(x: Any, y: Any, z: Any) -> None:
        for _ in range(steps):
            x = x * x + x

    system = compiled((Field,), chain)
    assert system.constraint_count == steps
    assert entries(system) <= 4 * steps
    assert int(np.diff(system.c.starts).max()) <= 2


def test_a_sum_of_products_that_grows_costs_no_row_of_its_own() -> None:
    def inner(x: Any, y: Any, z: Any) -> None:
        total = z
        for i in range(3000):
            total = total + (x + i) * (y - i)
        check(total == 0)

    system = compiled((Field, Field), inner)
    assert system.constraint_count == 3000
    assert int(np.diff(system.c.starts).max()) < 300


def test_a_sum_of_inputs_alone_gets_one_row_in_a_thousand_terms() -> None:
    @component
    def dot(x: Field) -> Field:
        total = x
        for i in range(2, 5002):
            total = total + x**2 * i
        return total

    system = compiled((Field,), lambda x, y, z: dot(x))
    assert system.constraint_count < 5000 + 6
