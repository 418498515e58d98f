"""What should be known before a key is made: what no proof under it could say anything of.

A public value that stands in no constraint is any number whatever: a key proves all of them, and a
key for no constraints proves everything. And a system that nothing satisfies has no proof at all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zkpipe.circuits.errors import CircuitWarning
from zkpipe.circuits.r1cs.names import names_of
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.lint.connections import used_wires
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.roles import roles_of
from zkpipe.circuits.soundness.search.contradictions import SHORT, contradiction
from zkpipe.circuits.soundness.search.no_witness import without_witness
from zkpipe.circuits.system import ConstraintSystem

MOST_ROWS = 1 << 16  # of a system in which a witness is looked for: a second
SHOWN = 8  # names of public values


def warnings_before_setup(system: ConstraintSystem) -> Iterator[CircuitWarning]:
    """Warnings on public values that no constraint has, and on a system without a witness.

    What compiling a circuit warned of already is left out.

    Cost: some 0.5 us an entry; for systems of few constraints up to a few seconds.
    """
    used = used_wires(equations(system))[1 : 1 + system.public_count]
    loose = 1 + np.flatnonzero(~used)
    if len(loose):
        yield _unbound(system, loose.tolist())
    if system.constraint_count <= MOST_ROWS:
        roles = roles_of(system)
        forms = determined(system, roles)
        if system.program is not None and contradiction(forms, SHORT) is not None:
            return  # compile() told it
        doubt = without_witness(system, roles, forms)
        if doubt is not None:
            yield doubt


def _unbound(system: ConstraintSystem, wires: list[int]) -> CircuitWarning:
    names = tuple(n.removeprefix(f"{system.name}.") for n in names_of(system.symbols, wires))
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    listed = ", ".join(f"`{name}`" for name in names[:SHOWN]) + more
    are = (
        "is an output or public value that stands"
        if len(names) == 1
        else ("are outputs and public values that stand")
    )
    return CircuitWarning(
        "unbound-public-values",
        f"{listed} {are} in no constraint: a key proves any value there.",
        "Constrain them, or take them away."
        + (" circom's --O2 takes sums away, --O1 keeps them." if system.program is None else ""),
        names=names,
    )
