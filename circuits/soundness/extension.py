"""A witness that has given values of some wires, by search: what hints would answer is not asked.

For tests of what must have no witness. What is found is checked against every row of the system;
the work is bounded, so that none is found means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accel.limbs import words_from_ints
from circuits.errors import InputError, UnsatisfiedError
from circuits.soundness.assumptions import Assumptions
from circuits.soundness.completion import Completion
from circuits.soundness.counterexamples import MOST_WIRES
from circuits.soundness.draws import Draws
from circuits.soundness.forms import Forms
from circuits.system import ConstraintSystem, Witness

TRIES = 4  # searches, which begin with the hints in turn, and with other guesses
A_TRY = 60_000  # entries of rows that one of them may look at


def extension(
    system: ConstraintSystem, forms: Forms, given: Mapping[int, int], first: Sequence[int]
) -> list[int] | None:
    """The values of a witness that has these; None if none was found.

    given  values of wires, canonical; every wire else is open
    first  wires to guess before others

    Cost: bounded, see TRIES and A_TRY.
    """
    if system.wire_count > MOST_WIRES:
        return None
    draws = Draws()
    every = range(1, forms.system.total_count)
    for attempt in range(TRIES):
        assumed = Assumptions(forms, entries_left=A_TRY)
        for wire, value in given.items():
            assumed.assume(wire, value)
        if not assumed.is_possible:
            return None
        order = [*first, *every] if attempt % 2 == 0 else [*every]
        if Completion(assumed, order, {}, draws).run():
            values = [assumed.values.get(wire, 0) for wire in range(system.wire_count)]
            if _holds(system, values) and all(values[w] == v for w, v in given.items()):
                return values
    return None


def _holds(system: ConstraintSystem, values: list[int]) -> bool:
    try:
        system.check(Witness(words_from_ints(values), system.public_count))
    except (UnsatisfiedError, InputError):
        return False
    return True
