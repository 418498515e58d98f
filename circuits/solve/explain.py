"""A row that fails, as the check in the user's text that it stands for.

The message names file, line, text and the check's own words; the two sides' values and the inputs
they depend on go into the error's fields, which only explain() prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, from_montgomery
from zkpipe.circuits.errors import Source, UnsatisfiedError
from zkpipe.circuits.language.text.syntax import zero_divisor
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.names import names_of
from zkpipe.circuits.r1cs.program import Program
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.record import OF_TWO, Operation, Origin

SMALL = 1 << 128  # a residue this close to r is shown as a negative number
MOST_WIRES = 20_000  # that a search for inputs looks at
MOST_INPUTS = 8
LONGEST_TEXT = 400  # of a row as an equation
_LABELS: tuple[str, ...] = ("left side", "right side")
_DIVISIONS = ("division", "ratio")


def failure(system: R1CS, values: Words, row: int) -> UnsatisfiedError:
    """The error for a row that values in Montgomery form do not satisfy."""
    program = system.program
    if program is None:
        return _failure_of_row(system, values, row)
    origin = program.origins[program.origin_of_row[row]]
    source, evidence = source_of_row(program, row)
    message = origin.site.message
    what, fix = _sentences(system.name, origin, message)
    sides, suspect = _sides(system, program, values, origin)
    return UnsatisfiedError(
        what,
        fix,
        source,
        message if origin.site.purpose == "check" else None,
        sides or _values_of_row(system, values, row),
        evidence if source is not None else [_equation(system, row)],
        suspect,
    )


def _failure_of_row(system: R1CS, values: Words, row: int) -> UnsatisfiedError:
    """The error for a row of a system that came without its source."""
    where = (
        "The numbers are labels: a .sym file beside the .r1cs gives their names. "
        if system.symbols is None
        else ""
    )
    return UnsatisfiedError(
        f"This witness does not satisfy constraint {row} of {system.name}.",
        f"{where}Make the witness again if the circuit has changed, or correct the value that is "
        "wrong.",
        values=_values_of_row(system, values, row),
        evidence=[_equation(system, row)],
    )


def _equation(system: R1CS, row: int) -> str:
    """A row as an equation, cut where it is long."""
    from zkpipe.circuits.formats.equations import equations  # seldom needed

    text = "".join(map(str, equations(system, range(row, row + 1))))
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 4]} ..."


def _values_of_row(system: R1CS, values: Words, row: int) -> list[tuple[str, int]]:
    """The three products of a row, and the values of its first wires."""
    matrices = (("A w", system.a), ("B w", system.b), ("C w", system.c))
    shown = [(name, _shown(_dot(system, m, values, row) % R)) for name, m in matrices]
    wires = sorted(_wires_of_row(system, row))[:MOST_INPUTS]
    labels = tuple(f"label {label}" for label in system.labels[wires].tolist())
    names = labels if system.symbols is None else names_of(system.symbols, wires)
    return shown + [(name, _wire_value(values, w)) for name, w in zip(names, wires, strict=True)]


def _sentences(name: str, origin: Origin, message: str | None) -> tuple[str, str]:
    purpose = origin.site.purpose
    fix = "Give inputs that satisfy it; without that there is no proof."
    if purpose == "check":
        return f"A check of {name} fails{f': {message}' if message else ''}.", fix
    if purpose in _DIVISIONS:
        return zero_divisor(name, origin.site.place)
    if message is not None:
        return f"In {name} {message}.", "Give inputs for which it fits."
    return (
        f"A value in this witness of {name} is not what its line computes.",
        "Make the witness with solve(), and do not change it.",
    )


def source_of_row(program: Program, row: int) -> tuple[Source | None, list[str]]:
    """The innermost line of the user's that a row comes from, and the calls around it."""
    number = int(program.origin_of_row[row])
    origin = program.origins[number]
    places = [
        call.place
        for call in program.calls
        if call.first_row <= row < call.last_row and call.origins[0] <= number < call.origins[1]
    ]
    places.append(origin.site.place)
    sources = [place.source() for place in reversed(places) if place is not None]
    return (sources[0] if sources else None), [f"called from {s}" for s in sources[1:]]


