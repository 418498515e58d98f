"""Combinations in a row that are one of two numbers, each replaced by the bit that says which.

What a row has of a combination L with L = v + s t, t a bit, is replaced by t: so is the lowest bit
of a range check, which is no wire. It is an equation of the system, so the row says the same with
it. L is looked for in rows that have all of its wires, by one that is no bit, if there is such a
one: a bit may stand in the row by itself as well.

A row may have the wires of several combinations, of which some are parts of a longer one. Those are
replaced one after the other that leave the fewest wires that are no bits, and of equally many the
fewest wires, as long as that is fewer than before.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.rows import SparseRows

MOST_WIRES = 256  # of a row before replacements: the lowest bit of 253, which is copied, has 254
NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class BitForms:
    """Combinations L = value + step t with a bit t.

    forms  (f,) rows L, without constants
    value  (f,) the number of each value
    step   (f,) the number of each step
    bit    (f,) the wire t of each
    """

    forms: SparseRows
    value: Numbers
    step: Numbers
    bit: Numbers
