"""Whether a key is what a circuit, powers of tau, and its contributions make of it.

The initial key is made anew from the circuit and the powers, with the hash of the circuit, and
compared with the key: IC, the coefficients, A, B1 and B2 must be equal. L and H were divided by
delta on the way, which pairings show for random combinations: for random c_i of 128 bits, drawn
once the file is open and cannot change unnoticed,

    e(sum c_i initial_i, G2) = e(sum c_i point_i, delta)

fails for points that differ but with a chance of 2^-128. Where it fails, halves are tried, down to
the point that is wrong.

The powers are taken to be what they claim to be: a verification of their own file shows that.

Source: Bowe, Gabizon, Miers, eprint 2017/1050, section 5; iden3/snarkjs, zkey_verify_frominit.js.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.msm.multi_scalar import msm_g1
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.files.binfile import array_bytes
from zkpipe.prover.ceremony.phase2.initial_key import InitialKey
from zkpipe.prover.ceremony.phase2.key_file import CHANGED, COPIED, CeremonyKey
from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
from zkpipe.prover.ceremony.phase2.transcript import (
    check_beacons,
    check_steps,
    exponents_of,
    first_delta,
)
from zkpipe.prover.ceremony.progress import HASHES, Progress, Told
from zkpipe.prover.ceremony.proofs_of_knowledge import same_ratio
from zkpipe.prover.ceremony.room import room
from zkpipe.prover.contributions import Contribution
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.formats import zkey
from zkpipe.prover.key_shapes import COEFFICIENT
from zkpipe.prover.proving_key import ProvingKey

COEFFICIENT_BYTES = 16  # of a random combination
NAMES = {
    zkey.IC: "IC",
    zkey.COEFFICIENTS: "the coefficients",
    zkey.A: "A",
    zkey.B1: "B in G1",
    zkey.B2: "B in G2",
    zkey.L: "L",
    zkey.H: "H",
}
ROW_BYTES = {zkey.COEFFICIENTS: COEFFICIENT.itemsize, zkey.B2: zkey.G2_BYTES}  # others' G1_BYTES
_OTHER = "Give the circuit and the powers that the ceremony began with, or ask for the right key."
_CONTRIBUTE = "Contribute to it with `zkpipe key contribute`, and verify what comes out."


@dataclass(frozen=True, slots=True)
class VerifiedKey:
    """A key that holds.

    circuit_hash   64 bytes
    contributions  in order
    hashes         64 bytes each: by which contributions are known
    circuit        ConstraintSystem.digest of the circuit
    key_digest     of its verifying key, as VerifyingKey.digest
    sha256         of its file, of the bytes that were verified
    exposed        why somebody else could have changed these unseen, in words; None if nobody
    """

    circuit_hash: bytes
    contributions: tuple[Contribution, ...]
    hashes: tuple[bytes, ...]
    circuit: str
    key_digest: str
    sha256: str
    exposed: str | None = None


def verify_key(
    path: str | Path,
    system: ConstraintSystem,
    powers: PreparedPowers,
    told: Told | None = None,
    max_memory: int | str | None = None,
) -> VerifiedKey:
    """Verify a key against its circuit and the powers of tau that it was made from.

    told        is told how many bytes of the key, and thousands of a beacon's hashes, are done, and
                of how many
    max_memory  bytes, or a text such as "1.5G", that it may take; None for half of the machine's
                memory

    Raises CeremonyError, which names the first contribution, section or point that does not hold;
    InsecureKeyError for a key under which anybody could forge; FormatError; RangeError, for too
    little memory too; FileError, also if one of the files is changed or renamed meanwhile.

    Cost: making the initial key (initial_key), and two sums of products over L and H each; then
    the beacons' hashes.
    """
    there = room("verify_key", max_memory)
    key = CeremonyKey.load(path)
    initial = InitialKey(system, powers)
    initial.check_room(there)
    hashes = _check_contributions(key)
    _check_counts(key, initial)
    _check_header(key, powers)
    progress = Progress(_parts(key), told)
    _Sections(key, initial, progress).check()
    if initial.circuit_hash != key.circuit_hash:
        raise CeremonyError(
            f"The circuit's hash in {path} is not that of this circuit and these powers.",
            _OTHER,
            section=zkey.HISTORY,
        )
    header = {**key.head.counts, **key.head.points, "development": False}
    guarded = ProvingKey.stored(header, key.head.history, key.bulk)
    verifying_key = guarded.verifying_key  # raises for relations between its points
    check_beacons(key.steps, progress)
    file = key.file.file
    sha256 = file.sha256()
    file.check_untouched()
    powers.file.file.check_untouched()
    return VerifiedKey(
        key.circuit_hash,
        key.steps,
        tuple(hashes),
        system.digest,
        verifying_key.digest,
        sha256,
        file.exposed(),
    )


def _parts(key: CeremonyKey) -> int:
    """What the progress goes to."""
    hashes = sum(1 << exponent for exponent in exponents_of(key.steps))
    return sum(key.file.extent(kind).size for kind in (*COPIED, *CHANGED)) + hashes // HASHES


def _check_contributions(key: CeremonyKey) -> list[bytes]:
    if not key.steps:
        raise CeremonyError(
            "Nobody contributed to this key: anyone can forge proofs under it.", _CONTRIBUTE
        )
    hashes = check_steps(key.circuit_hash, key.steps)
    if all(step.beacon for step in key.steps):
        raise CeremonyError(
            "All contributions to this key are beacons: anyone can compute its delta and forge "
            "proofs under it.",
            _CONTRIBUTE,
        )
    return hashes


def _check_counts(key: CeremonyKey, initial: InitialKey) -> None:
    system = initial.system
    wanted = {
        "domain_size": initial.domain_size,
        "wire_count": system.wire_count,
        "public_count": system.public_count,
    }
    for name, value in wanted.items():
        if key.head.counts[name] != value:
            what = name.replace("_", " ")
            raise CeremonyError(
                f"This key is of another circuit: its {what} is {key.head.counts[name]}, the "
                f"circuit's {value}.",
                _OTHER,
                section=zkey.HEADER,
            )


def _check_header(key: CeremonyKey, powers: PreparedPowers) -> None:
    g2 = to_montgomery(BN254.g2_generator, BN254.p).reshape(16)
    points = key.head.points
    wanted = {
        "alpha_g1": powers.alpha_g1,
        "beta_g1": powers.beta_g1,
        "beta_g2": powers.beta_g2,
        "gamma_g2": g2,
        "delta_g1": key.steps[-1].delta,
    }
    for name, point in wanted.items():
        if not np.array_equal(points[name], point):
            origin = "its last contribution" if name == "delta_g1" else "the powers of tau"
            raise CeremonyError(
                f"{_point_name(name)} of this key is not that of {origin}.",
                _OTHER,
                section=zkey.HEADER,
            )
    if not same_ratio(first_delta(), points["delta_g1"], g2, points["delta_g2"]):
        raise CeremonyError(
            "Delta in G2 of this key is not that in G1.", _OTHER, section=zkey.HEADER
        )


def _point_name(name: str) -> str:
    what, _, group = name.partition("_")
    return f"{what.capitalize()} in {group.upper()}"


class _Sections:
    """The sections of a key beside those of the initial key."""

    def __init__(self, key: CeremonyKey, initial: InitialKey, progress: Progress) -> None:
        self.key, self.initial, self.progress = key, initial, progress
        self.delta = key.head.points["delta_g2"]
        self.g2 = to_montgomery(BN254.g2_generator, BN254.p).reshape(16)

    def check(self) -> None:
        """Raises CeremonyError for the first section that does not hold, and says where."""
        for kind, chunks in self.initial.sections():
            if kind in CHANGED:
                self._check_divided(kind, chunks)
            elif kind in COPIED:
                self._check_equal(kind, chunks)
            else:  # the header, which is compared by its points
                for _ in chunks:
                    pass

    def _check_equal(self, kind: int, chunks: Iterable[NDArray[Any]]) -> None:
        extent, at = self.key.file.extent(kind), 0
        for chunk in chunks:
            expected = np.frombuffer(array_bytes(chunk), np.uint8)
            size = min(len(expected), extent.size - at)
            found = self.key.file.file.read(extent.begin + at, size)
            if size < len(expected) or not np.array_equal(found, expected):
                differ = np.flatnonzero(found != expected[:size])
                self._refuse(kind, at + (int(differ[0]) if len(differ) else size))
            at += size
            self.progress.add(size)
        if at != extent.size:
            self._refuse(kind, at)

    def _refuse(self, kind: int, at: int) -> None:
        """Raise for the byte of a section that is not as it must be."""
        head = 4 if kind == zkey.COEFFICIENTS else 0
        index = max(at - head, 0) // ROW_BYTES.get(kind, zkey.G1_BYTES)
        raise self._error(kind, index)

    def _error(self, kind: int, index: int) -> CeremonyError:
        made = "the circuit and the powers of tau"
        origin = "the initial key over delta" if kind in CHANGED else made
        return CeremonyError(
            f"Entry {index} of {NAMES[kind]}, section {kind} of the key, is not that of {origin}.",
            _OTHER,
            section=kind,
            index=index,
        )

    def _check_divided(self, kind: int, chunks: Iterable[Words]) -> None:
        at = 0
        for initial in chunks:
            points = self.key.points(kind, at, at + len(initial))
            if not self._holds(initial, points):
                index = at + self._wrong(initial, points)
                raise self._error(kind, index)
            at += len(initial)
            self.progress.add(points.nbytes)

    def _holds(self, initial: Words, points: Words) -> bool:
        """Whether all points are the initial ones over delta, but for a chance of 2^-128."""
        scalars = np.zeros((len(points), 4), np.uint64)
        chance = os.urandom(COEFFICIENT_BYTES * len(points))
        scalars[:, :2] = np.frombuffer(chance, "<u8").reshape(-1, 2)
        before, after = msm_g1(initial, scalars), msm_g1(points, scalars)
        if not before.any() and not after.any():
            return True
        return same_ratio(after, before, self.g2, self.delta)

    def _wrong(self, initial: Words, points: Words) -> int:
        """The number of a point that is wrong, among points that do not all hold."""
        low, high = 0, len(points)
        while high - low > 1:
            middle = (low + high) // 2
            if self._holds(initial[low:middle], points[low:middle]):
                low = middle
            else:
                high = middle
        return low
