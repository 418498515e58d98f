"""What the work list keeps of wires and rows, as its kernels read and write it.

A kernel takes the parts of Arguments that it reads: given all of them, each call counts the
references of some thirty arrays, and the analysis took half as long again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.soundness.model.coefficients import Numbers

TRIALS = 8  # of the rule of digits on one equation, before it waits for half of its unknowns
FEW = 16  # unknowns for which the rule of digits does not wait


class Flags(NamedTuple):
    """Of each wire (n,): whether it is known; whether it is in the queue, or known."""

    is_known: NDArray[np.bool_]
    is_concluded: NDArray[np.bool_]


class Counts(NamedTuple):
    """Of each equation (m,): unknown wires, those of them without bounds, trials of digits.

    products  (n, 3) unknown wires of each product's A, B and C
    """

    unknown: Numbers
    unbounded: Numbers
    trials: Numbers
    products: Numbers


class Arguments(NamedTuple):
    """What the kernels read and write.

    linear        starts, wires, numbers of the equations
    matrices      the same of A, B and C
    of_linear     starts, rows: the equations of each wire
    of_products   starts, places: the places of each wire in products
    output        (n,) the output of each product that is a gate, 0 of others
    coefficients  sizes (k, 4), ranks (k,), numbers of the negatives (k,)
    bounds        has (n,), span (n, 4)
    scratch       places for one row's unknown entries; (4, 4) with r in row 0
    """

    linear: Any
    matrices: Any
    of_linear: Any
    of_products: Any
    output: Numbers
    coefficients: Any
    bounds: Any
    flags: Flags
    counts: Counts
    scratch: Any
