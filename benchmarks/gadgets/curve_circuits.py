"""Circuits of points, signatures and encryption that are counted."""

from collections.abc import Callable
from typing import Any

from zkpipe.circuits import Array, Bool, Field, Point, Private, Public, UInt, circuit
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    ElGamalCiphertext,
    Signature,
    ecdh,
    elgamal_decrypt,
    elgamal_encrypt,
    pedersen_commit,
    pedersen_hash_of_bits,
    poseidon_decrypt,
    poseidon_encrypt,
    stream_encrypt,
    unwrap_key,
    wrap_key,
)

SCALAR = 253  # bits of a number by which points are multiplied


@circuit
def sum_of_points(p: Private[Point], q: Private[Point]) -> Public[Point]:
    """The complete sum of two points."""
    return p + q


@circuit
def double(p: Private[Point]) -> Public[Point]:
    """A point twice."""
    return p.double()


@circuit
def point(p: Private[Point]) -> None:
    """A point that enters."""


@circuit
def multiple(p: Private[Point], bits: Private[Array[Bool, SCALAR]]) -> Public[Point]:
    """A point of the circuit times a number in bits."""
    return p.times(list(bits))


@circuit
def multiple_of_base(bits: Private[Array[Bool, SCALAR]]) -> Public[Point]:
    """A constant point times a number in bits."""
    return Point.BASE.times(list(bits))


@circuit
def public_key(secret: Private[UInt[SCALAR]]) -> Public[Point]:
    """The key of a secret, its range included."""
    return Point.BASE.__mul__(secret)


@circuit
def commitment(value: Private[UInt[250]], blinding: Private[UInt[250]]) -> Public[Point]:
    """A commitment, its numbers' ranges included."""
    return pedersen_commit(value, blinding)


@circuit
def pedersen_of_bits(bits: Private[Array[Bool, 256]]) -> Public[Point]:
    """Pedersen's hash of bits."""
    return pedersen_hash_of_bits(bits)


def signature(verify: Callable[[Any, Any, Any], Any]) -> Circuit:
    """A verdict on a signature, the checks of its entry included."""

    @circuit
    def counted(
        key: Private[Point], signed: Private[Signature], message: Private[Field]
    ) -> Public[Bool]:
        return verify(key, signed, message)

    return counted


@circuit
def shared_secret(secret: Private[UInt[252]], key: Private[Point]) -> Public[Point]:
    """The secret that two keys share; its inputs' rows are counted."""
    return ecdh(secret, key)


@circuit
def encrypted_point(
    message: Private[Point], key: Private[Point], nonce: Private[UInt[250]]
) -> Public[ElGamalCiphertext]:
    """ElGamal's ciphertext; its inputs' rows are counted."""
    return elgamal_encrypt(message, key, nonce)


@circuit
def decrypted_point(
    ciphertext: Private[ElGamalCiphertext], secret: Private[UInt[252]]
) -> Public[Point]:
    """The point in ElGamal's ciphertext; its inputs' rows are counted."""
    return elgamal_decrypt(ciphertext, secret)


@circuit
def wrapped(key: Private[Field], to: Private[Point], nonce: Private[UInt[250]]) -> Public[Field]:
    """A key wrapped for another; its inputs' rows are counted."""
    return wrap_key(key, to, nonce)


@circuit
def unwrapped(
    given: Private[Field], ephemeral: Private[Point], secret: Private[UInt[252]]
) -> Public[Field]:
    """A key taken out of its wrap; its inputs' rows are counted."""
    return unwrap_key(given, ephemeral, secret)


@circuit
def encrypted(message: Private[Array[Field, 3]], key: Private[Array[Field, 2]]) -> None:
    """Authenticated encryption of three elements, by a constant nonce."""
    poseidon_encrypt(list(message), list(key), 0)


@circuit
def decrypted(ciphertext: Private[Array[Field, 4]], key: Private[Array[Field, 2]]) -> None:
    """Authenticated decryption of three elements, by a constant nonce."""
    poseidon_decrypt(list(ciphertext), list(key), 0, 3)


@circuit
def streamed(message: Private[Array[Field, 3]], key: Private[Field]) -> None:
    """Three elements under a key, not authenticated."""
    stream_encrypt(list(message), key)
