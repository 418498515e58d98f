"""Encryption in circuits against lying provers, changed witnesses and deleted constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.circuits.gadgets.curve.refused_signatures import OFF
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import GENERATOR, L, multiply
from zkpipe.circuits import Array, Field, Point, Private, Public, UInt, check, circuit
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    ElGamalCiphertext,
    ecdh,
    elgamal_decrypt,
    elgamal_encrypt,
    poseidon_decrypt,
    poseidon_encrypt,
    poseidon_ex,
    stream_encrypt,
    unwrap_key,
    wrap_key,
)
from zkpipe.circuits.gadgets.poseidon_parameters import poseidon_parameters
from zkpipe.circuits.testing import deletions, lies, mutations, rejects

Inputs = dict[str, Any]
NINE, FIVE = Point.BASE * 9, Point.BASE * 5
TORSION = Point(*multiply(GENERATOR, L))
IMPLIED = {
    "inverse_0": "says that 8 public_key is not the identity, of which no rows make a multiple"
}


@dataclass(frozen=True)
class Gadget:
    """A circuit with inputs, what it refuses with what is said, and rows that others imply."""

    circuit: Circuit
    accepted: Inputs
    rejected: list[tuple[Inputs, str]] = field(default_factory=list)
    implied: dict[str, str] | None = None


@circuit
def shared(secret: Private[UInt[4]], key: Private[Point]) -> Public[Point]:
    return ecdh(secret, key)


@circuit
def elgamal(
    message: Private[Point], key: Private[Point], nonce: Private[UInt[4]]
) -> Public[ElGamalCiphertext]:
    return elgamal_encrypt(message, key, nonce)


@circuit
def elgamal_back(ciphertext: Private[ElGamalCiphertext], secret: Private[UInt[4]]) -> Public[Point]:
    return elgamal_decrypt(ciphertext, secret)


@circuit
def wrap(key: Private[Field], owner: Private[Point], nonce: Private[UInt[4]]) -> Public[Field]:
    return wrap_key(key, owner, nonce)


@circuit
def unwrap(
    wrapped: Private[Field], ephemeral: Private[Point], secret: Private[UInt[4]]
) -> Public[Field]:
    return unwrap_key(wrapped, ephemeral, secret)


@circuit
def stream(message: Private[Field], key: Private[Field]) -> Public[Field]:
    return stream_encrypt([message], key)[0]


@circuit
def cipher(
    message: Private[Field], key: Private[Array[Field, 2]], nonce: Private[UInt[128]]
) -> Public[Array[Field, 4]]:
    return poseidon_encrypt([message], key, nonce)


@circuit
def cipher_back(
    ciphertext: Private[Array[Field, 4]], key: Private[Array[Field, 2]], nonce: Private[UInt[128]]
) -> Public[Array[Field, 2]]:
    return poseidon_decrypt(ciphertext, key, nonce, 2)


MADE = elgamal_encrypt(FIVE, NINE, 11)
CIPHERTEXT = poseidon_encrypt([7, 8], [1, 2], 3)
THREE = poseidon_encrypt([7, 8, 9], [1, 2], 3)
SHARED: Inputs = {"secret": 11, "key": NINE}
ELGAMAL: Inputs = {"message": FIVE, "key": NINE, "nonce": 11}
BACK: Inputs = {"ciphertext": MADE, "secret": 9}
WRAP: Inputs = {"key": 5, "owner": NINE, "nonce": 11}
UNWRAP: Inputs = {"wrapped": 5, "ephemeral": NINE, "secret": 9}
CIPHER_BACK: Inputs = {"ciphertext": CIPHERTEXT, "key": [1, 2], "nonce": 3}
FORGED = "not what the key and the nonce encrypt"


def with_other_state(shift: list[int]) -> list[int]:
    """What [7, 8] would be encrypted to if the first permutation gave a state of another."""
    state = poseidon_ex([1, 2, 3 + (2 << 128)], 0, 4)
    capacity, *rate = [(s + d) % R for s, d in zip(state, shift, strict=True)]
    body = [(s + m) % R for s, m in zip(rate, [7, 8, 0], strict=True)]
    return [*body, poseidon_ex(body, capacity, 2)[1]]


# The padding and the tag leave nothing free if a power of the last round is: these would pass then.
COLUMNS = zip(*poseidon_parameters(4).matrix, strict=True)
SHIFTS = [[0, 0, 0, 1], *map(list, COLUMNS)]


def refused(good: Inputs, key: str, number: str) -> list[tuple[Inputs, str]]:
    return [
        ({**good, key: TORSION}, "is a point of low order"),
        ({**good, key: OFF}, "not a point"),
        ({**good, number: 0}, "is 0 modulo the order"),
    ]


GADGETS = [
    Gadget(shared, SHARED, refused(SHARED, "key", "secret"), IMPLIED),
    Gadget(
        elgamal,
        ELGAMAL,
        [*refused(ELGAMAL, "key", "nonce"), ({**ELGAMAL, "message": OFF}, "not a point")],
        IMPLIED,
    ),
    Gadget(
        elgamal_back,
        BACK,
        [
            ({**BACK, "ciphertext": {"c1": OFF, "c2": FIVE}}, "not a point"),
            ({**BACK, "ciphertext": {"c1": FIVE, "c2": OFF}}, "not a point"),
        ],
    ),
    Gadget(wrap, WRAP, refused(WRAP, "owner", "nonce"), IMPLIED),
    Gadget(unwrap, UNWRAP, refused(UNWRAP, "ephemeral", "secret"), IMPLIED),
    Gadget(stream, {"message": 7, "key": 5}),
    Gadget(cipher, {"message": 7, "key": [1, 2], "nonce": 3}),
    Gadget(
        cipher_back,
        CIPHER_BACK,
        [
            ({**CIPHER_BACK, **changed}, FORGED)
            for changed in (
                {"key": [1, 3]},
                {"nonce": 4},
                {"ciphertext": [*CIPHERTEXT[:3], CIPHERTEXT[3] + 1]},
                {"ciphertext": THREE},
                *({"ciphertext": with_other_state(shift)} for shift in SHIFTS),
            )
        ],
    ),
]
BY_NAME = {gadget.circuit.name: gadget for gadget in GADGETS}


@pytest.mark.parametrize("name", BY_NAME)
def test_no_lie_changes_a_result(name: str) -> None:
    gadget = BY_NAME[name]
    lies(gadget.circuit, gadget.accepted)
    mutations(gadget.circuit, gadget.accepted)


@pytest.mark.parametrize("name", [name for name in BY_NAME if BY_NAME[name].rejected])
def test_what_is_refused_no_lie_gets_accepted(name: str) -> None:
    gadget = BY_NAME[name]
    for inputs, because in gadget.rejected:
        rejects(gadget.circuit, inputs, because)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_deletion_of_a_constraint_is_noticed(name: str) -> None:
    gadget = BY_NAME[name]
    rejected = [inputs for inputs, _ in gadget.rejected]
    deletions(
        gadget.circuit,
        [gadget.accepted],
        rejected,
        equivalent=gadget.implied,
        sample=None if IS_LONG else 8,
    )


@circuit
def verifiable(
    message: Private[UInt[8]],
    key: Public[Point],
    nonce: Private[UInt[4]],
    ephemeral: Public[Point],
    ciphertext: Public[Array[Field, 4]],
) -> None:
    check(Point.BASE * nonce == ephemeral, "another nonce")
    made = poseidon_encrypt([message], ecdh(nonce, key), 0)
    for here, there in zip(made, ciphertext, strict=True):
        check(here == there, "another ciphertext")


@circuit
def verifiable_elgamal(
    message: Private[Point],
    key: Public[Point],
    nonce: Private[UInt[4]],
    ciphertext: Public[ElGamalCiphertext],
) -> None:
    check(elgamal_encrypt(message, key, nonce) == ciphertext, "another ciphertext")


@circuit
def opened(
    key: Public[Point],
    ciphertext: Public[ElGamalCiphertext],
    secret: Private[UInt[4]],
    message: Public[Point],
) -> None:
    check(Point.BASE * secret == key, "another key")
    check(elgamal_decrypt(ciphertext, secret) == message, "another message")


VERIFIABLE: Inputs = {
    "message": 7,
    "key": NINE,
    "nonce": 11,
    "ephemeral": Point.BASE * 11,
    "ciphertext": poseidon_encrypt([7], ecdh(11, NINE), 0),
}
PROVED = [
    (
        verifiable,
        VERIFIABLE,
        [
            ({"message": 8}, "another ciphertext"),
            ({"key": FIVE}, "another ciphertext"),
            ({"nonce": 12}, "another nonce"),
            ({"ephemeral": FIVE}, "another nonce"),
            ({"nonce": 12, "ephemeral": Point.BASE * 12}, "another ciphertext"),
            ({"ciphertext": poseidon_encrypt([7], ecdh(12, NINE), 0)}, "another ciphertext"),
            ({"ciphertext": poseidon_encrypt([7], ecdh(11, NINE), 1)}, "another ciphertext"),
        ],
    ),
    (
        verifiable_elgamal,
        {**ELGAMAL, "ciphertext": MADE},
        [
            ({"message": NINE}, "another ciphertext"),
            ({"key": FIVE}, "another ciphertext"),
            ({"nonce": 12}, "another ciphertext"),
            ({"nonce": 0, "ciphertext": ElGamalCiphertext(Point.IDENTITY, FIVE)}, "0 modulo"),
            ({"ciphertext": MADE + MADE}, "another ciphertext"),
            ({"ciphertext": ElGamalCiphertext(MADE.c1, MADE.c2 + TORSION)}, "another ciphertext"),
            ({"ciphertext": ElGamalCiphertext(MADE.c1 + TORSION, MADE.c2)}, "another ciphertext"),
        ],
    ),
    (
        opened,
        {**BACK, "key": NINE, "message": FIVE},
        [
            ({"secret": 8}, "another key"),
            ({"secret": 8, "key": Point.BASE * 8}, "another message"),
            ({"message": NINE}, "another message"),
            ({"ciphertext": MADE + MADE}, "another message"),
        ],
    ),
]


@pytest.mark.parametrize(("proved", "good", "changes"), PROVED, ids=[p[0].name for p in PROVED])
def test_no_lie_proves_another_message_key_nonce_or_ciphertext(
    proved: Circuit, good: Inputs, changes: list[tuple[Inputs, str]]
) -> None:
    lies(proved, good)
    for changed, because in changes:
        rejects(proved, {**good, **changed}, because)
