"""Which wires of a system are given, which must follow from them, and what that question is called.

Given are the inputs, and what hints return whose author waived the question. What must follow: of a
compiled circuit every value that user code can hold, which is every wire but the advice of gadgets
that is free by design, the inverses of is-zero and the ratios of strict bits; of a system from a
file its outputs; and if it has none, so that all it does is to check, every wire but the inverses
that a right is-zero leaves free: a wire that the inputs leave open is one by which a check may be
passed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zkpipe.circuits.r1cs.names import WireNames
from zkpipe.circuits.r1cs.record import WireKind
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.rules.inverses import free_inverses
from zkpipe.circuits.system import ConstraintSystem

FREE_ADVICE = (WireKind.INVERSE, WireKind.FREE)
EVERY_VALUE = "every value"
EVERY_VALUE_GIVEN_WAIVED = "every value, given what waived hints return"
EVERY_OUTPUT = "every output"
NOTHING = "all there is: every wire is an input, or free by design"
EVERY_WIRE = "every wire"
EVERY_WIRE_BUT_INVERSES = "every wire but the inverses that is-zero leaves free"


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """Wires by number, ascending.

    given     equal in any two witnesses that are compared
    required  must follow from those
    question  what is required, in words: "the inputs determine ..."
    """

    given: Numbers
    required: Numbers
    question: str = "every wire asked about"


def roles_of(system: ConstraintSystem) -> Roles:
    """The roles of a system's wires."""
    program = system.program
    if program is not None and isinstance(system.symbols, WireNames):
        waived = [wire for use in program.hints if use.call.waive for wire in use.wires]
        given = np.union1d(system.input_wires, np.array(waived, np.int64))
        kinds = np.frombuffer(system.symbols.kinds, np.uint8)[system.symbols.slots]
        free = np.flatnonzero(np.isin(kinds, FREE_ADVICE))
        question = EVERY_VALUE_GIVEN_WAIVED if waived else EVERY_VALUE
        return Roles(given, _others(system, given, free), question)
    if system.output_count:
        outputs = np.arange(1, 1 + system.output_count)
        return Roles(system.input_wires, outputs, EVERY_OUTPUT)
    return roles_but_inverses(system)


def roles_but_inverses(system: ConstraintSystem) -> Roles:
    """Every wire is required that is no input and no inverse that a right is-zero leaves free."""
    inputs = system.input_wires
    free = free_inverses(equations(system))
    return Roles(inputs, _others(system, inputs, free), EVERY_WIRE_BUT_INVERSES)


def roles_of_every_wire(system: ConstraintSystem) -> Roles:
    """Every wire is required that is no input, waived or not, without exception."""
    return Roles(system.input_wires, _others(system, system.input_wires), EVERY_WIRE)


def _others(system: ConstraintSystem, *wires: Numbers) -> Numbers:
    """All wires but these and the constant one."""
    is_other = np.ones(system.wire_count, np.bool_)
    is_other[0] = False
    for some in wires:
        is_other[some] = False
    return np.flatnonzero(is_other)
