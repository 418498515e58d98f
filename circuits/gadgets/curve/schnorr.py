"""Schnorr signatures over Baby Jubjub with Poseidon.

A signature (R, s) of a message m, one field element, is by the key A if

    s B = R + 8 c A,    c = poseidon_ex([R.x, R.y, A.x, A.y, m], D, 1)[0],

for B = Point.BASE, s below the order L of the subgroup, and D the bytes "zkpipe.schnorr" as a
big-endian integer, Poseidon's element of capacity. Who knows a with A = a B takes a nonce k,
R = k B and s = k + 8 c a mod L.

It is EdDSA's equation with a hash of its own: `poseidon` has 0 in the capacity's place, so no
signature here is one of `eddsa_verify`, nor the other way round. What is refused there is refused
here: keys of low order, the identity for R, and an s of L or more. R and A are both hashed, so that
a signature is of no other key: (R, s) is none by A + T with T of low order. m takes one element;
sign the `poseidon_sponge` of several, which binds their number.

Source: Schnorr, "Efficient signature generation by smart cards", 1991; the key in the hash as in
RFC 8032.
"""

from __future__ import annotations

from typing import Any

from zkpipe.circuits.gadgets.curve.eddsa import verified
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.gadgets.poseidon import poseidon_ex

DOMAIN = int.from_bytes(b"zkpipe.schnorr", "big")


def schnorr_challenge(r: Point, public_key: Point, message: Any) -> Any:
    """c, which binds a signature's point to a key and a message: 321 rows."""
    return poseidon_ex([r.x, r.y, public_key.x, public_key.y, message], DOMAIN, 1)[0]


def schnorr_verify(public_key: Any, signature: Any, message: Any) -> Any:
    """Whether a Schnorr signature of a message is by a key: a Bool, or of plain values a bool.

    public_key  a Point; False for one of low order
    signature   a Signature
    message     a Field

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: 2,655 rows beside those of the key and the signature, as `eddsa_verify`.
    """
    return verified("schnorr_verify()", public_key, signature, message, schnorr_challenge)
