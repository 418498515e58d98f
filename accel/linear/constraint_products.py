"""A w, B w and their product for every row of a system: what the quotient of a proof is made from.

Threads take ranges of rows. Most coefficients are 1 or -1: those add a value of the witness in
Montgomery form, others cost a product.

Terms may lie in a file that is mapped, so the kernel itself looks at each wire before it uses one:
a check made before could be of what has changed since.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Rows
from zkpipe.accel.linear.terms import Terms
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.process.threads import in_threads

_kernels = Kernels("zkpipe.accel.linear.kernels.constraint_products")


def constraint_products(
    terms: Terms, witness: Words, positions: NDArray[np.uint32], out: Words, curve: Curve = BN254
) -> None:
    """out[0, positions[i]] = A_i w, out[1, ...] = B_i w, out[2, ...] = their product, for all i.

    witness    (wires, 4) uint64   canonical
    positions  (rows,) uint32      where each row goes
    out        (3, m, 4) uint64    the rows that `positions` names are written: A w and B w
                                   canonical, their product over 2^256, as a product of two such
                                   numbers comes out; Domain.quotient takes them so

    Raises ShapeError for arrays that do not belong together, RangeError for a term of a wire or a
    coefficient that is not there.
    Cost: 46 ns a row of the dense chain, which has two terms; 20 ns a term of circomlib's SHA-256,
    rows included.
    """
    wires, room = len(witness), len(out[0])
    if out.shape != (3, room, 4) or not wires or len(positions) != terms.rows:
        raise ShapeError(
            f"A witness of shape {witness.shape}, {len(positions)} places and rows of shape "
            f"{out.shape} do not belong to {terms.rows} rows.",
            "Give (n, 4) values, a place for each row, and room of (3, m, 4).",
        )
    if len(positions) and int(positions.max()) >= room:
        raise ShapeError(f"Rows go to positions past {room}.", "Give more room.")
    values, *rows = (Rows(curve.fr, SCALAR, part, 1) for part in (witness, *out))
    factors, count = terms.coefficients, len(terms.coefficients)
    coefficients = Rows(curve.fr, SCALAR, factors if count else np.zeros((1, 4), np.uint64), 1)

    def work(bounds: tuple[int, int, int]) -> None:
        row, end, first = bounds
        bad = _kernels.multiply_rows(
            terms.starts, terms.wires, terms.kinds, coefficients, first, count, row, end, wires,
            values, positions, *rows,
        )  # fmt: skip
        if bad >= 0:
            raise _error(terms, bad, wires)

    in_threads(work, terms.ranges())


def _error(terms: Terms, bad: int, wires: int) -> RangeError:
    """What is wrong with a term with which a kernel stopped."""
    fix = "Take the key from where it was made."
    if bad < len(terms.wires) and (wire := int(terms.wires[bad])) >= wires:
        row = int(np.searchsorted(terms.starts, bad, side="right")) - 1
        return RangeError(
            f"Coefficient record {bad} is of wire {wire} and row {row}; there are {wires} wires.",
            fix,
        )
    return RangeError(f"The terms of {terms.rows} rows end before coefficient record {bad}.", fix)
