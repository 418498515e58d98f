"""Private keys: 32 random bytes, and the scalar and the public key that follow from them.

BLAKE-512 of the bytes gives 64. The first 32, with some bits fixed, are the secret number s, a
multiple of 8; signatures take their nonces from the other 32. The scalar is s / 8, and the public
key is the scalar times BASE.

Source: circomlibjs 0.1.7, eddsa.js; RFC 8032, section 5.1.5, with another hash and another curve.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from zkpipe.accel.curves.baby_jubjub import COFACTOR, is_in_subgroup
from zkpipe.circuits.gadgets.arguments import misuse
from zkpipe.circuits.gadgets.baby_jubjub.points import checked_bytes
from zkpipe.circuits.gadgets.byte_hashes.blake import blake512
from zkpipe.circuits.gadgets.curve.point import Point, plain_record

KEY_SIZE = 32


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A key that signs, of which no text shows anything.

    seed  the 32 bytes that a wallet keeps; what circomlibjs calls the private key

    Raises InputError for anything but 32 bytes.
    """

    seed: bytes

    def __post_init__(self) -> None:
        seed = checked_bytes("PrivateKey()", "seed", self.seed, KEY_SIZE)
        object.__setattr__(self, "seed", seed)

    def __repr__(self) -> str:
        return "PrivateKey(...)"

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key, of the operating system's randomness."""
        return cls(secrets.token_bytes(KEY_SIZE))

    @property
    def scalar(self) -> int:
        """The number of 252 bits whose multiple of BASE is the public key: secret, as the seed.

        A circuit that proves knowledge of the key takes it.
        """
        return expanded(self)[0] // COFACTOR

    @property
    def public_key(self) -> Point:
        """The point that others verify with. Cost: a multiplication, 1.5 ms, and a hash."""
        return Point.BASE * self.scalar

    def shared_point(self, public_key: Point) -> Point:
        """The point that two keys share (ECDH): the same for each one and the other's public key.

        Hash it before you use it as a secret: poseidon([point.x, point.y]).

        Raises InputError for a public key that is no Point of the subgroup, or the identity: the
        result would tell a part of the scalar.

        Cost: two multiplications.
        """
        gadget = "PrivateKey.shared_point()"
        point = plain_record(gadget, "public_key", Point, public_key)
        if point == Point.IDENTITY or not is_in_subgroup((point.x, point.y)):
            raise misuse(
                gadget,
                "has a public_key outside the subgroup that keys are in.",
                "Give what public_key of the other's PrivateKey is.",
                "public_key",
            )
        return point * self.scalar


def expanded(key: PrivateKey) -> tuple[int, bytes]:
    """The secret number s, and the 32 bytes from which nonces come."""
    digest = blake512(key.seed)
    number = int.from_bytes(digest[:KEY_SIZE], "little")
    return number & ~(COFACTOR - 1) & (1 << 255) - 1 | 1 << 254, digest[KEY_SIZE:]
