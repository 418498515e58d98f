"""Poseidon's cipher: zk-kit's numbers, forgeries, lengths and nonces."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    CompileError,
    ConstraintSystem,
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
from zkpipe.circuits.gadgets import poseidon, poseidon_decrypt, poseidon_encrypt, poseidon_ex
from zkpipe.circuits.solve.many import solve_many

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "zk_kit" / "poseidon_cipher.json").read_text()
)
KEY, NONCE = [11, 12], 13


def size_of(count: int) -> int:
    return 3 * ((count + 2) // 3) + 1


@cache
def encryption(count: int) -> ConstraintSystem:
    size = size_of(count)

    @circuit
    def encrypted(
        message: Private[Array[Field, count]],
        key: Private[Array[Field, 2]],
        nonce: Public[UInt[128]],
    ) -> Public[Array[Field, size]]:
        return poseidon_encrypt(message, key, nonce)

    return encrypted.compile()


@cache
def decryption(count: int) -> ConstraintSystem:
    size = size_of(count)

    @circuit
    def decrypted(
        ciphertext: Public[Array[Field, size]],
        key: Private[Array[Field, 2]],
        nonce: Public[UInt[128]],
    ) -> Public[Array[Field, count]]:
        return poseidon_decrypt(ciphertext, key, nonce, count)

    return decrypted.compile()


def is_solved(system: ConstraintSystem, row: list[int]) -> bool:
    (outcome,) = solve_many(system, [row])
    assert not isinstance(outcome, InputError)
    return not isinstance(outcome, UnsatisfiedError)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: str(len(case["message"])))
def test_ciphertexts_are_those_of_zk_kit(case: dict[str, Any]) -> None:
    message, ciphertext = (list(map(int, case[name])) for name in ("message", "ciphertext"))
    key, nonce = list(map(int, case["key"])), int(case["nonce"])
    assert poseidon_encrypt(message, key, nonce) == ciphertext
    assert poseidon_decrypt(ciphertext, key, nonce, len(message)) == message
    count = len(message)
    if count in (1, 3, 5):
        assert outputs_of_many(encryption(count), [[*message, *key, nonce]]) == [ciphertext]
        assert outputs_of_many(decryption(count), [[*ciphertext, *key, nonce]]) == [message]


def test_there_are_eighteen_vectors_with_the_greatest_nonce_among_them() -> None:
    assert len(VECTORS) == 18
    assert str(2**128 - 1) in [case["nonce"] for case in VECTORS]


@pytest.mark.parametrize("count", [1, 3, 4])
def test_rows(count: int) -> None:
    rows = 128 + 267 * ((count + 2) // 3) + 261
    assert encryption(count).constraint_count == rows
    assert decryption(count).constraint_count == rows


def test_random_messages_are_the_plain_ones_and_come_back() -> None:
    draw = generator(41)
    rows, want, backs = [], [], []
    for _ in range(10_000 if IS_LONG else 200):
        message = [draw.choice([0, R - 1, draw.randrange(R)]) for _ in range(4)]
        key, nonce = [draw.randrange(R), draw.randrange(R)], draw.randrange(1 << 128)
        made = poseidon_encrypt(message, key, nonce)
        rows.append([*message, *key, nonce])
        want.append(made)
        backs.append([*made, *key, nonce])
    assert outputs_of_many(encryption(4), rows) == want
    assert outputs_of_many(decryption(4), backs) == [row[:4] for row in rows]


def test_a_change_of_any_part_is_noticed() -> None:
    made = poseidon_encrypt([1, 2, 3, 4], KEY, NONCE)
    good = [*made, *KEY, NONCE]
    assert is_solved(decryption(4), good)
    for place in range(len(good)):
        for change in (1, R - 1):
            wrong = [x + change * (i == place) for i, x in enumerate(good)]
            wrong = [x % R for x in wrong[:-1]] + [wrong[-1] % 2**128]
            ciphertext, key, nonce = wrong[:7], wrong[7:9], wrong[9]
            with pytest.raises(InputError, match="not what the key and the nonce encrypt"):
                poseidon_decrypt(ciphertext, key, nonce, 4)
            assert not is_solved(decryption(4), wrong)


def test_parts_that_change_places_are_noticed() -> None:
    made = poseidon_encrypt(list(range(6)), KEY, NONCE)
    for order in ([3, 4, 5, 0, 1, 2, 6], [1, 0, 2, 3, 4, 5, 6]):
        with pytest.raises(InputError):
            poseidon_decrypt([made[i] for i in order], KEY, NONCE, 6)


@pytest.mark.parametrize("count", [1, 2, 4, 5])
def test_a_message_is_none_of_another_length(count: int) -> None:
    """Zeros behind it would be what fills it up."""
    message = [7] * count
    made = poseidon_encrypt(message, KEY, NONCE)
    longer = [*message, *[0] * (-count % 3)]
    assert poseidon_encrypt(longer, KEY, NONCE)[0] != made[0]
    with pytest.raises(InputError, match="not what"):
        poseidon_decrypt(made, KEY, NONCE, len(longer))


def test_what_fills_up_must_be_zero() -> None:
    """zk-kit takes others for messages of one or two: there one message has many ciphertexts."""
    key, nonce, fill = KEY, NONCE, 99
    state = poseidon_state([0, *key, nonce + (1 << 128)])
    first = [(s + m) % R for s, m in zip(state[1:], [7, 0, fill], strict=True)]
    forged = [*first, poseidon_state([state[0], *first])[1]]
    honest = poseidon_encrypt([7], key, nonce)
    assert forged[:2] == honest[:2]
    with pytest.raises(InputError, match="not what"):
        poseidon_decrypt(forged, key, nonce, 1)
    assert is_solved(decryption(1), [*honest, *key, nonce])
    assert not is_solved(decryption(1), [*forged, *key, nonce])


def poseidon_state(state: list[int]) -> list[int]:
    return poseidon_ex(state[1:], state[0], 4)


def test_a_nonce_of_128_bits_is_no_more() -> None:
    """2^128 with one length would be 0 with the next."""
    for nonce in (1 << 128, -1, 1.5, None):
        with pytest.raises(InputError, match="nonce"):
            poseidon_encrypt([1], KEY, nonce)
        with pytest.raises(InputError, match="nonce"):
            poseidon_decrypt([1, 2, 3, 4], KEY, nonce, 1)

    for of in (Field, UInt[129], Int[8]):

        @circuit
        def wide(m: Private[Field], nonce: Public[of]) -> Public[Array[Field, 4]]:
            return poseidon_encrypt([m], KEY, nonce)

        with pytest.raises(CompileError, match=r"Declare it a UInt\[128\]"):
            wide.compile()
    assert not isinstance(solve_many(encryption(1), [[1, *KEY, 2**128 - 1]])[0], InputError)
    with pytest.raises(InputError):
        encryption(1).solve(message=[1], key=KEY, nonce=2**128)


def test_a_nonce_taken_twice_shows_the_first_difference_alone() -> None:
    """As the module says: a block's difference, and nothing behind it."""
    a = poseidon_encrypt([1, 2, 3, 4, 5, 6], KEY, NONCE)
    b = poseidon_encrypt([1, 2, 8, 4, 5, 6], KEY, NONCE)
    assert [(y - x) % R for x, y in zip(a, b, strict=True)][:3] == [0, 0, 5]
    assert all(x != y for x, y in zip(a[3:], b[3:], strict=True))


