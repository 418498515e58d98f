"""ElGamal encryption of points of Baby Jubjub.

To encrypt the point M for the public key A with the nonce r, a random number,

    c1 = r B,    c2 = M + 8 r A,

with B = Point.BASE. Who knows a with A = a B has M = c2 - 8 a c1. The 8 is `ecdh`'s.

Ciphertexts add up: c + c' is one of M + M', with r + r'. So to add an encryption of the identity
makes another ciphertext of the same point, which nobody without the secret connects with the first.
By the same token nothing is authenticated: anybody changes M by a point of their choice, and turns
it into -M.

What it hides, it hides by the decisional Diffie-Hellman assumption in the subgroup, and only there:
of a point M + T, with T of low order, L c2 tells T. Two ciphertexts with one nonce tell M - M'.

(8 c1, c2) is the textbook's ciphertext, with the nonce 8 r, as MACI has it.

Source: ElGamal, "A public key cryptosystem and a signature scheme based on discrete logarithms",
1985.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zkpipe.accel.curves.baby_jubjub import COFACTOR
from zkpipe.circuits.gadgets.curve.point import Point, record_of
from zkpipe.circuits.gadgets.encryption.ecdh import secret_number, shared
from zkpipe.circuits.language.values.choices import select
from zkpipe.circuits.language.values.signal import Signal


@dataclass(frozen=True, init=False)
class ElGamalCiphertext:
    """An encrypted point: c1, the nonce's point, and c2, which hides the message.

    c + c'; c == c' is a Bool, or of plain values a bool. One that enters a circuit is proved to be
    of two points of the curve.

    Raises InputError, or in a circuit CompileError, for what are no Points.
    """

    c1: Point
    c2: Point

    def __init__(self, c1: Any, c2: Any) -> None:
        for name, value in (("c1", c1), ("c2", c2)):
            object.__setattr__(self, name, record_of("ElGamalCiphertext()", name, Point, value))

    def __add__(self, other: object) -> ElGamalCiphertext:
        """A ciphertext of the sum: 12 rows."""
        with_ = record_of("ElGamalCiphertext +", "the other", ElGamalCiphertext, other)
        return ElGamalCiphertext(self.c1 + with_.c1, self.c2 + with_.c2)

    def __eq__(self, other: object) -> Any:
        with_ = record_of("ElGamalCiphertext ==", "the other", ElGamalCiphertext, other)
        return (self.c1 == with_.c1) & (self.c2 == with_.c2)

    def __ne__(self, other: object) -> Any:
        same = self == other
        return ~same if isinstance(same, Signal) else not same


def elgamal_encrypt(message: Any, public_key: Any, nonce: Any) -> ElGamalCiphertext:
    """The ciphertext of a point for a public key.

    message     a Point of the subgroup, such as Point.BASE * v for a number v that can be found by
                trying; of one outside, a part shows
    public_key  a Point, not of low order
    nonce       a UInt[n], or an integer from 1 to 2^253 - 1, random, secret and never used again.
                Not 0 modulo the order of the subgroup

    Raises InputError, or in a circuit CompileError, for other things. A circuit has no witness for
    a key of low order.

    Cost: `ecdh`'s, five rows for three bits of the nonce for c1, and 6: 1,963 for UInt[250].
    """
    gadget = "elgamal_encrypt()"
    point = record_of(gadget, "message", Point, message)
    hiding = shared(gadget, "nonce", nonce, "public_key", public_key)
    return ElGamalCiphertext(Point.BASE.__mul__(nonce), point + hiding)


def elgamal_decrypt(ciphertext: Any, secret: Any) -> Point:
    """The point that a ciphertext holds for the one who has a secret.

    ciphertext  an ElGamalCiphertext; where c1 is of low order, as in a sum whose nonces cancel, it
                holds c2
    secret      a UInt[n], or an integer from 0 to 2^253 - 1: PrivateKey.scalar

    Any secret gives a point. A circuit that says whose the ciphertext is checks
    Point.BASE * secret == public_key as well.

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: `ecdh`'s, and 10 more: 2,059 for UInt[252].
    """
    gadget = "elgamal_decrypt()"
    given = record_of(gadget, "ciphertext", ElGamalCiphertext, ciphertext)
    number = secret_number(gadget, "secret", secret)
    eightfold = given.c1 * COFACTOR
    is_hidden = eightfold.x != 0  # else it is the identity, of which no rows make a multiple
    hiding = select(is_hidden, eightfold, Point.BASE).__mul__(number)
    added: Point = select(is_hidden, hiding, Point.IDENTITY)
    return given.c2 - added
