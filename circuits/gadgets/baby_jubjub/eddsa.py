"""EdDSA over Baby Jubjub with Poseidon: how to sign, and signatures as bytes.

For the secret number s (`keys`), the public key A = (s / 8) BASE and a nonce n of key and message:

    R8 = n BASE,    h = poseidon([R8.x, R8.y, A.x, A.y, message]),    S = n + h s mod L

What is valid, and what is refused beside it, `gadgets.eddsa_verify` says: in circuits and of plain
values alike.

Source: circomlibjs 0.1.7, signPoseidon, packSignature and unpackSignature.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.gadgets.baby_jubjub.blake import blake512
from zkpipe.circuits.gadgets.baby_jubjub.keys import PrivateKey, expanded
from zkpipe.circuits.gadgets.baby_jubjub.points import (
    PACKED_SIZE,
    checked_bytes,
    pack_point,
    unpack_point,
)
from zkpipe.circuits.gadgets.curve.eddsa import Signature, challenge
from zkpipe.circuits.gadgets.curve.point import Point, plain_record
from zkpipe.ground.kinds import describe, is_of

ELEMENT_SIZE = 32  # bytes of a field element


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
    fix = "Give a whole number strictly between -r and r. Of more than one sign poseidon([...])."
    element = whole("sign()", "message", message, 1 - R, R - 1, fix) % R
    secret, prefix = expanded(private_key)
    digest = blake512(prefix + element.to_bytes(ELEMENT_SIZE, "little"))
    nonce = int.from_bytes(digest, "little") % L
    r = Point.BASE * nonce
    h: int = challenge(r, private_key.public_key, element)
    return Signature(r, (nonce + h * secret) % L)


def pack_signature(signature: Signature) -> bytes:
    """The 64 bytes: the point packed, then s, its lowest byte first.

    Raises InputError for what is no signature of plain values.
    """
    checked = plain_record("pack_signature()", "signature", Signature, signature)
    s: int = checked.s
    return pack_point(checked.r) + s.to_bytes(ELEMENT_SIZE, "little")


def unpack_signature(packed: bytes) -> Signature:
    """The signature that 64 bytes stand for.

    Raises InputError for bytes that no signature has; circomlibjs takes an s of L or more here.
    """
    size = PACKED_SIZE + ELEMENT_SIZE
    data = checked_bytes("unpack_signature()", "packed", packed, size)
    s = int.from_bytes(data[PACKED_SIZE:], "little")
    return Signature(unpack_point(data[:PACKED_SIZE]), s)
