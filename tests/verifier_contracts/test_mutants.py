"""S2: mutated proofs and public values, judged by Python and by the contract: of one mind.

The contract runs on a real node, many calls in one; 300 mutants in the suite, 100,000 in the long
form.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.long_form import IS_LONG
from tests.verifier_contracts.mutants import Mutant, Mutants, P, R
from tests.verifier_contracts.test_verifier import encode, selector_of
from zkpipe.ground.errors import ZkpipeError
from zkpipe.prover import Proof, VerifyingKey, verify
from zkpipe.verifier_contracts import compile_solidity, solidity_verifier

COUNT = 100_000 if IS_LONG else 300
STATEMENTS = [(R - 1, 0, 12345), (1, 2, 3), (0, 0, 0), (2**200, R - 2, 7)]
GAS = 400_000  # of a call: a pairing takes 181,000, and a point outside its group what it is given
AT_ONCE = 60  # calls, within the gas of a block


def python_accepts(key: VerifyingKey, words: tuple[int, ...]) -> bool:
    """What `verify` says; errors of ours are a no, all others end the test."""
    x1, x0, y1, y0 = words[2:6]
    try:
        proof = Proof((words[0], words[1]), ((x0, x1), (y0, y1)), (words[6], words[7]))
        return verify(key, proof, list(words[8:]))
    except ZkpipeError:
        return False


@pytest.fixture(scope="module")
def trapdoor(oracle):
    return oracle.trapdoor("three", 3)


@pytest.fixture(scope="module")
def contract_accepts(real, contracts, trapdoor):
    """What the contract says of many words: True, False, or None for a revert."""
    verifier = real.deploy(compile_solidity(solidity_verifier(trapdoor.key(), "V")), "V")
    jury, selector = real.deploy(contracts, "Jury"), selector_of(3)

    def judged(some: list[tuple[int, ...]]) -> list[bool | None]:
        calls = [encode(selector, list(words)) for words in some]
        verdicts = b"".join(
            jury.call(
                "judge", verifier.address, len(calls[0]), GAS, b"".join(calls[at : at + AT_ONCE])
            )
            for at in range(0, len(calls), AT_ONCE)
        )
        assert len(verdicts) == len(some)
        assert 3 not in verdicts
        return [{0: False, 1: True, 2: None}[verdict] for verdict in verdicts]

    return judged


def test_python_and_the_contract_take_right_proofs_and_no_mutant(trapdoor, contract_accepts):
    mutants = list(
        Mutants(trapdoor, STATEMENTS, seed=18, mauls=4 if not IS_LONG else 60).draw(COUNT)
    )
    key = trapdoor.key()
    python = [python_accepts(key, mutant.words) for mutant in mutants]
    contract = contract_accepts([mutant.words for mutant in mutants])

    def told(wrong: list[Mutant]) -> str:
        return "\n".join(f"{mutant.kind}: {[*map(hex, mutant.words)]}" for mutant in wrong[:5])

    for verdicts in (python, contract):
        wrong = [m for m, said in zip(mutants, verdicts, strict=True) if bool(said) != m.is_right]
        assert not wrong, told(wrong)
    right = Counter(mutant.kind for mutant in mutants if mutant.is_right)
    assert right["maul"] == sum(mutant.kind == "maul" for mutant in mutants) > 0
    if IS_LONG:
        kinds = Counter(mutant.kind for mutant in mutants)
        print(f"{len(mutants)} mutants, {kinds}; right: {right}; reverts: {contract.count(None)}")  # noqa: T201


def test_the_mutants_hold_every_kind_of_fault(trapdoor):
    """So that a check which nobody needs would be seen: each kind of refusal is met by some."""
    mutants = list(Mutants(trapdoor, STATEMENTS, seed=18, mauls=1).draw(300))
    met: Counter[str] = Counter()
    for mutant in mutants:
        words = mutant.words
        met["coordinate of p or more"] += any(word >= P for word in words[:8])
        met["value of r or more"] += any(word >= R for word in words[8:])
        in_range = all(word < P for word in words[:8]) and all(word < R for word in words[8:])
        on_curve = all((y * y - x**3 - 3) % P == 0 for x, y in (words[0:2], words[6:8]))
        met["off the curve"] += in_range and not on_curve
        met["left to the pairing"] += in_range and on_curve and not mutant.is_right
    assert min(met.values()) > 10, met
