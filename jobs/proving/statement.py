"""A circuit and a key, for many proofs: inputs in, outcomes out.

One row's fault is that row's alone. Every proof is verified by `prove_batch` before it is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from zkpipe.circuits.errors import CalculatorError, InputError, UnsatisfiedError
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import ZkpipeError
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.outcome import Cause, Failed, Outcome, Proved
from zkpipe.jobs.proving.solver import Solver
from zkpipe.prover.errors import WitnessError
from zkpipe.prover.formats.snarkjs_json import proof_json
from zkpipe.prover.groth16.matching import refuse_another_circuit
from zkpipe.prover.groth16.prove import prove, prove_batch
from zkpipe.prover.proof import Proof
from zkpipe.prover.proving_key import ProvingKey

MOST_BYTES = 1 << 28  # of witnesses at a time: 2048 of 2^12 wires, 32 of 2^18


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A circuit that can be solved, and a key of it.

    Raises JobError if the key is not the circuit's, as far as that is known (groth16.matching).
    """

    solver: Solver
    key: ProvingKey

    def __post_init__(self) -> None:
        wires, public = self.solver.wire_count, self.solver.public_count
        if wires != self.key.wire_count or public not in (None, self.key.public_count):
            raise JobError(
                f"The key is not of the circuit {self.solver.name}: it has {self.key.wire_count} "
                f"wires and {self.key.public_count} public values, the circuit {wires} wires"
                f"{'' if public is None else f' and {public} public values'}.",
                "Give the key that was set up from this circuit. If the circuit was changed after "
                "the setup, run the setup again.",
            )
        try:
            refuse_another_circuit(self.key, self.solver.system, "This work")
        except WitnessError as error:
            raise JobError(error.problem, error.fix) from None

    def flat(self, inputs: Mapping[str, object]) -> list[int]:
        """The inputs as numbers below r, for `prove`. Raises InputError."""
        return self.solver.flat(inputs)

    def prove(self, rows: Sequence[Sequence[int]], *, explained: bool = False) -> list[Outcome]:
        """An outcome for each row of flat inputs, in order.

        explained  failures may show private values in their explanation

        Rows are solved and proved in pieces whose witnesses take up to 256 MiB, or one at a time
        where one takes more. In lanes `solve_many` takes up to 320 MiB beside them: 320 bytes a
        wire for eight rows.
        """
        most = max(1, MOST_BYTES // (32 * self.solver.wire_count))
        return [
            outcome
            for begin in range(0, len(rows), most)
            for outcome in self._piece(rows[begin : begin + most], explained)
        ]

    def _piece(self, rows: Sequence[Sequence[int]], explained: bool) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        witnesses: dict[int, Witness] = {}
        solved = self._solved(rows)
        if solved is None:
            if len(rows) == 1:
                return [Failed.for_want_of_memory()]
            return [outcome for row in rows for outcome in self._piece([row], explained)]
        for number, found in enumerate(solved):
            if isinstance(found, Witness):
                witnesses[number] = found
            else:
                outcomes[number] = Failed.of(found, _cause(found), explained=explained)
        outcomes.update(zip(witnesses, self._proved(list(witnesses.values())), strict=True))
        return [outcomes[number] for number in range(len(rows))]

    def _solved(self, rows: Sequence[Sequence[int]]) -> list[Witness | ZkpipeError] | None:
        """As the solver's; None where it has too little memory."""
        with suppress(MemoryError):
            return self.solver.solve(rows)
        return None

    def prove_witness(self, witness: Witness) -> Outcome:
        """The outcome for a witness that was solved elsewhere."""
        try:
            return self._outcome(witness, prove(self.key, witness))
        except WitnessError as error:  # whoever gave it is told
            return Failed.of(error, Cause.INPUTS)
        except (ZkpipeError, MemoryError) as error:
            return self._failed(error)

    def _proved(self, witnesses: list[Witness]) -> list[Outcome]:
        proofs: list[Proof] | None = None
        try:
            proofs = prove_batch(self.key, witnesses)
        except (ZkpipeError, MemoryError) as error:
            if len(witnesses) == 1:
                return [self._failed(error)]
        if proofs is None:  # out of the handler, whose error holds what the batch has computed
            return [self._alone(witness) for witness in witnesses]
        pairs = zip(witnesses, proofs, strict=True)
        return [self._outcome(witness, proof) for witness, proof in pairs]

    def _alone(self, witness: Witness) -> Outcome:
        try:
            return self._outcome(witness, prove(self.key, witness))
        except (ZkpipeError, MemoryError) as error:
            return self._failed(error)

    def _outcome(self, witness: Witness, proof: Proof) -> Proved:
        shown = proof_json(proof.a, proof.b, proof.c, proof.curve)
        return Proved(shown, tuple(witness.public_for(self.key)))

    def _failed(self, error: ZkpipeError | MemoryError) -> Failed:
        if isinstance(error, MemoryError):
            return Failed.for_want_of_memory()
        if isinstance(error, WitnessError) and not self.solver.checks:
            return Failed.of(error, Cause.INPUTS)
        return Failed.of(error, _cause(error))


def _cause(error: ZkpipeError) -> Cause:
    is_of_row = isinstance(error, InputError | UnsatisfiedError | CalculatorError)
    return Cause.INPUTS if is_of_row else Cause.MACHINE
