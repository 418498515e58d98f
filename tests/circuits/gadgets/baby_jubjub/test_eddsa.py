"""EdDSA over Poseidon: circomlibjs' signatures, forgeries that it takes too, changed ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import (
    BASE,
    COFACTOR,
    GENERATOR,
    IDENTITY,
    L,
    add,
    multiply,
    negative,
)
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey, Signature, pack_point, sign, verify
from zkpipe.circuits.gadgets.poseidon import poseidon

TESTS = Path(__file__).parents[3]
VECTORS = json.loads((TESTS / "vectors" / "circomlib" / "eddsa_poseidon.json").read_text())
KEY = PrivateKey(bytes(range(32)))
PUBLIC, SIGNED = KEY.public_key, sign(KEY, 7)
LOW_ORDER = [multiply(GENERATOR, L * i) for i in range(COFACTOR)]


def signature_of(case: dict[str, list[str]]) -> Signature:
    x, y = map(int, case["R8"])
    return Signature((x, y), int(case["S"]))


def test_signatures_are_those_of_circomlibjs() -> None:
    valid = [case for case in VECTORS if case["case"] == "valid"]
    assert len(valid) == 12
    for case in valid:
        key = PrivateKey(bytes.fromhex(case["sk"]))
        signature = sign(key, int(case["msg"]))
        assert signature == signature_of(case)
        assert signature.pack().hex() == case["packedSig"]
        assert Signature.unpack(signature.pack()) == signature
        assert pack_point(key.public_key).hex() == case["packedPub"]


@pytest.mark.parametrize("kind", sorted({case["case"] for case in VECTORS}))
def test_the_answer_is_the_expected_one(kind: str) -> None:
    cases = [case for case in VECTORS if case["case"] == kind]
    assert len(cases) == 12
    for case in cases:
        answer = verify(tuple(map(int, case["pub"])), signature_of(case), int(case["msg"]))
        assert answer is case["expected"]


def test_the_signature_that_circomlibs_circuit_takes_is_valid() -> None:
    inputs = json.loads((TESTS / "interop" / "circom" / "eddsa.json").read_text())
    ax, ay, s, x, y, m = (int(inputs[name]) for name in ("Ax", "Ay", "S", "R8x", "R8y", "M"))
    assert verify((ax, ay), Signature((x, y), s), m)


@settings(max_examples=10)
@given(st.binary(min_size=32, max_size=32), st.integers(1 - R, R - 1), st.integers(1, R - 1))
def test_a_signature_is_valid_for_its_key_and_message_alone(
    seed: bytes, message: int, change: int
) -> None:
    key = PrivateKey(seed)
    signature = sign(key, message)
    assert signature == sign(key, message % R)
    assert verify(key.public_key, signature, message)
    assert not verify(key.public_key, signature, (message + change) % R)
    assert not verify(PUBLIC, signature, message) or key == KEY


@pytest.mark.parametrize("key", LOW_ORDER)
def test_under_a_key_of_low_order_nothing_is_valid(key: tuple[int, int]) -> None:
    """8 h A is the identity, so R8 = S BASE satisfies the equation for every message."""
    for s in (1, 5, L - 1):
        assert not verify(key, Signature(multiply(BASE, s), s), 7)


@pytest.mark.parametrize("r8", LOW_ORDER)
def test_an_r8_of_low_order_is_refused(r8: tuple[int, int]) -> None:
    """With the identity the key's owner signs, and the signature tells S / h, the key."""
    h = poseidon([*r8, *PUBLIC, 7])
    s = h * COFACTOR * KEY.scalar % L
    assert (multiply(BASE, s) == add(r8, multiply(PUBLIC, COFACTOR * h))) is (r8 == IDENTITY)
    assert not verify(PUBLIC, Signature(r8, s), 7)


@pytest.mark.parametrize("torsion", LOW_ORDER[1:])
def test_points_of_low_order_added_make_nothing_valid(torsion: tuple[int, int]) -> None:
    assert not verify(add(PUBLIC, torsion), SIGNED, 7)
    assert not verify(PUBLIC, Signature(add(SIGNED.r8, torsion), SIGNED.s), 7)


def test_no_other_form_of_a_signature_is_valid() -> None:
    (x, y), s, (a, b) = SIGNED.r8, SIGNED.s, PUBLIC
    assert verify((a, b), Signature((x, y), s), 7)
    for other in (s + L, s - L, s + COFACTOR * L, -s, L - s, s + 1, 0):
        assert not verify(PUBLIC, Signature(SIGNED.r8, other), 7)
    for r8 in ((x + R, y), (x, y + R), (x - R, y), (x, y - R), (y, x), negative((x, y)), (0, 0)):
        assert not verify(PUBLIC, Signature(r8, s), 7)
    for key in ((a + R, b), (a, b + R), (a - R, b), (b, a), negative(PUBLIC), (0, 0), (1, 1)):
        assert not verify(key, SIGNED, 7)


def test_packed_signatures_with_another_form_are_refused() -> None:
    packed = SIGNED.pack()
    for s in (SIGNED.s + L, L, (1 << 256) - 1):
        with pytest.raises(InputError, match="order of the subgroup"):
            Signature.unpack(packed[:32] + s.to_bytes(32, "little"))
    with pytest.raises(InputError, match="y is r or more"):
        Signature.unpack((R + 2).to_bytes(32, "little") + packed[32:])
    for size in (0, 32, 63, 65):
        with pytest.raises(InputError, match=f"has {size} bytes"):
            Signature.unpack((packed + packed)[:size])
    with pytest.raises(InputError):
        Signature(SIGNED.r8, L).pack()
    with pytest.raises(InputError):
        Signature((1, 1), 5).pack()


@settings(max_examples=30)
@given(st.integers(0, 511), st.integers(1, 511))
def test_a_signature_with_changed_bits_is_refused_or_invalid(first: int, offset: int) -> None:
    number = int.from_bytes(SIGNED.pack(), "little") ^ 1 << first ^ 1 << (first + offset) % 512
    try:
        changed = Signature.unpack(number.to_bytes(64, "little"))
    except InputError:
        return
    assert not verify(PUBLIC, changed, 7)


@pytest.mark.parametrize("message", [R, -R, 1 << 256, 1.0, "7", None, True, [7]])
def test_a_message_that_is_no_field_element_is_refused(message: object) -> None:
    for call in (lambda: sign(KEY, message), lambda: verify(PUBLIC, SIGNED, message)):
        with pytest.raises(InputError, match="message"):
            call()


@pytest.mark.parametrize("pair", [(1,), (1, 2, 3), (1, "2"), (1.0, 2), "12", None, 5, {1, 2}])
def test_what_is_no_pair_is_refused(pair: object) -> None:
    with pytest.raises(InputError, match="r8"):
        Signature(pair, 5)
    with pytest.raises(InputError, match="public_key"):
        verify(pair, SIGNED, 7)