def test_the_hash_of_the_first_state_would_tell_the_tag() -> None:
    """Why poseidon([k0, k1, N + l 2^128]) is never to be published."""
    made = poseidon_encrypt([1, 2, 3], KEY, NONCE)
    capacity = poseidon([*KEY, NONCE + (3 << 128)])
    assert poseidon_state([capacity, *made[:3]])[1] == made[3]


def test_a_point_is_a_key() -> None:
    point = Point.BASE * 9
    assert poseidon_encrypt([5], point, 0) == poseidon_encrypt([5], [point.x, point.y], 0)

    @circuit
    def encrypted(m: Private[UInt[8]], key: Private[Point]) -> Public[Array[Field, 4]]:
        return poseidon_encrypt([m], key, 0)

    assert encrypted(5, point) == poseidon_encrypt([5], point, 0)


@pytest.mark.parametrize("key", [None, 5, [1], [1, 2, 3], [1, R], b"12"])
def test_other_keys_are_refused(key: Any) -> None:
    with pytest.raises(InputError, match="key"):
        poseidon_encrypt([1], key, 0)


@pytest.mark.parametrize("message", [[], None, 5, [R], {1}])
def test_other_messages_are_refused(message: Any) -> None:
    with pytest.raises(InputError, match="message"):
        poseidon_encrypt(message, KEY, 0)


@pytest.mark.parametrize(
    ("size", "count"), [(3, 3), (5, 3), (4, 4), (7, 3), (1, 1), (4, 0), (4, -1), (4, 1.5)]
)
def test_other_sizes_are_refused(size: int, count: Any) -> None:
    with pytest.raises(InputError, match=r"count|elements of ciphertext"):
        poseidon_decrypt([1] * size, KEY, 0, count)


def test_constants_that_are_forged_do_not_compile() -> None:
    @circuit
    def constant(m: Private[Field]) -> Public[Field]:
        return m + poseidon_decrypt([1, 2, 3, 4], KEY, 0, 1)[0]

    with pytest.raises(CompileError, match="can never hold"):
        constant.compile()
