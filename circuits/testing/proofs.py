"""What tries cannot tell: the proof that inputs determine all values, and witnesses by search.

A lie that is refused shows that this lie is refused. That there is none is for the analysis to
prove, the one that `compile` asks; a circuit that it does not prove fails the test.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.accel.bn254 import R, signed
from zkpipe.accel.fields.limbs import Words, from_montgomery
from zkpipe.circuits.solve.solver import program_of
from zkpipe.circuits.soundness.analysis import determined, report_on
from zkpipe.circuits.soundness.proof import is_proved
from zkpipe.circuits.soundness.requirement import underconstrained
from zkpipe.circuits.soundness.roles import roles_of
from zkpipe.circuits.soundness.search.counterexamples import second_witness
from zkpipe.circuits.soundness.search.extension import contradicts, extension
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.testing.subject import Subject

SHOWN = 8  # wires of a message


def unproved(tested: Subject, values: Words | None = None) -> str | None:
    """Why the inputs are not proved to determine every value, as a message; None if they are.

    values  of a witness, in Montgomery form, that another one is looked for beside

    What hints return that are waived counts as given.

    Cost: an analysis; some seconds more where it finds no proof.
    """
    system = tested.system
    if is_proved(system):
        return None
    roles = roles_of(system)
    forms = determined(system, roles)
    if values is not None:
        first = from_montgomery(values, R)
        wires = [w for w in roles.required.tolist() if not forms.state.is_known[w]]
        found = second_witness(system, forms, roles, first, wires)
        if found is not None:
            return _both(tested, first, found)
    return str(underconstrained(system, report_on(system, roles, forms)))


def witness_for(system: ConstraintSystem, residues: Sequence[int]) -> list[int] | None:
    """The values of a witness that has these inputs, whatever hints say; None if none was found.

    residues  of the scalars in the order of parameters

    Cost: bounded, a second or less.
    """
    forms = determined(system, roles_of(system))
    hints = [wire for use in program_of(system).hints for wire in use.wires]
    return extension(system, forms, _given(system, residues), hints)


def has_no_witness(system: ConstraintSystem, residues: Sequence[int]) -> bool:
    """Whether it is proved that no witness has these inputs, whatever hints say.

    residues  of the scalars in the order of parameters

    Cost: an analysis.
    """
    return contradicts(determined(system, roles_of(system)), _given(system, residues))


def _given(system: ConstraintSystem, residues: Sequence[int]) -> dict[int, int]:
    return dict(zip(program_of(system).input_wires.tolist(), residues, strict=True))


def _both(tested: Subject, first: Sequence[int], second: Sequence[int]) -> str:
    differing = [wire for wire, value in enumerate(first) if second[wire] != value]
    names = tested.names(differing[:SHOWN])
    lines = [
        f"  {name} is {signed(first[wire])}, and {signed(second[wire])} as well"
        for name, wire in zip(names, differing, strict=False)
    ]
    more = [f"  and {len(differing) - SHOWN} more"] if len(differing) > SHOWN else []
    return "\n".join(["These inputs have two witnesses.", *lines, *more])
