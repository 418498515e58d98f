"""Whether a hash follows from its message, by the work list alone, without any lemma or search."""

from __future__ import annotations

from collections.abc import Iterable

from zkpipe.circuits.soundness.model.bounds import bounds_of
from zkpipe.circuits.soundness.model.cores import with_cores
from zkpipe.circuits.soundness.model.equations import equations
from zkpipe.circuits.soundness.model.incidence import incidence_of
from zkpipe.circuits.soundness.roles import roles_of
from zkpipe.circuits.soundness.rules.propagation import Propagation
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.testing.deletions import without_row


def follows(system: ConstraintSystem) -> bool:
    """Whether what must be determined is."""
    rows = with_cores(equations(system))
    incidence = incidence_of(rows)
    state = Propagation.start(rows, incidence, bounds_of(rows, incidence))
    roles = roles_of(system)
    state.determine(roles.given)
    return bool(state.is_known[roles.required].all())


def unnoticed(system: ConstraintSystem, rows: Iterable[int]) -> list[int]:
    """The rows without which it still follows; `deletions` would try lies to all, for minutes."""
    return [row for row in rows if follows(without_row(system, row))]
