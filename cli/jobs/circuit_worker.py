"""A child process that does the steps of a circuit: `python -m zkpipe.cli.jobs.circuit_worker`.

Its words are a circuit, as a source of cli.authors.solving_source gives it in JSON, and INPUT.json.
Each request (jobs.workers.child) names a step, and is answered with the seconds that it took:

    compile  the author's file is run, the circuit compiled and proved to be determined
    solve    the witness for the values in INPUT.json, which are read before
    verify   the proof in `files`: a verifying key, public values, a proof, which are read before

What a step needs of those before it is done once, and not counted.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from zkpipe.benchmarks.errors import CrossCheckError
from zkpipe.circuits.circom.calculator import WitnessCalculator
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.cli.authors.circuit_file import solve_quietly
from zkpipe.cli.authors.solving import load_calculator
from zkpipe.cli.authors.solving_source import ProgramSource, SolvingSource, source_from_json
from zkpipe.cli.files.input_file import arguments, input_count, load_inputs
from zkpipe.jobs.workers.child import serve
from zkpipe.prover import Proof, VerifyingKey, load_public, verify


class Steps:
    """The steps of one circuit.

    described  the circuit, as a source's `as_json` gives it
    values     INPUT.json
    """

    def __init__(self, described: Mapping[str, Any], values: Path) -> None:
        self._source, self._values = source_from_json(described), values

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Do a step. Raises what it raises."""
        work = getattr(self, f"_{request['step']}")(request)
        started = time.perf_counter()
        found = work()
        seconds = time.perf_counter() - started
        if found is False:
            raise CrossCheckError(
                "A correct proof was refused.", "This is a fault of zkpipe. Please report it."
            )
        return {"seconds": seconds}

    @cached_property
    def _system(self) -> ConstraintSystem:
        assert isinstance(self._source, SolvingSource)  # noqa: S101 # who asks knows
        return self._source.compile()

    @cached_property
    def _calculator(self) -> WitnessCalculator:
        assert isinstance(self._source, ProgramSource)  # noqa: S101 # the same
        return load_calculator(self._source.circuit.path, self._source.seconds)

    def _compile(self, _request: Mapping[str, Any]) -> Callable[[], object]:
        assert isinstance(self._source, SolvingSource)  # noqa: S101 # the same
        return self._source.compile

    def _solve(self, _request: Mapping[str, Any]) -> Callable[[], object]:
        if isinstance(self._source, ProgramSource):
            calculator = self._calculator
            inputs = load_inputs(self._values, calculator.input_count)
            return lambda: calculator.solve_signals(calculator.bound(inputs))
        system, circuit = self._system, self._source.circuit
        inputs = load_inputs(self._values, input_count(system))
        return lambda: solve_quietly(circuit, system, arguments(system, inputs))

    def _verify(self, request: Mapping[str, Any]) -> Callable[[], object]:
        key, public, proof = request["files"]
        parts = VerifyingKey.load(key), Proof.load(proof), load_public(public)
        return lambda: verify(*parts)


def main() -> None:
    """Answer until there are no more requests."""
    described, values = sys.argv[1:]
    serve(Steps(json.loads(described), Path(values)).answer)


if __name__ == "__main__":
    main()
