"""The keys of Baby Jubjub that follow from a home's master secret, and the numbers of a seal.

With HMAC-SHA256 and the ASCII bytes of a label,

    seed = HMAC(master, "zkpipe.v1.home." + label),    label = issuer, holder, seal, auditor.EPOCH

is the seed of a PrivateKey. Labels keep keys apart: none tells anything of another. The label units
gives no such key, but that of the digests by which a home remembers units.

A sealed answer takes a nonce r and a key c. They follow from a random secret of the job, which is
erased when the job is final, and from all that the answer is for: with HMAC-SHA512,

    r = HMAC(secret, 0 | ctx | message) mod r of the field, mod l
    c = HMAC(secret, 1 | ctx | message) mod r of the field

where 0 and 1 are bytes, ctx and each element of the message 32 bytes, big-endian, and l is the
order of the subgroup. If r is 0, it is drawn again with a byte 1, 2, .. after the message. So
another context or message has other numbers: an answer that is made again, for another ticket or
after a reorganisation, shows nothing of the difference. 512 bits mod r are uniform within 2^-258.

Source: EXCHANGE-DESIGN, section 12, which leaves the hash open; RFC 2104, RFC 6979 for the idea.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import L
from zkpipe.ground.kinds import require_list, require_whole

if TYPE_CHECKING:
    from zkpipe.circuits import Point
    from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey

SECRET_SIZE = 32
LABEL = "zkpipe.v1.home."
MOST_EPOCHS = 1 << 32
DRAWS = 256  # of r; one is enough but for once in 2^250


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The public keys of a home.

    holder  of its credentials and rows
    issuer  of the credentials that it issues
    seal    of what is sealed to it; its y is the word that contracts and proofs have
    """

    holder: Point
    issuer: Point
    seal: Point


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The private keys of a home, of which no text shows anything.

    Each is made when it is asked for, in some 10 us; its public key takes 1.5 ms.
    """

    master: bytes

    def __repr__(self) -> str:
        return "Keys(...)"

    @property
    def holder(self) -> PrivateKey:
        """The key of a holder: of credentials, and of rows in keyed sets."""
        return self._derived("holder")

    @property
    def issuer(self) -> PrivateKey:
        """The key that signs credentials."""
        return self._derived("issuer")

    @property
    def seal(self) -> PrivateKey:
        """The key that opens what is sealed to this home as a recipient: `unwrap_key`."""
        return self._derived("seal")

    def auditor(self, epoch: int) -> PrivateKey:
        """The key that opens what is sealed to the council's auditor in an epoch, from 0.

        Raises KindError for another number.
        """
        number = require_whole("Keys.auditor", "epoch", epoch, 0, MOST_EPOCHS - 1)
        return self._derived(f"auditor.{number}")

    @property
    def unit_digests(self) -> bytes:
        """The key under which a home remembers which units left a lineage: 32 bytes."""
        return hmac.digest(self.master, (LABEL + "units").encode("ascii"), "sha256")

    @property
    def public(self) -> PublicKeys:
        """The public keys. Cost: 5 ms."""
        return PublicKeys(self.holder.public_key, self.issuer.public_key, self.seal.public_key)

    def _derived(self, label: str) -> PrivateKey:
        from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey

        return PrivateKey(hmac.digest(self.master, (LABEL + label).encode("ascii"), "sha256"))


@dataclass(frozen=True, slots=True, repr=False)
class SealNumbers:
    """The secret numbers of one sealed answer.

    nonce  r, from 1 to l - 1
    key    c, a field element
    """

    nonce: int
    key: int

    def __repr__(self) -> str:
        return "SealNumbers(...)"


def seal_numbers(secret: bytes, ctx: int, message: Sequence[int]) -> SealNumbers:
    """r and c of a sealed answer, as the module says.

    secret   32 bytes, random, of the job: `Vault.new(JOB, ..)`
    ctx      the word of the context that the proof is for
    message  the elements that are sealed, each below r of the field

    The same three give the same numbers, and so the same sealed answer; others have others.

    Raises KindError for other things.
    """
    require_whole("seal_numbers", "len(secret)", len(secret), SECRET_SIZE, SECRET_SIZE)
    listed = require_list("seal_numbers", "message", message, "field elements")
    tail = b"".join(
        require_whole("seal_numbers", name, number, 0, R - 1).to_bytes(32, "big")
        for name, number in [("ctx", ctx), *(("message", element) for element in listed)]
    )
    draws = (_number(secret, b"\0", tail + _counter(draw)) for draw in range(DRAWS))
    return SealNumbers(first_nonce(draws), _number(secret, b"\1", tail))


def first_nonce(draws: Iterable[int]) -> int:
    """The first number that is not 0 modulo l, modulo l."""
    return next(number % L for number in draws if number % L)


def _counter(draw: int) -> bytes:
    """Nothing for the first draw, then the bytes 1, 2, .."""
    return bytes([draw]) if draw else b""


def _number(secret: bytes, first: bytes, tail: bytes) -> int:
    return int.from_bytes(hmac.digest(secret, first + tail, hashlib.sha512), "big") % R
