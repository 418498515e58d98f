"""A user's circuit for `bench run`: the files that belong to it, its witness, its measures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.cli.authors.circuit_name import CircuitName
from zkpipe.cli.authors.solving import solve
from zkpipe.cli.console.progress import progress
from zkpipe.cli.files.file_kind import Kind, expect

if TYPE_CHECKING:
    from zkpipe.benchmarks import Plan, Results

WORKER = "zkpipe.cli.jobs.circuit_worker"


@dataclass(frozen=True, slots=True)
class OwnSources:
    """Where a circuit's constraints, its witnesses and its key come from.

    constraints  that a key is made for; None if `key` is given and they are not here
    solver       a circuit in Python, or a .wasm
    """

    constraints: CircuitName | None
    solver: CircuitName
    key: Path | None

    @property
    def inputs(self) -> list[Path]:
        """The files that are read."""
        found = [self.solver.path, *([self.constraints.path] if self.constraints else [])]
        return [*found, *([self.key] if self.key else [])]


def own_sources(circuit: CircuitName, wasm: Path | None, key: Path | None) -> OwnSources:
    """What belongs to a circuit. Of circom's the .r1cs and the .wasm are found by each other.

    Raises FormatError if the one or the other is needed and not there, or a .wasm is given for a
    circuit that needs none.
    """
    from zkpipe.ground.errors import FormatError

    if key is not None:
        expect((key, Kind.PROVING_KEY))
    if not circuit.is_compiled:
        if wasm is not None:
            raise FormatError(
                f"--wasm is given beside {circuit}, which needs no other program to be solved.",
                "Leave --wasm out, or give the C.r1cs that circom wrote with it as CIRCUIT.",
            )
        if not circuit.is_program:
            return OwnSources(circuit, circuit, key)
        path = circuit.path
        beside = (path.with_suffix(".r1cs"), path.parent.parent / f"{path.stem}.r1cs")
        found = next((place for place in beside if place.is_file()), None)
        if found is None and key is None:
            raise FormatError(
                f"{path} does not have the constraints that a key is made for, and neither "
                f"{beside[0]} nor {beside[1]} is there.",
                "Give the C.r1cs that circom wrote as CIRCUIT, with --wasm C.wasm; or a key with "
                "--key KEY.zkey.",
            )
        return OwnSources(None if found is None else CircuitName(found), circuit, key)
    path = circuit.path
    expect((path, Kind.R1CS))
    beside = (path.parent / f"{path.stem}_js" / f"{path.stem}.wasm", path.with_suffix(".wasm"))
    program = wasm or next((place for place in beside if place.is_file()), None)
    if program is None:
        raise FormatError(
            f"{path} does not say how to find a witness, and neither {beside[0]} nor {beside[1]} "
            "is there.",
            "Give the .wasm that circom wrote with it as --wasm C.wasm.",
        )
    return OwnSources(circuit, CircuitName(program), key)


def measure_own_circuit(
    sources: OwnSources, values: Path, plan: Plan, *, show_values: bool, seconds: float
) -> Results:
    """Solve the circuit here, so that what is wrong with it is said first; then measure it.

    show_values  whether errors may show private values
    seconds      that a .wasm may take

    Raises what `witness` and `setup` raise, and measure_own.
    """
    solved = solve(sources.solver, values, show_values=show_values, seconds=seconds)
    from zkpipe.benchmarks.own_circuit import OwnFiles, measure_own
    from zkpipe.cli.authors.solving_source import ProgramSource, source_of

    source = source_of(sources.solver)
    if isinstance(source, ProgramSource):
        source = ProgramSource(sources.solver, seconds)
    known = sources.constraints or sources.solver
    name = solved.system.name if solved.system else known.path.stem
    own = OwnFiles(
        name=name,
        shown=known.own or known.module or known.path.name,
        source=None if sources.constraints is None else _words(sources.constraints),
        solver=_words(sources.solver),
        compiled=sources.solver.is_program,
        inputs=values.absolute(),
        limit=seconds,
        key=None if sources.key is None else sources.key.absolute(),
        worker=WORKER,
        described=json.dumps(source.as_json()),
    )
    return measure_own(own, solved.witness, plan, progress)


def _words(circuit: CircuitName) -> str:
    """The circuit as commands in this folder take it."""
    place = circuit.own or circuit.module or str(circuit.path.absolute())
    return f"{place}:{circuit.name}" if circuit.name and not circuit.own else place
