"""Whether a file of the powers of tau is what it says: the transcript of a ceremony.

Of every contribution: its points are in their groups; it proves the knowledge of its tau, alpha and
beta, to the challenge that the one before it left; and by these the powers' first points rose. A
beacon's come from its value. So none can be left out, doubled, exchanged or moved.

Of the powers: each is tau times the one before, from the points of the last contribution on; their
hash is the challenge that it left. Of a prepared file: the Lagrange bases are those of the powers.

At least one contribution that is no beacon must have multiplied tau, alpha and beta by more than a
small number each, which no later one takes back. Whether its contributor kept them, the file cannot
tell; nor does it tell who contributed: a history that one person made up verifies too. Who took
part compares the hash of their contribution with the one in the file.

Of a truncated file the last hash cannot be checked, as it is over points that are gone.

Source: Bowe, Gabizon, Miers, eprint 2017/1050, sections 4 and 5.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.prover.ceremony.generators import beacon_generator, refuse_endless_beacons
from zkpipe.prover.ceremony.phase1.challenge import first_challenge, generator_words
from zkpipe.prover.ceremony.phase1.drawn import proofs_of
from zkpipe.prover.ceremony.phase1.lagrange import check_lagrange
from zkpipe.prover.ceremony.phase1.sections import (
    UNTRUSTED,
    at_point,
    check_in_group,
    check_steps,
)
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.progress import HASHES, Progress, Told
from zkpipe.prover.ceremony.proofs_of_knowledge import (
    KINDS,
    knowledge_problem,
    personal_point,
    same_ratio,
)
from zkpipe.prover.ceremony.ptau_file import (
    ALPHA_TAU_G1,
    BETA_G2,
    BETA_TAU_G1,
    LAGRANGE,
    POWERS,
    TAU_G1,
    TAU_G2,
    PtauFile,
    point_count,
    read_ptau,
)
from zkpipe.prover.ceremony.records import Beacon, Record, Standing
from zkpipe.prover.ceremony.room import room
from zkpipe.prover.contributions import has_secret
from zkpipe.prover.errors import CeremonyError

_STARTS = {  # of each section: its first points, by the names of Powers; None is the generator
    TAU_G1: (None, "tau_g1"),
    TAU_G2: (None, "tau_g2"),
    ALPHA_TAU_G1: ("alpha_g1",),
    BETA_TAU_G1: ("beta_g1",),
    BETA_G2: ("beta_g2",),
}


@dataclass(frozen=True, slots=True)
class ListedContribution:
    """One contribution of a transcript.

    beacon         None for a contribution of a person
    response_hash  64 bytes: what its maker published
    """

    number: int
    name: str
    beacon: Beacon | None
    response_hash: bytes

    @property
    def is_beacon(self) -> bool:
        """Whether everybody can compute its secrets."""
        return self.beacon is not None


@dataclass(frozen=True, slots=True)
class VerifiedPtau:
    """What a verified file is.

    truncated  the last contribution's hash could not be compared with the powers
    prepared   the Lagrange bases are there, and hold
    """

    path: Path
    power: int
    ceremony_power: int
    contributions: tuple[ListedContribution, ...]
    truncated: bool
    prepared: bool


def verify_ptau(
    path: str | Path, told: Told | None = None, max_memory: int | str | None = None
) -> VerifiedPtau:
    """Verify a .ptau file.

    told        is told how many points, and thousands of a beacon's hashes, are done, and of how
                many
    max_memory  bytes, or a text such as "1.5G", that it may take; None for half of the machine's
                memory. With less than 192 bytes a point of the largest basis it takes longer, and
                does not find which point of a basis is wrong.

    Raises CeremonyError, which names the contribution or the section and the point; FormatError,
    FileError; RangeError for beacons of more than 2^40 hashes. Beacons come last.
    """
    return verify_opened(read_ptau(path), told, max_memory)


def verify_opened(
    file: PtauFile, told: Told | None = None, max_memory: int | str | None = None
) -> VerifiedPtau:
    """The same for a file that is open: what is verified is what was opened. Raises the same."""
    there = room("verify_ptau", max_memory)
    path = file.file.file.path
    if not file.records:
        raise CeremonyError(
            f"Nobody has contributed to {path}: its tau is 1, and anyone can forge proofs under "
            "keys made from it.",
            "Contribute to it: `zkpipe ptau contribute IN.ptau OUT.ptau`.",
        )
    lagrange = tuple(LAGRANGE) if file.prepared else ()
    total = sum(point_count(section, file.power) for section in (*POWERS, *lagrange))
    exponents = [record.beacon.exponent for record in file.records if record.beacon is not None]
    refuse_endless_beacons(exponents)
    progress = Progress(total + sum(1 << exponent for exponent in exponents) // HASHES, told)
    standings = _check_chain(file)
    _check_secrets(file.records)
    _check_powers(file, standings[-1], progress)
    for section in lagrange:
        check_lagrange(file, section, progress, there)
    for number, record in enumerate(file.records, 1):
        _check_beacon(record, number, standings[number - 1].challenge, progress)
    file.file.file.check_untouched()
    return VerifiedPtau(
        file.path,
        file.power,
        file.ceremony_power,
        contributions_of(file.records),
        file.truncated,
        file.prepared,
    )


def contributions_of(records: tuple[Record, ...]) -> tuple[ListedContribution, ...]:
    """Who contributed, as the records say it: nothing is verified."""
    return tuple(
        ListedContribution(number, record.name, record.beacon, record.response_hash())
        for number, record in enumerate(records, 1)
    )


# --- contributions


def _check_chain(file: PtauFile) -> list[Standing]:
    """Check each contribution against the one before; where the ceremony stood, from the first."""
    standings = [Standing.at_first(first_challenge(file.ceremony_power))]
    for number, record in enumerate(file.records, 1):
        _check_record(record, number, standings[-1])
        standings.append(Standing.after(record))
    return standings


def _check_record(record: Record, number: int, before: Standing) -> None:
    """Check that a contribution follows on another."""
    new, old = record.powers, before.powers
    g1 = {"tau": new.tau_g1, "alpha": new.alpha_g1, "beta": new.beta_g1}
    g2 = {"tau": new.tau_g2, "beta": new.beta_g2}
    for group, points in (("G1", g1), ("G2", g2)):
        for name, point in points.items():
            problem = _point_problem(point)
            if problem:
                raise _at(number, f"{name} in {group} after it {problem}")
    for kind, (name, proof) in enumerate(zip(KINDS, record.proofs, strict=True)):
        sp = personal_point(kind, before.challenge, proof.g1_s, proof.g1_sx)
        problem = knowledge_problem(proof, sp)
        if problem:
            raise _at(number, f"its proof that {name} is known does not hold: {problem}")
        if not same_ratio(getattr(old, f"{name}_g1"), g1[name], sp, proof.g2_spx):
            raise _at(number, f"{name} in G1 after it does not follow on the one before")
        if name in g2 and not same_ratio(
            proof.g1_s, proof.g1_sx, getattr(old, f"{name}_g2"), g2[name]
        ):
            raise _at(number, f"{name} in G2 after it does not follow on the one before")


def _point_problem(point: Words) -> str | None:
    if not point.any():
        return "is infinity"
    row = point.reshape(1, -1)
    if len(point) == 8:
        return None if g1_on_curve(row)[0] else "is not on the curve"
    if not g2_on_curve(row)[0]:
        return "is not on the curve"
    return None if g2_in_subgroup(row)[0] else "is on the curve but not in G2"


def _at(number: int, problem: str) -> CeremonyError:
    return CeremonyError(f"Contribution {number}: {problem}.", UNTRUSTED, contribution=number)


def _check_secrets(records: tuple[Record, ...]) -> None:
    """Check that tau, alpha and beta are each more than what beacons and small factors make."""
    for name in KINDS:
        steps = [
            (getattr(record.powers, f"{name}_g1"), record.beacon is not None) for record in records
        ]
        if not has_secret(steps, BN254):
            raise CeremonyError(
                f"The contributions are beacons or do not change {name}: it can be computed, and "
                "anyone can forge proofs under keys made from this file.",
                "Contribute to the ceremony before its beacon: `zkpipe ptau contribute`.",
            )


def _check_beacon(record: Record, number: int, challenge: bytes, progress: Progress) -> None:
    """Check that a beacon's secrets come from its value."""
    if record.beacon is None:
        return
    beacon = record.beacon
    generator = beacon_generator(beacon.value, beacon.exponent, progress.hashing())
    for name, proof, due in zip(KINDS, record.proofs, proofs_of(generator, challenge), strict=True):
        if not proof.equals(due):
            raise _at(number, f"its {name} does not come from its beacon")


# --- powers


def _check_powers(file: PtauFile, last: Standing, progress: Progress) -> None:
    """Check all powers, and that their hash is the challenge of the last contribution."""
    hash_ = hashlib.blake2b(last.response_hash)

    def take(points: Words) -> None:
        hash_.update(uncompressed(points).data)
        progress.add(len(points))

    for section in POWERS:
        _check_starts(file, section, last)
        if section == BETA_G2:
            take(file.points(section, 0, 1))
        else:
            check_steps(file, section, last.powers, take)
    if not file.truncated and hash_.digest() != last.challenge:
        raise _at(
            len(file.records),
            "the hash of the powers after it is not the challenge in its record",
        )


def _check_starts(file: PtauFile, section: int, last: Standing) -> None:
    names = _STARTS[section]
    points = file.points(section, 0, len(names))
    check_in_group(points, section, 0)
    for index, name in enumerate(names):
        due = generator_words(section) if name is None else getattr(last.powers, name)
        if not np.array_equal(points[index], due):
            said = "the generator" if name is None else "the one in the last contribution"
            raise at_point(section, index, f"is not {said}")
