"""The exchange's seal: by its definition, for two recipients, and what it does not protect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import BASE, COFACTOR, GENERATOR, L, multiply
from zkpipe.circuits import (
    Array,
    Field,
    InputError,
    Point,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    circuit,
)
from zkpipe.circuits.gadgets import (
    poseidon,
    poseidon_ex,
    stream_decrypt,
    stream_encrypt,
    unwrap_key,
    wrap_key,
)
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey

RECIPIENT, AUDITOR = PrivateKey(b"r" * 32), PrivateKey(b"a" * 32)
LOW_ORDER = [Point(*multiply(GENERATOR, L * i)) for i in range(COFACTOR)]


@circuit
def sealed(
    message: Private[Array[UInt[248], 2]],
    key: Private[Field],
    nonce: Private[UInt[250]],
    recipient: Public[Point],
    auditor: Public[Point],
) -> tuple[Public[Field], Public[Point], Public[Array[Field, 2]]]:
    """lock E ct: what the exchange's circuits give out."""
    wraps = [wrap_key(key, owner, nonce) for owner in (recipient, auditor)]
    return poseidon(wraps), Point.BASE * nonce, stream_encrypt(message, key)


@circuit
def unwrapped(
    wrapped: Public[Field], ephemeral: Public[Point], secret: Private[UInt[252]]
) -> Public[Field]:
    return unwrap_key(wrapped, ephemeral, secret)


@circuit
def opened(ciphertext: Public[Array[Field, 2]], key: Private[Field]) -> Public[Array[Field, 2]]:
    return stream_decrypt(ciphertext, key)


def p(tag: str, values: list[int]) -> int:
    """P[TAG], as the design has it."""
    found: int = poseidon_ex(values, int.from_bytes(f"zkpipe.v1.{tag}".encode(), "big"), 1)[0]
    return found


def test_a_seal_is_the_designs_and_both_recipients_open_it() -> None:
    draw = generator(51)
    system = sealed.compile()
    rows, want = [], []
    for _ in range(10_000 if IS_LONG else 40):
        message = [draw.randrange(2**248), draw.choice([0, 2**248 - 1])]
        key, nonce = draw.randrange(R), draw.randrange(1, 2**250)
        owners = [RECIPIENT.public_key, AUDITOR.public_key]
        points = [multiply((owner.x, owner.y), 8 * nonce) for owner in owners]
        wraps = [(key + p("WRAP", [y])) % R for _, y in points]
        ciphertext = [(m + p("SEAL", [key, i])) % R for i, m in enumerate(message)]
        coordinates = [x for owner in owners for x in (owner.x, owner.y)]
        rows.append([*message, key, nonce, *coordinates])
        want.append([poseidon(wraps), *multiply(BASE, nonce), *ciphertext])
        if len(rows) <= 10:
            assert [wrap_key(key, owner, nonce) for owner in owners] == wraps
            ephemeral = Point(*multiply(BASE, nonce))
            for owner, wrap in zip((RECIPIENT, AUDITOR), wraps, strict=True):
                assert unwrap_key(wrap, ephemeral, owner.scalar) == key
                assert unwrap_key(wrap, -ephemeral, owner.scalar) == key
            assert stream_decrypt(ciphertext, key) == message
    assert outputs_of_many(system, rows) == want


def test_rows() -> None:
    inputs = 2 * 248 + 250 + 3 + 3
    products = 2 * 1747 + 422  # two wraps, and the nonce's point
    assert sealed.compile().constraint_count == inputs + products + 240 + 2 * 237
    assert unwrapped.compile().constraint_count == 3 + 252 + 1771
    assert opened.compile().constraint_count == 2 * 237


def test_a_wrap_is_opened_in_a_circuit_too() -> None:
    nonce, key = 12345, R - 1
    wrapped, ephemeral = wrap_key(key, RECIPIENT.public_key, nonce), Point.BASE * nonce
    assert unwrapped(wrapped, ephemeral, RECIPIENT.scalar) == key
    row = [wrapped, ephemeral.x, ephemeral.y, RECIPIENT.scalar]
    assert outputs_of_many(unwrapped.compile(), [row]) == [[key]]
    ciphertext = stream_encrypt([7, R - 1], key)
    assert outputs_of_many(opened.compile(), [[*ciphertext, key]]) == [[7, R - 1]]


def test_another_secret_gives_another_key() -> None:
    wrapped, ephemeral = wrap_key(5, RECIPIENT.public_key, 77), Point.BASE * 77
    assert unwrap_key(wrapped, ephemeral, AUDITOR.scalar) != 5
    assert stream_decrypt(stream_encrypt([1, 2], 5), 6) != [1, 2]


def test_places_have_pads_of_their_own() -> None:
    """Equal messages do not show, and none can be moved."""
    assert len(set(stream_encrypt([7] * 20, 5))) == 20


def test_a_stream_alone_is_not_authenticated() -> None:
    """As the module says."""
    first, second = stream_encrypt([10, 20], 5)
    assert stream_decrypt([first + 1, second], 5) == [11, 20]


@pytest.mark.parametrize("torsion", LOW_ORDER)
def test_points_of_low_order_wrap_nothing(torsion: Point) -> None:
    with pytest.raises(InputError, match="for public_key what is a point of low order"):
        wrap_key(5, torsion, 77)
    with pytest.raises(InputError, match="for ephemeral what is a point of low order"):
        unwrap_key(5, torsion, 77)
    with pytest.raises(UnsatisfiedError, match="ephemeral is a point of low order"):
        unwrapped.compile().solve(wrapped=5, ephemeral=torsion, secret=77)
    public = RECIPIENT.public_key
    assert wrap_key(5, public + torsion, 77) == wrap_key(5, public, 77)


@pytest.mark.parametrize("value", [None, R, 1.5, "5", [5], Point.BASE])
def test_other_keys_are_refused(value: Any) -> None:
    for call in (
        lambda: wrap_key(value, RECIPIENT.public_key, 7),
        lambda: unwrap_key(value, Point.BASE, 7),
        lambda: stream_encrypt([1], value),
        lambda: stream_encrypt([value], 1),
        lambda: stream_decrypt([value], 1),
    ):
        with pytest.raises(InputError, match=r"key|wrapped|message|ciphertext"):
            call()


def test_no_messages_are_no_ciphertext() -> None:
    assert stream_encrypt([], 5) == stream_decrypt([], 5) == []
