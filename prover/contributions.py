"""The history of a key: who contributed to the second phase of its setup.

Section 10 of a .zkey: the hash of the circuit in 64 bytes, the number of contributions u32, and
each of them:

    delta after it in G1; the contributor's s, s x in G1 and sp x in G2; a transcript of 64 bytes
    type u32: 0 a contribution, 1 a beacon
    size u32, and so many bytes of parameters by rising kind: 1 a name, 2 the exponent of a
    beacon's iterations, 3 the beacon's hash; kinds 1 and 3 are behind their length in a byte

Delta is the product of the contributors' secrets, and a beacon's secret is computed from its hash,
which stands here: by itself it hides nothing. So a key needs a contribution that is no beacon and
that changes delta by more than a small factor, which no later one takes back. Whether its
contributor kept the secret, and whether records were relabelled by whoever made the file, the file
cannot tell.

Source: iden3/snarkjs, the files it writes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.curve import g1_on_curve
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.accel.msm.relations import Search, small_relations
from zkpipe.ground.errors import FormatError
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.prover.errors import InsecureKeyError

HASH_BYTES = 64
DEVELOPMENT_HASH = b"zkpipe development key, not a hash".ljust(HASH_BYTES, b".")
CONTRIBUTION, BEACON = 0, 1
_NAME, _EXPONENT, _BEACON_HASH = 1, 2, 3
_RECORD = struct.Struct("<64s64s64s128s64sII")
_MORE_POINTS = 1 << 13  # that a search for relations between deltas makes

_WHOLE = "Take the key from the file that the setup wrote."
_CONTRIBUTE = "Contribute to it with `zkpipe key contribute`, and use what comes out."


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """One step of the second phase, as its record has it: affine points, Montgomery.

    delta        (8,) words   delta in G1 after it
    g1_s, g1_sx  (8,) words   the contributor's s, and s times the secret x
    g2_spx       (16,) words  sp times x, sp being a hash of the transcript
    transcript   64 bytes     the hash of all before it and of s and s x
    name         of the contributor; empty for none
    exponent, value           of a beacon; None of a contribution that is none
    """

    delta: Words
    g1_s: Words
    g1_sx: Words
    g2_spx: Words
    transcript: bytes
    name: str = ""
    exponent: int | None = None
    value: bytes | None = None

    @property
    def beacon(self) -> bool:
        """Whether anybody can compute the secret."""
        return self.value is not None

    def record(self) -> bytes:
        """Its bytes in section 10. Names and values are taken to be as short as there is room."""
        parameters, name = b"", self.name.encode()
        if name:
            parameters += bytes([_NAME, len(name)]) + name
        if self.exponent is not None and self.value is not None:
            parameters += bytes([_EXPONENT, self.exponent, _BEACON_HASH, len(self.value)])
            parameters += self.value
        points = (self.delta, self.g1_s, self.g1_sx, self.g2_spx)
        packed = [point.astype("<u8").tobytes() for point in points]
        kind = BEACON if self.beacon else CONTRIBUTION
        return _RECORD.pack(*packed, self.transcript, kind, len(parameters)) + parameters


def empty_history(development: bool) -> bytes:
    """The section of a key that nobody contributed to; in development keys it is a mark."""
    return (DEVELOPMENT_HASH if development else bytes(HASH_BYTES)) + struct.pack("<I", 0)


def with_contribution(history: bytes, step: Contribution) -> bytes:
    """A section that was read, with a step behind those that it has."""
    (count,) = struct.unpack_from("<I", history, HASH_BYTES)
    head = history[:HASH_BYTES] + struct.pack("<I", count + 1)
    return head + history[HASH_BYTES + 4 :] + step.record()


def check_history(
    history: bytes,
    delta: Words,
    development: bool,
    name: str = "the key",
    curve: Curve = BN254,
) -> None:
    """Check that a key's history is whole, leads to its delta, and is more than beacons.

    history  section 10; empty for a key without one
    delta    (8,) uint64: the header's in G1
    name     of the key, in errors

    Raises FormatError or InsecureKeyError. A development key, which says that it is none for use,
    needs no contribution.
    """
    steps = [] if isinstance(history, bytes) and not history else read_history(history, name, curve)
    if not steps:
        if not development:
            raise InsecureKeyError(
                "Nobody contributed to the second phase of this key: anyone can forge proofs "
                "under it.",
                _CONTRIBUTE,
            )
        return
    if not np.array_equal(steps[-1].delta, delta):
        raise InsecureKeyError("The contributions of this key do not lead to its delta.", _WHOLE)
    known = [(step.delta, step.beacon) for step in steps]
    if not development and not has_secret(known, curve):
        raise InsecureKeyError(
            "The contributions to this key are beacons or change nothing: its delta can be "
            "computed, and anyone can forge proofs under it.",
            _CONTRIBUTE,
        )


def read_history(history: bytes, name: str = "the key", curve: Curve = BN254) -> list[Contribution]:
    """The contributions in order. Raises FormatError if the section is not as described above."""
    try:
        return _read(history, curve)
    except _Malformed as error:
        raise FormatError(
            f"Section 10 of {name}, its history, is malformed: {error}.", _WHOLE
        ) from None


class _Malformed(ValueError):
    """What is wrong with a history."""


def _read(history: bytes, curve: Curve) -> list[Contribution]:
    if not isinstance(history, bytes):
        raise _Malformed(f"it is a {type(history).__name__}")
    if len(history) < HASH_BYTES + 4:
        raise _Malformed("it is too short")
    (count,) = struct.unpack_from("<I", history, HASH_BYTES)
    at = HASH_BYTES + 4
    if count > (len(history) - at) // _RECORD.size:
        raise _Malformed(f"it claims {count} contributions, and has room for fewer")
    steps = []
    for i in range(1, count + 1):
        if len(history) - at < _RECORD.size:
            raise _Malformed(f"contribution {i} is cut short")
        *points, transcript, kind, size = _RECORD.unpack_from(history, at)
        at += _RECORD.size
        if kind not in (CONTRIBUTION, BEACON):
            raise _Malformed(f"contribution {i} is of type {kind}; 0 and 1 are known")
        if size > len(history) - at:
            raise _Malformed(f"contribution {i} is cut short")
        parameters = _parameters(history[at : at + size], beacon=kind == BEACON)
        if parameters is None:
            raise _Malformed(f"the parameters of contribution {i} are not those of its type")
        at += size
        words = [np.frombuffer(point, "<u8").astype(np.uint64) for point in points]
        if any(first_not_below(point.reshape(-1, 4), curve.p) is not None for point in words):
            raise _Malformed(f"a coordinate of contribution {i} is not below p")
        after, g1_s, g1_sx, g2_spx = words
        steps.append(Contribution(after, g1_s, g1_sx, g2_spx, transcript, *parameters))
    if at < len(history):
        raise _Malformed(f"{len(history) - at} bytes follow on its {count} contributions")
    _check_points(steps, curve)
    return steps


def _parameters(data: bytes, *, beacon: bool) -> tuple[str, int | None, bytes | None] | None:
    """Name, exponent and value; None if they are malformed, or not those of a beacon or of none."""
    name, exponent, value, last, at = "", None, None, 0, 0
    while at < len(data):
        kind, rest = data[at], data[at + 1 :]
        if kind not in (_NAME, _EXPONENT, _BEACON_HASH) or kind <= last or not rest:
            return None
        last = kind
        if kind == _EXPONENT:
            exponent, at = rest[0], at + 2
            continue
        text, at = rest[1 : 1 + rest[0]], at + 2 + rest[0]
        if kind == _NAME:
            name = text.decode("utf-8", "replace")
        else:
            value = text
    own = (exponent is not None) + (value is not None)
    return (name, exponent, value) if at == len(data) and own == 2 * beacon else None


def _check_points(steps: list[Contribution], curve: Curve) -> None:
    if not steps:
        return
    deltas = np.stack([step.delta for step in steps])
    bad = ~g1_on_curve(deltas, curve) | ~deltas.any(axis=1)
    if bad.any():
        number = 1 + int(np.argmax(bad))
        raise _Malformed(f"delta after contribution {number} is not a point of its curve")


def has_secret(steps: Sequence[tuple[Words, bool]], curve: Curve) -> bool:
    """Whether the last point is more than the generator times beacons and small factors.

    Contributions that take one another's secrets away count for nothing.

    steps  of each the point after it, (8,) words, which was the generator before the first, and
           whether it is a beacon
    """
    before = to_montgomery(curve.g1_generator, curve.p).reshape(8)
    points = np.stack([before, *(after for after, _ in steps)])
    distinct, number = np.unique(points, axis=0, return_inverse=True)
    n = len(distinct)
    search = Search(n, max(2, min(513, _MORE_POINTS // n)))
    kin = list(range(n))  # of a point, another from which anybody can compute it, or itself
    for relation in small_relations(distinct, search, curve):
        one, *others = (_root(kin, point) for point in relation)
        for other in others:
            kin[other] = one
    numbers = number.reshape(-1).tolist()
    for (_, beacon), a, b in zip(steps, numbers, numbers[1:], strict=False):
        if beacon:
            kin[_root(kin, a)] = _root(kin, b)
    return _root(kin, numbers[0]) != _root(kin, numbers[-1])


def _root(kin: list[int], point: int) -> int:
    """The last of a chain of kin, which it shortens."""
    while kin[point] != point:
        kin[point] = kin[kin[point]]
        point = kin[point]
    return point
