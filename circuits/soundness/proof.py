"""The proof alone: whether the inputs determine what they must, without a search for witnesses."""

from __future__ import annotations

from circuits.soundness.bounds import bounds_of
from circuits.soundness.cores import with_cores
from circuits.soundness.equations import equations
from circuits.soundness.incidence import incidence_of
from circuits.soundness.lemmas import apply_lemmas
from circuits.soundness.propagation import Propagation
from circuits.soundness.roles import roles_of
from circuits.system import ConstraintSystem


def is_proved(system: ConstraintSystem) -> bool:
    """Whether `analyse` would say SAFE. Where it would not, this costs no search for a reason."""
    roles = roles_of(system)
    rows = with_cores(equations(system))
    incidence = incidence_of(rows)
    state = Propagation.start(rows, incidence, bounds_of(rows, incidence))
    state.determine(roles.given)
    apply_lemmas(state, roles.required)
    return bool(state.is_known[roles.required].all())
