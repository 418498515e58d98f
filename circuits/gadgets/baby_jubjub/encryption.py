"""Messages for a public key that only its PrivateKey opens.

    ephemeral = n BASE,    body = poseidon_encrypt(message, ecdh(n, public_key), 0)

with a new nonce n for each message. A circuit makes the same of the same three (gadgets), and so
proves what a message says; what it gives out is opened here.

The ephemeral point must be in the subgroup. So nobody who lacks the private key makes another
message of a message, which opens too. Who sent it, nobody knows: put a signature into it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.accel.curves.baby_jubjub import L, is_in_subgroup
from zkpipe.circuits.gadgets.arguments import elements, misuse, whole
from zkpipe.circuits.gadgets.baby_jubjub.keys import PrivateKey
from zkpipe.circuits.gadgets.curve.point import Point, plain_record
from zkpipe.circuits.gadgets.encryption.ecdh import shared
from zkpipe.circuits.gadgets.encryption.poseidon_cipher import (
    body_size,
    poseidon_decrypt,
    poseidon_encrypt,
)
from zkpipe.ground.kinds import MOST, describe, is_of


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A message for a public key.

    ephemeral  the nonce's point
    body       the ciphertext: field elements, a multiple of three and a tag
    count      of the message's elements

    Raises InputError for other things.
    """

    ephemeral: Point
    body: tuple[int, ...]
    count: int

    def __post_init__(self) -> None:
        plain_record("Encrypted()", "ephemeral", Point, self.ephemeral)
        body = tuple(elements("Encrypted()", "body", self.body))
        fix = "Give the number of the message's elements."
        count = whole("Encrypted()", "count", self.count, 1, MOST, fix)
        if len(body) != body_size(count):
            raise misuse(
                "Encrypted()",
                f"has {len(body)} elements of body for a message of {count}, not "
                f"{body_size(count)}.",
                "Give the body as it was made, and the message's own number of elements.",
                "body",
            )
        object.__setattr__(self, "body", body)
        object.__setattr__(self, "count", count)


def encrypt(message: Sequence[int], public_key: Point) -> Encrypted:
    """Field elements for the owner of a public key. Each time it is another ciphertext.

    message     a list of at least one integer strictly between -r and r
    public_key  a Point, not of low order: PrivateKey.public_key of the recipient

    It hides the elements, not how many they are.

    Raises InputError for other things.

    Cost: two multiplications on the curve, 3.5 ms, and 0.4 ms for each three elements.
    """
    key = plain_record("encrypt()", "public_key", Point, public_key)
    plain = elements("encrypt()", "message", message)
    nonce = 1 + secrets.randbelow(L - 1)
    body = poseidon_encrypt(plain, shared("encrypt()", "nonce", nonce, "public_key", key), 0)
    return Encrypted(Point.BASE * nonce, tuple(body), len(plain))


def decrypt(encrypted: Encrypted, private_key: PrivateKey) -> list[int]:
    """The message that was encrypted for a private key.

    Raises InputError for what was encrypted for another, or changed since; and for other things.

    Cost: two multiplications on the curve, and 0.4 ms for each three elements.
    """
    for name, given, class_ in (
        ("encrypted", encrypted, Encrypted),
        ("private_key", private_key, PrivateKey),
    ):
        if not is_of(given, class_):
            fix = f"Give {'an' if class_ is Encrypted else 'a'} {class_.__name__}."
            raise misuse("decrypt()", f"has {describe(given)} for {name}.", fix, name)
    ephemeral = encrypted.ephemeral
    if not is_in_subgroup((ephemeral.x, ephemeral.y)):
        raise misuse(
            "decrypt()",
            "has an ephemeral point outside the subgroup that keys are in.",
            "Give the message as it was made.",
            "encrypted",
        )
    key = shared("decrypt()", "private_key", private_key.scalar, "ephemeral", ephemeral)
    return poseidon_decrypt(encrypted.body, key, 0, encrypted.count)
