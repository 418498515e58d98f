"""Answers sealed for a recipient and an auditor, as section 4 of the design has it.

With a nonce r and a key c, both for one answer alone, and B = Point.BASE,

    E = r B,    wrap_X = c + P[WRAP](y of 8 r X),    ct_i = m_i + P[SEAL](c, i)
    lock = poseidon([wrap_R, wrap_A])

A proof's results are lock, E.y and the ciphertexts. A public key is one word, its y: x is a private
input, either of the two, since X and -X seal alike. Keys of low order have no witness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.circuits import Field, Point, UInt
from zkpipe.circuits.gadgets import poseidon, stream_encrypt, wrap_key
from zkpipe.exchange.answers import point_of
from zkpipe.exchange.errors import ExchangeError

NONCE_BITS = 251  # of the order of the subgroup


@dataclass(frozen=True)
class Secrets:
    """A seal's private inputs.

    recipient_x  of the recipient's key
    auditor_x    of the auditor's
    nonce        r
    key          c
    """

    recipient_x: Field
    auditor_x: Field
    nonce: UInt[251]
    key: Field


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom an answer is for, and the two secrets of its seal.

    recipient  y of the recipient's key
    auditor    y of the auditor's
    nonce      r, from 1 below the order of the subgroup; secret, random, for one answer
    key        c, below r of the field; secret, random, for one answer

    Raises ExchangeError for what is not so.
    """

    recipient: int
    auditor: int
    nonce: int = field(repr=False)
    key: int = field(repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.nonce < L or not 0 <= self.key < R:
            raise ExchangeError(
                "A seal's nonce or key is out of range.",
                "Reduce the nonce modulo the order of the subgroup, drawn again at 0, and the key "
                "modulo r.",
            )

    @property
    def words(self) -> dict[str, int]:
        """The public inputs."""
        return {"recipient": self.recipient, "auditor": self.auditor}

    @property
    def inputs(self) -> dict[str, Any]:
        """The public inputs and the seal's private ones."""
        points = point_of(self.recipient), point_of(self.auditor)
        secrets = Secrets(points[0].x, points[1].x, self.nonce, self.key)
        return {**self.words, "seal": secrets}

    @property
    def wraps(self) -> tuple[int, int]:
        """wrap_R and wrap_A, the opening of the lock, which `deliver` posts."""
        recipient, auditor = point_of(self.recipient), point_of(self.auditor)
        return wrap_key(self.key, recipient, self.nonce), wrap_key(self.key, auditor, self.nonce)


def sealed(messages: Sequence[Any], recipient: Any, auditor: Any, seal: Any) -> list[Any]:
    """lock, E.y and the ciphertexts of messages, in a circuit.

    seal  Secrets, as the circuit has them
    """
    keys = Point(seal.recipient_x, recipient), Point(seal.auditor_x, auditor)
    wraps = [wrap_key(seal.key, key, seal.nonce) for key in keys]
    ephemeral = Point.BASE * seal.nonce
    return [poseidon(wraps), ephemeral.y, *stream_encrypt(messages, seal.key)]