def _sides(
    system: R1CS, program: Program, values: Words, origin: Origin
) -> tuple[list[tuple[str, int]], str | None]:
    """Both sides of a check and the inputs they depend on, and the input that is likely wrong."""
    if origin.left < 0:
        return [], None
    direct = [list(_entries(program, side)) for side in (origin.left, origin.right)]
    labels = ("dividend", "divisor") if origin.site.purpose in _DIVISIONS else _LABELS
    if direct[0] == direct[1]:
        labels = ("the value",)
    shown = [
        (label, _value(system, program, values, side))
        for label, side in zip(labels, (origin.left, origin.right), strict=False)
    ]
    wires: set[int] = set()
    for wire, _ in direct[0] + direct[1]:
        wires |= {wire} if wire >= 0 else _wires_of_row(system, -1 - wire)
    paths = _inputs(system, program, wires)
    names = system.symbols or ()
    prefix = len(system.name) + 1
    shown += [(names[wire][prefix:], _wire_value(values, wire)) for wire in paths[:MOST_INPUTS]]
    # Of two sides with inputs either may be wrong: a salt as well as a commitment.
    blamed = direct[1] if len(labels) == 1 or origin.site.purpose in _DIVISIONS else []
    alone = [wire for wire, _ in blamed if len(blamed) == 1 and wire in paths]
    suspects = alone or (paths if len(paths) == 1 else [])
    return shown, names[suspects[0]][prefix:] if suspects else None


def constant_side(system: R1CS, program: Program, side: int) -> int | None:
    """The constant that a recorded side of a check is; None for others."""
    entries = list(_entries(program, side)) if side >= 0 else []
    if len(entries) != 1 or entries[0][0] != 0:
        return None
    return _shown(_coefficient(system, entries[0][1]))


def _entries(program: Program, side: int) -> Iterator[tuple[int, int]]:
    sides = program.sides
    entries = slice(int(sides.starts[side]), int(sides.starts[side + 1]))
    wires, numbers = sides.wires[entries].tolist(), sides.values[entries].tolist()
    return zip(wires, numbers, strict=True)


def _value(system: R1CS, program: Program, values: Words, side: int) -> int:
    total = 0
    for wire, number in _entries(program, side):
        if wire >= 0:
            value = _residue(values, wire)
        else:
            row = -1 - wire
            value = _dot(system, system.a, values, row) * _dot(system, system.b, values, row)
        total += _coefficient(system, number) * value
    return _shown(total % R)


def _dot(system: R1CS, matrix: SparseMatrix, values: Words, row: int) -> int:
    entries = slice(int(matrix.starts[row]), int(matrix.starts[row + 1]))
    wires, numbers = matrix.wires[entries].tolist(), matrix.values[entries].tolist()
    return sum(
        _coefficient(system, number) * _residue(values, wire)
        for wire, number in zip(wires, numbers, strict=True)
    )


def _coefficient(system: R1CS, number: int) -> int:
    return int.from_bytes(system.coefficients[number].tobytes(), "little")


def _residue(values: Words, wire: int) -> int:
    return from_montgomery(values[wire : wire + 1], R)[0]


def _wire_value(values: Words, wire: int) -> int:
    return _shown(_residue(values, wire))


def _shown(value: int) -> int:
    """A residue near r as the small negative number that was likely meant; others as they are."""
    return value - R if R - value < SMALL else value


def _wires_of_row(system: R1CS, row: int) -> set[int]:
    wires: set[int] = set()
    for matrix in (system.a, system.b, system.c):
        wires.update(matrix.wires[matrix.starts[row] : matrix.starts[row + 1]].tolist())
    return wires - {0}


def _inputs(system: R1CS, program: Program, wires: Iterable[int]) -> list[int]:
    """Inputs that wires depend on, nearest first, as far as a bounded search finds them."""
    inputs = set(program.input_wires.tolist())
    producer = _producers(system, program)
    found: list[int] = []
    seen: set[int] = {0}
    layer = sorted(wires)
    while layer and len(seen) < MOST_WIRES:
        following: list[int] = []
        for wire in layer:
            if wire in seen:
                continue
            seen.add(wire)
            if wire in inputs:
                found.append(wire)
            elif producer[wire] >= 0:
                following += wires_read_by(system, program, int(producer[wire]))
        layer = sorted(set(following) - seen)
    return found


def _producers(system: R1CS, program: Program) -> NDArray[np.int64]:
    """The step of the tape that fills in each wire; -1 for inputs."""
    producer = np.full(system.wire_count, -1, np.int64)
    tape = program.tape
    hints = tape[:, 0] == Operation.HINT
    steps = np.flatnonzero(~hints)
    counts = tape[steps, 3]
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    producer[np.repeat(tape[steps, 2], counts) + within] = np.repeat(steps, counts)
    for step in np.flatnonzero(hints).tolist():
        producer[list(program.hints[tape[step, 1]].wires)] = step
    return producer


def wires_read_by(system: R1CS, program: Program, step: int) -> set[int]:
    """The wires that a step of the tape reads; of a SOLVE also the one that it fills in."""
    operation, source = int(program.tape[step, 0]), int(program.tape[step, 1])
    if operation == Operation.SOLVE:
        return _wires_of_row(system, source)
    first, count = source, 1
    if operation in OF_TWO:
        count = 2
    elif operation == Operation.HINT:
        first, count = program.hints[source].first, len(program.hints[source].call.bounds)
    pool = program.combinations
    return set(pool.wires[pool.starts[first] : pool.starts[first + count]].tolist())
