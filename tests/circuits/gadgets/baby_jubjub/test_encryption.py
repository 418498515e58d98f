"""Messages for a public key: they come back, no two are alike, and none can be changed."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import COFACTOR, GENERATOR, L, multiply
from zkpipe.circuits import Array, Field, InputError, Point, Private, Public, UInt, circuit
from zkpipe.circuits.gadgets import ecdh, poseidon_encrypt
from zkpipe.circuits.gadgets.baby_jubjub import Encrypted, PrivateKey, decrypt, encrypt

KEY, OTHER = PrivateKey(b"k" * 32), PrivateKey(b"o" * 32)
LOW_ORDER = [Point(*multiply(GENERATOR, L * i)) for i in range(COFACTOR)]
MADE = encrypt([5, 6, 7, 8], KEY.public_key)


@circuit
def sealed(
    recipient: Public[Point], message: Private[Array[Field, 4]], nonce: Private[UInt[250]]
) -> tuple[Public[Point], Public[Array[Field, 7]]]:
    return Point.BASE * nonce, poseidon_encrypt(message, ecdh(nonce, recipient), 0)


@settings(max_examples=20)
@given(st.lists(st.integers(1 - R, R - 1), min_size=1, max_size=8), st.binary(min_size=32))
def test_what_is_encrypted_comes_back(message: list[int], seed: bytes) -> None:
    key = PrivateKey(seed[:32])
    made = encrypt(message, key.public_key)
    assert decrypt(made, key) == [m % R for m in message]
    assert made.count == len(message)


def test_two_ciphertexts_of_one_message_have_nothing_in_common() -> None:
    second = encrypt([5, 6, 7, 8], KEY.public_key)
    assert not {MADE.ephemeral.x, *MADE.body} & {second.ephemeral.x, *second.body}


def test_what_a_circuit_gives_out_is_opened_with_the_private_key() -> None:
    ephemeral, body = sealed(KEY.public_key, [5, 6, 7, 8], 123456789)
    assert decrypt(Encrypted(ephemeral, body, 4), KEY) == [5, 6, 7, 8]
    witness = sealed.compile().solve(recipient=KEY.public_key, message=[9, 0, 0, 1], nonce=2**249)
    x, y, *body = witness.public[:9]
    assert decrypt(Encrypted(Point(x, y), body, 4), KEY) == [9, 0, 0, 1]


def test_another_key_opens_nothing() -> None:
    with pytest.raises(InputError, match="not what the key and the nonce encrypt"):
        decrypt(MADE, OTHER)


def test_a_change_of_any_part_is_noticed() -> None:
    changed = [
        replace(MADE, body=tuple(x + (i == place) for i, x in enumerate(MADE.body)))
        for place in range(len(MADE.body))
    ]
    changed += [
        replace(MADE, ephemeral=MADE.ephemeral + Point.BASE),
        replace(MADE, ephemeral=-MADE.ephemeral),
        replace(MADE, count=5),
        replace(MADE, count=6),
    ]
    for other in changed:
        with pytest.raises(InputError, match="not what the key and the nonce encrypt"):
            decrypt(other, KEY)


@pytest.mark.parametrize("torsion", LOW_ORDER)
def test_no_second_ciphertext_is_made_of_a_first(torsion: Point) -> None:
    """ecdh would open it: 8 takes the torsion away."""
    for ephemeral in (torsion, MADE.ephemeral + torsion):
        if ephemeral == MADE.ephemeral:
            continue
        said = r"decrypt\(\) has .*(outside the subgroup|for ephemeral what is a point of low)"
        with pytest.raises(InputError, match=said):
            decrypt(replace(MADE, ephemeral=ephemeral), KEY)


@pytest.mark.parametrize("key", [*LOW_ORDER, None, 5, (1, 2), KEY])
def test_other_public_keys_are_refused(key: Any) -> None:
    with pytest.raises(InputError, match=r"encrypt\(\) has .*for public_key"):
        encrypt([1], key)


@pytest.mark.parametrize("message", [[], None, 5, [R], [1.5], ["1"], {1}])
def test_other_messages_are_refused(message: Any) -> None:
    with pytest.raises(InputError, match="message"):
        encrypt(message, KEY.public_key)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"ephemeral": 5}, "ephemeral"),
        ({"body": (1, 2, 3)}, "3 elements of body for a message of 4, not 7"),
        ({"body": (R,) * 7}, "body"),
        ({"body": 5}, "body"),
        ({"count": 0}, "count"),
        ({"count": 7}, "not 10"),
    ],
)
def test_other_parts_are_refused(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(MADE, **parts)


def test_other_things_are_not_decrypted_and_no_key_is_shown() -> None:
    for call in (
        lambda: decrypt(MADE, KEY.seed),
        lambda: decrypt(KEY, KEY),
        lambda: decrypt(MADE, 5),
    ):
        with pytest.raises(InputError, match=r"for (private_key|encrypted)") as caught:
            call()
        texts = [str(caught.value), *traceback.format_exception(caught.value)]
        assert not [text for text in texts if KEY.seed.hex() in text or "kkkk" in text]
