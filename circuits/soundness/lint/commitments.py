"""Hashes that anyone can open by trying: digests of private values of few bits and no salt.

The digest of a salary alone, a 32-bit number, tells the salary to whoever hashes all of them. Each
call of the library's Poseidon in a compiled circuit is looked at: the inputs that it depends on,
and how many bits they have together. A salt is an input with room enough.

Source: the hiding property of commitments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from zkpipe.circuits.language.values.types import FieldType, leaf_paths
from zkpipe.circuits.r1cs.program import Program
from zkpipe.circuits.r1cs.record import Call, Operation
from zkpipe.circuits.solve.explain import wires_read_by
from zkpipe.circuits.soundness.lint.findings import Finding, Severity
from zkpipe.circuits.system import ConstraintSystem

HASHES = ("poseidon",)
GUESSED_BITS = 80  # that nobody tries all of
MOST_STEPS = 300_000  # of a tape that is followed in Python
MOST_INPUTS = 64  # that one digest depends on; more have room enough


def guessable_digests(system: ConstraintSystem, names: Mapping[int, str]) -> Iterator[Finding]:
    """Findings on digests of private inputs with few bits; none for a system from a file.

    names  of the outputs and inputs, by wire
    """
    program = system.program
    if program is None or len(program.tape) > MOST_STEPS:
        return
    calls = [call for call in program.calls if call.name in HASHES]
    if not calls:
        return
    sources = _Sources(system, program)
    bits = _bits_of_inputs(program)
    seen: set[frozenset[int]] = set()
    for call in calls:
        inputs = sources.of_rows(system, call)
        if inputs is None or inputs in seen:
            continue
        seen.add(inputs)
        private = [wire for wire in inputs if wire > system.public_count]
        room = sum(bits[wire] for wire in private)
        if private and room < GUESSED_BITS:
            listed = tuple(names[wire] for wire in sorted(private))
            alone = "alone, which has" if len(listed) == 1 else "alone, which together have"
            yield Finding(
                "guessable-digest",
                Severity.WARNING,
                f"A hash depends on {', '.join(f'`{name}`' for name in listed)} {alone} "
                f"{room} bits: whoever sees it can try all values.",
                "Hash a salt with them: a Private[Field] drawn at random.",
                listed,
                None if call.place is None else call.place.source(),
            )


def _bits_of_inputs(program: Program) -> dict[int, int]:
    leaves = [leaf for p in program.parameters for leaf in leaf_paths(p.type, p.name)]
    return {
        wire: 254 if isinstance(type_, FieldType) else (type_.high - type_.low).bit_length()
        for wire, (_, type_) in zip(program.input_wires.tolist(), leaves, strict=True)
    }


class _Sources:
    """The inputs that each wire is computed from, None where they are many."""

    def __init__(self, system: ConstraintSystem, program: Program) -> None:
        self._of: dict[int, frozenset[int] | None] = {0: frozenset()}
        self._of.update((wire, frozenset([wire])) for wire in program.input_wires.tolist())
        for step in range(len(program.tape)):
            filled = _filled_by(program, step)
            sources = self._joined(wires_read_by(system, program, step) - filled)
            self._of.update((wire, sources) for wire in filled)

    def _joined(self, wires: set[int]) -> frozenset[int] | None:
        found: set[int] = set()
        for wire in wires:
            sources = self._of.get(wire, frozenset())
            if sources is None or len(found) > MOST_INPUTS:
                return None
            found |= sources
        return frozenset(found)

    def of_rows(self, system: ConstraintSystem, call: Call) -> frozenset[int] | None:
        """The inputs that the rows of a call depend on."""
        wires: set[int] = set()
        for matrix in (system.a, system.b):
            span = matrix.starts[[call.first_row, call.last_row]]
            wires.update(np.unique(matrix.wires[span[0] : span[1]]).tolist())
        return self._joined(wires)


def _filled_by(program: Program, step: int) -> set[int]:
    operation, source, wire, count, _ = program.tape[step].tolist()
    if operation == Operation.HINT:
        return set(program.hints[source].wires)
    return set(range(wire, wire + count))
