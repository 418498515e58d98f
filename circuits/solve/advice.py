"""Advice: what the tape fills in that no row computes, and witnesses made by a prover who lies.

Every operation but SOLVE is advice: bits, inverses, quotients and the results of hints are values
that the rows must pin down, for a prover may answer as he likes. `forged` answers some of them
otherwise and computes all else honestly from there, so that the rows alone can refuse the witness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accel.bn254 import R
from accel.limbs import Words, from_montgomery
from circuits.compile.record import Operation
from circuits.errors import UnsatisfiedError
from circuits.language.hints import HintCall
from circuits.solve.program import Program
from circuits.solve.solver import program_of
from circuits.solve.tape_run import TapeRun
from circuits.system import ConstraintSystem


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


Liar = Callable[[Question], Sequence[int]]


def advice_of(system: ConstraintSystem) -> list[Advice]:
    """All advice of a compiled system, in the order of its tape. Raises InputError for a loaded one.

    Cost: of the operations that are no SOLVE, in Python.
    """
    program = program_of(system)
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


def forged(system: ConstraintSystem, inputs: Sequence[int], liars: Mapping[Advice, Liar]) -> Words:
    """The values of a prover who lies about some advice and takes any inputs.

    inputs  of the scalars in the order of parameters, integers as their residues; of no type
    result  (n, 4) uint64   Montgomery; nothing is checked

    A hint of a later step that has no answer to the lie leaves zeros.

    Raises InputError for a system that was read from a file.
    """
    program = program_of(system)
    run = TapeRun(system, program, list(inputs))
    for advice, liar in sorted(liars.items(), key=lambda pair: pair[0].steps):
        _run_until(run, advice.steps[1])
        run.fill(list(advice.wires), list(liar(_question(run, program, advice))))
    _run_until(run, len(program.tape))
    return run.values


def _run_until(run: TapeRun, stop: int) -> None:
    while run.step < stop:
        try:
            run.until(stop)
        except UnsatisfiedError:  # a liar does not ask the hint
            run.step += 1


def _question(run: TapeRun, program: Program, advice: Advice) -> Question:
    source = int(program.tape[advice.steps[0], 1])
    first, count = source, 2 if advice.operation is Operation.QUOTIENT else 1
    if advice.hint is not None:
        first, count = program.hints[source].first, len(advice.hint.bounds)
    honest = from_montgomery(run.values[list(advice.wires)], R)
    return Question(advice, tuple(run.combinations(first, count)), tuple(honest))
