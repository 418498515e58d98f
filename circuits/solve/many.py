"""Many witnesses of one system, from inputs that are flat already; one's failure is its own."""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.solve.solver import solve_flat
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import ZkpipeError


def solve_many(system: R1CS, rows: Sequence[Sequence[int]]) -> list[Witness | ZkpipeError]:
    """The witness for each row of flat inputs, or the UnsatisfiedError that says why there is none.

    rows  as `solver.flat_inputs` gives them

    Raises InputError for a system read from a file.
    """
    return [_solved(system, row) for row in rows]


def _solved(system: R1CS, row: Sequence[int]) -> Witness | ZkpipeError:
    try:
        return Witness(solve_flat(system, row), system.public_count)
    except ZkpipeError as error:
        return error
