"""Which wires of a system are given, and which must follow from them.

Given are the inputs, and what hints return whose author waived the question. What must follow: of a
system from a file its outputs; of a compiled circuit every value that user code can hold, which is
every wire but the advice of gadgets that is free by design, the inverses of is-zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circuits.compile.names import WireNames
from circuits.compile.record import WireKind
from circuits.soundness.coefficients import Numbers
from circuits.system import ConstraintSystem

FREE_ADVICE = (WireKind.INVERSE,)


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """Wires by number, ascending.

    given     equal in any two witnesses that are compared
    required  must follow from those
    """

    given: Numbers
    required: Numbers


def roles_of(system: ConstraintSystem) -> Roles:
    """The roles of a system's wires."""
    inputs = system.input_wires
    program = system.program
    if program is None or not isinstance(system.symbols, WireNames):
        return Roles(inputs, np.arange(1, 1 + system.output_count))
    waived = [wire for use in program.hints if use.call.waive for wire in use.wires]
    given = np.union1d(inputs, np.array(waived, np.int64))
    kinds = np.frombuffer(system.symbols.kinds, np.uint8)[system.symbols.slots]
    required = ~np.isin(kinds, FREE_ADVICE)
    required[0] = False
    required[given] = False
    return Roles(given, np.flatnonzero(required))
