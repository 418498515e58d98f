"""Whether a system's inputs determine its values: the analysis from end to end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zkpipe.circuits.r1cs.names import WireNames, names_of
from zkpipe.circuits.soundness.apply_lemmas import apply_lemmas
from zkpipe.circuits.soundness.model.bounds import bounds_of
from zkpipe.circuits.soundness.model.cores import with_cores
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.model.incidence import incidence_of
from zkpipe.circuits.soundness.report import Report, Verdict
from zkpipe.circuits.soundness.roles import NOTHING, Roles, roles_of, roles_of_every_wire
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.rules.propagation import Propagation
from zkpipe.circuits.soundness.search.contradictions import SHORT, contradiction
from zkpipe.circuits.soundness.search.counterexamples import counterexample
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import KindError
from zkpipe.ground.kinds import items, require, wrong_kind


def analyse(system: ConstraintSystem, names: Sequence[str] | None = None) -> Report:
    """Decide whether the inputs determine what they must.

    That is every value that the text of a compiled circuit can hold; of a system from a file its
    outputs, and of one without outputs every wire but the inverses that is-zero leaves free. The
    report says in words what was asked.

    names  of the wires, for a system that was read from an .r1cs file and has none

    SAFE is a proof, UNSAFE comes with two witnesses, both checked against every constraint.
    """
    listed = _names("analyse", system, names)
    return analyse_roles(system, roles_of(system), listed)


def analyse_every_wire(system: ConstraintSystem, names: Sequence[str] | None = None) -> Report:
    """The same, asking about all wires that are not inputs, without exception: the strong mode.

    What hints return is asked about too, waived or not, and every inverse of an is-zero.
    """
    listed = _names("analyse_every_wire", system, names)
    return analyse_roles(system, roles_of_every_wire(system), listed)


def _names(function: str, system: ConstraintSystem, names: object) -> Sequence[str] | None:
    """The names that were given, copied unless they are our own. Raises KindError."""
    fix = f"Compile the circuit first: {function}(circuit.compile())."
    require(function, "system", system, ConstraintSystem, fix)
    if names is None:
        return None
    listed = names if type(names) is WireNames else items(names)  # ours make them when asked
    if listed is None or not (
        type(listed) is WireNames or all(isinstance(name, str) for name in listed)
    ):
        fix = "Give one for each wire, or None."
        raise wrong_kind(function, "names", names, "a list of texts", fix)
    if len(listed) != system.wire_count:
        raise KindError(
            f"{function} was given {len(listed)} names for {system.wire_count} wires.",
            "Give one for each wire, in their order.",
        )
    return listed  # type: ignore[return-value] # texts


def analyse_roles(
    system: ConstraintSystem, roles: Roles, names: Sequence[str] | None = None
) -> Report:
    """The same for given and required wires of the caller's choice."""
    return report_on(system, roles, determined(system, roles), names)


def determined(system: ConstraintSystem, roles: Roles) -> Forms:
    """What the given wires determine, as far as it is proved, with the rows it was proved from."""
    rows = with_cores(equations(system))
    incidence = incidence_of(rows)
    state = Propagation.start(rows, incidence, bounds_of(rows, incidence))
    state.determine(roles.given)
    apply_lemmas(state, roles.required)
    return Forms(state)


def report_on(
    system: ConstraintSystem, roles: Roles, forms: Forms, names: Sequence[str] | None = None
) -> Report:
    """The report, with a search for a counterexample if something is open."""
    is_open = ~forms.state.is_known[: system.wire_count]
    wires = tuple(roles.required[is_open[roles.required]].tolist())
    is_open[roles.required] = False
    found = counterexample(system, forms, roles, wires) if wires else None
    return Report(
        Verdict.SAFE if not wires else Verdict.UNSAFE if found else Verdict.UNKNOWN,
        roles.question if len(roles.required) else NOTHING,
        wires,
        names_of(names if system.symbols is None else system.symbols, wires),
        tuple(np.flatnonzero(is_open).tolist()),
        found,
        None if found else contradiction(forms, SHORT),
    )
