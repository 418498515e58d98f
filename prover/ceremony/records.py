"""The records of the contributions to a ceremony of the powers of tau: section 7 of a .ptau file.

A count u32, and of each contribution:

    tau, alpha, beta in G1, tau and beta in G2, after it: tau1 tau2 alpha1 beta1 beta2
    its proofs of knowledge: s and s x of tau, of alpha, of beta; then the three sp x
    the state of the hash over its data, 216 bytes: with the proofs appended, the response hash
    the hash of the challenge to the next contributor, 64 bytes
    type u32: 0 a contribution, 1 a beacon
    size u32, and so many bytes of parameters by rising kind: 1 a name, 2 the exponent of a beacon's
    iterations, 3 the beacon's value; kinds 1 and 3 are behind their length in a byte

Points are affine Montgomery words, each coordinate below p: the reader checks that. That they are
points of their groups, and belong together, is for zkpipe.prover.ceremony.phase1.verify.

Source: iden3/snarkjs, powersoftau_utils.js.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.ground.files.binfile import FIX, Cursor
from zkpipe.prover.ceremony.blake2b import BLANK, DIGEST_BYTES, STATE_BYTES, Blake2b
from zkpipe.prover.ceremony.generators import LEAST_EXPONENT, MOST_BEACON_BYTES, MOST_EXPONENT
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.proofs_of_knowledge import ProofOfKnowledge

CONTRIBUTION, BEACON = 0, 1
_NAME, _EXPONENT, _VALUE = 1, 2, 3
_KINDS = struct.Struct("<II")
_AFTER = {"tau_g1": 8, "tau_g2": 16, "alpha_g1": 8, "beta_g1": 8, "beta_g2": 16}  # words
_PROOFS = (8, 8, 8, 8, 8, 8, 16, 16, 16)
POINTS_BYTES = 8 * (sum(_AFTER.values()) + sum(_PROOFS))
LEAST_BYTES = POINTS_BYTES + STATE_BYTES + DIGEST_BYTES + _KINDS.size


@dataclass(frozen=True, slots=True)
class Beacon:
    """The value of a beacon, 1 to 255 bytes, which is hashed 2^exponent times."""

    value: bytes
    exponent: int


@dataclass(frozen=True, slots=True, eq=False)
class Powers:
    """What the powers begin with: tau_g1, alpha_g1, beta_g1 (8,), tau_g2, beta_g2 (16,) words."""

    tau_g1: Words
    tau_g2: Words
    alpha_g1: Words
    beta_g1: Words
    beta_g2: Words

    @classmethod
    def of_nobody(cls, curve: Curve = BN254) -> Powers:
        """Before the first contribution: tau = alpha = beta = 1."""
        g1 = to_montgomery(curve.g1_generator, curve.p).reshape(8)
        g2 = to_montgomery(curve.g2_generator, curve.p).reshape(16)
        return cls(g1, g2, g1, g1, g2)


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One contribution.

    powers          after it
    proofs          of tau, alpha and beta
    state           216 bytes: of the hash over its data
    next_challenge  64 bytes
    name            "" for none
    beacon          None for a contribution of a person
    """

    powers: Powers
    proofs: tuple[ProofOfKnowledge, ProofOfKnowledge, ProofOfKnowledge]
    state: bytes
    next_challenge: bytes
    name: str = ""
    beacon: Beacon | None = None

    def response_hash(self, curve: Curve = BN254) -> bytes:
        """The hash by which the contributor knows the contribution, 64 bytes."""
        hash_ = Blake2b.from_state(self.state)
        hash_.update(proofs_bytes(self.proofs, curve))
        return hash_.digest()


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where a ceremony stands: the powers, the challenge, and the hash of the last response."""

    powers: Powers
    challenge: bytes
    response_hash: bytes

    @classmethod
    def at_first(cls, challenge: bytes, curve: Curve = BN254) -> Standing:
        """Before the first contribution."""
        return cls(Powers.of_nobody(curve), challenge, BLANK)

    @classmethod
    def after(cls, record: Record, curve: Curve = BN254) -> Standing:
        """After a contribution."""
        return cls(record.powers, record.next_challenge, record.response_hash(curve))


def proofs_bytes(proofs: Iterable[ProofOfKnowledge], curve: Curve = BN254) -> bytes:
    """The proofs as they are hashed: every s and s x, then every sp x, uncompressed."""
    return b"".join(uncompressed(point, curve).tobytes() for point in _in_order(proofs))


def _in_order(proofs: Iterable[ProofOfKnowledge]) -> Iterator[Words]:
    listed = tuple(proofs)
    for proof in listed:
        yield proof.g1_s
        yield proof.g1_sx
    for proof in listed:
        yield proof.g2_spx


# --- reading


def read_records(cursor: Cursor, where: str, curve: Curve = BN254) -> tuple[Record, ...]:
    """The contributions in order.

    cursor  over section 7
    where   how errors name the section

    Raises FormatError, which names the contribution and the offset in the section.
    """
    size = cursor.remaining
    count = cursor.integer(4)
    if count > cursor.remaining // LEAST_BYTES:
        raise FormatError(
            f"{where} claims {count} contributions, and has room for "
            f"{cursor.remaining // LEAST_BYTES}.",
            FIX,
        )
    records = []
    for number in range(1, count + 1):
        offset = size - cursor.remaining
        try:
            records.append(_read(cursor, curve))
        except FormatError as error:
            raise FormatError(
                f"{where}: contribution {number}, at offset {offset}, is malformed: "
                f"{error.problem}",
                FIX,
            ) from None
    cursor.end()
    return tuple(records)


def _read(cursor: Cursor, curve: Curve) -> Record:
    words = cursor.take(POINTS_BYTES).copy().view("<u8").astype(np.uint64, copy=False)
    high = first_not_below(words.reshape(-1, 4), curve.p)
    if high is not None:
        raise _malformed(f"coordinate {high} of its points is not below p")
    parts = iter(np.split(words, np.cumsum([*_AFTER.values(), *_PROOFS])[:-1]))
    powers = Powers(**{name: next(parts) for name in _AFTER})
    points = list(parts)
    proofs = [ProofOfKnowledge(points[2 * i], points[2 * i + 1], points[6 + i]) for i in range(3)]
    state, challenge = cursor.take(STATE_BYTES).tobytes(), cursor.take(DIGEST_BYTES).tobytes()
    Blake2b.from_state(state)
    kind, size = _KINDS.unpack(cursor.take(_KINDS.size).tobytes())
    if kind not in (CONTRIBUTION, BEACON):
        raise _malformed(f"its type is {kind}; 0 and 1 are known")
    name, beacon = _parameters(cursor.take(size).tobytes(), kind == BEACON)
    return Record(powers, (proofs[0], proofs[1], proofs[2]), state, challenge, name, beacon)


def _malformed(problem: str) -> FormatError:
    return FormatError(f"{problem}.", FIX)


def _parameters(data: bytes, is_beacon: bool) -> tuple[str, Beacon | None]:
    """The name, and the beacon of one. A name that is no UTF-8 is taken as far as it is."""
    found: dict[int, bytes] = {}
    at = last = 0
    while at < len(data):
        kind = data[at]
        if kind not in (_NAME, _EXPONENT, _VALUE):
            raise _malformed(f"a parameter is of kind {kind}; 1, 2 and 3 are known")
        if kind <= last:
            raise _malformed("its parameters are not in the order of their kinds")
        begin = at + 1 if kind == _EXPONENT else at + 2
        size = 1 if kind == _EXPONENT else int.from_bytes(data[at + 1 : begin], "little")
        if begin + size > len(data) or begin > len(data):
            raise _malformed(f"its parameter of kind {kind} is cut short")
        found[kind], last, at = data[begin : begin + size], kind, begin + size
    if {_EXPONENT, _VALUE} & set(found) != ({_EXPONENT, _VALUE} if is_beacon else set()):
        raise _malformed("its parameters are not those of its type")
    name = found.get(_NAME, b"").decode("utf-8", "replace")
    if not is_beacon:
        return name, None
    beacon = Beacon(found[_VALUE], found[_EXPONENT][0])
    if not beacon.value or not LEAST_EXPONENT <= beacon.exponent <= MOST_EXPONENT:
        raise _malformed(
            f"its beacon has {len(beacon.value)} bytes and the exponent {beacon.exponent}"
        )
    return name, beacon


# --- writing


def records_bytes(records: Iterable[Record]) -> bytes:
    """Section 7. Raises RangeError for a name or a beacon that do not fit."""
    written = [_written(record) for record in records]
    return struct.pack("<I", len(written)) + b"".join(written)


def with_record(written: bytes, record: Record) -> bytes:
    """Section 7 as it was read, with one more record; raises as `records_bytes`.

    The others stay as they are, byte for byte: a name in them may be no UTF-8.
    """
    (count,) = struct.unpack_from("<I", written)
    return struct.pack("<I", count + 1) + written[4:] + _written(record)


def _written(record: Record) -> bytes:
    points = [getattr(record.powers, name) for name in _AFTER] + list(_in_order(record.proofs))
    parameters = _parameter_bytes(record.name, record.beacon)
    kind = CONTRIBUTION if record.beacon is None else BEACON
    return b"".join(
        (
            *(point.astype("<u8").tobytes() for point in points),
            record.state,
            record.next_challenge,
            _KINDS.pack(kind, len(parameters)),
            parameters,
        )
    )


def _parameter_bytes(name: str, beacon: Beacon | None) -> bytes:
    out = b""
    if name:
        encoded = name.encode("utf-8", "surrogatepass")
        out += bytes([_NAME, len(encoded)]) + encoded
    if beacon is not None:
        if not 1 <= len(beacon.value) <= MOST_BEACON_BYTES:
            raise RangeError(
                f"A beacon's value has {len(beacon.value)} bytes; it must have 1 to "
                f"{MOST_BEACON_BYTES}.",
                "Give the value of the beacon that the ceremony has agreed on, in hexadecimal.",
            )
        out += bytes([_EXPONENT, beacon.exponent, _VALUE, len(beacon.value)]) + beacon.value
    return out
