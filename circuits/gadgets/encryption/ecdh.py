"""Diffie and Hellman's shared point over Baby Jubjub, with the cofactor.

For the secrets a and b and the public keys A = a B and B' = b B, with B = Point.BASE,

    8 a B' = 8 b A.

The 8 takes away what a public key has of low order. So a key from outside of the subgroup tells
nobody anything about the secret that it is multiplied by, and A + T with T of low order shares what
A shares. A key of low order itself would share the identity with everybody and is refused, as is a
secret that is 0 modulo L, the order of the subgroup.

In the subgroup, whose order is odd, only the identity has x = 0. So one row each says that the key
and the shared point are others.

Source: RFC 7748, section 6, and its section 7 on keys of low order, over another curve.
"""

from __future__ import annotations

from typing import Any

from zkpipe.accel.curves.baby_jubjub import COFACTOR, L
from zkpipe.circuits.gadgets.arguments import misuse, whole
from zkpipe.circuits.gadgets.curve.point import Point, record_of
from zkpipe.circuits.language.values.bounds import MAX_BITS
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.signal import Signal

LOW_ORDER = "is a point of low order"
VANISHES = "is 0 modulo the order of the subgroup"


def ecdh(secret: Any, public_key: Any) -> Point:
    """The point that a secret and another's public key share: 8 secret public_key.

    secret      a UInt[n], or an integer from 1 to 2^253 - 1: PrivateKey.scalar, or a number drawn
                for one message. Not 0 modulo the order of the subgroup
    public_key  a Point, not of low order

    Use it as the key of `poseidon_encrypt`, or hash it. It is 8 times what
    PrivateKey.shared_point() gives.

    Raises InputError, or in a circuit CompileError, for other things. A circuit has no witness for
    a key of low order, or for a secret that is 0.

    Cost: 20 rows, and six a bit of the secret and some 50 more: 1,558 for UInt[252].
    """
    return shared("ecdh()", "secret", secret, "public_key", public_key)


def shared(gadget: str, secret_name: str, secret: Any, key_name: str, public_key: Any) -> Point:
    """As ecdh, with the names that another gadget's errors have."""
    point = record_of(gadget, key_name, Point, public_key)
    number = secret_number(gadget, secret_name, secret)
    if not isinstance(number, Signal) and number % L == 0:
        raise misuse(
            gadget,
            f"has a number for {secret_name} that {VANISHES}.",
            "Draw another: with this one everybody knows what is shared.",
            secret_name,
        )
    eightfold = point * COFACTOR
    is_key = eightfold.x != 0
    if isinstance(is_key, Signal):
        check(is_key, f"{key_name} {LOW_ORDER}")
    elif not is_key:
        raise misuse(
            gadget,
            f"has for {key_name} what {LOW_ORDER}.",
            "Take another: with this one everybody knows what is shared.",
            key_name,
        )
    result = eightfold.__mul__(number)
    if isinstance(number, Signal):
        check(result.x != 0, f"{secret_name} {VANISHES}")
    return result


def secret_number(gadget: str, name: str, value: Any) -> Any:
    """A number that multiplies a point: a circuit's from 0, or an integer below 2^253."""
    if not isinstance(value, Signal):
        fix = "Give a whole number, such as PrivateKey.scalar or 1 + secrets.randbelow(2**250)."
        return whole(gadget, name, value, 0, (1 << MAX_BITS) - 1, fix)
    if value.scale is None and value.low is not None and value.low >= 0 and value.high:
        return value
    raise misuse(
        gadget,
        f"has {value.kind()} for {name}, not a whole number from 0 with known bounds.",
        "Declare it a UInt[n]: UInt[252] for PrivateKey.scalar, UInt[250] for a number that is "
        "drawn.",
        name,
    )
