"""A statement with a key and a proof, and keys whose toxic waste the test knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

import zkpipe.prover.groth16.setup as setting_up
from tests.oracles.qap import Waste
from tests.prover.groth16.statements import Statement, sum_of_powers
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, VerifyingKey, prove, setup


@dataclass(frozen=True)
class Proven:
    statement: Statement
    key: ProvingKey
    proof: Proof

    @property
    def verifying_key(self) -> VerifyingKey:
        return self.key.verifying_key

    @property
    def public(self) -> list[int]:
        return self.statement.public


@pytest.fixture(scope="session")
def proven() -> Proven:
    """A proof of sum_of_powers, which has two public values."""
    statement = sum_of_powers()
    key = setup(statement.system, DEVELOPMENT)
    return Proven(statement, key, prove(key, statement.witness))


@pytest.fixture
def setup_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[Statement, Waste], ProvingKey]:
    """Setup with toxic waste that the test chose instead of drawn."""

    def setup_with(statement: Statement, waste: Waste) -> ProvingKey:
        known = setting_up.ToxicWaste(waste.tau, waste.alpha, waste.beta, waste.delta)
        with monkeypatch.context() as patch:
            patch.setattr(setting_up, "_draw", lambda _size, _order: known)
            return setup(statement.system, DEVELOPMENT)

    return setup_with
