"""The contributions of a key as a chain of hashes, and whether each proves what it did.

    transcript   BLAKE2b of the circuit's hash, of the points and the transcript of each earlier
                 contribution, and of this one's s and s x
    hash         of a contribution: BLAKE2b of its delta, s, s x, sp x and its transcript; what
                 contributors publish

sp is a point of G2 that is a hash of the transcript, so a proof of knowledge is of use in its own
place only. With x the contributor's secret, e(s, sp x) = e(s x, sp), and x is the quotient of delta
after and before: e(before, sp x) = e(after, sp).

Source: Bowe, Gabizon, Miers, eprint 2017/1050; iden3/snarkjs, zkey_verify_frominit.js.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.prover.ceremony.chacha import hash_to_g2
from zkpipe.prover.ceremony.generators import (
    LEAST_EXPONENT,
    MOST_EXPONENT,
    beacon_generator,
    refuse_endless_beacons,
)
from zkpipe.prover.ceremony.points.as_bytes import uncompressed
from zkpipe.prover.ceremony.progress import Progress
from zkpipe.prover.ceremony.proofs_of_knowledge import (
    ProofOfKnowledge,
    knowledge_problem,
    proof_for,
    same_ratio,
)
from zkpipe.prover.contributions import Contribution
from zkpipe.prover.errors import CeremonyError

FIX = "Take the key from the last contributor whose step holds, and go on from there."


def first_delta() -> Words:
    """Delta before any contribution, (8,) words: the generator of G1."""
    return to_montgomery(BN254.g1_generator, BN254.p).reshape(8)


def contribution_hash(step: Contribution) -> bytes:
    """What its contributor publishes, and its part of later transcripts; 64 bytes."""
    return hashlib.blake2b(_public_part(step)).digest()


def transcript_of(
    circuit_hash: bytes, earlier: Sequence[Contribution], g1_s: Words, g1_sx: Words
) -> bytes:
    """The transcript of a contribution behind the earlier ones, from its s and s x; 64 bytes."""
    chain = hashlib.blake2b(circuit_hash)
    for step in earlier:
        chain.update(_public_part(step))
    return _transcript_behind(chain, g1_s, g1_sx)


def _transcript_behind(chain: hashlib.blake2b, g1_s: Words, g1_sx: Words) -> bytes:
    """The same, where the chain has taken the circuit's hash and the earlier ones."""
    mine = chain.copy()
    mine.update(_bytes(g1_s, g1_sx))
    return mine.digest()


def check_steps(circuit_hash: bytes, steps: Sequence[Contribution]) -> list[bytes]:
    """Check every contribution, and give their hashes. Beacons are then to be computed.

    Raises CeremonyError, which names the first that does not hold by its number, from 1 on;
    RangeError for beacons of more than 2^40 hashes. Cost: four pairings each, 4 ms.
    """
    before, chain = first_delta(), hashlib.blake2b(circuit_hash)
    for number, step in enumerate(steps, 1):
        problem = _problem(chain, before, step)
        if problem is not None:
            raise _wrong(number, step, problem)
        before = step.delta
        chain.update(_public_part(step))
    refuse_endless_beacons(exponents_of(steps))
    return [contribution_hash(step) for step in steps]


def exponents_of(steps: Sequence[Contribution]) -> list[int]:
    """Of the beacons among contributions."""
    return [step.exponent for step in steps if step.exponent is not None]


def check_beacons(steps: Sequence[Contribution], progress: Progress) -> None:
    """Check that beacons among contributions that hold come from their values.

    Raises CeremonyError. Cost: 2^exponent hashes each.
    """
    for number, step in enumerate(steps, 1):
        problem = _beacon_problem(step, progress)
        if problem is not None:
            raise _wrong(number, step, problem)


def _beacon_problem(step: Contribution, progress: Progress) -> str | None:
    if step.exponent is None or step.value is None:
        return None
    generator = beacon_generator(step.value, step.exponent, progress.hashing())
    g2_sp = hash_to_g2(step.transcript)
    expected = proof_for(generator.scalar(), generator, lambda *_: g2_sp)
    if not expected.equals(ProofOfKnowledge(step.g1_s, step.g1_sx, step.g2_spx)):
        return "its points are not those that follow from its beacon"
    return None


def _wrong(number: int, step: Contribution, problem: str) -> CeremonyError:
    return CeremonyError(
        f"Contribution {number}{_of(step)} does not hold: {problem}.", FIX, contribution=number
    )


def _problem(chain: hashlib.blake2b, before: Words, step: Contribution) -> str | None:
    if step.transcript != _transcript_behind(chain, step.g1_s, step.g1_sx):
        return "its transcript is not the hash of what came before it"
    g2_sp = hash_to_g2(step.transcript)
    proof = ProofOfKnowledge(step.g1_s, step.g1_sx, step.g2_spx)
    problem = knowledge_problem(proof, g2_sp)
    if problem is not None:
        return f"it proves no knowledge of its secret ({problem})"
    if not same_ratio(before, step.delta, g2_sp, step.g2_spx):
        return "delta after it is not delta before it times its secret"
    if step.exponent is not None and not (
        step.value and LEAST_EXPONENT <= step.exponent <= MOST_EXPONENT
    ):
        return "its value or its exponent is not one of a beacon"
    return None


def _of(step: Contribution) -> str:
    return f" ({step.name})" if step.name else ""


def _public_part(step: Contribution) -> bytes:
    return _bytes(step.delta, step.g1_s, step.g1_sx, step.g2_spx) + step.transcript


def _bytes(*points: Words) -> bytes:
    return b"".join(np.asarray(uncompressed(point)).tobytes() for point in points)
