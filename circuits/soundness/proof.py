"""The proof alone: whether the inputs determine what they must, without a search for witnesses."""

from __future__ import annotations

from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.roles import roles_of
from zkpipe.circuits.system import ConstraintSystem


def is_proved(system: ConstraintSystem) -> bool:
    """Whether `analyse` would say SAFE. Where it would not, this costs no search for a reason."""
    roles = roles_of(system)
    return bool(determined(system, roles).state.is_known[roles.required].all())
