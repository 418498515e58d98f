"""The secrets of a contribution to the powers of tau, as a generator gives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.prover.ceremony.chacha import ChaCha
from zkpipe.prover.ceremony.proofs_of_knowledge import (
    ALPHA,
    BETA,
    TAU,
    ProofOfKnowledge,
    personal_point,
    proof_for,
)
from zkpipe.prover.ceremony.ptau_file import ALPHA_TAU_G1, BETA_G2, BETA_TAU_G1
from zkpipe.prover.ceremony.secret_memory import erase

Proofs = tuple[ProofOfKnowledge, ProofOfKnowledge, ProofOfKnowledge]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Secrets:
    """x, a and b, (4,) words each, Montgomery; one is 1."""

    tau: Words
    alpha: Words
    beta: Words
    one: Words

    def first(self, section: int) -> Words:
        """By what the first point of a section is multiplied; the next one by tau more."""
        return {ALPHA_TAU_G1: self.alpha, BETA_TAU_G1: self.beta, BETA_G2: self.beta}.get(
            section, self.one
        )

    def proofs(self, generator: ChaCha, challenge: bytes) -> Proofs:
        """That they are known."""
        tau, alpha, beta = (
            proof_for(secret, generator, partial(personal_point, kind, challenge))
            for kind, secret in ((TAU, self.tau), (ALPHA, self.alpha), (BETA, self.beta))
        )
        return tau, alpha, beta


@contextmanager
def secrets_of(generator: ChaCha) -> Iterator[tuple[Secrets, ChaCha]]:
    """Secrets that a generator draws; they and its seed are overwritten when the block ends."""
    secrets = Secrets(
        generator.scalar(),
        generator.scalar(),
        generator.scalar(),
        to_montgomery([1], BN254.r)[0].copy(),
    )
    try:
        yield secrets, generator
    finally:
        erase(secrets.tau, secrets.alpha, secrets.beta)
        generator.erase()


def proofs_of(generator: ChaCha, challenge: bytes) -> Proofs:
    """The proofs of the contribution that a generator, of a beacon, makes."""
    with secrets_of(generator) as (secrets, _):
        return secrets.proofs(generator, challenge)
