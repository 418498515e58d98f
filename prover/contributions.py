"""The history of a key: who contributed to the second phase of its setup.

Section 10 of a .zkey: the hash of the circuit in 64 bytes, the number of contributions u32, and
each of them:

    delta after it in G1; the contributor's s, s x in G1 and sp x in G2; a transcript of 64 bytes
    type u32: 0 a contribution, 1 a beacon
    size u32, and so many bytes of parameters by rising kind: 1 a name, 2 the exponent of a
    beacon's iterations, 3 the beacon's hash; kinds 1 and 3 are behind their length in a byte

Delta is the product of the contributors' secrets, and a beacon's secret is computed from its hash,
which stands here: by itself it hides nothing. So a key needs a contribution that is no beacon and
that changes delta by more than a small factor. Whether its contributor kept the secret, and whether
records were relabelled by whoever made the file, the file cannot tell.

Source: iden3/snarkjs, the files it writes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.curve import g1_on_curve
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.accel.msm.relations import Search, small_relations
from zkpipe.ground.errors import FormatError
from zkpipe.prover.errors import InsecureKeyError

HASH_BYTES = 64
DEVELOPMENT_HASH = b"zkpipe development key, not a hash".ljust(HASH_BYTES, b".")
CONTRIBUTION, BEACON = 0, 1
_NAME, _EXPONENT, _BEACON_HASH = 1, 2, 3
_RECORD = struct.Struct("<64s64s64s128s64sII")
_MORE_POINTS = 1 << 13  # that a search for relations between deltas makes

_WHOLE = "Take the key from the file that the setup wrote."
_CONTRIBUTE = "Contribute to it (with snarkjs: snarkjs zkey contribute), and use what comes out."


@dataclass(frozen=True, slots=True)
class Contribution:
    """One step of the second phase: delta after it, (8,) words, and whether it is a beacon."""

    delta: Words
    beacon: bool


def empty_history(development: bool) -> bytes:
    """The section of a key that nobody contributed to; in development keys it is a mark."""
    return (DEVELOPMENT_HASH if development else bytes(HASH_BYTES)) + struct.pack("<I", 0)


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
    if not development and not has_secret(steps, curve):
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
    for i in range(count):
        if len(history) - at < _RECORD.size:
            raise _Malformed(f"contribution {i} is cut short")
        delta, _, _, _, _, kind, size = _RECORD.unpack_from(history, at)
        at += _RECORD.size
        if kind not in (CONTRIBUTION, BEACON):
            raise _Malformed(f"contribution {i} is of type {kind}; 0 and 1 are known")
        if size > len(history) - at:
            raise _Malformed(f"contribution {i} is cut short")
        if not _fits(history[at : at + size], beacon=kind == BEACON):
            raise _Malformed(f"the parameters of contribution {i} are not those of its type")
        at += size
        steps.append(Contribution(np.frombuffer(delta, "<u8").astype(np.uint64), kind == BEACON))
    if at < len(history):
        raise _Malformed(f"{len(history) - at} bytes follow on its {count} contributions")
    _check_points(steps, curve)
    return steps


def _fits(parameters: bytes, *, beacon: bool) -> bool:
    """Whether the parameters are well-formed, and a beacon has its own and no other has them."""
    kinds, at = [0], 0
    while at < len(parameters):
        kind, rest = parameters[at], parameters[at + 1 :]
        if kind not in (_NAME, _EXPONENT, _BEACON_HASH) or kind <= kinds[-1] or not rest:
            return False
        kinds.append(kind)
        at += 2 if kind == _EXPONENT else 2 + rest[0]
    own = {_EXPONENT, _BEACON_HASH} & set(kinds)
    return at == len(parameters) and len(own) == (2 if beacon else 0)


def _check_points(steps: list[Contribution], curve: Curve) -> None:
    if not steps:
        return
    deltas = np.stack([step.delta for step in steps])
    good = g1_on_curve(deltas, curve) & deltas.any(axis=1)
    if first_not_below(deltas.reshape(-1, 4), curve.p) is not None or not good.all():
        raise _Malformed("a delta in it is not a point of its curve")


def has_secret(steps: Sequence[Contribution], curve: Curve) -> bool:
    """Whether a contribution that is no beacon changes delta by more than a small factor."""
    before = to_montgomery(curve.g1_generator, curve.p).reshape(8)
    deltas = np.stack([before, *(step.delta for step in steps)])
    distinct, number = np.unique(deltas, axis=0, return_inverse=True)
    n = len(distinct)
    search = Search(n, max(2, min(513, _MORE_POINTS // n)))
    kin = list(range(n))  # of a point, another that it is a small multiple of, or itself
    for relation in small_relations(distinct, search, curve):
        one, *others = (_root(kin, point) for point in relation)
        for other in others:
            kin[other] = one
    numbers = number.reshape(-1).tolist()
    return any(
        not step.beacon and _root(kin, a) != _root(kin, b)
        for step, a, b in zip(steps, numbers, numbers[1:], strict=False)
    )


def _root(kin: list[int], point: int) -> int:
    """The last of a chain of kin, which it shortens."""
    while kin[point] != point:
        kin[point] = kin[kin[point]]
        point = kin[point]
    return point
