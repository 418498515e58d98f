"""Signatures over Baby Jubjub: how to sign, and signatures as bytes.

For the secret number s (`keys`), the public key A = (s / 8) BASE and a nonce n of key and message:

    R8 = n BASE,    h = poseidon([R8.x, R8.y, A.x, A.y, message]),    S = n + h s mod L

is EdDSA with Poseidon. Other kinds have another h, and nonces of their own. What is valid, and what
is refused beside it, the gadgets say that verify: in circuits and of plain values alike.

Source: circomlibjs 0.1.7, signPoseidon, verifyMiMC, verifyMiMCSponge, packSignature and
unpackSignature.
"""

from __future__ import annotations

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.gadgets.baby_jubjub.keys import PrivateKey, expanded
from zkpipe.circuits.gadgets.baby_jubjub.points import (
    PACKED_SIZE,
    checked_bytes,
    pack_point,
    unpack_point,
)
from zkpipe.circuits.gadgets.byte_hashes.blake import blake512
from zkpipe.circuits.gadgets.curve.eddsa import Challenge, Signature, challenge
from zkpipe.circuits.gadgets.curve.eddsa_mimc import mimc_challenge, mimc_sponge_challenge
from zkpipe.circuits.gadgets.curve.point import Point, plain_record
from zkpipe.circuits.gadgets.curve.schnorr import schnorr_challenge
from zkpipe.ground.kinds import describe, is_of

ELEMENT_SIZE = 32  # bytes of a field element


def sign(private_key: PrivateKey, message: int) -> Signature:
    """The signature of a field element, the same each time: EdDSA with Poseidon.

    message  an integer strictly between -r and r; a negative one stands for its residue. Of more
             than one element sign a hash: poseidon([...])

    Raises InputError for another key or message.

    Cost: two multiplications on the curve, 3.5 ms.
    """
    return _signed("sign()", private_key, message, b"", challenge)


def sign_mimc(private_key: PrivateKey, message: int) -> Signature:
    """As `sign`, with MiMC7, for `eddsa_mimc_verify` and circomlibjs' verifyMiMC.

    R8 is not that of circomlibjs' signMiMC, which takes for one message the nonce of signPoseidon:
    two such signatures tell the key.

    Raises InputError for another key or message.

    Cost: 5 ms.
    """
    return _signed("sign_mimc()", private_key, message, b"zkpipe.eddsa_mimc", mimc_challenge)


def sign_mimc_sponge(private_key: PrivateKey, message: int) -> Signature:
    """As `sign_mimc`, with MiMCSponge, for `eddsa_mimc_sponge_verify` and verifyMiMCSponge.

    Raises InputError for another key or message.

    Cost: 5 ms.
    """
    domain = b"zkpipe.eddsa_mimc_sponge"
    return _signed("sign_mimc_sponge()", private_key, message, domain, mimc_sponge_challenge)


def schnorr_sign(private_key: PrivateKey, message: int) -> Signature:
    """The Schnorr signature of a field element, the same each time, for `schnorr_verify`.

    message  as for `sign`

    Raises InputError for another key or message.

    Cost: 3.5 ms.
    """
    return _signed("schnorr_sign()", private_key, message, b"zkpipe.schnorr", schnorr_challenge)


def _signed(
    gadget: str, private_key: PrivateKey, message: int, domain: bytes, bind: Challenge
) -> Signature:
    """The signature whose h `bind` gives.

    The nonce is a hash of the domain, the key's prefix and the message. Each kind of signature has
    a domain of its own: of two with one nonce, and so one R8, S - S' = (h - h') s tells the key.
    The domain comes first, since circomlibjs' signPedersen hashes the prefix and any bytes.
    """
    if not is_of(private_key, PrivateKey):
        raise misuse(
            gadget,
            f"has {describe(private_key)} for private_key.",
            "Give a PrivateKey: PrivateKey(seed), or PrivateKey.generate().",
            "private_key",
        )
    fix = "Give a whole number strictly between -r and r. Of more than one sign poseidon([...])."
    element = whole(gadget, "message", message, 1 - R, R - 1, fix) % R
    secret, prefix = expanded(private_key)
    digest = blake512(domain + prefix + element.to_bytes(ELEMENT_SIZE, "little"))
    nonce = int.from_bytes(digest, "little") % L
    r = Point.BASE * nonce
    h: int = bind(r, private_key.public_key, element)
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
