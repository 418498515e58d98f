"""A witness that has given values of some wires, or the proof that none has them.

For tests of what must have no witness: what hints would answer is not asked. A witness that a
search finds is checked against every row of the system; the work is bounded, so that none is found
means nothing. That what follows from the values contradicts a row is a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import words_from_ints
from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.assumptions import Assumptions
from zkpipe.circuits.soundness.rules.elimination import Work, reduced_rows
from zkpipe.circuits.soundness.rules.forms import Form, Forms, normal
from zkpipe.circuits.soundness.search.completion import Completion
from zkpipe.circuits.soundness.search.counterexamples import MOST_WIRES
from zkpipe.circuits.soundness.search.draws import Draws
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness

TRIES = 4  # searches, which begin with the hints in turn, and with other guesses
A_TRY = 60_000  # entries of rows that one of them may look at
MOST_WORK = 200_000  # entries that an elimination before it may add


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
    every = range(1, forms.system.total_count)
    assumed = _followed(forms, given)
    if not assumed.is_possible:
        return None
    draws, settled = Draws(), assumed.mark()
    for attempt in range(TRIES):
        order = [*first, *every] if attempt % 2 == 0 else [*every]
        if Completion(assumed, order, {}, draws).run():
            values = [assumed.values.get(wire, 0) for wire in range(system.wire_count)]
            if _holds(system, values) and all(values[w] == v for w, v in given.items()):
                return values
        assumed.undo(settled)
        assumed.entries_left = A_TRY
    return None


def contradicts(forms: Forms, given: Mapping[int, int]) -> bool:
    """Whether it is proved that no witness has these values of wires, canonical.

    Cost: bounded, see A_TRY and MOST_WORK; a millisecond or two for most circuits.
    """
    return not _followed(forms, given).is_possible


def _followed(forms: Forms, given: Mapping[int, int]) -> Assumptions:
    """What follows from values of wires."""
    assumed = Assumptions(forms, A_TRY)
    for wire, value in given.items():
        assumed.assume(wire, value)
    if forms.system.total_count <= MOST_WIRES:
        _eliminate(assumed, range(1, forms.system.total_count))
    return assumed


def _eliminate(assumed: Assumptions, wires: Iterable[int]) -> None:
    """Assume what the rows that are linear leave one value, all of them together."""
    work = Work(MOST_WORK)
    progress = True
    while progress and assumed.is_possible:
        open_ = [wire for wire in wires if wire not in assumed.values]
        rows = {normal(form): form for form in _linear_rows(assumed, open_)}
        reduced = reduced_rows(rows.values(), work)
        if reduced is None:
            return
        progress = False
        for row in reduced.values():
            left = [wire for wire in row if wire != ONE_WIRE]
            if not left:
                assumed.is_possible = False
                return
            if len(left) == 1 and left[0] not in assumed.values:
                assumed.assume(left[0], -row.get(ONE_WIRE, 0) * pow(row[left[0]], -1, R))
                progress = True


def _linear_rows(assumed: Assumptions, wires: Iterable[int]) -> Iterator[Form]:
    for wire in wires:
        for form in assumed.linear_rows(wire):
            left = assumed.simplified(form)
            if left:
                yield left


def _holds(system: ConstraintSystem, values: list[int]) -> bool:
    try:
        system.check(Witness(words_from_ints(values), system.public_count))
    except (UnsatisfiedError, InputError):
        return False
    return True
