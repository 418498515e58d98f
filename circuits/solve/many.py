"""Many witnesses of one system, from inputs that are flat already; one's failure is its own.

Where the machine has eight lanes, eight rows of inputs are solved at a time. A row that has no
witness, or has no company, is solved alone. What depends on the system is checked and prepared once
for all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.machines.backend import machine
from zkpipe.circuits.r1cs.program import Program
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.solve.lanes_run import solve_in_lanes
from zkpipe.circuits.solve.prepared import PreparedTape
from zkpipe.circuits.solve.released import release
from zkpipe.circuits.solve.solver import program_of, solve_prepared
from zkpipe.circuits.swallowed import apart
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.process.settings import one_thread
from zkpipe.ground.process.threads import in_threads

LEAST_FOR_LANES = 2  # rows of inputs: eight in lanes take as long as 0.9 to 1.8 alone, see below
MOST_WIRES = 1 << 20  # in lanes: as much faster as small systems; 320 MiB of memory a thread

Inputs = Sequence[Sequence[int]]
Outcome = Witness | ZkpipeError
Item = TypeVar("Item")
Result = TypeVar("Result")


def solve_many(system: R1CS, rows: Inputs) -> list[Outcome]:
    """The witness for each row of flat inputs, or the UnsatisfiedError that says why there is none.

    rows  as `solver.flat_inputs` gives them

    Witnesses and errors are those that `solve` gives, bit by bit, if each hint's answer depends on
    its arguments alone. Lanes are used where the machine has them (accel.machines.backend), for two
    rows or more of a system of up to 2^20 wires. A system without hints is solved on as many
    threads as there may be.

    Hints are called one at a time, never in threads. In lanes each is called for eight rows before
    the next hint is. A row that has no witness is solved once more, for its error, and its hints
    are called again.

    A row of another length has a ShapeError.

    Raises InputError for a system read from a file; RangeError or ShapeError for one whose parts do
    not belong together.

    The witnesses that lanes found are parts of one array, which is kept while one of them is. The
    errors keep nothing of it: they have no tracebacks.

    Cost: in lanes 0.03 to 0.07 us a row of the system for each witness, alone 0.15 to 0.4. Eight in
    lanes take the time of one alone up to 2^10 rows, and of 1.4 to 1.8 from 2^12 to 2^20. With a
    hint in every hundred rows it is that of 4, and two rows are no faster in lanes than alone. The
    threads' processor time is that of one thread, and a tenth more below 2^10 rows.

    Memory: 32 bytes a wire for each witness; in lanes 320 bytes a wire more for each thread.
    """
    program = program_of(system)
    with apart():
        found = _in_lanes(system, program, rows)
        left = [number for number, values in enumerate(found) if values is None]
        alone = iter(_alone(system, program, [rows[number] for number in left]) if left else [])
    return [
        next(alone) if values is None else Witness(values, system.public_count, system)
        for values in found
    ]


def _in_lanes(system: R1CS, program: Program, rows: Inputs) -> list[Words | None]:
    """The values of each witness; None for what is to be solved alone."""
    chosen, length = machine(), len(program.input_wires)
    fitting = system.wire_count <= MOST_WIRES and all(len(row) == length for row in rows)
    if chosen.width == 1 or len(rows) < LEAST_FOR_LANES or not fitting:
        return [None] * len(rows)
    tape, width = PreparedTape(system, program, chosen), chosen.width

    def work(begin: int) -> list[Words | None]:
        some = slice(begin, begin + width)
        if len(rows[some]) < LEAST_FOR_LANES:
            return [None]
        return solve_in_lanes(tape, rows[some], out[some])

    with suppress(MemoryError):  # alone they take less
        # One piece for all, the last for unused lanes: so large, it is memory that was used before.
        out = aligned_empty((len(rows) + 1) * system.wire_count, 4).reshape(len(rows) + 1, -1, 4)
        chunks = _shared(program, work, range(0, len(rows), width))
        return [values for some in chunks for values in some]
    return [None] * len(rows)


def _alone(system: R1CS, program: Program, rows: Inputs) -> list[Outcome]:
    """The outcome of each row, one at a time on a thread."""
    tape = PreparedTape(system, program)

    def work(row: Sequence[int]) -> Outcome:
        try:
            return Witness(solve_prepared(system, tape, row), system.public_count, system)
        except ZkpipeError as error:
            release(error)
            return error

    return _shared(program, work, rows)


def _shared(
    program: Program, work: Callable[[Item], Result], items: Sequence[Item]
) -> list[Result]:
    """The work for each item: side by side, each on one thread, but for the functions of a user."""
    if program.hints or len(items) == 1:
        return [work(item) for item in items]

    def one(item: Item) -> Result:
        with one_thread():
            return work(item)

    return in_threads(one, items)
