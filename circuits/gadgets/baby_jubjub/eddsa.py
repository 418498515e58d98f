"""EdDSA over Baby Jubjub with Poseidon: signatures that cost few constraints to verify.

For the secret number s (`keys`), the public key A = (s / 8) BASE and a nonce n of key and message:

    R8 = n BASE,    h = poseidon([R8.x, R8.y, A.x, A.y, message]),    S = n + h s mod L
    valid if        S BASE = R8 + 8 h A

As in circomlibjs, except for what is refused beside it: a public key or an R8 whose multiple by 8
is the identity. Under such a key anyone can sign: with A = (0, 1) every R8 = S BASE is valid.

A + T, where T has low order, is another public key, for which A's owner signs as well, and nobody
else. S and S + L would be one signature: S is less than L. So whoever lacks the key cannot change a
signature into another valid one.

Source: circomlibjs 0.1.7, signPoseidon and verifyPoseidon; what to refuse: eprint 2020/1244.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import (
    BASE,
    COFACTOR,
    L,
    Pair,
    add,
    has_low_order,
    multiply,
)
from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.gadgets.baby_jubjub.blake import blake512
from zkpipe.circuits.gadgets.baby_jubjub.keys import PrivateKey, expanded
from zkpipe.circuits.gadgets.baby_jubjub.points import (
    PACKED_SIZE,
    checked_bytes,
    checked_pair,
    is_point,
    pack_point,
    unpack_point,
)
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.ground.kinds import describe, is_of, whole_number

ELEMENT_SIZE = 32  # bytes of a field element


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as circuits and circomlibjs have it. Whether it is one, `verify` tells.

    r8  the point R8, a pair
    s   the number S

    Raises InputError for what is no pair of whole numbers, or no whole number.
    """

    r8: Pair
    s: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "r8", checked_pair("Signature()", "r8", self.r8))
        s = whole_number(self.s)
        if s is None:
            raise misuse(
                "Signature()", f"has {describe(self.s)} for s.", "Give a whole number.", "s"
            )
        object.__setattr__(self, "s", s)

    def pack(self) -> bytes:
        """The 64 bytes: R8 packed, then S, its lowest byte first.

        Raises InputError if R8 is no point of the curve, or S not from 0 to L - 1.
        """
        return pack_point(self.r8) + _checked_s("Signature.pack()", self.s).to_bytes(
            ELEMENT_SIZE, "little"
        )

    @classmethod
    def unpack(cls, packed: bytes) -> Signature:
        """The signature that 64 bytes stand for.

        Raises InputError for what `pack` makes of no signature; circomlibjs takes an S of L or
        more here.
        """
        size = PACKED_SIZE + ELEMENT_SIZE
        data = checked_bytes("Signature.unpack()", "packed", packed, size)
        s = int.from_bytes(data[PACKED_SIZE:], "little")
        return cls(unpack_point(data[:PACKED_SIZE]), _checked_s("Signature.unpack()", s))


def sign(private_key: PrivateKey, message: int) -> Signature:
    """The signature of a field element, the same each time.

    message  an integer strictly between -r and r; a negative one stands for its residue. Of more
             than one element sign a hash: poseidon([...])

    Raises InputError for another key or message.

    Cost: two multiplications on the curve, 3.5 ms.
    """
    if not is_of(private_key, PrivateKey):
        raise misuse(
            "sign()",
            f"has {describe(private_key)} for private_key.",
            "Give a PrivateKey: PrivateKey(seed), or PrivateKey.generate().",
            "private_key",
        )
    element = _checked_message("sign()", message)
    secret, prefix = expanded(private_key)
    digest = blake512(prefix + element.to_bytes(ELEMENT_SIZE, "little"))
    nonce = int.from_bytes(digest, "little") % L
    r8 = multiply(BASE, nonce)
    h = _challenge(r8, private_key.public_key, element)
    return Signature(r8, (nonce + h * secret) % L)


def verify(public_key: Pair, signature: Signature, message: int) -> bool:
    """Whether a signature of a field element is valid under a public key.

    False also for a key or an R8 that is no point of the curve, not canonical, or of low order,
    and for an S that is not from 0 to L - 1.

    public_key  a pair, as PrivateKey.public_key is
    message     as for `sign`

    Raises InputError for a public key that is no pair of whole numbers, for what is no Signature,
    and for another message.

    Cost: two multiplications on the curve, 4 ms.
    """
    a = checked_pair("verify()", "public_key", public_key)
    if not is_of(signature, Signature):
        raise misuse(
            "verify()",
            f"has {describe(signature)} for signature.",
            "Give a Signature: Signature((x, y), s), or Signature.unpack(data).",
            "signature",
        )
    element = _checked_message("verify()", message)
    r8, s = signature.r8, signature.s
    if not (is_point(*a) and is_point(*r8) and 0 <= s < L):
        return False
    if has_low_order(a) or has_low_order(r8):
        return False
    h = _challenge(r8, a, element)
    return multiply(BASE, s) == add(r8, multiply(a, COFACTOR * h))


def _challenge(r8: Pair, public_key: Pair, message: int) -> int:
    """Poseidon of five elements."""
    h: int = poseidon([*r8, *public_key, message])
    return h


def _checked_message(gadget: str, message: int) -> int:
    fix = "Give a whole number strictly between -r and r. Of more than one sign poseidon([...])."
    return whole(gadget, "message", message, 1 - R, R - 1, fix) % R


def _checked_s(gadget: str, s: int) -> int:
    if not 0 <= s < L:
        raise misuse(
            gadget,
            "has a signature whose S is not less than the order of the subgroup.",
            "Refuse it. A signature that was valid has been changed, or there was none.",
            "s",
            s,
        )
    return s
