"""Shared points: both sides the same, torsion without effect, low order refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import COFACTOR, GENERATOR, L, add, multiply
from zkpipe.circuits import (
    CompileError,
    Field,
    InputError,
    Int,
    Point,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    circuit,
)
from zkpipe.circuits.gadgets import ecdh
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey

LOW_ORDER = [Point(*multiply(GENERATOR, L * i)) for i in range(COFACTOR)]
FIVE = Point.BASE * 5
KEYS = [PrivateKey(bytes([i]) * 32) for i in (1, 2)]


@circuit
def shared(secret: Private[UInt[252]], key: Public[Point]) -> Public[Point]:
    return ecdh(secret, key)


SYSTEM = shared.compile()


def test_the_analysis_proves_it() -> None:
    assert SYSTEM.constraint_count == 3 + 252 + 1558  # compile() raises for any other verdict


def test_both_sides_share_eight_times_the_point_without_a_cofactor() -> None:
    a, b = KEYS
    point = ecdh(a.scalar, b.public_key)
    assert point == ecdh(b.scalar, a.public_key) == a.shared_point(b.public_key) * 8
    assert shared(a.scalar, b.public_key) == point


def test_random_secrets_and_keys() -> None:
    draw = generator(21)
    rows, want = [], []
    for _ in range(10_000 if IS_LONG else 150):
        secret = draw.choice([1, 2, L - 1, L + 1, 2**252 - 1, draw.randrange(1, L)])
        key = multiply(GENERATOR, draw.randrange(1, 8 * L))
        if multiply(key, 8) == (0, 1):
            continue
        rows.append([secret, *key])
        want.append([*multiply(key, 8 * secret)])
    assert outputs_of_many(SYSTEM, rows) == want
    assert [[p.x, p.y] for p in (ecdh(s, Point(x, y)) for s, x, y in rows[:50])] == want[:50]


@pytest.mark.parametrize("torsion", LOW_ORDER[1:])
def test_what_a_key_has_of_low_order_changes_nothing(torsion: Point) -> None:
    """Else the shared point would tell the secret mod 8."""
    for secret in (1, 7, 8, L - 3):
        assert ecdh(secret, FIVE + torsion) == ecdh(secret, FIVE)
    assert shared(7, FIVE + torsion) == ecdh(7, FIVE)


@pytest.mark.parametrize("key", LOW_ORDER)
def test_keys_of_low_order_are_refused(key: Point) -> None:
    with pytest.raises(InputError, match="for public_key what is a point of low order"):
        ecdh(5, key)
    with pytest.raises(UnsatisfiedError, match="public_key is a point of low order"):
        shared(5, key)
    with pytest.raises(UnsatisfiedError, match="public_key is a point of low order"):
        SYSTEM.solve(secret=5, key=key)

    @circuit
    def constant(secret: Private[UInt[8]]) -> Public[Point]:
        return ecdh(secret, key)

    with pytest.raises(CompileError, match="low order"):
        constant.compile()


@pytest.mark.parametrize("secret", [0, L, 2 * L])
def test_a_secret_that_is_zero_modulo_the_order_is_refused(secret: int) -> None:
    with pytest.raises(InputError, match="for secret that is 0 modulo the order"):
        ecdh(secret, FIVE)
    with pytest.raises(UnsatisfiedError, match="secret is 0 modulo the order"):
        shared(secret, FIVE)
    with pytest.raises(UnsatisfiedError, match="secret is 0 modulo the order"):
        SYSTEM.solve(secret=secret, key=FIVE)


def test_constants_mix_with_values() -> None:
    @circuit
    def mixed(secret: Private[UInt[8]], key: Private[Point]) -> tuple[Public[Point], Public[Point]]:
        return ecdh(secret, FIVE), ecdh(9, key)

    assert mixed(9, FIVE) == (ecdh(9, FIVE), ecdh(9, FIVE))
    expected = ecdh(9, FIVE)
    found = mixed.compile().solve(secret=9, key=FIVE).public
    assert found == [expected.x, expected.y] * 2


@pytest.mark.parametrize("secret", [-1, 1 << 253, R, 1.5, "5", None, KEYS[0], FIVE])
def test_other_secrets_are_refused(secret: Any) -> None:
    with pytest.raises(InputError, match="secret"):
        ecdh(secret, FIVE)


@pytest.mark.parametrize("key", [None, 5, (FIVE.x, FIVE.y), KEYS[0]])
def test_other_keys_are_refused(key: Any) -> None:
    with pytest.raises(InputError, match="public_key"):
        ecdh(5, key)


@pytest.mark.parametrize("of", [Field, Int[8]])
def test_a_secret_without_bounds_from_zero_is_refused(of: Any) -> None:
    @circuit
    def unbound(secret: Private[of], key: Public[Point]) -> Public[Point]:
        return ecdh(secret, key)

    with pytest.raises(CompileError, match=r"Declare it a UInt\[n\]"):
        unbound.compile()


def test_the_point_is_the_definitions() -> None:
    """By additions alone."""
    total = (0, 1)
    for _ in range(8 * 3):
        total = add(total, (FIVE.x, FIVE.y))
    assert ecdh(3, FIVE) == Point(*total)
