"""EdDSA over Poseidon: circomlibjs' signatures, forgeries that it takes too, changed ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import COFACTOR, GENERATOR, L, multiply
from zkpipe.circuits import InputError, Point
from zkpipe.circuits.gadgets import Signature, eddsa_verify, poseidon
from zkpipe.circuits.gadgets.baby_jubjub import (
    PrivateKey,
    pack_point,
    pack_signature,
    sign,
    unpack_signature,
)

TESTS = Path(__file__).parents[3]
VECTORS = json.loads((TESTS / "vectors" / "circomlib" / "eddsa_poseidon.json").read_text())
KEY = PrivateKey(bytes(range(32)))
PUBLIC, SIGNED = KEY.public_key, sign(KEY, 7)
LOW_ORDER = [Point(*multiply(GENERATOR, L * i)) for i in range(COFACTOR)]


def signature_of(case: dict[str, list[str]]) -> Signature:
    x, y = map(int, case["R8"])
    return Signature(Point(x, y), int(case["S"]))


def test_signatures_are_those_of_circomlibjs() -> None:
    valid = [case for case in VECTORS if case["case"] == "valid"]
    assert len(valid) == 12
    for case in valid:
        key = PrivateKey(bytes.fromhex(case["sk"]))
        signature = sign(key, int(case["msg"]))
        assert signature == signature_of(case)
        assert pack_signature(signature).hex() == case["packedSig"]
        assert unpack_signature(pack_signature(signature)) == signature
        assert pack_point(key.public_key).hex() == case["packedPub"]


def test_the_signature_that_circomlibs_circuit_takes_is_valid() -> None:
    inputs = json.loads((TESTS / "interop" / "circom" / "eddsa.json").read_text())
    ax, ay, s, x, y, m = (int(inputs[name]) for name in ("Ax", "Ay", "S", "R8x", "R8y", "M"))
    assert eddsa_verify(Point(ax, ay), Signature(Point(x, y), s), m)


@settings(max_examples=10)
@given(st.binary(min_size=32, max_size=32), st.integers(1 - R, R - 1), st.integers(1, R - 1))
def test_a_signature_is_valid_for_its_key_and_message_alone(
    seed: bytes, message: int, change: int
) -> None:
    key = PrivateKey(seed)
    signature = sign(key, message)
    assert signature == sign(key, message % R)
    assert eddsa_verify(key.public_key, signature, message)
    assert not eddsa_verify(key.public_key, signature, (message + change) % R)
    assert not eddsa_verify(PUBLIC, signature, message) or key == KEY


@pytest.mark.parametrize("key", LOW_ORDER)
def test_under_a_key_of_low_order_nothing_is_valid(key: Point) -> None:
    """8 h A is the identity, so R8 = S BASE satisfies the equation for every message."""
    for s in (1, 5, L - 1):
        assert not eddsa_verify(key, Signature(Point.BASE * s, s), 7)


@pytest.mark.parametrize("r", LOW_ORDER)
def test_a_point_of_low_order_is_refused(r: Point) -> None:
    """With the identity the key's owner signs, and the signature tells s / h, the key."""
    h = poseidon([r.x, r.y, PUBLIC.x, PUBLIC.y, 7])
    s = h * COFACTOR * KEY.scalar % L
    assert (Point.BASE * s == r + PUBLIC * (COFACTOR * h)) is (r == Point.IDENTITY)
    assert not eddsa_verify(PUBLIC, Signature(r, s), 7)


@pytest.mark.parametrize("torsion", LOW_ORDER[1:])
def test_points_of_low_order_added_make_nothing_valid(torsion: Point) -> None:
    assert not eddsa_verify(PUBLIC + torsion, SIGNED, 7)
    assert not eddsa_verify(PUBLIC, Signature(SIGNED.r + torsion, SIGNED.s), 7)


def test_no_other_form_of_a_signature_is_valid() -> None:
    assert eddsa_verify(PUBLIC, SIGNED, 7)
    for s in (L - SIGNED.s, SIGNED.s + 1, 0):
        assert not eddsa_verify(PUBLIC, Signature(SIGNED.r, s), 7)
    for s in (SIGNED.s + L, SIGNED.s - L, -SIGNED.s, L):
        with pytest.raises(InputError):
            Signature(SIGNED.r, s)
    assert not eddsa_verify(PUBLIC, Signature(-SIGNED.r, SIGNED.s), 7)
    assert not eddsa_verify(-PUBLIC, SIGNED, 7)


def test_packed_signatures_with_another_form_are_refused() -> None:
    packed = pack_signature(SIGNED)
    for s in (SIGNED.s + L, L, (1 << 256) - 1):
        with pytest.raises(InputError, match="for s"):
            unpack_signature(packed[:32] + s.to_bytes(32, "little"))
    with pytest.raises(InputError, match="y is r or more"):
        unpack_signature((R + 2).to_bytes(32, "little") + packed[32:])
    for size in (0, 32, 63, 65):
        with pytest.raises(InputError, match=f"has {size} bytes"):
            unpack_signature((packed + packed)[:size])
    for other in (SIGNED.r, None, pack_signature(SIGNED)):
        with pytest.raises(InputError, match="signature"):
            pack_signature(other)


@settings(max_examples=30)
@given(st.integers(0, 511), st.integers(1, 511))
def test_a_signature_with_changed_bits_is_refused_or_invalid(first: int, offset: int) -> None:
    number = (
        int.from_bytes(pack_signature(SIGNED), "little") ^ 1 << first ^ 1 << (first + offset) % 512
    )
    try:
        changed = unpack_signature(number.to_bytes(64, "little"))
    except InputError:
        return
    assert not eddsa_verify(PUBLIC, changed, 7)


@pytest.mark.parametrize("message", [R, -R, 1 << 256, 1.0, "7", None, [7]])
def test_a_message_that_is_no_field_element_is_refused(message: object) -> None:
    for call in (lambda: sign(KEY, message), lambda: eddsa_verify(PUBLIC, SIGNED, message)):
        with pytest.raises(InputError, match="message"):
            call()
