"""Advice: what the tape fills in that no row computes, and witnesses made by a prover who lies.

Every operation but SOLVE is advice: bits, inverses, quotients and the results of hints are values
that the rows must pin down, for a prover may answer as he likes. Where he lies and computes the
rest honestly from there, the rows alone can refuse his witness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, from_montgomery
from zkpipe.circuits.errors import UnsatisfiedError
from zkpipe.circuits.language.plain.hint_call import HintCall
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.program import Program
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.record import OF_TWO, Operation
from zkpipe.circuits.solve.prepared import PreparedTape
from zkpipe.circuits.solve.solver import program_of
from zkpipe.circuits.solve.tape_run import TapeRun


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice: operations of the tape that follow each other and answer one question.

    steps      first operation and the one after the last
    wires      that it fills in
    bits       BITS: the place of each wire's bit
    hint       HINT: the call
    """

    operation: Operation
    steps: tuple[int, int]
    wires: tuple[int, ...]
    bits: tuple[int, ...] = ()
    hint: HintCall | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a piece of advice answers in one run.

    operands  canonical values that it reads: one for bits and inverses, two for quotients, a
              hint's arguments
    honest    the answer of an honest prover, canonical; zeros for a hint that has none
    """

    advice: Advice
    operands: tuple[int, ...]
    honest: tuple[int, ...]


def questions(
    tape: PreparedTape,
    inputs: Sequence[int],
    answers: Mapping[Advice, Sequence[int]] | None = None,
    wires: Set[int] | None = None,
) -> list[Question]:
    """All advice of a compiled system in the order of its tape, as it is asked in a run.

    inputs   of the scalars in the order of parameters, integers as their residues; of no type
    answers  other values for some advice, as for `forged`; later questions may differ by them
    wires    only advice that fills in one of them is asked; None: all

    Cost: a run, and Python for each piece of advice.
    """
    run = TapeRun(tape, list(inputs))
    asked = []
    for advice in _advice_of(tape.program):
        is_asked = wires is None or not wires.isdisjoint(advice.wires)
        if is_asked or (answers is not None and advice in answers):
            _run_until(run, advice.steps[1])
        if is_asked:
            asked.append(_question(run, advice))
        if answers is not None and advice in answers:
            run.fill(list(advice.wires), list(answers[advice]))
    return asked


def wires_behind(system: R1CS, rows: Iterable[int]) -> set[int]:
    """The wires that stand in rows, and those from which the tape computes them.

    Raises InputError for a system that was read from a file.

    Cost: Python for each wire that is found.
    """
    program = program_of(system)
    matrices = (system.a, system.b, system.c)
    step_of: dict[int, int] = {}
    for step, (operation, source, wire, count, _) in enumerate(program.tape.tolist()):
        hinted = program.hints[source].wires if operation == Operation.HINT else ()
        step_of.update(dict.fromkeys(hinted or range(wire, wire + count), step))

    def of(rows: SparseMatrix, first: int, count: int = 1) -> list[int]:
        found: list[int] = rows.wires[rows.starts[first] : rows.starts[first + count]].tolist()
        return found

    waiting = [wire for row in rows for matrix in matrices for wire in of(matrix, row)]
    found: set[int] = set()
    while waiting:
        wire = waiting.pop()
        if wire in found:
            continue
        found.add(wire)
        if wire not in step_of:
            continue
        operation, source, _, _, _ = program.tape[step_of[wire]].tolist()
        if operation == Operation.SOLVE:
            waiting += [w for matrix in matrices for w in of(matrix, source)]
        elif operation == Operation.HINT:
            use = program.hints[source]
            waiting += of(program.combinations, use.first, len(use.call.bounds))
        else:
            waiting += of(program.combinations, source, 1 + (operation in OF_TWO))
    return found


def computed_by(system: R1CS, row: int) -> Advice | None:
    """What a row computes, as if it were advice, which it is once the row is gone; else None."""
    tape = program_of(system).tape
    steps = np.flatnonzero((tape[:, 0] == Operation.SOLVE) & (tape[:, 1] == row))
    if not len(steps):
        return None
    step = int(steps[0])
    return Advice(Operation.SOLVE, (step, step + 1), (int(tape[step, 2]),))


def forged(
    tape: PreparedTape, inputs: Sequence[int], answers: Mapping[Advice, Sequence[int]]
) -> Words:
    """The values of a prover who answers some advice as he likes, and all else honestly from there.

    inputs   as for `questions`
    answers  a value for each wire of the advice, integers as their residues
    result   (n, 4) uint64   Montgomery; no row is checked

    A hint that has no answer to the lie leaves zeros.
    """
    run = TapeRun(tape, list(inputs))
    for advice in sorted(answers, key=lambda advice: advice.steps):
        _run_until(run, advice.steps[1])
        run.fill(list(advice.wires), list(answers[advice]))
    _run_until(run, len(tape.program.tape))
    return run.values


def _advice_of(program: Program) -> list[Advice]:
    tape = program.tape
    found: list[Advice] = []
    source_before = (-1, -1, -1)
    for step in np.flatnonzero(tape[:, 0] != Operation.SOLVE).tolist():
        number, source, wire, count, skip = tape[step].tolist()
        operation = Operation(number)
        if operation is Operation.HINT:
            use = program.hints[source]
            found.append(Advice(operation, (step, step + 1), use.wires, (), use.call))
        else:
            wires = tuple(range(wire, wire + count))
            bits = tuple(range(skip, skip + count)) if operation is Operation.BITS else ()
            if source_before == (number, source, step):  # bits of one value, some of them outputs
                last = found.pop()
                wires, bits, first = last.wires + wires, last.bits + bits, last.steps[0]
            else:
                first = step
            found.append(Advice(operation, (first, step + 1), wires, bits))
        source_before = (number, source, step + 1)
    return found


def _run_until(run: TapeRun, stop: int) -> None:
    while run.step < stop:
        try:
            run.until(stop)
        except UnsatisfiedError:  # a liar does not ask the hint
            run.step += 1


def _question(run: TapeRun, advice: Advice) -> Question:
    program = run.program
    source = int(program.tape[advice.steps[0], 1])
    first, count = source, 2 if advice.operation in OF_TWO else 1
    if advice.hint is not None:
        first, count = program.hints[source].first, len(advice.hint.bounds)
    honest = from_montgomery(run.values[list(advice.wires)], R)
    return Question(advice, tuple(run.combinations(first, count)), tuple(honest))
